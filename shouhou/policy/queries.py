"""Reading policy: the version in force on a day, the compiled book, all versions, what differs, the five sections."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from time import monotonic
from zoneinfo import ZoneInfo

from shouhou.foundation.days import Calendar, local_day
from shouhou.foundation.refusals import refused
from shouhou.policy.book import Layer, fingerprint, read_book
from shouhou.policy.calendars import Override, china
from shouhou.policy.compiler import CompiledBook, compile_book
from shouhou.policy.diff import Change, changes, sections
from shouhou.policy.library import DEFAULT_BOOK, UNKNOWN_BOOK, shipped, shipped_ids, shipped_layers, shipped_versions
from shouhou.policy.models import BookVersion, CalendarOverride
from shouhou.policy.vocabulary import vocabulary

CALENDAR_YEARS = range(2008, 2036)
CALENDAR_SECONDS = 60
"""How long a process trusts the overrides it has read; other processes may have written new ones."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A published version by its name."""

    book: str
    version: str
    effective_from: date


def book_in_force(at: datetime, *, book: str = DEFAULT_BOOK) -> InForce:
    """The last version in force on the day of the instant; before the first one the first holds. Raises UNKNOWN_BOOK."""
    found = versions(book)
    if not found:
        raise refused(UNKNOWN_BOOK, book=book, version="*")
    day = local_day(at, ZoneInfo(shipped(book).book.zone if book in shipped_ids() else "Asia/Shanghai"))
    held = found[0]
    for version in found:
        if version.effective_from <= day:
            held = version
    return held


def versions(book: str = DEFAULT_BOOK) -> list[InForce]:
    """Every version that can still be read, shipped or published here, by the day it takes effect."""
    found = {
        row["version"]: InForce(book, row["version"], row["effective_from"])
        for row in BookVersion.objects.filter(book=book).values("version", "effective_from")
    }
    if book in shipped_ids():
        for entry in shipped_versions(book):
            found.setdefault(entry.version, InForce(book, entry.version, entry.effective_from))
    return sorted(found.values(), key=lambda version: (version.effective_from, version.version))


def compiled(book: str = DEFAULT_BOOK, version: str | None = None) -> CompiledBook:
    """The compiled book with the house's calendar; kept in the process. Raises UNKNOWN_BOOK."""
    global _kept
    calendar = calendar_now()
    if _kept[0] is not calendar:
        _kept = calendar, {}
    key = book, version
    found = _kept[1].get(key)
    if found is None:
        found = _kept[1][key] = _compiled(book, version).on(calendar)
    return found


def calendar_now() -> Calendar:
    """China's calendar with the operator's overrides, at most CALENDAR_SECONDS old."""
    global _calendar
    if monotonic() > _calendar[1]:
        for key in [key for key in _kept[1] if key[1] is None]:
            del _kept[1][key]  # another process may have published a newer version
        rows = CalendarOverride.objects.filter(country="CN").values_list("day", "kind", "id").order_by("id")
        _calendar = _calendar_of(tuple((day, kind) for day, kind, _ in rows)), monotonic() + CALENDAR_SECONDS
    return _calendar[0]


def warm() -> None:
    """What every process needs and no database gives: the default book compiled, the plain calendar. Before a fork."""
    for version in shipped_versions(DEFAULT_BOOK):
        shipped(DEFAULT_BOOK, version.version)
    _calendar_of(())


def forget() -> None:
    """Drop what the process keeps: after new overrides, and between tests."""
    global _calendar, _kept
    _calendar, _kept = (_NONE, 0.0), (_NONE, {})
    _published.cache_clear()


def difference(book: str, *, old: str, new: str) -> list[Change]:
    """What changes between two versions: terms with both values, clauses added, removed, reworded."""
    return changes(compiled(book, old).book, compiled(book, new).book)


def export(book: str, version: str) -> dict[str, object]:
    """The version in its five sections, each with id, version, day and sources (DEF-13)."""
    return sections(compiled(book, version))


def layers_of(book: str, version: str) -> tuple[Layer, ...]:
    """The files behind a version: what is on record, else what is shipped. Raises UNKNOWN_BOOK."""
    row = BookVersion.objects.filter(book=book, version=version).values_list("content", flat=True).first()
    if row is not None:
        return tuple(row["layers"])
    if book in shipped_ids() and version in {entry.version for entry in shipped_versions(book)}:
        return shipped_layers(book)
    raise refused(UNKNOWN_BOOK, book=book, version=version)


_NONE = Calendar()
_calendar: tuple[Calendar, float] = (_NONE, 0.0)
_kept: tuple[Calendar, dict[tuple[str, str | None], CompiledBook]] = (_NONE, {})


def _compiled(book: str, version: str | None) -> CompiledBook:
    if version is None:
        known = versions(book)
        if not known:
            raise refused(UNKNOWN_BOOK, book=book, version="*")
        version = known[-1].version
    if book in shipped_ids() and version in {entry.version for entry in shipped_versions(book)}:
        recorded = BookVersion.objects.filter(book=book, version=version).values_list("sha256", flat=True).first()
        if recorded in (None, fingerprint(shipped_layers(book))):
            return shipped(book, version)
    return _published(book, version)


@cache
def _published(book: str, version: str) -> CompiledBook:
    words = vocabulary()
    return _completed(compile_book(read_book(layers_of(book, version), version, vocabulary=words), vocabulary=words))


def _completed(found: CompiledBook) -> CompiledBook:
    """A recorded version with the terms that came to the shipped book later: its own stand, a missing one is added.

    A workflow that is newer than the record must find its limits; what the record promises does not change (DEF-02).
    """
    if found.id not in shipped_ids():
        return found
    newer, own = shipped(found.id).terms, found.terms
    missing = {name: term for name, term in newer.terms.items() if name not in own.terms}
    if not missing:
        return found
    return replace(found, book=replace(found.book, terms=replace(own, terms={**own.terms, **missing})))


@cache
def _calendar_of(overrides: tuple[tuple[date, str], ...]) -> Calendar:
    return china(CALENDAR_YEARS, [Override(day, "holiday" if kind == "holiday" else "workday") for day, kind in overrides])


def titles() -> Mapping[str, str]:
    """Book id → Chinese title of every shipped book, for menus."""
    return {book: shipped(book).book.title.zh for book in shipped_ids()}
