"""The money of a case in three columns: previewed at the application, agreed after the inspection, paid."""

from typing import Any

from shouhou.cases.access import case_for
from shouhou.cases.rows import CaseRow
from shouhou.payments.paid_back import paid_back
from shouhou.payments.rules.explaining import Explained, explain
from shouhou.plumbing.actor import Actor


def explained(case: CaseRow, *, inside: bool) -> tuple[Explained, ...]:
    """Nothing without an amount. What goes between shop and platform is shown inside the house only."""
    preview, agreed, final = case.preview.get("applied"), case.preview.get("agreed"), paid_back(case.number)
    if preview is None and agreed is None and final is None:
        return ()
    return tuple(row for row in explain(preview, agreed, final) if inside or row.kind != "subsidy")


def amounts_json(number: str, *, actor: Actor, language: str) -> dict[str, Any]:
    """As the API shows it. Raises Refused CASE_NOT_FOUND, also for a stranger."""
    case = case_for(actor, number)
    titles = {item.line: item.title for item in case.items}
    return {
        "number": case.number, "currency": case.currency,
        "rows": [_row(row, titles, language) for row in explained(case, inside=actor.role != "consumer")],
    }  # fmt: skip


def _row(row: Explained, titles: dict[int, str], language: str) -> dict[str, Any]:
    label = row.label.in_(language) if row.label else titles.get(row.line or 0, row.tender)
    return {
        "kind": row.kind, "label": label, "line": row.line, "tender": row.tender or None, "preview": row.preview,
        "agreed": row.agreed, "final": row.final, "units": list(row.units) if any(row.units) else None,
        "why": row.why.in_(language) if row.why else None, "clause": row.clause.in_(language) if row.clause else None,
        "source": row.source.in_(language) if row.source else None, "note": row.note,
    }  # fmt: skip
