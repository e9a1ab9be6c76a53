"""The decision in words: per service the clause, its text and source, the facts it rests on, and the nearest way to a yes."""

from collections.abc import Iterable
from typing import Any

from shouhou.policy.book import DECIDING, Clause
from shouhou.policy.compiler import CompiledBook, facts_read
from shouhou.policy.decide import Decision
from shouhou.policy.facts import Facts
from shouhou.policy.outlook import outlook, ways
from shouhou.policy.terms import Term, Value
from shouhou.policy.vocabulary import SERVICES, Service


def explain(decision: Decision, language: str) -> list[dict[str, Any]]:
    """One entry per service: verdict, last instant, reasons with clause, text, sources and facts, ways, outlook.

    `language` begins with `en` for English, anything else is Chinese. Shapes are for the API and the pages.
    """
    sure = outlook(decision)
    return [_service(decision, service, language, sure[service].sure, sure[service].hinges_on) for service in SERVICES]


def reasons_of(decision: Decision, service: Service, language: str) -> list[dict[str, Any]]:
    """The reasons of one service in the shape of the contract: code, clause, text, source."""
    vocabulary = decision.book.vocabulary
    found = []
    for clause in deciding(decision, service):
        for code in clause.reasons:
            found.append({
                "code": code, "clause": clause.id, "text": clause_text(clause, decision, language),
                "label": vocabulary.reasons[code].text.in_(language),
                "source": "; ".join(vocabulary.sources[source].title.in_(language) for source in clause.sources),
            })  # fmt: skip
    return found


def deciding(decision: Decision, service: Service) -> list[Clause]:
    """The clauses that decided the service: those of its first rank that applied, and the notes beside them."""
    mine = [c for c in decision.clauses if service in c.services and c.kind in (*DECIDING, "note")]
    rank = min((clause.rank for clause in mine if clause.kind in DECIDING), default=None)
    return [clause for clause in mine if clause.rank == rank]


def clause_text(clause: Clause, decision: Decision, language: str) -> str:
    """The clause's sentence with the terms that hold for these facts."""
    return filled(clause.text.in_(language), decision.book, decision.facts)


def filled(words: str, book: CompiledBook, facts: Facts | None = None) -> str:
    """`{term}` replaced by its value: for the facts, or every value where none are given."""
    for name, term in book.terms.terms.items():
        if f"{{{name}}}" in words:
            words = words.replace(f"{{{name}}}", _term_words(book, term, facts))
    return words


def _term_words(book: CompiledBook, term: Term, facts: Facts | None) -> str:
    if facts is not None and term.by:
        return str(book.terms.value(term.name, **{term.by: getattr(facts, term.by)}))
    values: Iterable[Value] = dict.fromkeys(term.values(book.terms.day).values())
    return " / ".join(str(value) for value in values)


def _service(
    decision: Decision, service: Service, language: str, sure: str, hinges_on: tuple[str, ...]
) -> dict[str, Any]:
    vocabulary = decision.book.vocabulary
    until = decision.deadlines.get(service)
    verdict = decision.verdict(service)
    return {
        "service": service, "label": vocabulary.label("services", service).in_(language), "verdict": verdict,
        "verdict_label": vocabulary.label("verdicts", verdict).in_(language),
        "until": until.isoformat() if until else None,
        "clauses": [_clause(clause, decision, language) for clause in deciding(decision, service)],
        "ways": [
            {"text": way.text.in_(language), "verdict": way.verdict, "until": way.until.isoformat() if way.until else None,
             "changes": [{"fact": name, "value": value} for name, value in way.changes]}
            for way in ways(decision, service)
        ],
        "outlook": sure,
        "hinges_on": [{"fact": name, "label": vocabulary.facts[name].label.in_(language)} for name in hinges_on],
    }  # fmt: skip


def _clause(clause: Clause, decision: Decision, language: str) -> dict[str, Any]:
    vocabulary = decision.book.vocabulary
    return {
        "clause": clause.id, "kind": clause.kind, "strength": clause.strength,
        "strength_label": vocabulary.label("strengths", clause.strength).in_(language),
        "text": clause_text(clause, decision, language),
        "reasons": [{"code": code, "text": vocabulary.reasons[code].text.in_(language)} for code in clause.reasons],
        "sources": [
            {"id": source, "title": vocabulary.sources[source].title.in_(language), "quote": vocabulary.sources[source].quote}
            for source in clause.sources
        ],
        "facts": _facts(clause, decision, language),
    }  # fmt: skip


def _facts(clause: Clause, decision: Decision, language: str) -> list[dict[str, Any]]:
    """The facts the clause looked at, with what they were."""
    found = []
    for name in sorted(facts_read(decision.book.book, clause.when)):
        fact = decision.book.vocabulary.facts.get(name)
        if fact is None:
            continue
        value = getattr(decision.facts, name)
        found.append({
            "fact": name, "label": fact.label.in_(language), "value": value, "said": fact.say(value, language),
        })  # fmt: skip
    return found
