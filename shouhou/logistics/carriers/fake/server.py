"""`python -m shouhou.logistics.carriers.fake.server --port N [--state FILE] [--callback URL --secret S] [--pace S]`.

A small real HTTP server. `POST /_behave` scripts it (the fields of `Manner`; `calls` takes ok, slow:S, error,
lost_answer, closed, decline:CODE), `GET /_state` shows all it knows.
"""

import argparse
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from shouhou.logistics.carriers.fake.depot import Depot
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature

BODY_MOST = 256 * 1024


class FakeCarrierServer(ThreadingHTTPServer):
    """Serves one depot and tells `callback` what happens; `stop()` ends the server and its teller."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, port: int, *, state: str = ":memory:", callback: str = "", secret: str = "", pace: float = 2.0
    ) -> None:
        super().__init__(("127.0.0.1", port), Answer)
        self.depot = Depot(state, pace)
        self.callback, self.secret = callback, secret
        self._stopped = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)
        self._teller.start()

    def stop(self) -> None:
        self._stopped.set()
        self.shutdown()
        self._teller.join(timeout=10)
        self.server_close()

    def _tell(self) -> None:
        while not self._stopped.wait(0.02):
            while self.depot.take_due_step() and not self._stopped.is_set():
                pass
            while self.callback and not self._stopped.is_set() and (due := self.depot.due_callback()):
                callback_id, body, tries = due
                taken = self._call_back(callback_id, body.encode())
                if self.depot.manner.duplicate:
                    taken = self._call_back(callback_id, body.encode()) and taken
                self.depot.called_back(callback_id, tries, taken=taken)

    def _call_back(self, callback_id: str, body: bytes) -> bool:
        headers = {ID_HEADER: callback_id, SIGNATURE_HEADER: signature(self.secret, callback_id, body)}
        headers["content-type"] = "application/json"
        request = urllib.request.Request(self.callback, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return True
        except urllib.error.HTTPError as error:
            # A clear no stays a no; only trouble on the other side is tried again.
            return 400 <= error.code < 500 and error.code not in (404, 409, 429)
        except OSError:
            return False


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: FakeCarrierServer
    protocol_version = "HTTP/1.1"
    # Headers and body go out as two segments; without this the second waits for the first's acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        path = self._path()
        depot = self.server.depot
        if depot.manner.outage and not path[0].startswith("_"):
            return self._close()
        with depot.lock:
            found: dict[str, Any] | None = None
            if path == ["_state"]:
                found = depot.all()
            elif path[0] == "pickups" and len(path) == 2:
                found = depot.get("pickup", path[1])
            elif path[0] == "requests" and len(path) == 2:
                found = depot.get("request", path[1])
            elif path[0] == "track" and len(path) == 3:
                found = depot.get("parcel", f"{path[1]}/{path[2]}") or self._pickup_of(path[1], path[2])
        return self._say(200, found) if found is not None else self._say(404, {"error": "unknown"})

    def do_POST(self) -> None:
        path = self._path()
        body = json.loads(self.rfile.read(min(int(self.headers.get("content-length", 0)), BODY_MOST)) or b"{}")
        depot = self.server.depot
        if path == ["_behave"]:
            with depot.lock:
                for name, value in body.items():
                    if not hasattr(depot.manner, name):
                        return self._say(422, {"error": f"unknown {name}"})
                    setattr(depot.manner, name, value)
            return self._say(200, vars(depot.manner))
        with depot.lock:
            manner = depot.manner.calls.pop(0) if depot.manner.calls else "ok"
            closed = depot.manner.outage or manner == "closed"
        if closed:
            return self._close()
        if manner.startswith("slow:"):
            time.sleep(float(manner.partition(":")[2]))
        if manner == "error":
            return self._say(500, {"error": "scripted"})
        act = self._act(path, body, declined=manner.partition(":")[2] if manner.startswith("decline:") else None)
        if act is None:
            return self._say(404, {"error": "unknown"})
        with depot.lock:
            answer = act()
        return self._close() if manner == "lost_answer" else self._say(200, answer)

    def _act(self, path: list[str], body: dict[str, Any], declined: str | None) -> Callable[[], dict[str, Any]] | None:
        depot = self.server.depot
        if path == ["pickups"]:
            return lambda: depot.book(body, declined)
        if path[0] == "pickups" and len(path) == 3 and path[2] == "cancel":
            return lambda: {"cancelled": depot.cancel(path[1])}
        if path == ["labels"]:
            if declined:
                no = {"answer": "declined", "code": declined, "zh": "承运商无法承运", "en": "The carrier declines"}
                return lambda: no
            return lambda: depot.label(body)
        if path == ["requests"]:
            return lambda: depot.request(body, declined)
        if path == ["follow"]:
            return lambda: depot.follow(body["courier"], body["tracking_number"])
        return None

    def _pickup_of(self, courier: str, number: str) -> dict[str, Any] | None:
        for pickup in self.server.depot.all()["pickup"].values():
            if pickup.get("tracking_number") == number and pickup["order"]["courier"] == courier:
                return dict(pickup)
        return None

    def _path(self) -> list[str]:
        return [unquote(part) for part in self.path.partition("?")[0].strip("/").split("/")]

    def _say(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _close(self) -> None:
        """The connection ends without an answer."""
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: what happened is in /_state."""


def main() -> None:
    parser = argparse.ArgumentParser(description="a fake carrier")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", default=":memory:")
    parser.add_argument("--callback", default="")
    parser.add_argument("--secret", default="")
    parser.add_argument("--pace", type=float, default=2.0)
    given = parser.parse_args()
    server = FakeCarrierServer(
        given.port, state=given.state, callback=given.callback, secret=given.secret, pace=given.pace
    )
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
