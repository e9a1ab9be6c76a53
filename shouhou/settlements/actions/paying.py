"""Paying a settlement out: one key over all tries, the outcome asked for and never guessed, or paid offline with proof."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.ledger.models import Posting
from shouhou.payments.channels.base import ChannelAnswer, ChannelDown, ChannelSilent
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.settlements.actions.accounts import keeper, locked
from shouhou.settlements.channels.bank import open_bank
from shouhou.settlements.events import SETTLEMENT_CONTRADICTED, SETTLEMENT_FAILED, SETTLEMENT_PAID, announce
from shouhou.settlements.models import Payout, PayoutAttempt, SettledPosting, Settlement
from shouhou.settlements.refusals import DEPOSIT_PROOF, SETTLEMENT_NOT_SO, SETTLEMENT_UNKNOWN

SEND_PAYOUT, QUEUE = "settlements.send_payout", "payments"
OFFLINE = "offline"
# An answer that tells another sum than instructed, and the code of a payment that finance found not to have been made.
OTHER_AMOUNT, NOT_PAID = "other amount", "NOT_PAID"
OPEN = ("pending", "sent", "unknown")
FORGOTTEN_SECONDS, BATCH = 60, 200


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be said to the bank. `asks_first`: it may have been said before, so ask what became of it."""

    payout_id: int
    channel: str
    key: UUID
    amount_minor: int
    currency: str
    reference: str
    payee: str
    payee_account: str
    asks_first: bool


def begin_payout(payout_id: int, *, now: datetime) -> Step | None:
    """Commit that it is being sent; None when there is nothing to send any more."""
    with transaction.atomic():
        payout = _locked(payout_id)
        if payout.state not in OPEN or payout.channel == OFFLINE:
            return None
        asks_first = payout.state != "pending" or payout.tries > 0
        payout.tries += 1
        payout.state = payout.state if asks_first and payout.state != "pending" else "sent"
        _save(payout, now, "tries", "state")
        return Step(
            payout_id=payout.pk, channel=payout.channel, key=payout.idempotency_key, amount_minor=payout.amount_minor,
            currency=payout.currency, reference=payout.settlement.number, payee=payout.payee, payee_account=payout.payee_account,
            asks_first=asks_first,
        )  # fmt: skip


def exchange_payout(step: Step) -> tuple[str, ChannelAnswer | None, str]:
    """Speak to the bank: (kind, answer, why there is none). Raises RuntimeError inside a transaction."""
    with transaction.atomic(durable=True):
        pass
    kind = "query" if step.asks_first else "payout"
    try:
        bank = open_bank(step.channel)
        answer = bank.query(key=step.key) if step.asks_first else None
        # Never seen there, or refused there and tried again: the same key cannot pay twice.
        if answer is None or answer.status in ("not_known", "refused"):
            kind = "payout"
            answer = bank.pay(
                key=step.key, amount_minor=step.amount_minor, currency=step.currency, reference=step.reference,
                payee=step.payee, payee_account=step.payee_account,
            )  # fmt: skip
        return kind, answer, ""
    except ChannelSilent as silence:
        return kind, None, f"silent: {silence}"
    except ChannelDown as down:
        return kind, None, f"down: {down}"


def finish_payout(step: Step, heard: tuple[str, ChannelAnswer | None, str], *, now: datetime) -> bool:
    """Keep what was heard; True when it needs no more sending."""
    kind, answer, why = heard
    with transaction.atomic():
        payout = _locked(step.payout_id)
        wrong = answer is not None and answer.amount_minor not in (None, step.amount_minor)
        outcome = OTHER_AMOUNT if wrong else answer.status if answer else why.partition(":")[0]
        detail = (answer.code or answer.reference) if answer else why
        if wrong and answer:
            detail = f"{answer.amount_minor} ≠ {step.amount_minor} {detail}"
        known = is_contradicted(payout)
        PayoutAttempt.objects.create(payout=payout, kind=kind, outcome=outcome, detail=detail[:300], by=SYSTEM.who, at=now)
        if payout.state not in OPEN:
            return True
        if wrong and answer:
            # A person looks at what was paid; asking again brings nothing new.
            if not known:
                data = {**_data(payout), "said_minor": answer.amount_minor}
                number, merchant_id = payout.settlement.number, payout.settlement.merchant_id
                announce(SETTLEMENT_CONTRADICTED, subject=number, merchant_id=merchant_id, data=data, now=now)
            payout.state = "unknown"
            _save(payout, now, "state")
            return True
        if answer and answer.status == "settled":
            book_paid(payout, reference=answer.reference, by=SYSTEM.who, now=now)
            return True
        if answer and answer.status == "refused":
            book_refused(payout, code=answer.code or "REFUSED", now=now)
            return True
        if answer is None and outcome == "down" and not step.asks_first:
            payout.state = "pending"
        else:
            payout.state = "sent" if answer and answer.status == "in_process" else "unknown"
        _save(payout, now, "state")
        return False


def retry_payout(number: str, *, actor: Actor, now: datetime) -> None:
    """A refused payment is tried again under the same key, to the payee as he stands now. Raises FORBIDDEN,
    SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_SO."""
    keeper(actor)
    with transaction.atomic():
        payout = payout_of(number, states=("failed",))
        account, row = locked(payout.settlement.merchant_id), payout.settlement
        payout.round, payout.state, payout.refusal_code = payout.round + 1, "pending", ""
        if account.payout_channel != OFFLINE:
            payout.channel = account.payout_channel
        payout.payee, payout.payee_account = account.payee, account.payee_account
        payout.save()
        hold_payout(payout, row, by=actor.who, now=now)
        _state(row, "paying", ended_at=None)
        if payout.channel != OFFLINE:
            enqueue_payout(payout.pk)


def pay_offline(number: str, *, proof: str, actor: Actor, now: datetime) -> None:
    """Finance has paid it by hand, with proof: what was to be paid so, or what the bank has refused. What is under way at
    the bank cannot be paid beside it. Raises FORBIDDEN, SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_SO, DEPOSIT_PROOF."""
    keeper(actor)
    proof = proof.replace("\x00", "").strip()[:200]
    if not proof:
        raise refused(DEPOSIT_PROOF)
    with transaction.atomic():
        payout = payout_of(number, states=("paying", "failed"))
        if payout.state == "refused":
            payout.round, payout.channel = payout.round + 1, OFFLINE
            hold_payout(payout, payout.settlement, by=actor.who, now=now)
        elif payout.channel != OFFLINE:
            raise refused(SETTLEMENT_NOT_SO, number=number, state=dict(Payout.STATES)[payout.state])
        payout.proof = proof
        _save(payout, now, "proof", "channel", "round")
        PayoutAttempt.objects.create(payout=payout, kind="offline", outcome="settled", detail=proof, by=actor.who, at=now)
        book_paid(payout, reference=proof[:120], by=actor.who, now=now)


def is_contradicted(payout: Payout) -> bool:
    """Whether the bank told another amount of it and nobody has said yet what is true."""
    if payout.state not in OPEN:
        return False
    last = payout.attempts.filter(outcome__in=(OTHER_AMOUNT, "settled", "refused")).order_by("-id").first()
    return last is not None and last.outcome == OTHER_AMOUNT


def take_up_payouts(*, now: datetime) -> int:
    """Enqueue every open payout that has been quiet for a while and that no job is about; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGOTTEN, [now, FORGOTTEN_SECONDS, BATCH])
        ids = [row[0] for row in cursor.fetchall()]
        for payout_id in ids:
            enqueue_payout(payout_id)
        return len(ids)


def enqueue_payout(payout_id: int) -> None:
    """The lock keeps two workers from speaking to the bank about one payout at the same time."""
    app.configure_task(SEND_PAYOUT, queue=QUEUE, lock=f"payout:{payout_id}").defer(payout_id=payout_id)


def hold_payout(payout: Payout, row: Settlement, *, by: str, now: datetime) -> None:
    """The money is spoken for from now on."""
    ledger.hold(
        recipes.merchant_payout(merchant=row.merchant_id, channel=payout.channel, amount_minor=payout.amount_minor),
        recipe="merchant_payout", subject=row.number, currency=payout.currency, key=_key(payout), by=by, now=now,
    )  # fmt: skip


def book_paid(payout: Payout, *, reference: str, by: str, now: datetime) -> None:
    """It was paid as instructed."""
    _keep_paid(payout, ledger.settle(_key(payout), by=by, now=now), payout.amount_minor, reference=reference, now=now)


def book_other(payout: Payout, *, paid_minor: int, reference: str, by: str, now: datetime) -> None:
    """What was about to be paid did not happen like that; what did is posted in its place."""
    row = payout.settlement
    ledger.void(_key(payout), by=by, now=now)
    transfer = ledger.post(
        recipes.merchant_payout(merchant=row.merchant_id, channel=payout.channel, amount_minor=paid_minor),
        recipe="merchant_payout", subject=row.number, currency=payout.currency, key=f"contradicted:{_key(payout)}", by=by, now=now,
    )  # fmt: skip
    _keep_paid(payout, transfer, paid_minor, reference=reference, now=now)


def _keep_paid(payout: Payout, transfer: int, paid_minor: int, *, reference: str, now: datetime) -> None:
    row = payout.settlement
    payout.state, payout.reference = "settled", reference
    _save(payout, now, "state", "reference")
    # The payment stands in the settlement it pays, so that the next one begins with what is left.
    SettledPosting.objects.create(
        posting=Posting.objects.get(transfer=transfer), settlement=row, category="paid", amount_minor=-paid_minor
    )
    _state(row, "paid", ended_at=now)
    data = {**_data(payout), "amount_minor": paid_minor}
    announce(SETTLEMENT_PAID, subject=row.number, merchant_id=row.merchant_id, data=data, now=now)


def book_refused(payout: Payout, *, code: str, now: datetime) -> None:
    """Nothing was paid: it can be tried again, or paid by hand."""
    row = payout.settlement
    ledger.void(_key(payout), by=SYSTEM.who, now=now)
    payout.state, payout.refusal_code = "refused", code
    _save(payout, now, "state", "refusal_code")
    _state(row, "failed", ended_at=None)
    announce(SETTLEMENT_FAILED, subject=row.number, merchant_id=row.merchant_id, data={**_data(payout), "code": code}, now=now)


def _locked(payout_id: int) -> Payout:
    merchant_id = Payout.objects.values_list("settlement__merchant_id", flat=True).get(pk=payout_id)
    locked(merchant_id)
    return Payout.objects.select_related("settlement").get(pk=payout_id)


def payout_of(number: str, *, states: tuple[str, ...]) -> Payout:
    found = Payout.objects.filter(settlement__number=number).values_list("pk", flat=True).first()
    if found is None:
        raise refused(SETTLEMENT_UNKNOWN, number=number)
    payout = _locked(found)
    if payout.settlement.state not in states:
        raise refused(SETTLEMENT_NOT_SO, number=number, state=dict(Settlement.STATES)[payout.settlement.state])
    return payout


def _key(payout: Payout) -> str:
    return f"payout:{payout.idempotency_key}:{payout.round}"


def _data(payout: Payout) -> dict[str, object]:
    return {"number": payout.settlement.number, "amount_minor": payout.amount_minor, "currency": payout.currency}


def _state(row: Settlement, state: str, *, ended_at: datetime | None) -> None:
    row.state, row.ended_at = state, ended_at
    row.save(update_fields=["state", "ended_at"])


def _save(payout: Payout, now: datetime, *fields: str) -> None:
    payout.updated_at = now
    payout.save(update_fields=["updated_at", *fields])


FORGOTTEN = """
SELECT p.id FROM settlements_payout p
WHERE p.state IN ('pending', 'sent', 'unknown') AND p.channel <> 'offline'
  AND p.updated_at < %s::timestamptz - make_interval(secs => %s::float8 * greatest(1, least(60, p.tries)))
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.lock = 'payout:' || p.id)
ORDER BY p.updated_at LIMIT %s FOR UPDATE OF p SKIP LOCKED
"""
