"""Why: reason codes with the clause that gave them, its text and its source, for answers and pages."""

from collections.abc import Iterable
from typing import Any

from shouhou.policy.compiler import CompiledBook


def reasons_body(
    codes: Iterable[str], clauses: Iterable[str], *, book: CompiledBook, language: str
) -> list[dict[str, Any]]:  # fmt: skip
    """One entry per reason code: the first applied clause that carries it, or the reason's own sources."""
    applied = [clause for clause in book.book.clauses if clause.id in set(clauses)]
    told = []
    for code in codes:
        reason = book.vocabulary.reasons[code]
        clause = next((each for each in applied if code in each.reasons), None)
        sources = list(clause.sources if clause else reason.sources)
        told.append({
            "code": code, "clause": clause.id if clause else "", "text": reason.text.in_(language),
            "clause_text": clause.text.in_(language) if clause else None,
            "source": " · ".join(sources), "sources": sources,
        })  # fmt: skip
    return told
