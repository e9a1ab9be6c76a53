"""When a courier can come, how a pickup stands, and which cases a waybill belongs to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shouhou.foundation.workflow import Text
from shouhou.logistics.models import Parcel
from shouhou.logistics.queries import windows_for
from shouhou.logistics.rules.windows import Window
from shouhou.policy.queries import calendar_now
from shouhou.web.page import said

WAYBILL_LENGTH_MIN = 6
PICKUPS: dict[str, tuple[str, Text]] = {
    "requested": ("wait", Text("正在为您预约，快递公司确认后会通知您。", "Being booked; you are told once the courier has confirmed.")),
    "booked": ("good", Text("已约好。请在时间段内留意电话，备好商品与配件。", "Booked. Keep your phone near and everything ready.")),
    "attempted": ("bad", Text("上次上门没有取到，快递员会再来。", "The last visit failed; the courier comes again.")),
    "collected": ("good", Text("快递员已取走商品。", "The courier has the goods.")),
    "failed": ("bad", Text("多次上门没有取到，预约已结束。请重新预约或自行寄回。",
                           "All visits failed and the booking has ended. Book again or send the goods yourself.")),
    "cancelled": ("plain", Text("预约已取消。", "The booking was cancelled.")),
}  # fmt: skip


def windows_at(address: Mapping[str, object], *, now: datetime) -> list[Window]:
    """The pickup windows that are offered now at this address."""
    return windows_for(address, calendar=calendar_now(), now=now)


def cases_with_waybill(text: str, *, most: int = 50) -> list[str]:
    """The cases on which a parcel with this number stands or stood."""
    wanted = text.strip().upper()
    if len(wanted) < WAYBILL_LENGTH_MIN:
        return []
    return list(Parcel.objects.filter(tracking_number=wanted).values_list("subject", flat=True)[:most])


def told_pickups(pickups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pickups with a tone and a sentence each; only the newest is `now`, the others are history."""
    return [
        {**pickup, "tone": PICKUPS[pickup["state"]][0], "sentence": said(PICKUPS[pickup["state"]][1]), "now": place == 0}
        for place, pickup in enumerate(pickups)
        if pickup["state"] in PICKUPS
    ]
