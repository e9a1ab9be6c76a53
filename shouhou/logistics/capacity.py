"""How full the couriers' windows are: bookings counted against what an area can take."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Count

from shouhou.logistics.models import Pickup, PickupCapacity
from shouhou.logistics.rules.windows import Capacity, Window, deciding

# A pickup that was called off or given up has left its place to somebody else.
GONE = ("cancelled", "failed")


def capacities() -> list[Capacity]:
    """What operations have settled, all areas."""
    return [Capacity(*row) for row in PickupCapacity.objects.values_list("region_code", "per_window", "per_day")]


def hold_capacity(region_code: str) -> None:
    """Hold the entry that decides for the region until the transaction ends: who books the last place books it alone."""
    entry = deciding(region_code, capacities())
    if entry is not None:
        PickupCapacity.objects.select_for_update(no_key=True).filter(region_code=entry.region_code).first()


def fullness(region_code: str, *, now: datetime) -> Callable[[Window], bool]:
    """Says of a window from today on whether the area can take nobody more in it."""
    known = capacities()
    entry = deciding(region_code, known)
    if entry is None:
        return lambda window: False
    rows = Pickup.objects.filter(window_start__gte=now - timedelta(days=1), region_code__startswith=entry.region_code).exclude(
        state__in=GONE
    )
    for other in known:
        # What a more specific entry decides is counted there.
        if other.region_code != entry.region_code and other.region_code.startswith(entry.region_code):
            rows = rows.exclude(region_code__startswith=other.region_code)
    taken = dict(rows.values_list("window_start").annotate(count=Count("id")).values_list("window_start", "count"))
    return lambda window: entry.is_full(window, taken=taken)
