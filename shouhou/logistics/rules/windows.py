"""Which pickup windows are offered, and what holidays and force majeure do to a pickup's due day (LOG-01, LOG-02)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shouhou.foundation.days import ONE_DAY, SHANGHAI, Calendar, local_day

WINDOW_HOURS = 2
DAYS_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period in which the courier comes."""

    start: datetime
    end: datetime

    @property
    def code(self) -> str:
        """As forms and the API write it: an ISO 8601 interval."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def read_window(code: str) -> Window | None:
    """The window of a code, or None when it is none."""
    start, slash, end = code.strip().partition("/")
    try:
        window = Window(datetime.fromisoformat(start), datetime.fromisoformat(end))
    except ValueError:
        return None
    return window if slash and window.start.tzinfo and window.end.tzinfo and window.start < window.end else None


@dataclass(frozen=True, slots=True)
class Service:
    """How a courier works in an area: first and last hour of the day, how long before a window one may still book."""

    first_hour: int
    last_hour: int
    cutoff_hours: int
    same_day: bool


OWN_AREA = Service(first_hour=9, last_hour=21, cutoff_hours=2, same_day=True)
ELSEWHERE = Service(first_hour=9, last_hour=19, cutoff_hours=4, same_day=False)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days (both included) without pickups in the regions below `region_code` ("" everywhere), and their cause."""

    first_day: date
    last_day: date
    cause: str
    region_code: str = ""

    def covers(self, day: date, region_code: str) -> bool:
        return self.first_day <= day <= self.last_day and region_code.startswith(self.region_code)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many pickups the regions below `region_code` ("" everywhere) take; None is no limit."""

    region_code: str
    per_window: int | None
    per_day: int | None

    def is_full(self, window: Window, *, taken: Mapping[datetime, int]) -> bool:
        """Whether nobody can be taken in this window any more; `taken` counts the bookings by the windows' starts."""
        day = local_day(window.start)
        of_day = sum(count for start, count in taken.items() if local_day(start) == day)
        return (self.per_window is not None and taken.get(window.start, 0) >= self.per_window) or (
            self.per_day is not None and of_day >= self.per_day
        )


def deciding(region_code: str, capacities: Iterable[Capacity]) -> Capacity | None:
    """The most specific entry that the region lies in; None: no limit."""
    found = [capacity for capacity in capacities if region_code.startswith(capacity.region_code)]
    return max(found, key=lambda capacity: len(capacity.region_code), default=None)


def pickup_windows(
    *, now: datetime, calendar: Calendar, service: Service, region_code: str = "",
    suspensions: Sequence[Suspension] = (), days: int = DAYS_OFFERED, full: Callable[[Window], bool] = lambda window: False,
) -> list[Window]:  # fmt: skip
    """Two-hour windows on the next `days` days on which the courier works, today first, in Shanghai time.

    A window that is `full` is left out; a day with nothing but full ones is replaced by a later one.
    """
    today = local_day(now)
    earliest = now + timedelta(hours=service.cutoff_hours)
    windows: list[Window] = []
    offered, day = 0, today if service.same_day else today + ONE_DAY
    # A suspension of a month offers nothing rather than a window in another season.
    while offered < days and day <= today + timedelta(days=31):
        if not pause_cause(day, calendar=calendar, region_code=region_code, suspensions=suspensions):
            hours = range(service.first_hour, service.last_hour, WINDOW_HOURS)
            open_ones = [window for window in (_window(day, hour) for hour in hours) if window.start >= earliest]
            left = [window for window in open_ones if not full(window)]
            windows += left
            offered += bool(left) or not open_ones
        day += ONE_DAY
    return windows


def pause_cause(
    day: date, *, calendar: Calendar, region_code: str = "", suspensions: Sequence[Suspension] = ()
) -> str | None:
    """Why no courier comes on `day`: statutory_holiday, the suspension's cause, or None."""
    if calendar.is_holiday(day):
        return "statutory_holiday"
    return next((suspension.cause for suspension in suspensions if suspension.covers(day, region_code)), None)


def due_with_pauses(
    due: datetime, *, calendar: Calendar, region_code: str = "", suspensions: Sequence[Suspension] = ()
) -> tuple[datetime, tuple[tuple[date, str], ...]]:
    """The pickup's due instant moved past suspended days (same hour), with each paused day and its cause."""
    paused: list[tuple[date, str]] = []
    while cause := pause_cause(local_day(due), calendar=calendar, region_code=region_code, suspensions=suspensions):
        paused.append((local_day(due), cause))
        due += ONE_DAY
    return due, tuple(paused)


def _window(day: date, hour: int) -> Window:
    start = datetime.combine(day, time(hour), SHANGHAI)
    return Window(start, start + timedelta(hours=WINDOW_HOURS))
