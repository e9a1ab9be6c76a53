"""What the platform paid for a shop is claimed back (LOG-07, MER-10): announced by itself, appealed, decided, booked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.ledger.chart import PLATFORM_ADVANCE
from shouhou.ledger.recipes import Move
from shouhou.payments.models import Refund
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import EventType
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import uploaded_by
from shouhou.settlements.actions.accounts import keeper, locked, merchant_by, watch_deposit
from shouhou.settlements.actions.deposits import MOST_MINOR, draw
from shouhou.settlements.events import (
    RECHARGE_ANNOUNCED,
    RECHARGE_APPEALED,
    RECHARGE_BOOKED,
    RECHARGE_DECIDED,
    RECHARGE_OVERDUE,
    announce,
)
from shouhou.settlements.models import Recharge, RechargeFile
from shouhou.settlements.queries.money import CURRENCY
from shouhou.settlements.refusals import (
    DEPOSIT_PROOF,
    MONEY_SECOND_PERSON,
    RECHARGE_EVIDENCE,
    RECHARGE_NOT_OPEN,
    RECHARGE_REASONS,
    RECHARGE_TOO_LATE,
    RECHARGE_UNKNOWN,
)
from shouhou.settlements.terms import days
from shouhou.sla.models import Breach

FILES_MOST, TEXT_MOST, BATCH = 9, 1000, 500
APPELLANTS = frozenset({"merchant_operator", "merchant_manager"})
JUDGES = frozenset({"finance", "supervisor", "arbitrator"})
RETURNED = "垫付款已退回，无须追收 What was advanced has come back"


def announce_recharges(*, now: datetime) -> int:
    """Every advance that is a shop's and was not claimed yet is announced to it; what came back is given back. Returns how
    many are new. Twice or at once: the posting's own row is the judge."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNCLAIMED, [PLATFORM_ADVANCE.path, BATCH])
        found = cursor.fetchall()
        new = sum(_announced(row, now=now) for row in found)
        cursor.execute(CAME_BACK, [PLATFORM_ADVANCE.path, BATCH])
        for posting, subject, amount in cursor.fetchall():
            _returned(posting, subject, amount, now=now)
    return new


def claim_loss(
    code: str, *, amount_minor: int, reason: str, subject: str, tokens: Sequence[str], actor: Actor, now: datetime
) -> Recharge:  # fmt: skip
    """A loss that the shop caused, verified and proven (MER-10). Raises FORBIDDEN, MERCHANT_UNKNOWN, RECHARGE_REASONS,
    RECHARGE_EVIDENCE, DEPOSIT_PROOF for an amount that is none."""
    keeper(actor)
    reason = _words(reason)
    if not 0 < amount_minor < MOST_MINOR:
        raise refused(DEPOSIT_PROOF)
    with transaction.atomic():
        merchant = merchant_by(code)
        made = _make(merchant.pk, "loss", None, subject[:60], amount_minor, reason=reason[:500], by=actor.who, now=now)
        _attach(made, tokens, actor=actor, now=now, needed=True)
        return made


def appeal(number: str, *, text: str, tokens: Sequence[str], actor: Actor, now: datetime) -> None:
    """The shop says why it need not pay, with evidence. Raises FORBIDDEN, RECHARGE_UNKNOWN, RECHARGE_NOT_OPEN,
    RECHARGE_TOO_LATE, RECHARGE_REASONS, RECHARGE_EVIDENCE."""
    if actor.role not in APPELLANTS or actor.merchant_id is None:
        raise refused(FORBIDDEN, roles=sorted(APPELLANTS))
    text = _words(text)
    with transaction.atomic():
        row = _held(number, states=("announced",), merchant_id=actor.merchant_id)
        if now > row.appeal_until:
            raise refused(RECHARGE_TOO_LATE, until=row.appeal_until.isoformat(timespec="minutes"))
        row.state, row.appeal, row.appealed_by, row.appealed_at = "appealed", text, actor.who, now
        row.decide_until = now + days("recharge_decision_days", now=now)
        row.save()
        _attach(row, tokens, actor=actor, now=now, needed=True)
        _tell(RECHARGE_APPEALED, row, now=now, until=row.decide_until.isoformat())


def decide(number: str, *, waive: bool, reasons: str, actor: Actor, now: datetime) -> None:
    """The platform decides the appeal, with reasons; not the person who claimed it. Raises FORBIDDEN, RECHARGE_UNKNOWN,
    RECHARGE_NOT_OPEN, RECHARGE_REASONS, MONEY_SECOND_PERSON."""
    if actor.role not in JUDGES or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=sorted(JUDGES))
    reasons = _words(reasons)
    with transaction.atomic():
        row = _held(number, states=("appealed",))
        if row.claimed_by == actor.who:
            raise refused(MONEY_SECOND_PERSON)
        row.state = "waived" if waive else "upheld"
        row.decision, row.decided_by, row.decided_at = reasons, actor.who, now
        row.save()
        _tell(RECHARGE_DECIDED, row, now=now, verdict=row.state, reasons=reasons)


def watch_appeals(*, now: datetime) -> int:
    """Appeals not decided in time are told once; they are never booked before somebody decides. Returns how many."""
    with transaction.atomic():
        late = Recharge.objects.select_for_update(skip_locked=True).filter(state="appealed", decide_until__lt=now, overdue_told_at=None)
        found = list(late.order_by("id")[:BATCH])
        for row in found:
            row.overdue_told_at = now
            row.save(update_fields=["overdue_told_at"])
            _tell(RECHARGE_OVERDUE, row, now=now)
    return len(found)


def claim_penalties(*, now: datetime, merchant_id: int | None = None) -> int:
    """What the penalty table imposed for breaches that stand and can be appealed no more, each once (MER-09). The breach was announced
    with its amount and had its own appeal: there is no second one here. Returns how many are new."""
    found = Breach.objects.filter(party="shop", state="standing", amount_minor__gt=0, appeal_until__lt=now)
    if merchant_id is not None:
        found = found.filter(merchant=merchant_id)
    claimed = Recharge.objects.filter(kind="penalty", subject=OuterRef("number"))
    made = [
        Recharge(
            number=new_number("RC"), merchant=row.merchant, kind="penalty", subject=row.number, amount_minor=row.amount_minor,
            currency=CURRENCY, reason=row.sanction.clause if row.sanction else "", claimed_by=SYSTEM.who, announced_at=row.recorded_at,
            appeal_until=row.appeal_until,
        )
        for row in found.exclude(Exists(claimed)).select_related("merchant", "sanction").order_by("id")[:BATCH] if row.merchant
    ]  # fmt: skip
    # Two at once: the unique breach is the judge.
    before = Recharge.objects.filter(kind="penalty").count()
    Recharge.objects.bulk_create(made, ignore_conflicts=True)
    return Recharge.objects.filter(kind="penalty").count() - before


def book_recharges(*, actor: Actor = SYSTEM, now: datetime, merchant_id: int | None = None) -> int:
    """The month's batch: what nobody appealed against in time, what was upheld, and penalties that stand, is taken from what the shop
    is owed – and from its deposit where that is short. Each in a transaction of its own; returns how many."""
    while claim_penalties(now=now, merchant_id=merchant_id):
        pass
    due = Recharge.objects.filter(state="announced", appeal_until__lt=now) | Recharge.objects.filter(state="upheld")
    if merchant_id is not None:
        due = due.filter(merchant=merchant_id)
    return sum(_book(pk, actor=actor, now=now) for pk in due.order_by("id").values_list("pk", flat=True))


def _book(pk: int, *, actor: Actor, now: datetime) -> bool:
    with transaction.atomic():
        merchant_id = Recharge.objects.values_list("merchant_id", flat=True).get(pk=pk)
        account = locked(merchant_id)
        row = Recharge.objects.select_for_update().select_related("merchant").get(pk=pk)
        if not (row.state == "upheld" or (row.state == "announced" and row.appeal_until < now)):
            return False
        key, subject = f"recharge:{row.number}", row.subject or row.number
        if row.currency == CURRENCY:  # The deposit is kept in it, and covers nothing else.
            draw(row.merchant, account, amount_minor=row.amount_minor, key=key, subject=subject, by=actor.who, now=now)
        ledger.post(
            _moves(row), recipe="penalty" if row.kind == "penalty" else "recharge", subject=subject, currency=row.currency, key=key,
            by=actor.who, now=now,
        )  # fmt: skip
        row.state, row.booked_at = "booked", now
        row.save(update_fields=["state", "booked_at"])
        _tell(RECHARGE_BOOKED, row, now=now)
        watch_deposit(row.merchant, account, now=now)
        return True


def _moves(row: Recharge) -> tuple[Move, ...]:
    if row.kind == "penalty":
        return recipes.penalty(merchant=row.merchant_id, amount_minor=row.amount_minor)
    return recipes.recharge(merchant=row.merchant_id, amount_minor=row.amount_minor, loss=row.kind == "loss")


def _announced(row: tuple[int, str, str, int, str, int], *, now: datetime) -> bool:
    posting, recipe, subject, amount, currency, merchant_id = row
    if Recharge.objects.filter(posting=posting).exists():
        return False
    _make(merchant_id, _kind(recipe, subject), posting, subject, amount, currency=currency, by=SYSTEM.who, now=now)
    return True


def _make(
    merchant_id: int, kind: str, posting: int | None, subject: str, amount_minor: int, *, by: str, now: datetime,
    reason: str = "", currency: str = CURRENCY,
) -> Recharge:  # fmt: skip
    until = now + days("recharge_appeal_days", now=now)
    made = Recharge.objects.create(
        number=new_number("RC"), merchant_id=merchant_id, kind=kind, posting_id=posting, subject=subject, amount_minor=amount_minor,
        currency=currency, reason=reason, claimed_by=by, announced_at=now, appeal_until=until,
    )  # fmt: skip
    _tell(RECHARGE_ANNOUNCED, made, now=now, until=until.isoformat())
    return made


def _kind(recipe: str, subject: str) -> str:
    if "freight" in recipe:
        return "freight"
    paid = Refund.objects.filter(subject=subject, bearer="platform_advance").order_by("-id")
    reason = paid.values_list("reason", flat=True).first() or ""
    return "freight" if "freight" in reason else "compensation" if "compensation" in reason else "refund"


def _returned(posting: int, subject: str, amount: int, *, now: datetime) -> None:
    """The advance has come back: an open claim is dropped, a booked one given back."""
    row = (
        Recharge.objects.select_for_update().filter(subject=subject, amount_minor=amount, returned=None).exclude(state="waived")
        .exclude(posting=None).order_by("id").first()
    )  # fmt: skip
    if row is None:
        return
    if row.state == "booked":
        ledger.post(
            recipes.recharge_returned(merchant=row.merchant_id, amount_minor=amount), recipe="recharge_returned", subject=subject,
            currency=row.currency, key=f"recharge:{row.number}:returned", by=SYSTEM.who, now=now,
        )  # fmt: skip
    row.state, row.returned_id, row.decision, row.decided_by, row.decided_at = "waived", posting, RETURNED, SYSTEM.who, now
    row.save()
    _tell(RECHARGE_DECIDED, row, now=now, verdict="waived", reasons=RETURNED)


def _held(number: str, *, states: Sequence[str], merchant_id: int | None = None) -> Recharge:
    rows = Recharge.objects.select_for_update().filter(number=number)
    row = (rows if merchant_id is None else rows.filter(merchant=merchant_id)).first()
    if row is None:
        raise refused(RECHARGE_UNKNOWN, number=number)
    if row.state not in states:
        raise refused(RECHARGE_NOT_OPEN, number=number, state=dict(Recharge.STATES)[row.state])
    return row


def _attach(row: Recharge, tokens: Sequence[str], *, actor: Actor, now: datetime, needed: bool) -> None:
    """Only what this person has uploaded and nothing else holds. Raises RECHARGE_EVIDENCE."""
    files = list(Upload.objects.filter(uploaded_by(actor.uploads_as), token__in=list(tokens)[: FILES_MOST + 1], erased_at=None))
    if len(files) > FILES_MOST or len(files) != len(set(tokens)) or (needed and not files):
        raise refused(RECHARGE_EVIDENCE, most=FILES_MOST)
    for upload in files:
        RechargeFile.objects.create(recharge=row, upload=upload, role=actor.role, at=now)


def _words(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= TEXT_MOST:
        raise refused(RECHARGE_REASONS, most=TEXT_MOST)
    return text


def _tell(what: EventType, row: Recharge, *, now: datetime, **more: object) -> None:
    data = {
        "number": row.number, "amount_minor": row.amount_minor, "currency": row.currency, "kind": row.kind, "case": row.subject, **more,
    }  # fmt: skip
    announce(what, subject=row.number, merchant_id=row.merchant_id, data=data, now=now)


# Which shop an advance was for: by the case (or the charge) that it stands on.
UNCLAIMED = """
SELECT p.id, t.recipe, t.subject, p.amount_minor, p.currency, coalesce(c.merchant_id, ch.merchant_id)
FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id AND t.phase = 'posted'
LEFT JOIN cases_case c ON c.number = t.subject LEFT JOIN payments_charge ch ON ch.number = t.subject
WHERE p.source = %s AND t.recipe <> 'recharge_returned' AND coalesce(c.merchant_id, ch.merchant_id) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM settlements_recharge r WHERE r.posting_id = p.id)
ORDER BY p.id LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
CAME_BACK = """
SELECT p.id, t.subject, p.amount_minor FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id AND t.phase = 'posted'
WHERE p.destination = %s AND t.recipe NOT IN ('recharge', 'freight_recharged')
  AND NOT EXISTS (SELECT 1 FROM settlements_recharge r WHERE r.returned_id = p.id)
ORDER BY p.id LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
