"""Speaking to the fake payment channel over HTTP, as one would to a real one."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import httpx

from shouhou.payments.channels.base import (
    ANYBODY,
    BadCallback,
    Callback,
    ChannelAnswer,
    ChannelDown,
    ChannelSilent,
    Paid,
    PayAnswer,
    PayCallback,
    Payer,
    PayStatus,
    StatementRow,
    Status,
)  # fmt: skip
from shouhou.payments.channels.fake import statement
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, is_signed

TIMEOUT_SECONDS = 5.0
STATUSES: Mapping[str, Status] = {"settled": "settled", "refused": "refused", "in_process": "in_process"}
PAY_STATUSES: Mapping[str, PayStatus] = {
    "open": "open", "settled": "settled", "declined": "declined", "closed": "closed",
}  # fmt: skip


class FakeChannel:
    """Refunds and payments at `url`; callbacks are signed with `secret`."""

    def __init__(self, url: str, *, secret: str) -> None:
        self._url, self._secret = url.rstrip("/"), secret

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        body = {"key": str(key), "amount": amount_minor, "currency": currency, "reference": reference}
        return _refund(self._ask("POST", "/refunds", body))

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        return _refund(self._ask("GET", f"/refunds/{key}", None))

    def open_payment(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, return_url: str,
        payer: Payer = ANYBODY,
    ) -> PayAnswer:  # fmt: skip
        return _payment(self._ask("POST", "/payments", {
            "key": str(key), "amount": amount_minor, "currency": currency, "reference": reference, "title": title,
            "return_url": return_url,
        }))  # fmt: skip

    def query_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        return _payment(self._ask("GET", f"/payments/{key}", None))

    def close_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        return _payment(self._ask("DELETE", f"/payments/{key}", None))

    def read_statement(self, data: bytes) -> list[StatementRow]:
        return list(statement.read(data))

    def fetch_statement(self, *, day: date) -> bytes | None:
        answer = self._ask("GET", f"/statement?day={day.isoformat()}", None)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise ChannelSilent(f"HTTP {answer.status_code}")
        return answer.content

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | PayCallback | None:
        signature = next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER), "")
        if not is_signed(body, signature=signature, secret=self._secret):
            return None
        try:
            said: dict[str, Any] = json.loads(body)
            told: dict[str, Any] = {
                "callback_id": str(said["id"])[:120], "key": UUID(said["key"]), "amount_minor": int(said["amount"]),
                "currency": str(said["currency"]), "reference": str(said.get("reference", "")),
                "code": str(said.get("code", "")),
            }  # fmt: skip
            if said.get("about") == "payment":
                return PayCallback(status=PAY_STATUSES[said["status"]], means=str(said.get("means", ""))[:30], **told)
            return Callback(status=STATUSES[said["status"]], **told)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadCallback(str(error)) from error

    def _ask(self, method: str, path: str, body: dict[str, object] | None) -> httpx.Response:
        try:
            return _client().request(method, self._url + path, json=body, timeout=TIMEOUT_SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ChannelDown(str(error)) from error
        except httpx.HTTPError as error:
            raise ChannelSilent(f"{type(error).__name__}: {error}") from error


def _refund(response: httpx.Response) -> ChannelAnswer:
    if response.status_code == 404:
        return ChannelAnswer("not_known")
    try:
        said = response.json()
        return ChannelAnswer(
            STATUSES[said["status"]], str(said.get("reference", ""))[:120], str(said.get("code", ""))[:60],
            said.get("amount"),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChannelSilent(f"HTTP {response.status_code}, unreadable") from error


def _payment(response: httpx.Response) -> PayAnswer:
    if response.status_code == 404:
        return PayAnswer("not_known")
    try:
        said = response.json()
        return PayAnswer(
            PAY_STATUSES[said["status"]], str(said.get("url", ""))[:300], str(said.get("reference", ""))[:120],
            str(said.get("code", ""))[:60], str(said.get("means", ""))[:30], said.get("amount"),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChannelSilent(f"HTTP {response.status_code}, unreadable") from error


@cache
def _client() -> httpx.Client:
    # No keep-alive: a connection that died while idle would look like a lost answer.
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)
