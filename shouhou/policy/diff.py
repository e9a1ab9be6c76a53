"""What two versions of a book differ in, and one version in its five sections."""

from dataclasses import dataclass

from shouhou.policy.book import Book
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.terms import Term, Values


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `old` or `new` is empty when the thing was added or removed."""

    kind: str
    name: str
    old: str
    new: str


def changes(old: Book, new: Book) -> list[Change]:
    """Terms, sets and clauses that differ, in the order of their names."""
    found: list[Change] = []
    before = {name: _said(term.values(old.terms.day)) for name, term in old.terms.terms.items()}
    after = {name: _said(term.values(new.terms.day)) for name, term in new.terms.terms.items()}
    found += _compare("term", before, after)
    found += _compare(
        "set", {name: ", ".join(words) for name, words in old.scope.sets.items()},
        {name: ", ".join(words) for name, words in new.scope.sets.items()},
    )  # fmt: skip
    found += _compare("clause", {c.id: c.when_text for c in old.clauses}, {c.id: c.when_text for c in new.clauses})
    texts = {c.id: c.text.zh for c in new.clauses}
    found += [
        Change("text", c.id, c.text.zh, texts[c.id]) for c in old.clauses if texts.get(c.id, c.text.zh) != c.text.zh
    ]
    return found


def sections(book: CompiledBook) -> dict[str, object]:
    """The version in five sections: return, exchange, repair, refund, compensation (DEF-13)."""
    held = book.book
    return {
        "book": held.id, "version": held.version, "effective_from": held.effective_from.isoformat(),
        "sha256": held.sha256,
        "sections": [_section(book, name) for name in book.vocabulary.words["sections"]],
    }  # fmt: skip


def _section(book: CompiledBook, name: str) -> dict[str, object]:
    held = book.book
    terms = [term for term in held.terms.terms.values() if term.section == name]
    clauses = [clause for clause in held.clauses if clause.section == name]
    sources = sorted({source for t in terms for source in t.sources} | {source for c in clauses for source in c.sources})
    label = book.vocabulary.words["sections"][name]
    return {
        "id": f"{held.id}/{name}", "section": name, "zh": label.zh, "en": label.en, "version": held.version,
        "effective_from": held.effective_from.isoformat(), "sources": sources,
        "terms": [_term(term, held.terms.day) for term in terms],
        "clauses": [
            {"id": c.id, "kind": c.kind, "strength": c.strength, "services": list(c.services), "when": c.when_text,
             "zh": c.text.zh, "en": c.text.en, "sources": list(c.sources)}
            for c in clauses
        ],
    }  # fmt: skip


def _term(term: Term, day: int) -> dict[str, object]:
    return {
        "name": term.name, "type": term.type, "zh": term.label.zh, "en": term.label.en,
        "value": dict(term.values(day)), "sources": list(term.sources),
    }  # fmt: skip


def _compare(kind: str, old: dict[str, str], new: dict[str, str]) -> list[Change]:
    names = sorted(set(old) | set(new))
    return [Change(kind, n, old.get(n, ""), new.get(n, "")) for n in names if old.get(n) != new.get(n)]


def _said(values: Values) -> str:
    if set(values) == {"default"}:
        return str(values["default"])
    return ", ".join(f"{word}: {value}" for word, value in sorted(values.items()))
