"""The version pinned to an order, raised by a higher legal floor (DEF-02, L-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shouhou.foundation.refusals import refusal, refused

NO_VERSION = refusal(
    "NO_VERSION", "invalid", zh="下单时没有生效的政策版本。", en="No version of the policy was in force at the order."
)


@dataclass(frozen=True, slots=True)
class DatedValue:
    version: str | int
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Pinned:
    """The version, the days that hold, and whether the floor of today's law raised them."""

    version: str | int
    days: int
    raised_by: str | None


def pinned(versions: Sequence[DatedValue], *, ordered_on: date, floor_days: int = 0) -> Pinned:
    """The last version in force on the day of the order; a raised floor applies at once. Raises NO_VERSION."""
    held = [version for version in versions if version.since <= ordered_on]
    if not held:
        raise refused(NO_VERSION)
    last = max(held, key=lambda version: version.since)
    if floor_days > last.days:
        return Pinned(last.version, floor_days, "floor")
    return Pinned(last.version, last.days, None)
