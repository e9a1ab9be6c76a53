"""When the night begins and ends where the reader is, and what cannot wait for the morning."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# One official time, and a country wider than that: where the day begins two hours later.
REGIONS: Mapping[str, str] = {"新疆": "Asia/Urumqi", "乌鲁木齐": "Asia/Urumqi"}
MARGIN = timedelta(hours=2)


def zone_of(region: str, *, platform: str) -> ZoneInfo:
    """The clock a reader lives by: that of their region where it differs, else the platform's."""
    return ZoneInfo(next((zone for name, zone in REGIONS.items() if region.startswith(name)), platform))


def morning_after(now: datetime, *, zone: ZoneInfo, begins: int, ends: int) -> datetime | None:
    """The first instant of the next day's hours when it is night now, else None. The same hour twice: there is no night."""
    local = now.astimezone(zone)
    night = begins != ends and (local.hour >= begins or local.hour < ends if begins > ends else begins <= local.hour < ends)
    if not night:
        return None
    morning = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


def cannot_wait(due_at: datetime | None, *, morning: datetime) -> bool:
    """Would the reader's limit run out in the night, or so soon after it that nothing can be done any more?"""
    return due_at is not None and due_at <= morning + MARGIN
