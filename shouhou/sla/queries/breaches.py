"""Lists of breaches, narrowed and paged, and what one of them says."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from shouhou.foundation.days import month_span
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla.access import breaches_of
from shouhou.sla.models import Breach, Sanction


@dataclass(frozen=True, slots=True)
class BreachFilter:
    """What is empty does not narrow. `state` is standing, appealed, struck or missing (without a penalty table)."""

    state: str = ""
    merchant: str = ""
    kind: str = ""
    party: str = ""
    month: date | None = None


def breaches(narrowed: BreachFilter, *, actor: Actor, after: str = "", limit: int = 50) -> tuple[list[Breach], str]:
    """The newest first, and where the next page begins ("" at the end)."""
    found = narrow(narrowed, actor=actor)
    if after:
        at, key = decode_cursor(after, datetime, int)
        found = found.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, pk__lt=key))
    rows = list(found.order_by("-recorded_at", "-pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], encode_cursor(last.recorded_at, last.pk) if last else ""


def narrow(narrowed: BreachFilter, *, actor: Actor) -> QuerySet[Breach]:
    found = breaches_of(actor)
    if narrowed.state == "missing":
        found = found.filter(table_missing=True)
    elif narrowed.state:
        found = found.filter(state=narrowed.state)
    for field, value in (("merchant__code", narrowed.merchant), ("kind", narrowed.kind), ("party", narrowed.party)):
        if value:
            found = found.filter(**{field: value})
    if narrowed.month is not None:
        since, until = month_span(narrowed.month)
        found = found.filter(recorded_at__gte=since, recorded_at__lt=until)
    return found


def late_seconds(row: Breach, *, now: datetime) -> int:
    """By how much: until it was done or taken out of their hands, or until now; a month is not late by time."""
    return 0 if row.month else max(0, int(((row.settled_at or now) - row.due_at).total_seconds()))


def breach_body(row: Breach, *, now: datetime) -> dict[str, Any]:
    """A breach in the API's shape."""
    appeal = getattr(row, "appeal", None)
    return {
        "number": row.number, "case": row.case.number if row.case else "", "merchant": row.merchant.code if row.merchant else "",
        "kind": row.kind, "team": row.team, "party": row.party, "service": row.service,
        "month": f"{row.month:%Y-%m}" if row.month else None,
        "started_at": row.started_at.isoformat(), "due_at": row.due_at.isoformat(), "recorded_at": row.recorded_at.isoformat(),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None, "late_seconds": late_seconds(row, now=now),
        "consequence": row.consequence, "points": row.points, "amount_minor": row.amount_minor, "table_missing": row.table_missing,
        "state": row.state, "appeal": (appeal.verdict or "waiting") if appeal else None,
        "appeal_until": row.appeal_until.isoformat(),
    }  # fmt: skip


def sanction_body(row: Sanction) -> dict[str, Any]:
    """A row of the penalty table in the API's shape."""
    return {
        "number": row.pk, "kind": row.kind, "since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None,
        "points": row.points, "amount_minor": row.amount_minor, "clause": row.clause,
    }  # fmt: skip
