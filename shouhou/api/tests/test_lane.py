"""The lean lane keeps the promises of the door: request ids, no caching, and a first refusal that is no replay."""

from io import BytesIO
from typing import Any

import orjson

from shouhou.api.tests.conftest import Api, wish
from shouhou.cases.models import Case
from shouhou.wsgi import application


def hurried(api: Api, method: str, path: str, body: object = None, **headers: str) -> tuple[str, dict[str, str], Any]:
    data = orjson.dumps(body) if body is not None else b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(data), "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(data)), "SERVER_NAME": "t", "SERVER_PORT": "80",
        "HTTP_AUTHORIZATION": f"Bearer {api.keys['shop']}", **headers,
    }  # fmt: skip
    told: list[Any] = []
    content = b"".join(application(environ, lambda status, sent: told.extend((status, dict(sent)))))
    return told[0], told[1], orjson.loads(content)


def test_an_answer_of_the_lane_names_its_request_and_is_not_cached(live_api: Api) -> None:
    _, headers, _ = hurried(live_api, "GET", "/api/v1/events", HTTP_X_REQUEST_ID="shop-12345")
    assert (headers["X-Request-Id"], headers["Cache-Control"]) == ("shop-12345", "no-store")


def test_a_first_refusal_is_no_replay_and_the_second_is(live_api: Api) -> None:
    order = live_api.order(days_ago=300)
    first = hurried(live_api, "POST", "/api/v1/cases", wish(order), HTTP_IDEMPOTENCY_KEY="k1", HTTP_ACCEPT_LANGUAGE="en")
    again = hurried(live_api, "POST", "/api/v1/cases", wish(order), HTTP_IDEMPOTENCY_KEY="k1")
    assert first[0].startswith("422") and again[0].startswith("422")
    assert first[1]["Content-Type"] == again[1]["Content-Type"] == "application/problem+json"
    assert ("Idempotent-Replayed" in first[1], again[1]["Idempotent-Replayed"]) == (False, "true")
    assert first[2] == again[2]
    assert not Case.objects.exists()
