"""Instructing a refund: reserved, booked as pending, announced and enqueued in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.ledger.recipes import Bearer
from shouhou.orders.models import Order, OrderLine
from shouhou.payments.actions.allowances import reserve, reserve_charges
from shouhou.payments.actions.outcome import announce, conclude, hold_key, locked, withdraw
from shouhou.payments.channels.registry import channel_for
from shouhou.payments.events import REFUND_APPROVED, REFUND_CANCELLED, REFUND_INSTRUCTED
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import Charge, OtherRoute, Refund, RefundLine, RefundPart
from shouhou.payments.refusals import (
    QUOTE_OUT_OF_DATE,
    REFUND_KEY_REUSED,
    REFUND_NOT_AWAITING,
    REFUND_NOT_FOUND,
    SECOND_PERSON_NEEDED,
)
from shouhou.payments.rules import Deduction, Quote, Undone
from shouhou.payments.rules.beside import ASIDE
from shouhou.payments.rules.elsewhere import Consent
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled


def instruct_refund(
    *, subject: str, order_id: int, quote: Quote, key: str, actor: Actor | str, now: datetime,
    second_person_above_minor: int | None, expected_at: datetime | None, merchant_id: int, buyer_id: int,
    reason: str = "return", bearer: Bearer = "merchant", charge: Charge | None = None, consent: Consent | None = None,
) -> Refund:  # fmt: skip
    """One refund per `key`: the same instruction again returns the first, whatever the quote says now.

    Above `second_person_above_minor` it waits for `approve_refund` by somebody else than `actor`. `bearer` is who pays for
    it; `charge` is what the quote gives back, where it is not the order's own money. `consent` is kept where the quote
    sends elsewhere what was not paid from there (`where_wanted`).
    Raises Refused EXCEEDS_PAID, QUOTE_OUT_OF_DATE (compute the quote again), REFUND_KEY_REUSED.
    """
    who = actor if isinstance(actor, str) else actor.who
    waits = second_person_above_minor is not None and quote.total_minor > second_person_above_minor
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(INSERT_REFUND, [
                new_number("RF"), subject, key, order_id, merchant_id, buyer_id, reason, bearer, quote.total_minor,
                quote.freight_minor, quote.currency, _rows(quote.deductions), _rows(quote.undone),
                "awaiting_second" if waits else "pending", who,
                now, expected_at, now,
            ])  # fmt: skip
            first = cursor.fetchone() is not None
        refund = Refund.objects.get(key=key)
        if not first:
            if (refund.subject, refund.order_id) != (subject, order_id):
                raise refused(REFUND_KEY_REUSED, key=key)
            return refund
        amounts = {share.payment_id: share.amount_minor for share in quote.tenders if share.payment_id is not None}
        reserve_charges(_charges(quote, charge))
        # What goes out beside the order's own money takes nothing of it, and so cannot be out of date.
        if (amounts or quote.lines) and reserve(order_id, amounts) != quote.basis_minor:
            raise refused(QUOTE_OUT_OF_DATE)
        parts = _write_parts(refund, quote, who, now, charge)
        if consent and any(part.payment and part.tender == consent.kind != part.payment.tender for part in parts):
            OtherRoute.objects.create(
                refund=refund, kind=consent.kind, payee=consent.payee, bank=consent.bank, account=consent.account,
                consent=consent.text[:300], call_note=consent.call_note[:500], by=consent.by, at=now,
            )  # fmt: skip
        tenders: dict[str, int] = {}
        for part in parts:
            tenders[part.tender] = tenders.get(part.tender, 0) + part.amount_minor
        announce(REFUND_INSTRUCTED, refund, now, tenders=tenders)
        if not waits:
            _start(refund, parts, now)
        return refund


def approve_refund(number: str, *, actor: Actor, now: datetime) -> Refund:
    """The second person lets it go. Raises Refused SECOND_PERSON_NEEDED, REFUND_NOT_AWAITING, REFUND_NOT_FOUND."""
    with transaction.atomic():
        refund, parts = awaiting(number)
        if actor.who == refund.instructed_by:
            raise refused(SECOND_PERSON_NEEDED)
        refund.state, refund.approved_by, refund.approved_at = "pending", actor.who, now
        _save(refund, now, "state", "approved_by", "approved_at")
        announce(REFUND_APPROVED, refund, now, by=actor.who)
        _start(refund, parts, now)
        return refund


def cancel_refund(number: str, *, actor: Actor, now: datetime, second: bool = False) -> Refund:
    """Taken back before anything was sent: reservations are freed, the pending postings voided. `second`: only by somebody
    else than who instructed it.

    Raises Refused SECOND_PERSON_NEEDED, REFUND_NOT_AWAITING, REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        refund, parts = awaiting(number)
        if second and actor.who == refund.instructed_by:
            raise refused(SECOND_PERSON_NEEDED)
        for part in parts:
            withdraw(part, by=actor.who, now=now)
        refund.state = "cancelled"
        _save(refund, now, "state")
        announce(REFUND_CANCELLED, refund, now, by=actor.who)
        return refund


def refund_of(subject: str) -> Refund:
    """The latest refund for a subject that was not cancelled, without compensations beside it. Raises Refused REFUND_NOT_FOUND."""
    refund = Refund.objects.filter(subject=subject).exclude(state="cancelled").exclude(reason__in=ASIDE).order_by("-id").first()
    if refund is None:
        raise refused(REFUND_NOT_FOUND, number=subject)
    return refund


def awaiting(number: str) -> tuple[Refund, list[RefundPart]]:
    """The refund that waits for its second person, under its lock, with the parts that are to go out.

    Raises Refused REFUND_NOT_AWAITING, REFUND_NOT_FOUND.
    """
    refund, parts = locked(number=number)
    if refund.state != "awaiting_second":
        raise refused(REFUND_NOT_AWAITING, number=number, state=refund.state)
    return refund, [part for part in parts if part.state != "cancelled"]


def _write_parts(refund: Refund, quote: Quote, who: str, now: datetime, charge: Charge | None) -> list[RefundPart]:
    numbers = [line.line for line in quote.lines]
    ids = dict(OrderLine.objects.filter(order_id=refund.order_id, line__in=numbers).values_list("line", "id"))
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=ids[line.line], quantity=line.quantity, goods_minor=line.goods_minor)
        for line in quote.lines
    )
    charges: dict[int | None, Charge] = {**Charge.objects.in_bulk([share.charge_id for share in quote.tenders if share.charge_id])}
    parts = RefundPart.objects.bulk_create(
        RefundPart(
            refund=refund, payment_id=share.payment_id, tender=share.tender, charge=of_charge,
            channel=of_charge.channel if of_charge else channel_for(share.tender),
            amount_minor=share.amount_minor, idempotency_key=uuid4(), updated_at=now,
        )
        for share in quote.tenders for of_charge in [charge or charges.get(share.charge_id)]
    )  # fmt: skip
    for part in parts:
        ledger.hold(
            recipes.refund(
                merchant=refund.merchant_id, buyer=refund.buyer_id, channel=part.channel, tender=part.tender,
                amount_minor=part.amount_minor, bearer=refund.bearer,
            ),
            recipe="refund", subject=refund.subject, currency=refund.currency, key=hold_key(part), by=who, now=now,
        )  # fmt: skip
    return parts


def _charges(quote: Quote, charge: Charge | None) -> dict[int, int]:
    """What the quote takes of each charge."""
    found: dict[int, int] = {}
    for share in quote.tenders:
        number = charge.pk if charge else share.charge_id
        if number is not None:
            found[number] = found.get(number, 0) + share.amount_minor
    return found


def _start(refund: Refund, parts: list[RefundPart], now: datetime) -> None:
    priority = _priority(refund)
    for part in parts:
        enqueue_part(part.id, priority=priority)
    if not parts:
        # All of it was kept back: nothing to send, and nothing to wait for.
        conclude(refund, parts, now)


def _priority(refund: Refund) -> int:
    """A member's money goes first among those that wait (MEM-01), by the term of the order's book and the membership of today."""
    book, version, tier = Order.objects.values_list("book", "book_version", "buyer__tier").get(id=refund.order_id)
    return compiled(book, version).terms.number("member_refund_priority", member=tier)


def _save(refund: Refund, now: datetime, *fields: str) -> None:
    refund.version, refund.updated_at = refund.version + 1, now
    refund.save(update_fields=["version", "updated_at", *fields])


def _rows(found: Sequence[Deduction | Undone]) -> str:
    return json.dumps([asdict(each) for each in found], ensure_ascii=False)


INSERT_REFUND = """
INSERT INTO payments_refund (number, subject, key, order_id, merchant_id, buyer_id, reason, bearer, amount_minor, freight_minor,
    currency, deductions, undone, state, instructed_by, instructed_at, expected_at, updated_at, approved_by, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s::timestamptz, %s, '', 1)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
