"""Banks that pay shops: pay under a key, and say what became of a key. A new one is a line here."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import httpx
from django.conf import settings

from shouhou.foundation.workflow import Text
from shouhou.payments.channels.base import ChannelAnswer, ChannelDown, ChannelSilent, Status

TIMEOUT_SECONDS = 5.0
STATUSES: dict[str, Status] = {"settled": "settled", "refused": "refused", "in_process": "in_process"}


class Bank(Protocol):
    """Both calls carry a timeout and raise ChannelSilent or ChannelDown. The same key never pays twice."""

    def pay(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, payee: str, payee_account: str
    ) -> ChannelAnswer: ...  # fmt: skip

    def query(self, *, key: UUID) -> ChannelAnswer: ...


class FakeBank:
    """The fake channel's payouts over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def pay(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, payee: str, payee_account: str
    ) -> ChannelAnswer:  # fmt: skip
        return self._ask("POST", "/payouts", {
            "key": str(key), "amount": amount_minor, "currency": currency, "reference": reference, "payee": payee,
            "account": payee_account,
        })  # fmt: skip

    def query(self, *, key: UUID) -> ChannelAnswer:
        return self._ask("GET", f"/payouts/{key}", None)

    def _ask(self, method: str, path: str, body: dict[str, object] | None) -> ChannelAnswer:
        try:
            # No connection is kept: one that died while idle would look like a lost answer.
            with httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
                response = client.request(method, self._url + path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ChannelDown(str(error)) from error
        except httpx.HTTPError as error:
            raise ChannelSilent(f"{type(error).__name__}: {error}") from error
        if response.status_code == 404:
            return ChannelAnswer("not_known")
        try:
            said = response.json()
            return ChannelAnswer(
                STATUSES[said["status"]], str(said.get("reference", ""))[:120], str(said.get("code", ""))[:60], said.get("amount")
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ChannelSilent(f"HTTP {response.status_code}, unreadable") from error


def _fake() -> Bank:
    return FakeBank(settings.PAYMENT_CHANNELS["fake"]["url"])


BANKS: dict[str, Callable[[], Bank]] = {"fake": _fake}
# Where a shop's money can be paid from; `offline`: finance pays by hand and records the proof.
CHANNELS: dict[str, Text] = {
    "offline": Text("线下付款（登记凭证）", "By hand, with proof"),
    "fake": Text("银行代付接口（模拟）", "Bank transfers by interface (fake)"),
}  # fmt: skip


def open_bank(name: str) -> Bank:
    """Raises ChannelDown for one that is not set up: what is meant for it waits."""
    if name not in BANKS or name not in settings.PAYMENT_CHANNELS:
        raise ChannelDown(f"the bank {name!r} is not set up")
    return BANKS[name]()
