"""Asking a channel again about what a difference is about: committed, called outside any transaction, the answer kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.payments.channels.base import ChannelAnswer, ChannelDown, ChannelSilent, Paid, PayAnswer
from shouhou.payments.channels.registry import open_channel, open_pay_channel
from shouhou.payments.jobs import enqueue_charge, enqueue_part
from shouhou.payments.models import Difference, RefundPart
from shouhou.payments.reconciliation.actions.finding import settle_itself, tell
from shouhou.payments.reconciliation.actions.matching import OPEN_PARTS
from shouhou.payments.reconciliation.actions.working import held
from shouhou.payments.reconciliation.jobs import enqueue_asking
from shouhou.payments.reconciliation.queries import booked_of
from shouhou.payments.reconciliation.refusals import DIFFERENCE_NOT_ASKABLE, DIFFERENCE_OVER
from shouhou.plumbing.actor import SYSTEM, Actor

BATCH = 500


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: only what became of a key; nothing is moved by it."""

    difference_id: int
    channel: str
    key: UUID
    paid: Paid | None
    reference: str


def ask_difference(difference_id: int, *, actor: Actor, now: datetime) -> Difference:
    """The channel is asked after the commit. Raises Refused DIFFERENCE_OVER, DIFFERENCE_NOT_ASKABLE, DIFFERENCE_NOT_FOUND."""
    with transaction.atomic():
        difference = held(difference_id)
        if difference.state == "settled":
            raise refused(DIFFERENCE_OVER, state=difference.state)
        if difference.part_id is None and difference.charge_id is None:
            raise refused(DIFFERENCE_NOT_ASKABLE)
        tell(difference, "asked", by=actor.who, now=now)
        enqueue_asking(difference.pk)
        return difference


def question(difference_id: int) -> Question | None:
    """None when it is over, or there is no key to ask under."""
    difference = Difference.objects.select_related("part__charge", "part__payment", "charge").get(pk=difference_id)
    if difference.state == "settled":
        return None
    if difference.part is not None:
        return Question(difference_id, difference.channel, difference.part.idempotency_key, _paid(difference.part), "")
    if difference.charge is not None:
        return Question(
            difference_id, difference.channel, difference.charge.channel_key, None, difference.charge.channel_reference
        )
    return None


def put(asked: Question) -> str:
    """The channel's answer in one line. Raises RuntimeError inside a transaction, ChannelSilent and ChannelDown."""
    with transaction.atomic(durable=True):
        pass
    answer: ChannelAnswer | PayAnswer
    if asked.paid is not None:
        answer = open_channel(asked.channel).query(key=asked.key, paid=asked.paid)
    else:
        answer = open_pay_channel(asked.channel).query_payment(key=asked.key, reference=asked.reference)
    amount = "" if answer.amount_minor is None else str(answer.amount_minor)
    return " ".join(word for word in (answer.status, amount, answer.reference, answer.code) if word)


def keep(difference_id: int, heard: str, *, now: datetime) -> None:
    """What was heard is kept; what we still wait for goes its usual way, which books it."""
    with transaction.atomic():
        difference = held(difference_id)
        tell(difference, "heard", by=SYSTEM.who, detail=heard, now=now)
        if difference.part and difference.part.state in OPEN_PARTS:
            enqueue_part(difference.part.pk)
        if difference.charge and difference.charge.open_there:
            enqueue_charge(difference.charge.pk)


def keep_silence(difference_id: int, error: ChannelSilent | ChannelDown, *, now: datetime) -> None:
    with transaction.atomic():
        tell(held(difference_id), "silence", by=SYSTEM.who, detail=str(error), now=now)


def recheck(*, now: datetime) -> int:
    """Differences about what we had not booked: those that are booked by now have settled by themselves; returns how many."""
    kinds = ("not_booked", "contradicted", "turned_back")
    ids = list(
        Difference.objects.filter(kind__in=kinds).exclude(state="settled").order_by("updated_at").values_list("id", flat=True)[:BATCH]
    )
    done = 0
    for difference_id in ids:
        with transaction.atomic():
            difference = held(difference_id)
            if difference.state == "settled":
                continue
            if _agrees(difference):
                settle_itself(difference, detail="", now=now)
                done += 1
    return done


def _agrees(difference: Difference) -> bool:
    if difference.charge is not None:
        return difference.charge.paid_at is not None and difference.charge.amount_minor == difference.theirs_minor
    if difference.part is None:
        return False
    booked = booked_of(parts=[difference.part])[difference.part.pk]
    if difference.kind == "turned_back":
        return booked.back_minor >= difference.ours_minor
    return difference.theirs_minor in booked.out


def _paid(part: RefundPart) -> Paid:
    if part.charge is not None:
        return Paid(part.charge.channel_reference, part.charge.amount_minor)
    if part.payment is not None:
        return Paid(part.payment.reference, part.payment.amount_minor)
    return Paid("", 0)


