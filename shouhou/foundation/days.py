"""Days and working calendars: counting as the law counts (民法典 200–204; L-03, L-04, L-05)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays and make-up working days of one place; a plain weekend is no holiday (L-05)."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays_extra: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def of(cls, holidays: Iterable[date] = (), workdays_extra: Iterable[date] = ()) -> "Calendar":
        return cls(frozenset(holidays), frozenset(workdays_extra))

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays and day not in self.workdays_extra

    def is_workday(self, day: date) -> bool:
        return day in self.workdays_extra or (day.weekday() < 5 and day not in self.holidays)

    def roll(self, day: date) -> date:
        """The day itself, or the first day after that is no public holiday (民法典 203(1))."""
        while self.is_holiday(day):
            day += ONE_DAY
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (count ≥ 1)."""
        if count < 1:
            raise ValueError("count must be at least 1")
        while count:
            day += ONE_DAY
            count -= self.is_workday(day)
        return day


NO_HOLIDAYS = Calendar()


def local_day(at: datetime, zone: ZoneInfo = SHANGHAI) -> date:
    """The calendar day of the instant in `zone`. Raises ValueError for an instant without offset."""
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return at.astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """23:59:59 of `day` in `zone`: the last second of a period that ends at 24:00 (L-04)."""
    return datetime.combine(day, LAST_SECOND, zone)


def desk_hours(at: datetime, *, hours: int, opens: int, closes: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    """`hours` from `at`, of which only those between `opens` and `closes` o'clock count, on every calendar day; what is left over
    goes on the next morning, to the second (10:00 + 4 h = 14:00; 14:01 + 4 h of 9–18 = 9:01). Raises ValueError for an empty day."""
    if not 0 <= opens < closes <= 24:
        raise ValueError("a desk opens before it closes")
    left, here = timedelta(hours=hours), at.astimezone(zone)
    while True:
        morning = datetime.combine(here.date(), time.min, zone)
        begins, ends = max(here, morning + timedelta(hours=opens)), morning + timedelta(hours=closes)
        if begins + left <= ends:
            return begins + left
        left -= max(ends - begins, timedelta(0))
        here = morning + ONE_DAY


def start_of_day(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(day, time.min, zone)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, clamped to the month's end (民法典 202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_span(month: date, zone: ZoneInfo = SHANGHAI) -> tuple[datetime, datetime]:
    """From the first instant of the month of that day to the first of the next: half-open."""
    first = month.replace(day=1)
    return start_of_day(first, zone), start_of_day(add_months(first, 1), zone)


def epoch_day(day: date) -> int:
    """Days since 1970-01-01: the engine's only notion of a date."""
    return day.toordinal() - 719_163


def from_epoch_day(number: int) -> date:
    return date.fromordinal(number + 719_163)


def epoch_minute(at: datetime) -> int:
    """Whole minutes since the epoch, rounded down."""
    return int(at.astimezone(UTC).timestamp() // 60)
