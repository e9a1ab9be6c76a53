"""How a case ends, and how it begins again."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from shouhou.cases.limits import extend as extend_limit
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import ALREADY_REFUNDED, CASE_ENDED, DEADLINE_UNKNOWN, QUANTITY_TAKEN, REOPEN_TOO_LATE
from shouhou.foundation.refusals import refused
from shouhou.orders.claims import hold_units, release_units


def release(moving: Moving) -> None:
    """The units are free again for another application."""
    if moving.case.claims_held:
        release_units((item.line_id, item.quantity) for item in moving.case.items)
        moving.set(claims_held=False)


def release_rest(moving: Moving) -> None:
    """What was not accepted went back to the consumer and is theirs again."""
    release_units(
        (item.line_id, item.quantity - (item.accepted_quantity or 0))
        for item in moving.case.items
        if item.quantity > (item.accepted_quantity or 0)
    )


def cancel(moving: Moving) -> None:
    moving.set(outcome="cancelled")


def lapse(moving: Moving) -> None:
    moving.set(outcome="lapsed")


def close_with_reason(moving: Moving) -> None:
    moving.set(outcome=moving.answers["closing_reason"])


def reopen(moving: Moving) -> None:
    """≤ 7 days after closing, a lapsed one while its window is open; staff at any time for a new defect."""
    case, days = moving.case, moving.terms.number("reopen_days")
    if case.outcome == "refunded":
        raise refused(ALREADY_REFUNDED)
    if moving.actor.role == "consumer":
        until = max(filter(None, [(case.closed_at or moving.now) + timedelta(days=days), _window(moving)]))
        if moving.now > until:
            raise refused(REOPEN_TOO_LATE, until=until.isoformat(timespec="minutes"))
    if not case.claims_held:
        try:
            with transaction.atomic():
                hold_units((item.line_id, item.quantity) for item in case.items)
        except IntegrityError as error:
            line = case.items[0]
            raise refused(QUANTITY_TAKEN, line=line.line, left=0, asked=line.quantity) from error
    moving.set(claims_held=True, closed_at=None, resolved_at=None, reopened_at=moving.now, outcome="")


def extend(moving: Moving) -> None:
    """More time on one running limit, with the reason in the history (told to both sides by the event)."""
    name = moving.answers["deadline"]
    row = next((each for each in moving.case.deadlines if each.name == name and each.state == "open"), None)
    if row is None:
        raise refused(DEADLINE_UNKNOWN, deadline=name)
    if moving.case.closed_at is not None:
        raise refused(CASE_ENDED)
    extend_limit(row, hours=moving.answers["hours"], note=moving.answers["reason"], now=moving.now)


def _window(moving: Moving) -> datetime | None:
    deadline = ((moving.case.decision or {}).get("deadlines") or {}).get("return")
    return datetime.fromisoformat(deadline) if deadline else None
