"""A fake carrier on a free port, a door for its callbacks, and a pickup to begin with."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from django.db import connection

from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions import book_pickup, receive_callback
from shouhou.logistics.carriers.fake.server import FakeCarrierServer
from shouhou.logistics.models import Pickup
from shouhou.logistics.rules.windows import OWN_AREA, pickup_windows
from shouhou.plumbing.actor import Actor

Book = Callable[..., Pickup]
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CONSUMER = Actor(role="consumer", who="buyer:12", buyer_id=12)
HOME = {"name": "林晓", "phone": "13800000000", "region": "四川省成都市锦江区", "address": "春熙路 1 号"}
SECRET = "a-secret-of-the-tests"
WINDOW = pickup_windows(now=NOW, calendar=NO_HOLIDAYS, service=OWN_AREA)[0]


@pytest.fixture
def book(db: None) -> Book:
    def _book(subject: str = "SO-TEST-0001-7", **more: Any) -> Pickup:
        given = {
            "subject": subject, "window": WINDOW, "address": HOME, "key": f"{subject}:1", "calendar": NO_HOLIDAYS,
            "actor": CONSUMER, "now": NOW, "merchant_id": 3, "buyer_id": 12, **more,
        }  # fmt: skip
        return book_pickup(**given)

    return _book


class Carrier:
    """The fake carrier as the tests see it."""

    def __init__(self, server: FakeCarrierServer) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.server_port}"

    def behave(self, **manner: object) -> None:
        assert httpx.post(f"{self.url}/_behave", json=manner, trust_env=False).status_code == 200

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self.url}/_state", trust_env=False).json()
        return found


@pytest.fixture
def start_carrier(settings: Any) -> Iterator[Callable[..., Carrier]]:
    running: list[FakeCarrierServer] = []

    def start(**given: Any) -> Carrier:
        server = FakeCarrierServer(given.pop("port", 0), secret=SECRET, **given)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(server)
        carrier = Carrier(server)
        settings.CARRIERS = {"fake": {"url": carrier.url}}
        settings.CARRIER_CALLBACK_SECRET = SECRET
        return carrier

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def carrier(start_carrier: Callable[..., Carrier]) -> Carrier:
    """A carrier that is slow to do anything by itself: nothing happens but what the test asks for."""
    return start_carrier(pace=600)


@pytest.fixture
def door() -> Iterator[str]:
    """The address at which callbacks arrive, as the API floor would take them."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = 204
            try:
                receive_callback("fake", dict(self.headers.items()), body, NOW)
            except Refused as refusal:
                status = refusal.status
            finally:
                connection.close()
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/callbacks"
    server.shutdown()
    server.server_close()
