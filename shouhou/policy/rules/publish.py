"""May a policy be published? The floors of the law, unlawful terms in words, missing services, too short a notice."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from shouhou.policy.book import DECIDING, STRENGTHS, Book, Clause
from shouhou.policy.compiler import PIVOT, fold
from shouhou.policy.language import Either, names_in
from shouhou.policy.strict_yaml import Table, bad, load_table
from shouhou.policy.terms import Value
from shouhou.policy.vocabulary import HERE, vocabulary

Setting = int | bool | str | Decimal | None
Code = str
YEAR_DAYS = 365
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Floor:
    """One limit of the law. `term`/`word` or `warranty` say where a book holds the value; neither: only in drafts."""

    field: str
    code: Code
    term: str
    word: str
    warranty: str
    at_least: int | None
    at_most: int | None
    exactly: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Floors:
    floors: Mapping[str, Floor]
    patterns: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]
    services: tuple[str, ...]
    notice_days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a draft may not be published: `field` is the term, clause or text, `detail` what was found and what is needed."""

    code: Code
    field: str
    found: str
    needed: str
    sources: tuple[str, ...]


def check_settings(settings: Mapping[str, Setting], *, jurisdiction: str = "CN") -> list[Finding]:
    """Flat settings of a draft against the floors, texts among them against the unlawful patterns."""
    floors = floors_of(jurisdiction)
    found: list[Finding] = []
    for field, value in settings.items():
        floor = floors.floors.get(field)
        if floor is not None and not _holds(floor, value):
            found.append(Finding(floor.code, field, _word(value), _needed(floor), floor.sources))
        if isinstance(value, str):
            found += check_text(field, value, jurisdiction=jurisdiction)
    return found


def check_text(field: str, words: str, *, jurisdiction: str = "CN") -> list[Finding]:
    """Every unlawful phrase in a text people are to read (L-10)."""
    return [
        Finding("UNLAWFUL_TERM", field, match.group(0), name, sources)
        for name, pattern, sources in floors_of(jurisdiction).patterns
        if (match := pattern.search(words))
    ][:1]


def check_services(services: Iterable[str], *, jurisdiction: str = "CN") -> list[Finding]:
    """No configuration removes one of the four rights (DEF-01)."""
    offered = set(services)
    missing = [service for service in floors_of(jurisdiction).services if service not in offered]
    if not missing:
        return []
    return [Finding("POLICY_SERVICE_MISSING", "services", ", ".join(sorted(offered)), ", ".join(missing), ("DEF-01",))]


def check_notice(*, announced_on: date, effective_on: date, jurisdiction: str = "CN") -> list[Finding]:
    """Rule changes are announced at least seven days before (电子商务法 34)."""
    needed, given = floors_of(jurisdiction).notice_days, (effective_on - announced_on).days
    if given >= needed:
        return []
    return [Finding("NOTICE_TOO_SHORT", "effective_from", str(given), str(needed), ("L-17",))]


def check_book(book: Book) -> list[Finding]:
    """A whole book: its terms, its services, its texts, and that no weaker clause takes away a stronger one's grant."""
    settings: dict[str, Setting] = dict(flat_terms(book))
    found = check_settings(settings, jurisdiction=book.jurisdiction)
    offered: set[str] = {service for clause in book.clauses if clause.kind == "grant" for service in clause.services}
    if any(term.section == "refund" for term in book.terms.terms.values()):
        offered.add("refund")
    found += check_services(offered, jurisdiction=book.jurisdiction)
    for clause in book.clauses:
        for words in (clause.text.zh, clause.text.en):
            found += check_text(clause.id, words, jurisdiction=book.jurisdiction)
    return found + list(_taking(book))


def flat_terms(book: Book) -> dict[str, Value]:
    """The book's terms under the names of the floors."""
    flat: dict[str, Value] = {}
    for floor in floors_of(book.jurisdiction).floors.values():
        if floor.warranty and "warranty_months" in book.terms.terms:
            months = book.terms.number("warranty_months", category=floor.warranty)
            flat[floor.field] = book.terms.number("warranty_days") or months * YEAR_DAYS // MONTHS
        elif floor.term in book.terms.terms:
            by = book.terms.terms[floor.term].by
            flat[floor.field] = book.terms.value(floor.term, **({by: floor.word} if by else {}))
    return flat


def _taking(book: Book) -> Iterable[Finding]:
    """A lower strength may add, never take away: statute > platform promise > merchant promise > member benefit."""
    told: set[str] = set()
    for reason in vocabulary().facts[PIVOT].values:
        live = [c for c in book.clauses if c.kind in DECIDING and fold(c.when, {PIVOT: reason}) != Either(())]
        for clause in live:
            taken = next((other for other in live if _takes(clause, other)), None)
            if taken and clause.id not in told:
                told.add(clause.id)
                yield Finding("WEAKER_TAKES_AWAY", clause.id, clause.strength, taken.strength, clause.sources)
    for clause in book.clauses:
        if clause.kind in DECIDING and clause.strength in ("merchant", "member") and clause.verdict > 1 and clause.id not in told:
            yield Finding("WEAKER_TAKES_AWAY", clause.id, clause.strength, "grant", clause.sources)
        if clause.strength == "member" and not any(name.name == "member" for name in names_in(clause.when)):
            yield Finding("WEAKER_TAKES_AWAY", clause.id, "member", "member ==", clause.sources)


def _takes(weak: Clause, strong: Clause) -> bool:
    """Whether `weak` stands before a stronger grant of the same service and is no grant itself."""
    return (
        weak.kind != "grant" and strong.kind == "grant" and weak.rank <= strong.rank
        and STRENGTHS.index(weak.strength) > STRENGTHS.index(strong.strength)
        and bool(set(weak.services) & set(strong.services))
    )  # fmt: skip


@cache
def floors_of(jurisdiction: str) -> Floors:
    """The floors of the jurisdiction. Raises BAD_BOOK for an unknown one."""
    document = load_table((HERE / "floors.yaml").read_text(encoding="utf-8"), "floors.yaml")
    if jurisdiction not in document:
        raise bad("floors.yaml", f"no floors for {jurisdiction}")
    table = document.table(jurisdiction)
    floors = {floor.field: floor for floor in map(_floor, table.tables("floors"))}
    patterns = tuple(
        (entry.take("id", str), re.compile(entry.take("pattern", str)), entry.words("sources"))
        for entry in table.tables("patterns")
    )  # fmt: skip
    found = Floors(floors, patterns, table.words("services"), table.take("notice_days", int))
    table.done()
    return found


def _floor(table: Table) -> Floor:
    found = Floor(
        field=table.take("field", str), code=table.take("code", str, "BELOW_FLOOR"), term=table.take("term", str, ""),
        word=table.take("word", str, ""), warranty=table.take("warranty", str, ""),
        at_least=table.take("at_least", int) if "at_least" in table else None,
        at_most=table.take("at_most", int) if "at_most" in table else None,
        exactly=table.take("is", str) if "is" in table else None, sources=table.words("sources"),
    )  # fmt: skip
    table.done()
    return found


def _holds(floor: Floor, value: Setting) -> bool:
    if floor.exactly is not None:
        number = _number(value)
        return _word(value) == floor.exactly or (number is not None and floor.exactly == "0" and number == 0)
    number = _number(value)
    if number is None:
        return False
    return (floor.at_least is None or number >= floor.at_least) and (floor.at_most is None or number <= floor.at_most)


def _number(value: Setting) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _word(value: Setting) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _needed(floor: Floor) -> str:
    if floor.exactly is not None:
        return floor.exactly
    return f"≥ {floor.at_least}" if floor.at_least is not None else f"≤ {floor.at_most}"
