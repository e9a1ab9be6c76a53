"""A shop may not use the system: asked for on a verified ground, ordered by a second person, published, appealed, lifted (MER-11)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from shouhou.accounts.models import ApiKey, User
from shouhou.accounts.staff_sessions import end_staff_sessions
from shouhou.cases.evidence import evidence_count
from shouhou.cases.models import Case
from shouhou.cases.taking_over import hand_back, take_over
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish
from shouhou.policy.queries import calendar_now
from shouhou.policy.rules.governance import suspension
from shouhou.sla.access import suspension_for
from shouhou.sla.actions.words import own_files, words
from shouhou.sla.events import SUSPENSION_APPEALED, SUSPENSION_LIFTED, SUSPENSION_ORDERED, SUSPENSION_PUBLISHED
from shouhou.sla.models import Appeal, AppealFile, Breach, Suspension
from shouhou.sla.refusals import (
    APPEAL_CLOSED,
    APPEAL_NONE,
    APPEAL_TOO_LATE,
    SLA_NOT_YOURS,
    SUSPENSION_ENDED,
    SUSPENSION_GROUND,
    SUSPENSION_SECOND_PERSON,
    SUSPENSION_THERE,
)
from shouhou.sla.rules.measures import complaint_verified
from shouhou.sla.rules.people import APPELLANTS, JUDGES, ORDERERS
from shouhou.sla.terms import days


def ask_suspension(rests_on: str, reasons: str, *, actor: Actor, now: datetime) -> str:
    """Ask for it, naming the complaint or breach that it rests on; answers the measure's number. Nothing happens to the shop yet.

    Raises SLA_NOT_YOURS, SLA_WORDS, SUSPENSION_GROUND (nothing verified), SUSPENSION_THERE.
    """
    _orderer(actor)
    reasons, rests_on = words(reasons), rests_on.strip().upper()[:20]
    ground, shop = _ground(rests_on)
    try:
        with transaction.atomic():
            made = Suspension.objects.create(
                number=new_number("SP"), merchant=shop, ground=ground, rests_on=rests_on, reasons=reasons, asked_by=actor.who,
                asked_name=actor.name[:120], asked_at=now,
            )  # fmt: skip
            audit.note(actor, what="suspension.asked", subject=shop.code, detail=f"{made.number} {rests_on}", now=now)
    except IntegrityError as taken:
        there = Suspension.objects.filter(merchant=shop, state__in=["asked", "ordered"]).values_list("number", flat=True).first()
        raise refused(SUSPENSION_THERE, number=there or "") from taken
    return made.number


def order_suspension(number: str, *, actor: Actor, now: datetime) -> None:
    """A second person orders it, at once and without notice: sessions and keys of the shop end, the house takes its open cases
    over, the measure is published. Raises SUSPENSION_NONE, SLA_NOT_YOURS, SUSPENSION_ENDED, SUSPENSION_SECOND_PERSON, SUSPENSION_GROUND."""
    _orderer(actor)
    with transaction.atomic():
        row = _asked(number, actor=actor)
        ground, _shop = _ground(row.rests_on)
        taken = take_over(row.merchant.pk, row.number, now=now)
        rule = suspension(trigger=ground, verified=True, decided_at=now, calendar=calendar_now(), open_cases=len(taken))
        keys = list(ApiKey.objects.select_for_update().filter(merchant_id=row.merchant.pk, active=True).values_list("pk", flat=True))
        ApiKey.objects.filter(pk__in=keys).update(active=False)
        for user in _people(row.merchant):
            end_staff_sessions(user)
        row.state, row.ordered_by, row.ordered_name, row.ordered_at = "ordered", actor.who, actor.name[:120], now
        # Published in the same moment: within the working day that the rule gives.
        row.publish_due_at, row.published_at, row.appeal_until = rule.publish_due_at, now, now + days("breach_appeal_days", now=now)
        row.keys, row.taken = keys, taken
        row.save()
        audit.note(actor, what="suspension.ordered", subject=row.merchant.code, detail=row.number, now=now)
        _tell(SUSPENSION_ORDERED, row, now=now, reasons=row.reasons, until=row.appeal_until.isoformat())
        _tell(SUSPENSION_PUBLISHED, row, now=now)


def refuse_suspension(number: str, *, actor: Actor, now: datetime) -> None:
    """The second person does not order it. Raises as ordering does."""
    _orderer(actor)
    with transaction.atomic():
        row = _asked(number, actor=actor)
        Suspension.objects.filter(pk=row.pk).update(state="refused")
        audit.note(actor, what="suspension.refused", subject=row.merchant.code, detail=row.number, now=now)


def lift_suspension(number: str, reasons: str, *, actor: Actor, now: datetime) -> None:
    """The shop may use the system again: its keys open, the cases that are still open are handed back.

    Raises SUSPENSION_NONE, SLA_NOT_YOURS, SLA_WORDS, SUSPENSION_ENDED.
    """
    _orderer(actor)
    reasons = words(reasons)
    with transaction.atomic():
        _lift(_ordered(number, actor=actor), reasons, actor=actor, now=now)


def appeal_suspension(number: str, text: str, *, tokens: Sequence[str], actor: Actor, now: datetime) -> None:
    """The shop's one appeal. Raises SUSPENSION_NONE, SLA_NOT_YOURS, SLA_WORDS, APPEAL_FILES, APPEAL_CLOSED, APPEAL_TOO_LATE."""
    text = words(text)
    with transaction.atomic():
        row = suspension_for(actor, number, lock=True)
        if actor.role not in APPELLANTS or actor.merchant_id is None:
            raise refused(SLA_NOT_YOURS)
        if row.state != "ordered" or row.appeal_until is None or Appeal.objects.filter(suspension=row).exists():
            raise refused(APPEAL_CLOSED)
        if now > row.appeal_until:
            raise refused(APPEAL_TOO_LATE, until=row.appeal_until.isoformat(timespec="minutes"))
        files = own_files(tokens, actor=actor)
        made = Appeal.objects.create(
            suspension=row, merchant=row.merchant, text=text, by=actor.who, name=actor.name[:120], at=now,
            decide_by=now + days("breach_decision_days", now=now),
        )  # fmt: skip
        AppealFile.objects.bulk_create([AppealFile(appeal=made, upload=upload) for upload in files])
        audit.note(actor, what="suspension.appealed", subject=row.number, detail=text, now=now)
        _tell(SUSPENSION_APPEALED, row, now=now, until=made.decide_by.isoformat())


def decide_suspension(number: str, *, grant: bool, reasons: str, actor: Actor, now: datetime) -> None:
    """Somebody other than who ordered it decides: granted, it is lifted; refused, it stands.

    Raises SUSPENSION_NONE, SLA_NOT_YOURS, SLA_WORDS, SUSPENSION_ENDED, APPEAL_NONE, SUSPENSION_SECOND_PERSON.
    """
    reasons = words(reasons)
    if actor.role not in JUDGES or actor.merchant_id is not None:
        raise refused(SLA_NOT_YOURS)
    with transaction.atomic():
        row = _ordered(number, actor=actor)
        appeal = Appeal.objects.filter(suspension=row, verdict="").first()
        if appeal is None:
            raise refused(APPEAL_NONE)
        if actor.who in (row.ordered_by, row.asked_by):
            raise refused(SUSPENSION_SECOND_PERSON)
        appeal.verdict, appeal.reasons = "granted" if grant else "refused", reasons
        appeal.decided_by, appeal.decided_name, appeal.decided_at = actor.who, actor.name[:120], now
        appeal.save()
        audit.note(actor, what=f"suspension.appeal_{appeal.verdict}", subject=row.number, detail=reasons, now=now)
        if grant:
            _lift(row, reasons, actor=actor, now=now)


def _lift(row: Suspension, reasons: str, *, actor: Actor, now: datetime) -> None:
    ApiKey.objects.filter(pk__in=row.keys).update(active=True)
    hand_back(row.merchant.pk, now=now)
    row.state, row.lifted_by, row.lifted_at, row.lifted_because = "lifted", actor.who, now, reasons
    row.save()
    audit.note(actor, what="suspension.lifted", subject=row.merchant.code, detail=f"{row.number} {reasons}", now=now)
    _tell(SUSPENSION_LIFTED, row, now=now, reasons=reasons)


def _ground(rests_on: str) -> tuple[str, Merchant]:
    """A complaint found true against the shop with evidence, or a breach of the shop's that stands. Raises SUSPENSION_GROUND."""
    breach = Breach.objects.select_related("merchant").filter(number=rests_on, party="shop", state="standing").first()
    if breach is not None and breach.merchant is not None:
        return "violation", breach.merchant
    case = Case.objects.select_related("merchant").filter(number=rests_on, service="complaint").first()
    answers = (case.details.get("answers") or ()) if case else ()
    if case is not None and case.merchant is not None and answers:
        found = answers[-1]
        if complaint_verified(finding=str(found["finding"]), against=str(found["against"]), evidence=evidence_count(case.pk)):
            return "complaint", case.merchant
    raise refused(SUSPENSION_GROUND, ground=rests_on or "–")


def _people(merchant: Merchant) -> list[User]:
    return list(User.objects.filter(organisation=merchant.organisation_id)) if merchant.organisation_id else []


def _orderer(actor: Actor) -> None:
    if actor.role not in ORDERERS or actor.merchant_id is not None:
        raise refused(SLA_NOT_YOURS)


def _asked(number: str, *, actor: Actor) -> Suspension:
    row = suspension_for(actor, number, lock=True)
    if row.state != "asked":
        raise refused(SUSPENSION_ENDED, number=row.number)
    if row.asked_by == actor.who:
        raise refused(SUSPENSION_SECOND_PERSON)
    return row


def _ordered(number: str, *, actor: Actor) -> Suspension:
    row = suspension_for(actor, number, lock=True)
    if row.state != "ordered":
        raise refused(SUSPENSION_ENDED, number=row.number)
    return row


def _tell(what: EventType, row: Suspension, *, now: datetime, **more: object) -> None:
    data = {"number": row.number, "merchant": row.merchant.code, **more}
    publish(what, subject=row.number, now=now, data=data, merchant_id=row.merchant.pk)
