"""When a counter is open: hours per weekday, split or past midnight, days on which it stays closed, and the state at an instant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shouhou.foundation.days import ONE_DAY, SHANGHAI, Calendar, local_day

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
SPANS_MOST = 6
CLOSINGS_MOST = 60
HORIZON_DAYS = 30
HOLIDAY = "statutory_holiday"
_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-4]):([0-5]\d)")
_DAYS = re.compile(r"([1-7])(?:\s*-\s*([1-7]))?")
_CLOSING = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|至|~)\s*(\d{4}-\d{2}-\d{2}))?\s*(.*)", re.DOTALL)

# (first minute, last minute) counted from the weekday's midnight, half-open; past 24:00 it is the next day's morning.
Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]
CLOSED_ALL_WEEK: Week = ((),) * 7


@dataclass(frozen=True, slots=True)
class Closing:
    """Days (both included) on which nobody is there."""

    first_day: date
    last_day: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """A week from Monday to Sunday in Shanghai time, and its exceptions."""

    week: Week
    closings: tuple[Closing, ...] = ()
    closed_on_holidays: bool = False

    def cause(self, day: date, calendar: Calendar) -> str:
        """Why it stays closed on a day on which it may else be open: the closing's note, a holiday, or ""."""
        closing = next((each for each in self.closings if each.first_day <= day <= each.last_day), None)
        if closing is not None:
            return closing.note or "closed"
        return HOLIDAY if self.closed_on_holidays and calendar.is_holiday(day) else ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Open until `until` (None: never closes), or closed until `opens_at` (None: not within 30 days)."""

    open: bool
    until: datetime | None = None
    opens_at: datetime | None = None
    cause: str = ""


def opening(hours: Hours, *, at: datetime, calendar: Calendar) -> Opening:
    """The state at `at`, and the next change. Spans that touch are one: who is open day and night never closes."""
    today = local_day(at)
    merged = list(_merged(_spans(hours, calendar, first=today - ONE_DAY, days=HORIZON_DAYS + 2)))
    end = datetime.combine(today + ONE_DAY * HORIZON_DAYS, time.min, SHANGHAI)
    for start, until in merged:
        if start <= at < until:
            return Opening(True, until=until if until < end else None)
        if start > at:
            return Opening(False, opens_at=start, cause=hours.cause(today, calendar))
    return Opening(False, cause=hours.cause(today, calendar))


def read_week(text: str) -> Week:
    """`1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00` (1 is Monday; days not named are closed). Raises ValueError."""
    week: list[tuple[Span, ...] | None] = [None] * 7
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", text))):
        days, _, rest = part.partition(" ")
        found = _DAYS.fullmatch(days)
        if found is None:
            raise ValueError(part)
        first, last = int(found[1]), int(found[2] or found[1])
        spans = read_spans(rest)
        for day in range(first - 1, last):
            if week[day] is not None:
                raise ValueError(part)
            week[day] = spans
        if last < first:
            raise ValueError(part)
    return checked(tuple(spans or () for spans in week))


def read_spans(text: str) -> tuple[Span, ...]:
    """`09:00-12:00,13:30-18:00`; nothing or "-" is closed. An end at or before its start is the next day's. Raises ValueError."""
    if text.strip() in ("", "-", "–"):
        return ()
    spans = []
    for part in re.split(r"[,，、]", text):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise ValueError(part)
        start, end = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
        if start >= DAY_MINUTES or end > DAY_MINUTES:
            raise ValueError(part)
        spans.append((start, end if end > start else end + DAY_MINUTES))
    if len(spans) > SPANS_MOST:
        raise ValueError(text)
    return tuple(sorted(spans))


def checked(week: Week) -> Week:
    """The week itself. Raises ValueError when two of its spans overlap, Sunday night and Monday morning too."""
    laid = sorted((day * DAY_MINUTES + start, day * DAY_MINUTES + end) for day, spans in enumerate(week) for start, end in spans)
    following = [*laid[1:], *((start + WEEK_MINUTES, end + WEEK_MINUTES) for start, end in laid[:1])]
    if any(after[0] < before[1] for before, after in zip(laid, following, strict=True)):
        raise ValueError("overlap")
    return week


def written_span(span: Span) -> str:
    start, end = span
    return f"{start // 60:02d}:{start % 60:02d}-{_clock(end)}"


def written_week(week: Week) -> str:
    """As `read_week` reads it: days with the same hours together."""
    parts, day = [], 0
    while day < 7:
        last = day
        while last < 6 and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            spans = ",".join(written_span(span) for span in week[day])
            parts.append(f"{day + 1}-{last + 1} {spans}" if last > day else f"{day + 1} {spans}")
        day = last + 1
    return "; ".join(parts)


def read_closings(text: str) -> tuple[Closing, ...]:
    """`2026-02-15..2026-02-20 春节; 2026-05-01`, or one a line. Raises ValueError."""
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", text))):
        match = _CLOSING.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first = date.fromisoformat(match[1])
        last = date.fromisoformat(match[2] or match[1])
        if last < first or (last - first).days > 366:
            raise ValueError(part)
        found.append(Closing(first, last, match[3].strip()[:60]))
    if len(found) > CLOSINGS_MOST:
        raise ValueError("too many")
    return tuple(sorted(found, key=lambda closing: (closing.first_day, closing.last_day)))


def written_closings(closings: Sequence[Closing]) -> str:
    return "\n".join(
        f"{each.first_day}{f'..{each.last_day}' if each.last_day > each.first_day else ''} {each.note}".strip() for each in closings
    )


def _clock(minutes: int) -> str:
    """24:00 is the day's own end; what lies beyond is the next morning."""
    shown = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{shown // 60:02d}:{shown % 60:02d}"


def _spans(hours: Hours, calendar: Calendar, *, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    for day in (first + ONE_DAY * place for place in range(days)):
        if not hours.cause(day, calendar):
            midnight = datetime.combine(day, time.min, SHANGHAI)
            for start, end in hours.week[day.weekday()]:
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _merged(spans: Iterator[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    held: tuple[datetime, datetime] | None = None
    for span in spans:
        if held is not None and span[0] <= held[1]:
            held = (held[0], max(held[1], span[1]))
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held
