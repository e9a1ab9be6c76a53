"""Sending a part to its channel: committed before the call, called outside any transaction, the outcome kept after."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from shouhou.foundation.money import Money
from shouhou.payments.actions.outcome import OPEN, OTHER_AMOUNT, contradict, locked, refuse, settle
from shouhou.payments.channels.base import ChannelAnswer, ChannelDown, ChannelSilent, Paid
from shouhou.payments.channels.registry import open_channel
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import RefundAttempt, RefundPart
from shouhou.plumbing.actor import SYSTEM

FORGOTTEN_SECONDS = 60
BATCH = 500


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be said to the channel. `asks_first`: it may have been said before, so ask what became of it."""

    part_id: int
    channel: str
    round: int
    key: UUID
    amount_minor: int
    currency: str
    reference: str
    paid: Paid
    asks_first: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard: an answer, or why there is none (`silent`: it may have happened; `down`: it has not)."""

    kind: str
    outcome: str
    answer: ChannelAnswer | None = None
    detail: str = ""


def begin(part_id: int, *, now: datetime) -> Step | None:
    """Commit that the part is being sent; None when there is nothing to send any more."""
    with transaction.atomic():
        refund, parts = locked(part_id=part_id)
        part = next(part for part in parts if part.id == part_id)
        if refund.state == "awaiting_second" or part.state not in OPEN:
            return None
        asks_first = part.state != "pending"
        part.tries, part.sent_at, part.updated_at = part.tries + 1, part.sent_at or now, now
        part.state = part.state if asks_first else "sent"
        part.save(update_fields=["tries", "sent_at", "state", "updated_at"])
        return Step(
            part_id=part.id, channel=part.channel, round=part.round, key=part.idempotency_key,
            amount_minor=part.amount_minor, currency=refund.currency, reference=refund.number, paid=_paid(part),
            asks_first=asks_first,
        )  # fmt: skip


def exchange(step: Step) -> Heard:
    """Speak to the channel. Raises RuntimeError inside a transaction: a slow channel must hold no lock."""
    with transaction.atomic(durable=True):
        pass
    kind = "query" if step.asks_first else "refund"
    try:
        channel = open_channel(step.channel)
        answer = channel.query(key=step.key, paid=step.paid) if step.asks_first else None
        # Never seen there, or refused there and tried again: the same key cannot pay twice.
        if answer is None or answer.status in ("not_known", "refused"):
            kind = "refund"
            answer = channel.refund(
                key=step.key, amount_minor=step.amount_minor, currency=step.currency, reference=step.reference, paid=step.paid
            )
        return Heard(kind, answer.status, answer, answer.code or answer.reference)
    except ChannelSilent as silence:
        return _after_silence(step, kind, str(silence))
    except ChannelDown as down:
        return Heard(kind, "down", detail=str(down))


def finish(step: Step, heard: Heard, *, started_at: datetime, now: datetime) -> bool:
    """Keep what was heard; True when this part needs no more sending."""
    with transaction.atomic():
        refund, parts = locked(part_id=step.part_id)
        part = next(part for part in parts if part.id == step.part_id)
        answer, by, outcome, detail = heard.answer, SYSTEM.who, heard.outcome, heard.detail
        wrong = answer is not None and answer.amount_minor not in (None, step.amount_minor)
        if answer is not None and wrong:
            # A person will ask what was paid instead: both amounts stand in the attempt.
            told, asked = Money(answer.amount_minor or 0, step.currency), Money(step.amount_minor, step.currency)
            outcome, detail = OTHER_AMOUNT, f"{told.decimal} ≠ {asked.decimal} {step.currency} {heard.detail}".strip()
            # Told once; a person has to look, asking again brings nothing new.
            if not RefundAttempt.objects.filter(part=part, outcome=outcome).exists():
                contradict(refund, part, detail, now)
        RefundAttempt.objects.create(
            part=part, kind=heard.kind, outcome=outcome, detail=detail[:300], started_at=started_at, ended_at=now
        )
        if wrong:
            _mark(part, "unknown" if part.state in OPEN else part.state, now)
            return True
        if answer and answer.status == "settled":
            settle(refund, parts, part, reference=answer.reference, by=by, now=now)
            return True
        if answer and answer.status == "refused":
            # A refusal of an earlier round says nothing about the one that is under way.
            if part.round == step.round:
                refuse(refund, parts, part, code=answer.code or "REFUSED", by=by, now=now)
            return part.round == step.round
        if part.state not in OPEN:
            return True
        if heard.outcome == "down":
            # Not reached: what was pending before is pending again.
            _mark(part, part.state if step.asks_first else "pending", now)
        else:
            _mark(part, "sent" if answer and answer.status == "in_process" else "unknown", now)
        return False


def take_up_forgotten(*, now: datetime, older_than_seconds: int = FORGOTTEN_SECONDS) -> int:
    """Enqueue every open part that has been quiet for a while and that no job is about; returns how many.

    The more often it was tried, the longer it rests: after sixty tries it is asked about once an hour.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGOTTEN, [now, older_than_seconds, BATCH])
        ids = [row[0] for row in cursor.fetchall()]
        for part_id in ids:
            enqueue_part(part_id)
        return len(ids)


def _after_silence(step: Step, kind: str, detail: str) -> Heard:
    """The answer was lost: ask at once what became of the key; if that is silent too, the outcome stays unknown."""
    try:
        answer = open_channel(step.channel).query(key=step.key, paid=step.paid)
    except (ChannelSilent, ChannelDown) as still:
        return Heard(kind, "silent", detail=f"{detail}; {still}")
    if answer.status == "not_known":
        # It may still be on its way there: only time and the same key can tell.
        return Heard(kind, "silent", detail=f"{detail}; not known there")
    return Heard(kind, answer.status, answer, f"{detail}; asked: {answer.reference or answer.code}")


def _paid(part: RefundPart) -> Paid:
    """What the part goes back to: a payment of the order, a charge, or (beside both) nothing."""
    if part.charge is not None:
        return Paid(part.charge.channel_reference, part.charge.taken_minor or part.charge.amount_minor)
    if part.payment is not None:
        return Paid(part.payment.reference, part.payment.amount_minor)
    return Paid("", 0)


def _mark(part: RefundPart, state: str, now: datetime) -> None:
    part.state, part.updated_at = state, now
    part.save(update_fields=["state", "updated_at"])


FORGOTTEN = """
SELECT p.id FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
WHERE p.state IN ('pending', 'sent', 'unknown')
  AND p.updated_at < %s::timestamptz - make_interval(secs => %s::float8 * greatest(1, least(60, p.tries)))
  AND r.state <> 'awaiting_second'
  AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.lock = 'refund-part:' || p.id)
ORDER BY p.updated_at LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
