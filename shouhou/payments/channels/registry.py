"""Which channel pays which tender back. A new channel is one folder and one line here."""

from collections.abc import Callable

from django.conf import settings

from shouhou.payments.channels.base import PayChannel, RefundChannel
from shouhou.payments.channels.fake.client import FakeChannel
from shouhou.payments.channels.inkind.client import InKind
from shouhou.payments.rules import is_cash


def _fake() -> FakeChannel:
    return FakeChannel(settings.PAYMENT_CHANNELS["fake"]["url"], secret=settings.PAYMENT_CALLBACK_SECRET)


CHANNELS: dict[str, Callable[[], RefundChannel]] = {"fake": _fake, "inkind": InKind}
PAY_CHANNELS: dict[str, Callable[[], PayChannel]] = {"fake": _fake}
DEFAULT = "fake"


def channel_for(tender: str) -> str:
    """The name of the channel that pays `tender` back, by the installation's setting; coupons and points return in kind."""
    return settings.TENDER_CHANNELS.get(tender, DEFAULT) if is_cash(tender) else "inkind"


def open_channel(name: str) -> RefundChannel:
    """The channel itself. Raises KeyError for one that is not installed."""
    return CHANNELS[name]()


def open_pay_channel(name: str) -> PayChannel:
    """The channel that consumers pay through. Raises KeyError for one that is not installed."""
    return PAY_CHANNELS[name]()
