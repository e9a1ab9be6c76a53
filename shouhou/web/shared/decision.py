"""What the policy decided on a case or a line, in words: verdict, reasons with clause and source, nearest way."""

from collections.abc import Iterable, Mapping
from typing import Any

from shouhou.cases.rows import CaseRow
from shouhou.cases.view import decision_body
from shouhou.web.labels import VERDICTS, label
from shouhou.web.page import language

TONES = {"allow": "good", "allow_paid": "good", "review": "wait", "deny": "bad", "na": ""}


def decision_words(case: CaseRow) -> dict[str, Any]:
    return words_of(decision_body(case, language=language()))


def words_of(decision: Mapping[str, Any]) -> dict[str, Any]:
    """A decision of the contract's shape with the page's words beside the codes."""
    verdict = str(decision.get("verdict", ""))
    return {
        "verdict": label(VERDICTS, verdict), "tone": TONES.get(verdict, ""), "code": verdict,
        "reasons": reason_rows(decision.get("reasons", ())), "ways": way_rows(decision.get("ways", ())),
    }  # fmt: skip


def reason_rows(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """text, clause with its words, sources and the facts used of each reason, whatever of it was told."""
    return [
        {
            "text": reason.get("text") or reason.get("code", ""), "clause": reason.get("clause") or "",
            "clause_text": reason.get("clause_text") or "", "source": _sources(reason.get("source")),
            "facts": [_fact(fact) for fact in reason.get("facts") or ()], "ways": way_rows(reason.get("ways") or ()),
        }
        for reason in reasons
    ]  # fmt: skip


def way_rows(ways: Iterable[object]) -> list[str]:
    """What would make it possible, one sentence each."""
    return [str(way.get("text", "")) if isinstance(way, Mapping) else str(way) for way in ways]


def _sources(source: object) -> str:
    return ", ".join(map(str, source)) if isinstance(source, list | tuple) else str(source or "")


def _fact(fact: object) -> str:
    if isinstance(fact, Mapping):
        return f"{fact.get('label', '')} {fact.get('value', '')}".strip()
    return str(fact)
