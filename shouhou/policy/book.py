"""A policy book: terms, named sets, derived days and ranked clauses, read from layers of YAML files and checked whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from json import dumps
from typing import Literal

from shouhou.foundation.days import from_epoch_day
from shouhou.foundation.workflow import Text
from shouhou.policy.language import Expr, Name, Scope, kind_of, names_in, nullable, parse
from shouhou.policy.strict_yaml import Table, bad, load_table, load_tables
from shouhou.policy.terms import Term, Terms, read_term, read_values
from shouhou.policy.vocabulary import SERVICES, VERDICTS, Fact, FactValue, Service, Vocabulary, day_number, text

Kind = Literal["grant", "bar", "refer", "outside", "note", "deadline", "freight", "pickup", "mark"]
DECIDING: tuple[Kind, ...] = ("grant", "bar", "refer", "outside")
AFTERWARDS: tuple[Kind, ...] = ("freight", "pickup", "mark")
"""Kinds that may look at the verdicts already found."""
VERDICT_OF: dict[Kind, int] = {"grant": 1, "bar": 4, "refer": 3, "outside": 5}
STRENGTHS = ("statute", "platform", "merchant", "member")
MOST_CLAUSES = 400
Layer = Mapping[str, str]
"""The files of one layer: name → text. A later layer adds to the earlier ones or replaces by id."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule: at its rank it decides the services it names; inside one rank all that apply count together."""

    id: str
    slot: int
    kind: Kind
    rank: int
    strength: str
    section: str
    services: tuple[Service, ...]
    when: Expr
    when_text: str
    effect: str
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    text: Text
    where: str
    examples: tuple[tuple[bool, Mapping[str, FactValue]], ...]
    until: Name | None = None

    @property
    def verdict(self) -> int:
        """The verdict's number for a deciding clause."""
        return 2 if self.effect == "allow_paid" else VERDICT_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Derived:
    name: Name
    expr: Expr
    text: str
    label: Text


@dataclass(frozen=True, slots=True)
class Version:
    version: str
    effective_from: date
    published_on: date
    note: Text


@dataclass(frozen=True, slots=True)
class Book:
    """One version of a book, checked and ready to be compiled."""

    id: str
    version: str
    title: Text
    publishable: bool
    jurisdiction: str
    zone: str
    effective_from: date
    terms: Terms
    scope: Scope
    derived: tuple[Derived, ...]
    clauses: tuple[Clause, ...]
    sha256: str


def fingerprint(layers: Sequence[Layer]) -> str:
    """SHA-256 of the files in canonical form."""
    return sha256(dumps([dict(sorted(layer.items())) for layer in layers], ensure_ascii=False).encode()).hexdigest()


def versions_of(layers: Sequence[Layer]) -> tuple[Version, ...]:
    """The versions the last layer declares, oldest first. Raises BAD_BOOK."""
    head = load_table(layers[-1]["book.yaml"], "book.yaml")
    found = []
    for entry in head.tables("versions"):
        from_day = from_epoch_day(day_number(entry.raw("effective_from"), entry.at("effective_from")))
        published = from_epoch_day(day_number(entry.raw("published_on"), entry.at("published_on")))
        found.append(Version(entry.take("version", str), from_day, published, text(entry.table("note"))))
        entry.done()
    days = [version.effective_from for version in found]
    if not found or days != sorted(set(days)) or len({version.version for version in found}) != len(found):
        raise bad(head.where, "versions need different names and rising days")
    return tuple(found)


def read_book(layers: Sequence[Layer], version: str, *, vocabulary: Vocabulary) -> Book:
    """The book as it stands in the version. Raises BAD_BOOK with file and line for anything wrong."""
    chosen = next((entry for entry in versions_of(layers) if entry.version == version), None)
    if chosen is None:
        raise bad("book.yaml", f"there is no version {version}")
    return _Builder(vocabulary, layers, chosen).build()


class _Builder:
    """Reads layer over layer; what it holds is the state of the book so far."""

    def __init__(self, vocabulary: Vocabulary, layers: Sequence[Layer], version: Version) -> None:
        self.vocabulary = vocabulary
        self.layers = layers
        self.version = version
        self.day = version.effective_from.toordinal() - date(1970, 1, 1).toordinal()
        self.names = {name: _name_of(fact) for name, fact in vocabulary.facts.items()}
        self.terms: dict[str, Term] = {}
        self.sets: dict[str, tuple[str, ...]] = {}
        self.derived: list[Derived] = []
        self.clauses: dict[str, Clause] = {}
        self.raw_derived: list[tuple[str, Table]] = []
        self.raw_clauses: dict[str, Table] = {}

    def build(self) -> Book:
        for layer in self.layers:
            head = self._head(layer)
            self._terms(layer, head)
            for name in sorted(name for name in layer if name.startswith("clauses/")):
                for table in load_tables(layer[name], name):
                    self.raw_clauses[table.take("id", str)] = table
        scope = self._scope()
        for name, table in self.raw_derived:
            self._derive(name, table, scope)
            scope = self._scope()
        for table in self.raw_clauses.values():
            clause = self._clause(table, scope)
            if clause:
                self.clauses[clause.id] = clause
        self._check()
        return Book(
            id=head["id"], version=self.version.version, title=text(head.table("title")),
            publishable=head["publishable"], jurisdiction=head["jurisdiction"], zone=head["zone"],
            effective_from=self.version.effective_from, terms=Terms(self.terms, self.day), scope=scope,
            derived=tuple(self.derived), clauses=tuple(sorted(self.clauses.values(), key=lambda c: (c.rank, c.slot))),
            sha256=fingerprint(self.layers),
        )  # fmt: skip

    def _head(self, layer: Layer) -> Table:
        if "book.yaml" not in layer:
            raise bad("book.yaml", "is missing")
        head = load_table(layer["book.yaml"], "book.yaml")
        for key, kind in (("id", str), ("publishable", bool), ("jurisdiction", str), ("zone", str)):
            head.take(key, kind)
        head.table("title")
        head.tables("versions")
        head.take("base", str, "")
        for name, words in ((name, head.table("sets").words(name)) for name in head.table("sets", optional=True)):
            self.sets[name] = words
        derived = head.table("derived", optional=True)
        self.raw_derived += [(name, derived.table(name)) for name in derived]
        self._overrides = head.table("set", optional=True)
        head.done()
        return head

    def _terms(self, layer: Layer, head: Table) -> None:
        if "terms.yaml" in layer:
            document = load_table(layer["terms.yaml"], "terms.yaml")
            for name in document:
                self.terms[name] = read_term(name, document.table(name), self.names)
        for name in self._overrides:
            where = self._overrides.at(name)
            term = self.terms.get(name)
            if term is None:
                raise bad(where, f"sets the unknown term {name}")
            values = read_values(name, term.type, term.choices, term.by, self._overrides.raw(name), where)
            self.terms[name] = replace(term, versions=((self.day, values),))

    def _scope(self) -> Scope:
        terms = {name: term.constant(self.day, self.names) for name, term in self.terms.items()}
        clash = set(terms) & set(self.names) | set(terms) & set(self.sets)
        if clash:
            raise bad("book.yaml", f"names stand for two things: {sorted(clash)}")
        return Scope(dict(self.names), terms, dict(self.sets))

    def _derive(self, name: str, table: Table, scope: Scope) -> None:
        if name in scope.names or name in scope.terms:
            raise bad(table.where, f"{name} is taken")
        source = table.take("is", str)
        kind = table.take("type", str)
        if kind not in ("day", "int", "bool"):
            raise bad(table.at("type"), f"{kind} is no type")
        expr = parse(source, scope=scope, where=table.at("is"), want=kind)  # type: ignore[arg-type]
        unknown = kind != "bool" and bool(nullable(expr))
        found = Name(name, kind_of(expr), unknown, None, "derived")
        self.derived.append(Derived(found, expr, source, text(table.table("label"))))
        self.names[name] = found
        table.done()

    def _clause(self, table: Table, scope: Scope) -> Clause | None:
        kind = table.take("kind", str)
        if kind not in (*DECIDING, "note", "deadline", *AFTERWARDS):
            raise bad(table.at("kind"), f"{kind} is no kind of clause")
        if kind in AFTERWARDS:
            verdicts = {f"{name}_verdict": Name(f"{name}_verdict", "word", False, frozenset(VERDICTS), "verdict")
                        for name in SERVICES}  # fmt: skip
            scope = replace(scope, names={**scope.names, **verdicts})
        when_text, holds = self._held(table)
        when = parse(when_text, scope=scope, where=table.at("when"))
        services = table.words("services", optional=True)
        if set(services) - set(SERVICES) or (kind in (*DECIDING, "note")) != bool(services):
            raise bad(table.at("services"), f"services of a {kind}: {services}")
        strength, section = table.take("strength", str), table.take("section", str)
        if strength not in STRENGTHS or section not in self.vocabulary.words["sections"]:
            raise bad(table.where, f"unknown strength {strength} or section {section}")
        effect = table.take("effect", str, "")
        self._effect(kind, effect, table, scope)
        reasons, sources = table.words("reasons", optional=True), table.words("sources")
        for code in reasons:
            if code not in self.vocabulary.reasons:
                raise bad(table.at("reasons"), f"unknown reason {code}")
        for source in sources:
            if source not in self.vocabulary.sources:
                raise bad(table.at("sources"), f"unknown source {source}")
        if not sources:
            raise bad(table.where, "a clause needs a source")
        clause = Clause(
            id=table["id"], slot=table.take("slot", int), kind=kind, rank=table.take("rank", int), strength=strength,
            section=section, services=tuple(service for service in SERVICES if service in services), when=when,
            when_text=when_text, effect=effect, reasons=reasons, sources=sources, text=text(table.table("text")),
            where=table.where, examples=tuple(self._examples(table)),
            until=scope.names.get(effect.partition(" ")[2]) if kind == "deadline" else None,
        )  # fmt: skip
        table.done()
        return clause if holds else None

    def _held(self, table: Table) -> tuple[str, bool]:
        """The condition that holds in this version of the book, and whether the clause holds at all."""
        when, holds = table.take("when", str), True
        versions = table.tables("versions", optional=True)
        for number, entry in enumerate(versions):
            since = day_number(entry.raw("since"), entry.at("since"))
            until = day_number(entry.raw("until"), entry.at("until")) if "until" in entry else None
            if since <= self.day:
                when, holds = entry.take("when", str, when), until is None or self.day < until
            else:
                entry.take("when", str, "")
                holds = holds and number > 0
            entry.words("sources", optional=True)
            entry.done()
        return when, holds

    def _effect(self, kind: str, effect: str, table: Table, scope: Scope) -> None:
        words, where = self.vocabulary.words, table.at("effect")
        leg, _, rest = effect.partition(" ")
        right = {
            "grant": effect in ("", "allow_paid"), "bar": not effect, "refer": not effect, "outside": not effect,
            "note": not effect, "freight": leg in words["legs"] and rest in words["payers"],
            "pickup": effect in words["pickup"], "mark": effect in self.vocabulary.marks,
            "deadline": leg in SERVICES and rest in scope.names and scope.names[rest].kind == "day",
        }[kind]  # fmt: skip
        if not right:
            raise bad(where, f"a {kind} cannot have the effect {effect!r}")

    def _examples(self, table: Table) -> list[tuple[bool, Mapping[str, FactValue]]]:
        examples = table.table("examples")
        found: list[tuple[bool, Mapping[str, FactValue]]] = []
        for key, applies in (("yes", True), ("no", False)):
            entries = examples.tables(key)
            if not entries:
                raise bad(examples.where, f"a clause needs an example for {key}")
            found += [(applies, self._example(entry)) for entry in entries]
        examples.done()
        return found

    def _example(self, entry: Table) -> Mapping[str, FactValue]:
        facts: dict[str, FactValue] = {}
        for name in entry:
            fact = self.vocabulary.facts.get(name)
            if fact is None:
                raise bad(entry.at(name), f"unknown fact {name}")
            value = entry.raw(name)
            if fact.type == "day" and value is not None:
                value = day_number(value, entry.at(name))
            if not fact.accepts(value):
                raise bad(entry.at(name), f"{name} is never {value!r}")
            facts[name] = value
        return facts

    def _check(self) -> None:
        slots: dict[int, str] = {}
        for clause in self.clauses.values():
            if slots.setdefault(clause.slot, clause.id) != clause.id:
                raise bad(clause.where, f"slot {clause.slot} is taken by {slots[clause.slot]}")
        if len(self.clauses) > MOST_CLAUSES:
            raise bad("clauses", f"more than {MOST_CLAUSES} clauses")
        for words in self.sets.values():
            if not words or len(set(words)) != len(words):
                raise bad("book.yaml", "a set is empty or names a word twice")
        read = {name.name for clause in self.clauses.values() for name in names_in(clause.when)}
        read |= {name.name for derived in self.derived for name in names_in(derived.expr)}
        read |= {clause.effect.partition(" ")[2] for clause in self.clauses.values() if clause.kind == "deadline"}
        unread = [derived.name.name for derived in self.derived if derived.name.name not in read]
        if unread:
            raise bad("book.yaml", f"derived but never read: {unread}")


def _name_of(fact: Fact) -> Name:
    kind: Literal["int", "bool", "day", "word"] = "word" if fact.type == "enum" else fact.type
    values = frozenset(fact.values) if fact.type == "enum" and not fact.open else None
    return Name(fact.name, kind, fact.nullable, values)
