"""Channels with a real server behind each, as the contract of every channel needs them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Protocol
from uuid import UUID

import httpx

from shouhou.payments.channels.base import Callback, Paid, PayCallback, PayChannel, RefundChannel
from shouhou.payments.channels.fake.client import FakeChannel
from shouhou.payments.channels.fake.server import Channel
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.tests.chinese_houses import alipay_house, wechat_house
from shouhou.payments.tests.stripe_running import stripe_house


class BothWays(RefundChannel, PayChannel, Protocol):
    """Pays back and takes money in."""


class House(Protocol):
    """A channel and the server behind it. Amounts in minor units; the currency is always `currency`."""

    @property
    def currency(self) -> str: ...

    def channel(self) -> BothWays:
        """The channel, speaking to the running server."""
        ...

    def nowhere(self) -> BothWays:
        """The same channel where nobody listens."""
        ...

    def paid(self, amount_minor: int) -> Paid:
        """A payment there that a refund can go back to."""
        ...

    def pay(self, key: UUID, url: str) -> object:
        """The consumer pays what stands under the key, at the address that the channel gave; nothing if it is closed."""
        ...

    def lose_answer(self) -> None:
        """What is asked next is done there, but its answer never comes."""
        ...

    def refuse(self) -> None:
        """The refund that is asked next is refused for a reason of the channel's own."""
        ...

    def refunds(self) -> list[int]:
        """Every refund that really went out, as amounts."""
        ...

    def received(self) -> list[int]:
        """Every payment under a key of ours that really came in, as amounts."""
        ...

    def told(self, callback: Callback | PayCallback) -> tuple[dict[str, str], bytes] | None:
        """Headers and body with which the channel tells this, properly signed; None: it tells nothing of the kind."""
        ...


@dataclass(frozen=True, slots=True)
class FakeHouse:
    """The fake channel in a thread."""

    server: Channel
    url: str
    currency: str = "CNY"

    def channel(self) -> FakeChannel:
        return FakeChannel(self.url, secret=self.server.secret)

    def nowhere(self) -> FakeChannel:
        return FakeChannel("http://127.0.0.1:9", secret=self.server.secret)

    def paid(self, amount_minor: int) -> Paid:
        return Paid("", amount_minor)

    def pay(self, key: UUID, url: str) -> None:
        httpx.post(url, data={"action": "pay"})

    def lose_answer(self) -> None:
        self._behave("lost")

    def refuse(self) -> None:
        self._behave("refuse")

    def refunds(self) -> list[int]:
        return [int(each["amount"]) for each in self.server.book.movements]

    def received(self) -> list[int]:
        return [int(each["amount"]) for each in self.server.till.received]

    def told(self, callback: Callback | PayCallback) -> tuple[dict[str, str], bytes]:
        about = '"about":"payment","means":"card",' if isinstance(callback, PayCallback) else ""
        body = (
            f'{{{about}"id":"{callback.callback_id}","key":"{callback.key}","status":"{callback.status}",'
            f'"amount":{callback.amount_minor},"currency":"{callback.currency}","reference":"{callback.reference}"}}'
        ).encode()
        return {SIGNATURE_HEADER: sign(body, secret=self.server.secret)}, body

    def _behave(self, how: str) -> None:
        httpx.post(f"{self.url}/_behave", json={"behaviours": [how]}).raise_for_status()


@contextmanager
def fake_house(folder: Path) -> Iterator[FakeHouse]:
    server = Channel(0, state=folder / "channel.jsonl", secret="s3cret-of-the-tests")
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield FakeHouse(server, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()


# A new channel joins the contract with a line here: a folder for its files in, its house out.
HOUSES: dict[str, Callable[[Path], AbstractContextManager[House]]] = {
    "fake": fake_house, "stripe": stripe_house, "wechat": wechat_house, "alipay": alipay_house,
}  # fmt: skip
