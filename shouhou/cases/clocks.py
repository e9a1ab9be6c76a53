"""Instants that follow from a case's terms, and a running limit explained second by second."""

from datetime import datetime, timedelta
from typing import Any

from shouhou.cases.limits import due_at
from shouhou.cases.rows import CaseRow, DeadlineRow
from shouhou.foundation.days import Calendar
from shouhou.policy.terms import Terms


def instant_of(term: str, case: CaseRow, *, terms: Terms, calendar: Calendar, start: datetime) -> datetime:
    """When `term`, counted from `start`, is used up for this case."""
    return due_at(term, [[start.isoformat(), "started", ""]], case, terms=terms, calendar=calendar)


def explain_clock(row: DeadlineRow, *, now: datetime) -> dict[str, Any]:
    """Every stretch of the clock: from, to, whether it ran, how many seconds, and why; used and left in seconds."""
    marks = [(datetime.fromisoformat(at), what, note) for at, what, note in row.clock]
    stretches: list[dict[str, Any]] = []
    for place, (at, what, note) in enumerate(marks):
        if what.startswith("extended:"):
            stretches.append({"at": at.isoformat(), "what": "extended", "hours": int(what.split(":")[1]), "why": note})
            continue
        until = next((later for later, kind, _ in marks[place + 1 :] if not kind.startswith("extended:")), now)
        stretches.append({
            "from": at.isoformat(), "to": until.isoformat(), "what": "paused" if what == "paused" else "ran",
            "seconds": max(0, int((until - at).total_seconds())), "why": note,
        })  # fmt: skip
    used = sum(each["seconds"] for each in stretches if each["what"] == "ran")
    left = row.due_at - now
    return {
        "name": row.name, "term": row.term, "state": row.state, "due_at": row.due_at.isoformat(), "stretches": stretches,
        "used_seconds": used, "left_seconds": int(left.total_seconds()) if row.state == "open" else None,
        "overdue": row.state == "open" and left < timedelta(0),
    }  # fmt: skip
