"""Speaks the fake carrier's protocol; every silence becomes CarrierSilent."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics.carriers.base import (
    Accepted,
    Attempted,
    Booked,
    CarrierSilent,
    Collected,
    Declined,
    Handled,
    LabelOrder,
    PickupOrder,
    PickupReport,
    RequestOrder,
    RequestReport,
    Told,
    Tracked,
    Update,
)  # fmt: skip
from shouhou.plumbing.callbacks import signed

CARRIER_CALLBACK_SIGNATURE = refusal(
    "CARRIER_CALLBACK_SIGNATURE", "unauthenticated",
    zh="回调签名不正确，未作任何处理。", en="The callback's signature is wrong; nothing was done.",
)  # fmt: skip
CARRIER_CALLBACK_MALFORMED = refusal(
    "CARRIER_CALLBACK_MALFORMED", "invalid", zh="回调内容无法识别：{reason}", en="The callback cannot be read: {reason}"
)
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
BODY_MOST = 64 * 1024


class FakeCarrier:
    """The client of `carriers/fake/server.py`."""

    def __init__(self, url: str, secret: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)
        self._secret = secret

    def book(self, order: PickupOrder) -> Booked | Declined:
        return _answer(self._post("/pickups", asdict(order)))

    def report(self, key: str) -> PickupReport | None:
        found = self._send("GET", f"/pickups/{quote(key, safe='')}", None, missing_ok=True)
        if found is None:
            return None
        updates = tuple(read_update(told) for told in found["updates"])
        return PickupReport(_answer(found), bool(found["cancelled"]), updates)

    def cancel(self, key: str) -> bool:
        return bool(self._post(f"/pickups/{quote(key, safe='')}/cancel", {})["cancelled"])

    def label(self, order: LabelOrder) -> Booked | Declined:
        return _answer(self._post("/labels", asdict(order)))

    def follow(self, *, courier: str, tracking_number: str, key: str) -> None:
        self._post("/follow", {"courier": courier, "tracking_number": tracking_number, "key": key})

    def track(self, *, courier: str, tracking_number: str) -> tuple[Tracked, ...]:
        path = f"/track/{quote(courier, safe='')}/{quote(tracking_number, safe='')}"
        found = self._send("GET", path, None, missing_ok=True)
        updates = [read_update(told) for told in (found or {"updates": []})["updates"]]
        return tuple(update for update in updates if isinstance(update, Tracked))

    def request(self, order: RequestOrder) -> Accepted | Declined:
        return _accepted(self._post("/requests", asdict(order)))

    def request_report(self, key: str) -> RequestReport | None:
        found = self._send("GET", f"/requests/{quote(key, safe='')}", None, missing_ok=True)
        if found is None:
            return None
        updates = [read_update(told) for told in found["updates"]]
        return RequestReport(_accepted(found), tuple(update for update in updates if isinstance(update, Handled)))

    def read(self, headers: Mapping[str, str], body: bytes) -> Told:
        callback_id = signed(self._secret, headers, body)
        if callback_id is None:
            raise refused(CARRIER_CALLBACK_SIGNATURE)
        if len(body) > BODY_MOST or len(callback_id) > 100:
            raise refused(CARRIER_CALLBACK_MALFORMED, reason="too large")
        try:
            return Told(callback_id, read_update(orjson.loads(body)))
        except (ValueError, KeyError, TypeError) as error:
            raise refused(CARRIER_CALLBACK_MALFORMED, reason=f"{type(error).__name__}: {error}"[:120]) from error

    def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        answer = self._send("POST", path, body)
        assert answer is not None
        return answer

    def _send(
        self, method: str, path: str, body: Mapping[str, object] | None, *, missing_ok: bool = False
    ) -> dict[str, Any] | None:
        try:
            content = orjson.dumps(body) if body is not None else None
            response = self._http.request(method, path, content=content)
            if missing_ok and response.status_code == 404:
                return None
            if response.status_code >= 400:
                raise CarrierSilent(f"{method} {path}: {response.status_code}")
            answer = orjson.loads(response.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise CarrierSilent(f"{method} {path}: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise CarrierSilent(f"{method} {path}: not an object")
        return answer


def read_update(told: Mapping[str, Any]) -> Update:
    """One piece of news from its JSON. Raises KeyError, ValueError or TypeError when it is not one."""
    at = datetime.fromisoformat(told["at"])
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    kind = told["kind"]
    if kind == "attempted":
        return Attempted(_text(told, "key", 100), _whole(told, "attempt"), at, _text(told, "code", 40), _both(told))
    if kind == "collected":
        return Collected(
            _text(told, "key", 100), _text(told, "reference", 80), _text(told, "tracking_number", 40),
            _whole(told, "attempt"), at, _whole(told, "fee_minor"),
        )  # fmt: skip
    if kind == "tracked":
        return Tracked(
            _text(told, "courier", 20), _text(told, "tracking_number", 40), _text(told, "event", 100), at,
            _text(told, "code", 6), _both(told), str(told.get("location", ""))[:120],
        )  # fmt: skip
    if kind == "handled":
        return Handled(
            _text(told, "key", 100), _text(told, "outcome", 16), at, _both(told), str(told.get("location", ""))[:120],
            str(told.get("signed_by", ""))[:60], b64decode(str(told.get("signature", "")), validate=True),
        )  # fmt: skip
    raise ValueError(f"unknown kind {kind!r}")


def _accepted(told: Mapping[str, Any]) -> Accepted | Declined:
    try:
        return Accepted() if told["answer"] == "accepted" else Declined(str(told["code"])[:40], _both(told))
    except (KeyError, TypeError) as error:
        raise CarrierSilent(f"an answer without {error}") from error


def _answer(told: Mapping[str, Any]) -> Booked | Declined:
    try:
        if told["answer"] == "booked":
            return Booked(str(told["reference"]), str(told["tracking_number"]))
        return Declined(str(told["code"])[:40], _both(told))
    except (KeyError, TypeError) as error:
        raise CarrierSilent(f"an answer without {error}") from error


def _both(told: Mapping[str, Any]) -> Text:
    return Text(str(told.get("zh", ""))[:200], str(told.get("en", ""))[:200])


def _text(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told[name]
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError(f"{name} must be a text of 1 to {most} characters")
    return value


def _whole(told: Mapping[str, Any], name: str) -> int:
    value = told[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**12:
        raise ValueError(f"{name} must be a whole number, not negative")
    return value
