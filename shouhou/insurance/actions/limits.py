"""The insurer's 24 hours: a reminder before they end, INSURER_SLA when they have, and what the book says of silence."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.insurance.actions.deciding import decide
from shouhou.insurance.actions.keeping import locked, note, step, tell
from shouhou.insurance.events import CLAIM_REMINDED, INSURER_SLA
from shouhou.insurance.models import OPEN, FreightClaim
from shouhou.plumbing.actor import SYSTEM
from shouhou.policy.queries import compiled

BATCH = 100


def work_off_overdue(*, now: datetime, most: int = BATCH) -> int:
    """Record and announce every breach, once; by the book's `insurer_silence` finance decides then, or it is paid.

    Each claim is a transaction of its own; two workers never take the same. Exactly on time is not late.
    """
    due = FreightClaim.objects.filter(state__in=OPEN, breached_at=None, due_at__lt=now).order_by("due_at")
    return sum(_breach(number, now) for number in due.values_list("number", flat=True)[:most])


def remind_insurers(*, now: datetime, most: int = BATCH) -> int:
    """Remind once, when the reminder's time has come and nothing is decided."""
    near = FreightClaim.objects.filter(state__in=OPEN, reminded_at=None, breached_at=None, remind_at__lte=now).order_by("remind_at")
    return sum(_remind(number, now) for number in near.values_list("number", flat=True)[:most])


@transaction.atomic
def _breach(number: str, now: datetime) -> int:
    claim = locked(number, actor=SYSTEM)
    if claim.state not in OPEN or claim.breached_at is not None or claim.due_at >= now:
        return 0
    step(claim, "breached", actor=SYSTEM, now=now, data={"due_at": claim.due_at.isoformat(), "code": "INSURER_SLA"}, breached_at=now)
    tell(INSURER_SLA, claim, now=now, code="INSURER_SLA")
    if compiled(claim.book, claim.book_version).terms.value("insurer_silence") == "pay":
        decide(claim.number, "approve", actor=SYSTEM, now=now)
    return 1


@transaction.atomic
def _remind(number: str, now: datetime) -> int:
    try:
        claim = locked(number, actor=SYSTEM)
    except Refused:
        return 0
    if claim.state not in OPEN or claim.reminded_at is not None:
        return 0
    claim.reminded_at = now
    claim.save(update_fields=["reminded_at"])
    note(claim, "reminded", actor=SYSTEM, now=now, data={"due_at": claim.due_at.isoformat()})
    tell(CLAIM_REMINDED, claim, now=now)
    return 1
