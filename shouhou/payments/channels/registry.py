"""Which channel pays which tender back. A new channel is one folder and its lines here.

A channel's SDK is loaded when the channel is first opened: an installation without it does not pay for it at every start.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from shouhou.payments.channels.base import (
    AnsweredInOwnWords,
    ChannelDown,
    OwnAnswer,
    PaidInside,
    PayChannel,
    RefundChannel,
    StatementChannel,
)  # fmt: skip
from shouhou.payments.channels.fake.client import FakeChannel
from shouhou.payments.channels.inkind.client import InKind
from shouhou.payments.channels.transfer.client import Transfer
from shouhou.payments.rules import is_cash
from shouhou.payments.rules.elsewhere import BANK

if TYPE_CHECKING:
    from shouhou.payments.channels.alipay.client import AlipayChannel
    from shouhou.payments.channels.stripe.client import StripeChannel
    from shouhou.payments.channels.wechat.client import WeChatChannel


def _fake() -> FakeChannel:
    return FakeChannel(settings.PAYMENT_CHANNELS["fake"]["url"], secret=settings.PAYMENT_CALLBACK_SECRET)


def _stripe() -> "StripeChannel":
    from shouhou.payments.channels.stripe.client import StripeChannel

    given = settings.PAYMENT_CHANNELS["stripe"]
    return StripeChannel(given["key"], webhook_secret=given.get("webhook_secret", ""), url=given.get("url", ""))


def _wechat() -> "WeChatChannel":
    from shouhou.payments.channels.wechat.account import account_from
    from shouhou.payments.channels.wechat.client import WeChatChannel

    return WeChatChannel(account_from(settings.PAYMENT_CHANNELS["wechat"], notify_url=callback_address("wechat")))


def _alipay() -> "AlipayChannel":
    from shouhou.payments.channels.alipay.account import account_from
    from shouhou.payments.channels.alipay.client import AlipayChannel

    return AlipayChannel(account_from(settings.PAYMENT_CHANNELS["alipay"], notify_url=callback_address("alipay")))


CHANNELS: dict[str, Callable[[], RefundChannel]] = {
    "fake": _fake, "inkind": InKind, "transfer": Transfer, "stripe": _stripe, "wechat": _wechat, "alipay": _alipay,
}  # fmt: skip
PAY_CHANNELS: dict[str, Callable[[], PayChannel]] = {
    "fake": _fake, "stripe": _stripe, "wechat": _wechat, "alipay": _alipay,
}  # fmt: skip
STATEMENT_CHANNELS: dict[str, Callable[[], StatementChannel]] = {
    "fake": _fake, "stripe": _stripe, "wechat": _wechat, "alipay": _alipay,
}  # fmt: skip
# Without this setting (in PAYMENT_CHANNELS) a channel is not set up: nothing is sent to it, nothing heard from it.
NEEDS: dict[str, str] = {"stripe": "key", "wechat": "merchant", "alipay": "app"}
# Channels that must be told whether the consumer scans a code or holds the phone he pays with; the others' one page does for both.
WAYS: dict[str, frozenset[str]] = {"wechat": frozenset({"scan", "phone"})}
DEFAULT = "fake"
TRANSFER = "transfer"


def is_set_up(name: str) -> bool:
    """Whether there is such a channel, with what it needs in this installation."""
    if name not in CHANNELS:
        return False
    return name not in NEEDS or bool(settings.PAYMENT_CHANNELS.get(name, {}).get(NEEDS[name]))


def channel_for(tender: str) -> str:
    """The name of the channel that pays `tender` back, by the installation's setting; coupons and points return in kind, and
    to an account that the buyer has named finance transfers it."""
    if tender == BANK:
        return TRANSFER
    return settings.TENDER_CHANNELS.get(tender, DEFAULT) if is_cash(tender) else "inkind"


def open_channel(name: str) -> RefundChannel:
    """The channel itself. Raises ChannelDown for one that is not set up: what is meant for it waits."""
    return CHANNELS[_known(name)]()


def open_pay_channel(name: str) -> PayChannel:
    """The channel that consumers pay through. Raises ChannelDown for one that is not set up."""
    if name not in PAY_CHANNELS:
        raise ChannelDown(f"nobody can pay through {name!r}")
    return PAY_CHANNELS[_known(name)]()


def inside_channel(name: str) -> PaidInside | None:
    """The channel, where its own app can show our pages and this installation is set up for it; None otherwise."""
    channel: object = PAY_CHANNELS[name]() if name in PAY_CHANNELS and is_set_up(name) else None
    return channel if isinstance(channel, PaidInside) and channel.knows_visitors() else None


def open_statement_channel(name: str) -> StatementChannel:
    """The channel whose statements can be read. Raises ChannelDown for one that has none or is not set up."""
    if name not in STATEMENT_CHANNELS:
        raise ChannelDown(f"{name!r} has no statements")
    return STATEMENT_CHANNELS[_known(name)]()


def own_answer(name: str, *, taken: bool) -> OwnAnswer | None:
    """What the channel wants to hear for its callback; None: our own JSON says it."""
    channel = CHANNELS[name]() if is_set_up(name) else None
    return channel.own_answer(taken=taken) if isinstance(channel, AnsweredInOwnWords) else None


def callback_address(name: str) -> str:
    """Where the channel is asked to tell us by itself."""
    return f"{settings.BASE_URL}/api/v1/callbacks/payments/{name}"


def _known(name: str) -> str:
    if not is_set_up(name):
        raise ChannelDown(f"the channel {name!r} is not set up")
    return name
