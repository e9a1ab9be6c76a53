"""How long the warranty lasts: from delivery, installation or replacement; repair time is not counted (L-12, REP-03)."""

from dataclasses import dataclass
from datetime import date, timedelta

from shouhou.foundation.days import Calendar, add_months


@dataclass(frozen=True, slots=True)
class Repair:
    """One stay in the workshop; `went_out` None while it lasts. `delay` is `repairer` or `parts`."""

    came_in: date
    went_out: date | None = None
    fault: str | None = None
    delay: str = "repairer"

    @property
    def days(self) -> int:
        """Days that do not count into the warranty; 0 while the repair lasts."""
        return max(0, (self.went_out - self.came_in).days) if self.went_out else 0


@dataclass(frozen=True, slots=True)
class Warranty:
    """What a warranty is counted from: the start, a later installation, a replacement that restarts it, repairs, a plan."""

    start: date | None = None
    installed: date | None = None
    replaced: date | None = None
    repairs: tuple[Repair, ...] = ()
    extended_months: int = 0

    @property
    def begins(self) -> date | None:
        """Replacement restarts it, installation comes before delivery."""
        return self.replaced or self.installed or self.start


def warranty_end(warranty: Warranty, *, months: int, days: int = 0, calendar: Calendar) -> date | None:
    """The last day of the basic warranty: `days` if the book counts in days, else clamped `months`; rolled (L-05)."""
    end = _end(warranty, months, days)
    return calendar.roll(end) if end else None


def extended_end(warranty: Warranty, *, months: int, days: int = 0, calendar: Calendar) -> date | None:
    """The last day of the extended plan, None without one (PLN-01)."""
    end = _end(warranty, months, days)
    if end is None or not warranty.extended_months:
        return None
    return calendar.roll(add_months(end, warranty.extended_months))


def imei_end(factory_on: date, *, months: int, grace_days: int, calendar: Calendar) -> date:
    """Without any voucher a phone's warranty starts on the 90th day after its factory date (L-15)."""
    return calendar.roll(add_months(factory_on + timedelta(days=grace_days), months))


def same_fault_repairs(warranty: Warranty, fault: str | None) -> int:
    """Finished repairs of the same fault since the warranty began (REP-12)."""
    return sum(1 for repair in _counted(warranty) if repair.went_out and repair.fault == fault)


def open_repair_days(warranty: Warranty, *, delay: str, on: date) -> int:
    """Days the longest unfinished repair with this kind of delay has lasted on the day (REP-09)."""
    lasting = [repair for repair in warranty.repairs if repair.went_out is None]
    mine = [repair for repair in lasting if (repair.delay == "parts") == (delay == "parts")]
    return max((max(0, (on - repair.came_in).days) for repair in mine), default=0)


def _end(warranty: Warranty, months: int, days: int) -> date | None:
    begins = warranty.begins
    if begins is None:
        return None
    end = begins + timedelta(days=days) if days else add_months(begins, months)
    return end + timedelta(days=sum(repair.days for repair in _counted(warranty)))


def _counted(warranty: Warranty) -> list[Repair]:
    """Repairs of the thing now in hand: what was done before a replacement belongs to another one."""
    since = warranty.replaced
    return [repair for repair in warranty.repairs if since is None or repair.came_in >= since]
