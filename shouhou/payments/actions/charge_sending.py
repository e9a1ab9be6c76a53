"""Speaking to the channel about a charge: committed before the call, called outside any transaction, the outcome kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from shouhou.payments.actions.charge_outcome import closed, declined, other_amount, settled
from shouhou.payments.actions.charge_state import begin_anew, held_charge
from shouhou.payments.channels.base import ChannelDown, ChannelSilent, PayAnswer, PayChannel, Payer
from shouhou.payments.channels.registry import open_pay_channel
from shouhou.payments.jobs import enqueue_charge
from shouhou.payments.models import Charge, ChargeAttempt
from shouhou.payments.rules.charges import PURPOSES

QUIET_SECONDS = 60
BATCH = 500


@dataclass(frozen=True, slots=True)
class ChargeStep:
    """What is to be said: make the payment out, ask about it, or take no money under its key any more."""

    charge_id: int
    kind: Literal["create", "query", "close"]
    channel: str
    key: UUID
    round: int
    amount_minor: int
    currency: str
    reference: str
    title: str
    return_url: str
    # The channel's own word for the payment, as it was heard when it was opened.
    opened: str
    payer: Payer


@dataclass(frozen=True, slots=True)
class ChargeHeard:
    """An answer, or why there is none (`silent`: it may have happened; `down`: it has not)."""

    outcome: str
    answer: PayAnswer | None = None
    detail: str = ""


def begin_charge(charge_id: int, *, now: datetime) -> ChargeStep | None:
    """Commit that the channel is spoken to; None when there is nothing to say."""
    with transaction.atomic():
        charge = held_charge(charge_id=charge_id)
        over = charge.state in ("cancelled", "expired") or (charge.state == "awaiting" and now >= charge.expires_at)
        if over and not charge.open_there:
            if charge.state == "awaiting":
                closed(charge, now)
            return None
        if not over and (charge.state != "awaiting" or charge.declined_code):
            return None
        charge.tries, charge.open_there, charge.updated_at = charge.tries + 1, True, now
        charge.save(update_fields=["tries", "open_there", "updated_at"])
        purpose, closes = PURPOSES[charge.purpose], over or charge.wanted is not None
        return ChargeStep(
            charge_id=charge.id, kind="close" if closes else "query" if charge.pay_url else "create",
            channel=charge.channel, key=charge.channel_key, round=charge.round, amount_minor=charge.amount_minor, currency=charge.currency,
            reference=charge.number, title=f"{purpose.zh} {purpose.en} · {charge.subject}",
            return_url=f"{settings.BASE_URL}/pay/{charge.number}/", opened=charge.channel_reference,
            payer=Payer(charge.payer.get("way", "scan"), charge.payer.get("address", ""), charge.payer.get("openid", "")),
        )  # fmt: skip


def exchange_charge(step: ChargeStep) -> ChargeHeard:
    """Speak to the channel. Raises RuntimeError inside a transaction: a slow channel must hold no lock."""
    with transaction.atomic(durable=True):
        pass
    try:
        channel = open_pay_channel(step.channel)
        if step.kind == "close":
            answer = channel.close_payment(key=step.key, reference=step.opened)
        elif step.kind == "query":
            answer = channel.query_payment(key=step.key, reference=step.opened)
            as_asked = answer.status == "open" and answer.amount_minor in (None, step.amount_minor)
            if answer.status == "not_known" or (as_asked and not answer.url):
                # A code to scan is good for some hours only, and before it is scanned some channels know of nothing.
                answer = _open(channel, step)
        else:
            answer = _open(channel, step)
        return ChargeHeard(answer.status, answer, answer.code or answer.reference)
    except ChannelSilent as silence:
        return ChargeHeard("silent", detail=str(silence))
    except ChannelDown as down:
        return ChargeHeard("down", detail=str(down))


def _open(channel: PayChannel, step: ChargeStep) -> PayAnswer:
    return channel.open_payment(
        key=step.key, amount_minor=step.amount_minor, currency=step.currency, reference=step.reference, title=step.title,
        return_url=step.return_url, payer=step.payer,
    )  # fmt: skip


def finish_charge(step: ChargeStep, heard: ChargeHeard, *, started_at: datetime, now: datetime) -> bool:
    """Keep what was heard; True when nothing needs to be said again right away."""
    with transaction.atomic():
        charge = held_charge(charge_id=step.charge_id)
        ChargeAttempt.objects.create(
            charge=charge, round=step.round, kind=step.kind, outcome=heard.outcome, detail=heard.detail[:300],
            started_at=started_at, ended_at=now,
        )  # fmt: skip
        answer = heard.answer
        if answer is None or charge.channel_key != step.key:
            return answer is not None
        if answer.status in ("open", "settled") and answer.amount_minor not in (None, charge.amount_minor):
            other_amount(charge, f"{answer.amount_minor} ≠ {charge.amount_minor}", now)
        elif answer.status == "settled":
            settled(charge, reference=answer.reference, means=answer.means, now=now)
        elif answer.status in ("declined", "closed") and _is_turned(charge, now):
            # Nobody can pay it the old way any more: now it may be opened the new one.
            begin_anew(charge, now)
            enqueue_charge(charge.id)
        elif answer.status == "declined":
            declined(charge, code=answer.code or "DECLINED", now=now)
        elif answer.status == "closed":
            closed(charge, now)
        elif answer.status == "open" and step.kind != "close":
            charge.pay_url, charge.channel_reference, charge.updated_at = answer.url, answer.reference[:120], now
            charge.save(update_fields=["pay_url", "channel_reference", "updated_at"])
        # Closing must be heard of; a payment that is open, or not known yet, is asked about again in its own time.
        return step.kind != "close" or answer.status != "open"


def _is_turned(charge: Charge, now: datetime) -> bool:
    """Whether the consumer wants to pay it another way than it was opened."""
    return charge.wanted is not None and charge.state == "awaiting" and now < charge.expires_at


def take_up_charges(*, now: datetime, quiet_seconds: int = QUIET_SECONDS) -> int:
    """Enqueue every charge that is due to expire, or that the channel may have news of; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(QUIET, {"now": now, "quiet": quiet_seconds, "most": BATCH})
        ids = [row[0] for row in cursor.fetchall()]
        for charge_id in ids:
            enqueue_charge(charge_id)
        return len(ids)


# The more often it was asked about, the longer it rests; what is over rests no longer than an hour either.
QUIET = """
SELECT c.id FROM payments_charge c
WHERE ((c.state = 'awaiting' AND c.expires_at <= %(now)s)
    OR (c.state = 'awaiting' AND c.declined_code = '' AND NOT c.open_there)
    OR c.open_there)
  AND c.updated_at < %(now)s::timestamptz - make_interval(secs => %(quiet)s::float8 * greatest(1, least(60, c.tries)))
  AND NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.lock = 'charge:' || c.id)
ORDER BY c.updated_at LIMIT %(most)s FOR UPDATE OF c SKIP LOCKED
"""
