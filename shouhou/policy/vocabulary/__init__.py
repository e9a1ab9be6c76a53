"""The closed vocabulary of the policy: facts, services, reasons, applied reasons, marks; checked when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from shouhou.foundation.days import epoch_day, from_epoch_day
from shouhou.foundation.workflow import Text
from shouhou.policy.facts import Facts
from shouhou.policy.strict_yaml import Table, bad, load_table

FactType = Literal["int", "bool", "enum", "day"]
FactValue = int | bool | str | None
Service = Literal["return", "exchange", "repair"]
SERVICES: tuple[Service, ...] = ("return", "exchange", "repair")
VERDICTS = ("undecided", "allow", "allow_paid", "review", "deny", "na")
"""A verdict's number is its index: inside one rank the larger number wins."""
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its type, its values with labels, whether it may be unknown, who could make it otherwise."""

    name: str
    type: FactType
    label: Text
    values: Mapping[str, Text]
    nullable: bool
    open: bool
    changeable: str
    privacy: str
    example: FactValue

    def accepts(self, value: FactValue) -> bool:
        if value is None:
            return self.nullable
        if self.type == "bool":
            return type(value) is bool
        if self.type == "enum":
            return type(value) is str and 0 < len(value) <= 60 and (self.open or value in self.values)
        return type(value) is int

    def say(self, value: FactValue, language: str) -> str:
        """The value in words."""
        if value is None:
            return "unknown" if language.startswith("en") else "未知"
        if self.type == "bool":
            return Text("是" if value else "否", "yes" if value else "no").in_(language)
        if self.type == "day" and isinstance(value, int):
            return from_epoch_day(value).isoformat()
        label = self.values.get(str(value))
        return label.in_(language) if label else str(value)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code: `bit` is its place in the mask."""

    code: str
    bit: int
    text: Text
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A reason people choose, the engine's reason it means, and whether evidence is asked for (APP-04)."""

    code: str
    means: str
    evidence: bool
    label: Text


@dataclass(frozen=True, slots=True)
class Mark:
    """A hint, task or remark that a decision may carry."""

    code: str
    bit: int
    kind: str
    text: Text


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: an article, a platform rule, a sentence of the requirements."""

    id: str
    title: Text
    quote: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    facts: Mapping[str, Fact]
    reasons: Mapping[str, Reason]
    applied: Mapping[str, Applied]
    marks: Mapping[str, Mark]
    words: Mapping[str, Mapping[str, Text]]
    sources: Mapping[str, Source]

    def label(self, group: str, word: str) -> Text:
        """The label of a service, verdict, payer, leg, pickup answer, section or strength."""
        return self.words[group][word]

    def means(self, reason: str) -> str | None:
        """The engine's reason behind an applied one; None when nobody knows it."""
        known = self.applied.get(reason)
        return known.means if known else None


@cache
def vocabulary() -> Vocabulary:
    """The shipped vocabulary. Raises BAD_BOOK when a file and the Facts dataclass do not agree."""
    facts = {name: _fact(name, table) for name, table in _tables("facts.yaml").items()}
    if tuple(facts) and set(facts) != {field.name for field in fields(Facts)}:
        raise bad("facts.yaml", f"facts and Facts differ: {set(facts) ^ {field.name for field in fields(Facts)}}")
    words = {
        group: {word: text(table.table(word)) for word in table} for group, table in _tables("services.yaml").items()
    }
    document = _document("reasons.yaml")
    reasons = {
        code: _reason(code, bit, entry) for bit, (code, entry) in enumerate(_entries(document.table("reasons")))
    }
    applied = {code: _applied(code, entry) for code, entry in _entries(document.table("applied"))}
    for code, entry in applied.items():
        if entry.means not in facts["reason"].values:
            raise bad("reasons.yaml", f"{code} means the unknown {entry.means}")
    marks = {code: _mark(code, bit, entry) for bit, (code, entry) in enumerate(_entries(document.table("marks")))}
    document.done()
    sources = {name: _source(name, entry) for name, entry in _tables("sources.yaml").items()}
    return Vocabulary(facts, reasons, applied, marks, words, sources)


def text(table: Table) -> Text:
    """`{zh: …, en: …}`; both are required."""
    found = Text(table.take("zh", str), table.take("en", str))
    table.done()
    return found


def day_number(value: object, where: str) -> int:
    """The epoch day of an ISO day. Raises BAD_BOOK."""
    try:
        return epoch_day(date.fromisoformat(value if isinstance(value, str) else ""))
    except ValueError as error:
        raise bad(where, f"{value!r} is not a day (YYYY-MM-DD)") from error


def _document(name: str) -> Table:
    return load_table((HERE / name).read_text(encoding="utf-8"), name)


def _tables(name: str) -> dict[str, Table]:
    document = _document(name)
    return dict(_entries(document))


def _entries(table: Table) -> list[tuple[str, Table]]:
    return [(key, table.table(key)) for key in table]


def _fact(name: str, table: Table) -> Fact:
    kind = table.take("type", str)
    if kind not in ("int", "bool", "enum", "day"):
        raise bad(table.at("type"), f"{kind} is no type")
    example = table.raw("example")
    if kind == "day" and example is not None:
        example = day_number(example, table.at("example"))
    values = {word: text(entry) for word, entry in _entries(table.table("values", optional=True))}
    found = Fact(
        name=name, type=kind, label=text(table.table("label")),  # type: ignore[arg-type]
        values=values, nullable=table.take("nullable", bool, False),
        open=table.take("open", bool, False), changeable=table.take("changeable", str),
        privacy=table.take("privacy", str, "none"), example=example,
    )  # fmt: skip
    table.done()
    if not found.accepts(example) or (kind == "enum") != bool(values):
        raise bad(table.where, f"{name} has a wrong example or values")
    return found


def _reason(code: str, bit: int, table: Table) -> Reason:
    sources = table.words("sources")
    return Reason(code, bit, text(table), sources)


def _applied(code: str, table: Table) -> Applied:
    means, evidence = table.take("means", str), table.take("evidence", bool)
    return Applied(code, means, evidence, text(table))


def _mark(code: str, bit: int, table: Table) -> Mark:
    kind = table.take("kind", str)
    return Mark(code, bit, kind, text(table))


def _source(name: str, table: Table) -> Source:
    quote = table.take("quote", str, "")
    return Source(name, text(table), quote)
