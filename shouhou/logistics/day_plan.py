"""The couriers' day: which doors, in which slots, on whose route, and how full the day is."""

from datetime import date, datetime, time, timedelta

from shouhou.foundation.days import SHANGHAI
from shouhou.logistics.models import OPEN_PICKUP, Pickup
from shouhou.logistics.rules.routes import Route, Stop, block_of, routes
from shouhou.logistics.rules.windows import Window

STOPS_MOST = 2000


def plan_of_day(day: date, *, region_code: str = "") -> list[Route]:
    """The routes of a day in Shanghai below a region: what is open and not collected yet, at most STOPS_MOST doors."""
    begins = datetime.combine(day, time(0), SHANGHAI)
    rows = Pickup.objects.filter(
        state__in=OPEN_PICKUP, window_start__gte=begins, window_start__lt=begins + timedelta(days=1), region_code__startswith=region_code
    ).order_by("window_start", "id")[:STOPS_MOST]
    return routes(_stop(row) for row in rows)


def _stop(row: Pickup) -> Stop:
    block, door = block_of(str(row.address.get("address", "")))
    window = Window(row.window_start.astimezone(SHANGHAI), row.window_end.astimezone(SHANGHAI))
    return Stop(row.number, row.subject, window, row.region_code, block, door, row.parcels, row.state, row.attempts)
