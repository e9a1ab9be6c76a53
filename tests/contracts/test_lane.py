"""The lean lane says what the long way says, and leaves to it whatever is not plainly right."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from shouhou import wsgi
from shouhou.accounts.keys import create_key
from shouhou.accounts.models import Organisation
from shouhou.cases.models import Case
from tests.world import CONTACT, World

Send = Callable[..., tuple[int, dict[str, str], Any]]


@pytest.fixture
def world(transactional_db: None) -> World:
    """Real commits: at its end a request gives its connection back."""
    return World()


@pytest.fixture
def send(world: World, monkeypatch: pytest.MonkeyPatch) -> Send:
    """One request through the WSGI door, by the lane or the long way; a key of the shop."""
    house = Organisation.objects.create(code="house", name="平台", kind="operator")
    token = create_key(name="t", role="shop", organisation=house, now=world.now).token

    def call(method: str, path: str, body: object = None, *, quick: bool, key: str = "", token: str = token) -> Any:
        monkeypatch.setattr(wsgi, "LANE", quick)
        raw = json.dumps(body).encode() if body is not None else b""
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2],
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(raw), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(len(raw)), "CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {token}",
            "HTTP_ACCEPT_LANGUAGE": "en",
        } | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})  # fmt: skip
        told: list[Any] = []
        content = b"".join(wsgi.application(environ, lambda status, headers, _=None: told.extend((status, headers))))
        return int(told[0].split()[0]), dict(told[1]), json.loads(content)

    return call


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/events?after=0&limit=5", "/api/v1/cases?sort=due&limit=5", "/api/v1/cases?status=awaiting_goods",
        "/api/v1/orders/T0001/entitlements?reason=quality", "/api/v1/orders/NONE/entitlements", "/api/v1/cases?limit=0",
        "/api/v1/cases?sort=sideways", "/api/v1/events?after=x", "/api/v1/cases?cursor=abc", "/api/v1/cases?unknown=1",
    ],
)  # fmt: skip
def test_both_ways_give_the_same_answer(world: World, send: Send, path: str) -> None:
    world.apply(world.order())
    quick, slow = send("GET", path, quick=True), send("GET", path, quick=False)
    assert quick[0] == slow[0]
    if path.startswith("/api/v1/orders"):
        for answer in (quick[2], slow[2]):
            answer.pop("at", None)
    for answer in (quick[2], slow[2]):
        answer.pop("instance", None)
    assert quick[2] == slow[2]


def test_an_application_by_the_lane_opens_one_case_and_its_key_replays_it_either_way(world: World, send: Send) -> None:
    from shouhou.plumbing.clock import now

    world.now = now()
    body = {"order": world.order(), "service": "return", "reason": "no_reason", "lines": [{"line": 1, "quantity": 1}],
            "contact": CONTACT}  # fmt: skip
    first = send("POST", "/api/v1/cases", body, quick=True, key="k1")
    again = send("POST", "/api/v1/cases", body, quick=False, key="k1")
    assert (first[0], again[0]) == (201, 201)
    assert first[2] == again[2]
    assert Case.objects.count() == 1
    number = first[2]["number"]
    moved = send("POST", f"/api/v1/cases/{number}/moves/cancel", {"answers": {}, "version": 2}, quick=True, key="k2")
    assert (moved[0], moved[2]["status"]) == (200, "cancelled")
    refused = send("POST", f"/api/v1/cases/{number}/moves/cancel", {"answers": {}, "version": 2}, quick=True, key="k3")
    assert (refused[0], refused[2]["code"]) == (409, "OVERTAKEN")


def test_a_key_that_may_not_and_a_body_that_is_wrong_get_the_long_ways_answer(world: World, send: Send) -> None:
    assert send("GET", "/api/v1/cases", quick=True, token="sk_shop_unknown")[0] == 401
    status, _, problem = send("POST", "/api/v1/cases", {"order": 5}, quick=True)
    assert (status, problem["code"]) == (422, "INVALID_INPUT")
    assert send("GET", "/api/v1/cases", quick=True)[0] == 200
