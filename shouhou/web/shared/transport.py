"""When a courier can come, and which cases a waybill belongs to."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.logistics.models import Parcel
from shouhou.logistics.queries import windows_for
from shouhou.logistics.rules.windows import Window
from shouhou.policy.queries import calendar_now

WAYBILL_LENGTH_MIN = 6


def windows_at(address: Mapping[str, object], *, now: datetime) -> list[Window]:
    """The pickup windows that are offered now at this address."""
    return windows_for(address, calendar=calendar_now(), now=now)


def cases_with_waybill(text: str, *, most: int = 50) -> list[str]:
    """The cases on which a parcel with this number stands or stood."""
    wanted = text.strip().upper()
    if len(wanted) < WAYBILL_LENGTH_MIN:
        return []
    return list(Parcel.objects.filter(tracking_number=wanted).values_list("subject", flat=True)[:most])
