"""WeChat Pay and Alipay with small servers of their protocols behind them, for the contract and for their own tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TypeVar
from uuid import UUID

from shouhou.payments.channels.alipay.account import account_from as alipay_account
from shouhou.payments.channels.alipay.client import AlipayChannel
from shouhou.payments.channels.alipay.fake import desk as alipay_desk
from shouhou.payments.channels.alipay.fake.server import AlipayServer
from shouhou.payments.channels.alipay.wire import yuan
from shouhou.payments.channels.base import Callback, Paid, PayCallback
from shouhou.payments.channels.wechat.account import account_from as wechat_account
from shouhou.payments.channels.wechat.client import WeChatChannel
from shouhou.payments.channels.wechat.fake import desk as wechat_desk
from shouhou.payments.channels.wechat.fake.server import WeChatServer

NOTIFY = "https://shop.example/api/v1/callbacks/payments/"
NOBODY = "http://127.0.0.1:9"
S = TypeVar("S", WeChatServer, AlipayServer)


# Two pairs of keys take a second to make: once for all tests of a process.
wechat_keys = cache(wechat_desk.new_keys)
alipay_keys = cache(alipay_desk.new_keys)


@dataclass(frozen=True, slots=True)
class WeChatHouse:
    """WeChat Pay in a thread."""

    server: WeChatServer
    currency: str = "CNY"

    def channel(self) -> WeChatChannel:
        return WeChatChannel(wechat_account(self.server.settings(), notify_url=NOTIFY + "wechat"))

    def nowhere(self) -> WeChatChannel:
        return WeChatChannel(replace(wechat_account(self.server.settings(), notify_url=NOTIFY + "wechat"), url=NOBODY))

    def paid(self, amount_minor: int) -> Paid:
        return Paid(wechat_desk.paid_order(self.server.trades, amount_minor)["transaction_id"], amount_minor)

    def pay(self, key: UUID, url: str) -> None:
        self.server.pay(key.hex)

    def lose_answer(self) -> None:
        self.server.behave("lost")

    def refuse(self) -> None:
        self.server.behave("not_enough")

    def refunds(self) -> list[int]:
        return [each["refund"] for each in self.server.refunds.known.values() if each["state"] == "SUCCESS"]

    def received(self) -> list[int]:
        """The shop's own orders are none of ours."""
        found = self.server.trades.known.items()
        return [each["total"] for name, each in found if each["state"] == "SUCCESS" and not name.startswith("shop")]

    def told(self, callback: Callback | PayCallback) -> tuple[dict[str, str], bytes]:
        name = callback.key.hex if isinstance(callback.key, UUID) else str(callback.key)
        amount = callback.amount_minor
        if isinstance(callback, PayCallback):
            trade = {"name": name, "state": "SUCCESS", "total": amount, "currency": callback.currency,
                     "transaction_id": callback.reference}  # fmt: skip
            return self.server.told("TRANSACTION.SUCCESS", wechat_desk.shown_order(trade), notice_id=callback.callback_id)
        refund = {"name": name, "state": "SUCCESS", "refund": amount, "total": amount, "refund_id": callback.reference,
                  "transaction_id": "42", "out_trade_no": "shop1"}  # fmt: skip
        shown = wechat_desk.shown_refund(refund, notice=True)
        return self.server.told("REFUND.SUCCESS", shown, notice_id=callback.callback_id)


@dataclass(frozen=True, slots=True)
class AlipayHouse:
    """Alipay in a thread."""

    server: AlipayServer
    currency: str = "CNY"

    def channel(self) -> AlipayChannel:
        return AlipayChannel(alipay_account(self.server.settings(), notify_url=NOTIFY + "alipay"))

    def nowhere(self) -> AlipayChannel:
        return AlipayChannel(replace(alipay_account(self.server.settings(), notify_url=NOTIFY + "alipay"), url=NOBODY))

    def paid(self, amount_minor: int) -> Paid:
        return Paid(alipay_desk.paid_trade(self.server.trades, yuan(amount_minor))["trade_no"], amount_minor)

    def pay(self, key: UUID, url: str) -> None:
        self.server.pay(key.hex)

    def lose_answer(self) -> None:
        self.server.behave("lost")

    def refuse(self) -> None:
        self.server.behave("not_enough")

    def refunds(self) -> list[int]:
        found = self.server.refunds.known.values()
        return [int(each["amount"].replace(".", "")) for each in found if each["state"] == "REFUND_SUCCESS"]

    def received(self) -> list[int]:
        """The shop's own trades are none of ours; a closed one that was paid before counts."""
        found = self.server.trades.known.items()
        return [int(each["total"].replace(".", "")) for name, each in found if "paid_at" in each and not name.startswith("shop")]

    def told(self, callback: Callback | PayCallback) -> tuple[dict[str, str], bytes] | None:
        """A refund has no callback of its own there: it is asked about."""
        if isinstance(callback, Callback):
            return None
        name = callback.key.hex if isinstance(callback.key, UUID) else str(callback.key)
        trade = {"name": name, "state": "TRADE_SUCCESS", "total": yuan(callback.amount_minor), "subject": "x",
                 "trade_no": callback.reference}  # fmt: skip
        return {}, alipay_desk.notice(self.server.keys, trade, notice_id=callback.callback_id)


@contextmanager
def wechat_house(folder: Path) -> Iterator[WeChatHouse]:
    with _running(WeChatServer(0, state=folder / "wechat", keys=wechat_keys())) as server:
        yield WeChatHouse(server)


@contextmanager
def alipay_house(folder: Path) -> Iterator[AlipayHouse]:
    with _running(AlipayServer(0, state=folder / "alipay", keys=alipay_keys())) as server:
        yield AlipayHouse(server)


@contextmanager
def _running(server: S) -> Iterator[S]:
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
