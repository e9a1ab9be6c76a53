"""A shop appeals a breach, the platform decides with reasons: granted, it is struck and the figures follow."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish
from shouhou.sla.access import breach_for
from shouhou.sla.actions.cards import restate
from shouhou.sla.actions.words import own_files, words
from shouhou.sla.events import APPEAL_OVERDUE, BREACH_APPEALED, BREACH_DECIDED, SUSPENSION_APPEAL_OVERDUE
from shouhou.sla.models import Appeal, AppealFile, Breach
from shouhou.sla.refusals import APPEAL_CLOSED, APPEAL_NONE, APPEAL_TOO_LATE, SLA_NOT_YOURS
from shouhou.sla.rules.people import APPELLANTS, JUDGES
from shouhou.sla.terms import days

BATCH = 200


def appeal_breach(number: str, text: str, *, tokens: Sequence[str], actor: Actor, now: datetime) -> None:
    """Why it is not the shop's fault. Raises BREACH_NONE, SLA_NOT_YOURS, SLA_WORDS, APPEAL_FILES, APPEAL_CLOSED, APPEAL_TOO_LATE."""
    text = words(text)
    with transaction.atomic():
        row = breach_for(actor, number, lock=True)
        if actor.role not in APPELLANTS or actor.merchant_id is None or row.merchant is None:
            raise refused(SLA_NOT_YOURS)
        if row.state != "standing" or Appeal.objects.filter(breach=row).exists():
            raise refused(APPEAL_CLOSED)
        if now > row.appeal_until:
            raise refused(APPEAL_TOO_LATE, until=row.appeal_until.isoformat(timespec="minutes"))
        files = own_files(tokens, actor=actor)
        made = Appeal.objects.create(
            breach=row, merchant=row.merchant, text=text, by=actor.who, name=actor.name[:120], at=now,
            decide_by=now + days("breach_decision_days", now=now),
        )  # fmt: skip
        AppealFile.objects.bulk_create([AppealFile(appeal=made, upload=upload) for upload in files])
        Breach.objects.filter(pk=row.pk).update(state="appealed")
        audit.note(actor, what="breach.appealed", subject=row.number, detail=text, now=now)
        _tell(BREACH_APPEALED, row, now=now, until=made.decide_by.isoformat())


def decide_appeal(number: str, *, grant: bool, reasons: str, actor: Actor, now: datetime) -> None:
    """Granted: the breach is struck, its points and amount with it, and a closed month gets a new version; refused: it stands.

    Raises BREACH_NONE, SLA_NOT_YOURS, SLA_WORDS, APPEAL_NONE; nothing has changed then.
    """
    reasons = words(reasons)
    with transaction.atomic():
        row = breach_for(actor, number, lock=True)
        if actor.role not in JUDGES or actor.merchant_id is not None:
            raise refused(SLA_NOT_YOURS)
        appeal = Appeal.objects.filter(breach=row, verdict="").first()
        if appeal is None:
            raise refused(APPEAL_NONE)
        appeal.verdict, appeal.reasons = "granted" if grant else "refused", reasons
        appeal.decided_by, appeal.decided_name, appeal.decided_at = actor.who, actor.name[:120], now
        appeal.save()
        Breach.objects.filter(pk=row.pk).update(state="struck" if grant else "standing")
        audit.note(actor, what=f"breach.{appeal.verdict}", subject=row.number, detail=reasons, now=now)
        _tell(BREACH_DECIDED, row, now=now, verdict=appeal.verdict, reasons=reasons)
        if grant:
            restate(row, now=now)


def watch_appeals(*, now: datetime) -> int:
    """Appeals against breaches and suspensions that nobody decided in time are told once. Returns how many."""
    with transaction.atomic():
        late = Appeal.objects.select_for_update(skip_locked=True, of=("self",)).select_related("breach__case", "suspension__merchant")
        late = late.filter(verdict="", decide_by__lt=now, overdue_told_at=None).exclude(suspension__state="lifted")
        found = list(late.order_by("id")[:BATCH])
        for appeal in found:
            Appeal.objects.filter(pk=appeal.pk).update(overdue_told_at=now)
            if appeal.breach is not None:
                _tell(APPEAL_OVERDUE, appeal.breach, now=now)
            if (measure := appeal.suspension) is not None:
                data = {"number": measure.number, "merchant": measure.merchant.code}
                publish(SUSPENSION_APPEAL_OVERDUE, subject=measure.number, now=now, data=data, merchant_id=measure.merchant_id)
    return len(found)


def _tell(what: EventType, row: Breach, *, now: datetime, **more: object) -> None:
    case = row.case.number if row.case else ""
    data = {"number": row.number, "case": case, "kind": row.kind, "due_at": row.due_at.isoformat(), **more}
    publish(what, subject=row.number, now=now, data=data, merchant_id=row.merchant_id)
