"""Suspensions and appeals in the API's shapes."""

from typing import Any

from shouhou.sla.models import Appeal, Suspension


def appeal_body(row: Appeal) -> dict[str, Any]:
    return {
        "text": row.text, "at": row.at.isoformat(), "decide_by": row.decide_by.isoformat(), "verdict": row.verdict,
        "reasons": row.reasons, "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }  # fmt: skip


def suspension_body(row: Suspension) -> dict[str, Any]:
    appeal = getattr(row, "appeal", None)
    instants = ("ordered_at", "publish_due_at", "published_at", "appeal_until", "lifted_at")
    return {
        "number": row.number, "merchant": row.merchant.code, "ground": row.ground, "rests_on": row.rests_on, "reasons": row.reasons,
        "state": row.state, "asked_at": row.asked_at.isoformat(), "lifted_because": row.lifted_because, "taken": list(row.taken),
        **{name: at.isoformat() if (at := getattr(row, name)) else None for name in instants},
        "appeal": appeal_body(appeal) if appeal else None,
    }  # fmt: skip
