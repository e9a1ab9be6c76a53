"""What the demo's shop, carriers and payment channel said at instants of the past: taken in as their callbacks would be."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shouhou.foundation.workflow import Text
from shouhou.logistics.actions.requests import take_answer, take_outcome
from shouhou.logistics.actions.tracking import take_tracking_event
from shouhou.logistics.carriers.base import Accepted, Handled, Tracked
from shouhou.logistics.models import Parcel, ParcelRequest
from shouhou.orders.models import Interception
from shouhou.orders.shop.interceptions import take_told
from shouhou.orders.shop.port import Stopped
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.payments.models import RefundPart

IN_KIND = "inkind"


def hear(said: str, number: str, *, waybill: str, now: datetime) -> None:
    """Take in one of WORDS about the case; `waybill` is one that nobody has yet."""
    WORDS[said](number, waybill, now)


def _shop_unsure(number: str, waybill: str, now: datetime) -> None:
    told = Stopped("unknown", detail="仓库拣货中 / being picked")
    take_told(Interception.objects.get(subject=number).key, told, now=now)


def _shop_shipped(number: str, waybill: str, now: datetime) -> None:
    take_told(Interception.objects.get(subject=number).key, Stopped("shipped", "SF", waybill), now=now)


def _carrier_accepts(number: str, waybill: str, now: datetime) -> None:
    take_answer(ParcelRequest.objects.get(subject=number).pk, Accepted(), now=now)


def _carrier_stopped(number: str, waybill: str, now: datetime) -> None:
    asked = ParcelRequest.objects.get(subject=number)
    words = Text("已在分拨中心拦下，退回寄件人", "stopped at the hub, going back to the sender")
    take_outcome(Handled(asked.key, "success", now, words, ""), now=now)


def _channel_refuses(number: str, waybill: str, now: datetime) -> None:
    """The card behind the payment is closed: every part that goes over a channel comes back."""
    for part in RefundPart.objects.filter(refund__subject=number).exclude(channel=IN_KIND).order_by("id"):
        sent = begin(part.pk, now=now)
        if sent is not None:
            finish(sent, Heard("refund", "refused", ChannelAnswer("refused", code="ACCOUNT_CLOSED")), started_at=now, now=now)


def _parcel_damaged(number: str, waybill: str, now: datetime) -> None:
    parcel = Parcel.objects.get(subject=number, released_at=None)
    words = Text("外包装破损，已拍照留存", "the packaging is damaged; photos were taken")
    take_tracking_event(
        Tracked(parcel.carrier, parcel.tracking_number, f"demo-{number}", now, "414", words, ""), now=now
    )


WORDS: Mapping[str, Callable[[str, str, datetime], None]] = {
    "shop_unsure": _shop_unsure, "shop_shipped": _shop_shipped, "carrier_accepts": _carrier_accepts,
    "carrier_stopped": _carrier_stopped, "channel_refuses": _channel_refuses, "parcel_damaged": _parcel_damaged,
}  # fmt: skip
