"""China's public holidays with 调休, from the `holidays` package, mended by the operator's own overrides."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from holidays import country_holidays

from shouhou.foundation.days import Calendar

log = logging.getLogger(__name__)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Override:
    """A day the public calendar has wrong, or does not know yet."""

    day: date
    kind: Literal["holiday", "workday"]


def china(years: Iterable[int], overrides: Iterable[Override] = ()) -> Calendar:
    """The announced days off (adjoining weekends included) and make-up working days. Warns for years without official data."""
    wanted = tuple(sorted(set(years)))
    if missing := unofficial(wanted):
        log.warning("no official holiday data for %s: rules of thumb stand in; add overrides", ", ".join(map(str, missing)))
    off, extra = _announced(wanted)
    holidays, workdays = set(off), set(extra)
    for override in overrides:
        (holidays if override.kind == "holiday" else workdays).add(override.day)
        (workdays if override.kind == "holiday" else holidays).discard(override.day)
    return Calendar.of(holidays, workdays)


def unofficial(years: Iterable[int]) -> list[int]:
    """The years whose day-off swaps the package does not know: the State Council's notice is missing."""
    return [year for year in sorted(set(years)) if not _swapped(year)]


@cache
def _swapped(year: int) -> bool:
    table = country_holidays("CN", years=year, language="en_US")
    return any("substituted" in name for name in table.values()) or any(
        day.year == year for day in table.weekend_workdays
    )


@cache
def _announced(years: tuple[int, ...]) -> tuple[frozenset[date], frozenset[date]]:
    table = country_holidays("CN", years=years)
    workdays = frozenset(day for day in table.weekend_workdays if day.year in years)
    holidays = set(table)
    for day in sorted(table):
        holidays |= set(_weekend_run(day, DAY, workdays)) | set(_weekend_run(day, -DAY, workdays))
    return frozenset(holidays), workdays


def _weekend_run(day: date, step: timedelta, workdays: frozenset[date]) -> Iterable[date]:
    """The weekend days that touch a holiday are part of the announced break (10月1日至8日)."""
    day += step
    while day.weekday() >= 5 and day not in workdays:
        yield day
        day += step
