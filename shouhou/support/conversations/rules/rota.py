"""Who is on duty and when somebody is next: weekly shifts over the calendar, in Beijing time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shouhou.foundation.days import ONE_DAY, SHANGHAI, Calendar

LOOK_AHEAD_DAYS = 21


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly shift: ISO weekdays 1–7; `until` at or before `since` ends on the next day. No skills: all of them.

    On `off_days` somebody else has taken it over."""

    user_id: int
    weekdays: tuple[int, ...]
    since: time
    until: time
    on_holidays: bool
    skills: tuple[str, ...]
    first_day: date
    last_day: date | None
    off_days: tuple[date, ...] = ()

    def span_on(self, day: date, calendar: Calendar) -> tuple[datetime, datetime] | None:
        """From when until when it works on that day, if it does."""
        if day < self.first_day or (self.last_day is not None and day > self.last_day) or day.isoweekday() not in self.weekdays:
            return None
        if day in self.off_days:
            return None
        if not self.on_holidays and calendar.is_holiday(day):
            return None
        begins = datetime.combine(day, self.since, SHANGHAI)
        ends = datetime.combine(day if self.until > self.since else day + ONE_DAY, self.until, SHANGHAI)
        return begins, ends

    def can(self, skill: str) -> bool:
        return not self.skills or skill in self.skills


def on_duty(shifts: Iterable[Shift], *, skill: str, calendar: Calendar, now: datetime) -> frozenset[int]:
    """The people who are at the desk at this instant and can answer that."""
    today = now.astimezone(SHANGHAI).date()
    return frozenset(
        shift.user_id
        for shift in shifts
        if shift.can(skill)
        for day in (today - ONE_DAY, today)
        if (span := shift.span_on(day, calendar)) and span[0] <= now < span[1]
    )


def next_duty(shifts: Iterable[Shift], *, skill: str, calendar: Calendar, now: datetime) -> datetime | None:
    """When the next shift that can answer it begins; None when none does within three weeks."""
    today = now.astimezone(SHANGHAI).date()
    begins = [
        span[0]
        for shift in shifts
        if shift.can(skill)
        for ahead in range(LOOK_AHEAD_DAYS)
        if (span := shift.span_on(today + timedelta(days=ahead), calendar)) and span[0] > now
    ]
    return min(begins, default=None)
