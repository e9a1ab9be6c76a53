"""Terms: the named limits and choices of a book, dated, cited, some different by channel, category or tier."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from shouhou.foundation.money import Money, exponent
from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text
from shouhou.policy.language import Choose, Const, Kind, Name
from shouhou.policy.strict_yaml import Table, bad
from shouhou.policy.vocabulary import day_number, text

UNKNOWN_TERM = refusal("UNKNOWN_TERM", "invalid", zh="政策里没有 {term} 这一项。", en="The policy has no term {term}.")
TermType = Literal["days", "hours", "workdays", "months", "count", "percent", "money", "rate", "flag", "choice"]
TERM_TYPES: tuple[TermType, ...] = (
    "days", "hours", "workdays", "months", "count", "percent", "money", "rate", "flag", "choice",
)  # fmt: skip
HOUSE = "CNY"
RATE_STEPS, RATE_MOST = 1_000_000, 1_000_000_000_000
"""What one whole unit of a foreign currency is worth, kept as millionths of one whole unit of the house's currency."""
Better = Literal["more", "less", "none"]
BETTER: tuple[Better, ...] = ("more", "less", "none")
Value = int | bool | str
Values = Mapping[str, Value]
"""The value by the word of the `by` fact; `default` stands for every other word, and alone when there is no `by`."""


@dataclass(frozen=True, slots=True)
class Term:
    """`versions` are (epoch day it holds from, values), oldest first. `better` tells which way favours the consumer."""

    name: str
    type: TermType
    label: Text
    section: str
    sources: tuple[str, ...]
    versions: tuple[tuple[int, Values], ...]
    by: str = ""
    choices: tuple[str, ...] = ()
    better: Better = "none"

    def values(self, day: int) -> Values:
        """What holds on the epoch day; before the first version the first one holds."""
        held = self.versions[0][1]
        for since, values in self.versions:
            if since <= day:
                held = values
        return held

    def constant(self, day: int, names: Mapping[str, Name]) -> Const | Choose:
        """The term as the expression language sees it on the day."""
        kind: Kind = {"flag": "bool", "choice": "word"}.get(self.type, "int")  # type: ignore[assignment]
        values, allowed = self.values(day), frozenset(self.choices) if self.choices else None
        cases = tuple((word, value) for word, value in sorted(values.items()) if word != "default")
        if not self.by or not cases:
            return Const(values["default"], kind, allowed)
        default = values.get("default", cases[-1][1])
        return Choose(names[self.by], cases, default, kind, allowed)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one book version, by name; its amounts are told in `currency`."""

    terms: Mapping[str, Term]
    day: int
    currency: str = HOUSE

    def within(self, currency: str) -> "Terms":
        """The same terms for something that is paid in `currency`: amounts by the book's reference rates (ADR 0018)."""
        return self if currency == self.currency else replace(self, currency=currency)

    @property
    def has_rate(self) -> bool:
        """Whether amounts of this currency can be held against the book's; without a rate every one of them is 0."""
        return self.currency == HOUSE or bool(self._rate())

    def value(self, name: str, **facts: str) -> Value:
        """The value for the facts (`channel="self"`). Raises UNKNOWN_TERM."""
        term = self.terms.get(name)
        if term is None:
            raise refused(UNKNOWN_TERM, term=name)
        values = term.values(self.day)
        word = facts.get(term.by, "default") if term.by else "default"
        if word in values:
            return values[word]
        if "default" in values:
            return values["default"]
        raise refused(UNKNOWN_TERM, term=f"{name}[{term.by}={word}]")

    def number(self, name: str, **facts: str) -> int:
        """A whole number: days, hours, counts, or minor units of `currency` for money.

        In a currency without a reference rate an amount of the book is 0, so that nothing is given or let go by rule
        and a person decides.
        """
        value = self.value(name, **facts)
        if type(value) is not int:
            raise refused(UNKNOWN_TERM, term=f"{name} (number)")
        return self._here(value) if self.currency != HOUSE and self.terms[name].type == "money" else value

    def _here(self, house_minor: int) -> int:
        rate = self._rate()
        if not rate:
            return 0
        above = house_minor * RATE_STEPS * 10 ** exponent(self.currency)
        below = rate * 10 ** exponent(HOUSE)
        whole: int = (2 * above + below) // (2 * below)
        return whole

    def _rate(self) -> int:
        term = self.terms.get(rate_name(self.currency))
        value = term.values(self.day).get("default", 0) if term is not None and term.type == "rate" else 0
        return int(value)


def rate_name(currency: str) -> str:
    """The term that says what `currency` is worth."""
    return f"rate_{currency.lower()}"


def read_term(name: str, table: Table, by_names: Mapping[str, Name]) -> Term:
    """One term of a book. Raises BAD_BOOK."""
    kind: TermType | None = next((word for word in TERM_TYPES if word == table.take("type", str)), None)
    if kind is None:
        raise bad(table.at("type"), f"{table['type']} is no type of term")
    by = table.take("by", str, "")
    if by and (by not in by_names or by_names[by].kind != "word" or by_names[by].nullable):
        raise bad(table.at("by"), f"{by} is no fact a term may depend on")
    choices = table.words("choices", optional=True)
    if (kind == "choice") != bool(choices):
        raise bad(table.where, f"{name}: choices belong to a term of type choice")
    better: Better | None = next((word for word in BETTER if word == table.take("better", str, "none")), None)
    if better is None:
        raise bad(table.at("better"), f"better is one of {', '.join(BETTER)}")
    versions = []
    for entry in table.tables("versions"):
        since = day_number(entry.raw("since"), entry.at("since"))
        versions.append((since, read_values(name, kind, choices, by, entry.raw("value"), entry.at("value"))))
        entry.words("sources", optional=True)
        entry.done()
    if not versions or [since for since, _ in versions] != sorted({since for since, _ in versions}):
        raise bad(table.where, f"{name} needs versions in the order of their days, each day once")
    found = Term(
        name=name, type=kind, label=text(table.table("label")), section=table.take("section", str),
        sources=table.words("sources"), versions=tuple(versions), by=by, choices=choices, better=better,
    )  # fmt: skip
    table.done()
    if not found.sources:
        raise bad(table.where, f"{name} has no source")
    return found


def read_values(name: str, kind: str, choices: tuple[str, ...], by: str, raw: object, where: str) -> Values:
    """One value, or one per word of the `by` fact. Raises BAD_BOOK."""
    if isinstance(raw, Table):
        if not by:
            raise bad(where, f"{name} has one value, not several")
        return {word: _value(name, kind, choices, raw[word], raw.at(word)) for word in raw}
    return {"default": _value(name, kind, choices, raw, where)}


def rate_words(value: int) -> str:
    """A reference rate as the book writes it."""
    return f"{(Decimal(value) / RATE_STEPS).normalize():f}"


def _value(name: str, kind: str, choices: tuple[str, ...], raw: object, where: str) -> Value:
    if kind == "flag" and type(raw) is bool:
        return raw
    if kind == "choice" and raw in choices:
        return str(raw)
    if kind == "money" and isinstance(raw, str):
        try:
            money = Money.of(Decimal(raw))
        except (InvalidOperation, ValueError) as error:
            raise bad(where, f"{name}: {raw!r} is no amount") from error
        if money.minor >= 0 and money.decimal == Decimal(raw):
            return money.minor
    if kind == "rate" and isinstance(raw, str):
        try:
            steps = Decimal(raw) * RATE_STEPS
        except InvalidOperation as error:
            raise bad(where, f"{name}: {raw!r} is no rate") from error
        if steps.is_finite() and 0 < steps <= RATE_MOST and steps == int(steps):
            return int(steps)
    if kind not in ("flag", "choice", "money", "rate") and type(raw) is int and 0 <= raw <= 100_000:
        return raw
    raise bad(where, f"{name}: {raw!r} is no {kind}")
