"""Refunds that a channel would not pay, paid by bank together: frozen, let go by a second person, answered row by row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.payments.actions.outcome import locked
from shouhou.payments.actions.repairing import pay_offline, refused_parts
from shouhou.payments.events import BATCH_DONE, BATCH_MADE, BATCH_RELEASED
from shouhou.payments.models import BatchRow, OtherRoute, Refund, RefundBatch, RefundPaper
from shouhou.payments.refusals import (
    BATCH_MIXED,
    BATCH_NOT_DRAFTED,
    BATCH_NOT_FOUND,
    BATCH_NOT_RELEASED,
    BATCH_SIZE,
    ROUTE_INCOMPLETE,
    ROUTE_MISSING,
    SECOND_PERSON_NEEDED,
)
from shouhou.payments.rules.bank import BankLine
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish
from shouhou.plumbing.models import Upload

ROWS_MOST = 200
PAYEE_MOST, ACCOUNT_MOST, CONSENT_MOST, REFERENCE_MOST = 80, 60, 300, 120
Became = Literal["paid", "failed", "before", "unknown", "differs"]


def record_route(
    number: str, *, payee: str, account: str, consent: str, actor: Actor, now: datetime, bank: str = ""
) -> OtherRoute:  # fmt: skip
    """Where else the buyer agreed to be paid what a channel refused; the newest counts.

    Raises Refused ROUTE_INCOMPLETE, REFUND_IN_BATCH (what is frozen stays), REFUND_NOT_REFUSED, REFUND_NOT_FOUND.
    """
    payee, account, bank, consent = (" ".join(text.split()) for text in (payee, account, bank, consent))
    most = ((payee, PAYEE_MOST), (account, ACCOUNT_MOST), (consent, CONSENT_MOST))
    if any(not text or len(text) > limit for text, limit in most) or len(bank) > PAYEE_MOST:
        raise refused(ROUTE_INCOMPLETE)
    with transaction.atomic():
        refund, _, _ = refused_parts(number)
        return OtherRoute.objects.create(
            refund=refund, payee=payee, account=account, bank=bank, consent=consent, by=actor.who, at=now
        )


def add_paper(number: str, *, upload: Upload, actor: Actor, now: datetime) -> RefundPaper:
    """A file that proves something about a refund. Raises Refused REFUND_NOT_FOUND."""
    with transaction.atomic():
        refund, _ = locked(number=number)
        return RefundPaper.objects.get_or_create(upload=upload, defaults={"refund": refund, "by": actor.who, "at": now})[0]


def make_batch(numbers: Sequence[str], *, key: str, actor: Actor, now: datetime) -> RefundBatch:
    """Freeze these refunds, what of each is owed and to whom; one batch per `key`. All of them or none.

    Raises Refused BATCH_SIZE, BATCH_MIXED, ROUTE_MISSING, REFUND_IN_BATCH, REFUND_NOT_REFUSED, REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        _one_by_one(key)
        found = RefundBatch.objects.filter(key=key).first()
        if found is not None:
            return found
        wanted = list(dict.fromkeys(numbers))
        if not 1 <= len(wanted) <= ROWS_MOST:
            raise refused(BATCH_SIZE, most=ROWS_MOST)
        # In one order, so that two batches over the same refunds wait for one another.
        subjects = dict(Refund.objects.filter(number__in=wanted).values_list("number", "subject"))
        rows = [_row(number) for number in sorted(wanted, key=lambda each: (subjects.get(each, ""), each))]
        if len({row.refund.currency for row in rows}) > 1:
            raise refused(BATCH_MIXED)
        batch = RefundBatch.objects.create(
            number=new_number("RB"), key=key, currency=rows[0].refund.currency, rows_count=len(rows),
            total_minor=sum(row.amount_minor for row in rows), made_by=actor.who, made_at=now,
        )  # fmt: skip
        for place, row in enumerate(rows, 1):
            row.batch, row.place = batch, place
        BatchRow.objects.bulk_create(rows)
        _announce(BATCH_MADE, batch, now)
        return batch


def release_batch(number: str, *, actor: Actor, now: datetime) -> RefundBatch:
    """The second person lets it go. Raises Refused SECOND_PERSON_NEEDED, BATCH_NOT_DRAFTED, BATCH_NOT_FOUND."""
    with transaction.atomic():
        batch = _drafted(number)
        if actor.who == batch.made_by:
            raise refused(SECOND_PERSON_NEEDED)
        batch.state, batch.released_by, batch.released_at = "released", actor.who, now
        batch.save(update_fields=["state", "released_by", "released_at"])
        _announce(BATCH_RELEASED, batch, now)
        return batch


def cancel_batch(number: str, *, actor: Actor, now: datetime) -> RefundBatch:
    """Before it is let go: its refunds can be paid another way again. Raises Refused BATCH_NOT_DRAFTED, BATCH_NOT_FOUND."""
    with transaction.atomic():
        batch = _drafted(number)
        batch.rows.update(state="dropped", ended_at=now, why=actor.who)
        batch.state, batch.ended_at = "cancelled", now
        batch.save(update_fields=["state", "ended_at"])
        return batch


def take_line(number: str, line: BankLine, *, actor: Actor, now: datetime) -> Became:
    """What the bank says of one row: paid once however often it is told, or free to be paid another way again.

    "differs": another amount or no reference, a person has to look; "unknown": the batch has no such row.
    Raises Refused BATCH_NOT_RELEASED, BATCH_NOT_FOUND.
    """
    batch = _found(number)
    if batch.state not in ("released", "done"):
        raise refused(BATCH_NOT_RELEASED, number=number, state=batch.state)
    told = BatchRow.objects.filter(batch=batch, place=line.place, refund__number=line.refund).select_related("refund").first()
    if told is None:
        return "unknown"
    with transaction.atomic():
        # The refund first, like everybody else who pays it.
        locked(number=told.refund.number)
        row = BatchRow.objects.select_for_update(no_key=True).get(pk=told.pk)
        if row.state != "waiting":
            same = row.state == ("paid" if line.paid else "failed") and row.reference == line.reference[:REFERENCE_MOST]
            return "before" if same else "differs"
        if line.paid and (line.amount_minor != row.amount_minor or line.currency != batch.currency or not line.reference):
            return "differs"
        row.state, row.ended_at, row.reference = "paid" if line.paid else "failed", now, line.reference[:REFERENCE_MOST]
        row.why = "" if line.paid else line.why[:CONSENT_MOST]
        row.save(update_fields=["state", "ended_at", "reference", "why"])
        if line.paid:
            pay_offline(told.refund.number, proof=f"{batch.number} · {row.reference}", actor=actor, now=now)
        _end(batch.pk, now)
        return "paid" if line.paid else "failed"


def _row(number: str) -> BatchRow:
    refund, parts, _ = refused_parts(number)
    route = OtherRoute.objects.filter(refund=refund, kind="bank").order_by("-id").first()
    if route is None:
        raise refused(ROUTE_MISSING, number=number)
    return BatchRow(
        refund=refund, amount_minor=sum(part.amount_minor for part in parts), payee=route.payee, bank=route.bank,
        account=route.account,
    )  # fmt: skip


def _one_by_one(key: str) -> None:
    """Until the end of the transaction nobody else makes a batch under this key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('refund-batch'), hashtext(%s))", [key])


def _end(batch_id: int, now: datetime) -> None:
    batch = RefundBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.state == "released" and not batch.rows.filter(state="waiting").exists():
        batch.state, batch.ended_at = "done", now
        batch.save(update_fields=["state", "ended_at"])
        _announce(BATCH_DONE, batch, now)


def _found(number: str) -> RefundBatch:
    batch = RefundBatch.objects.filter(number=number[:20]).first()
    if batch is None:
        raise refused(BATCH_NOT_FOUND, number=number[:20])
    return batch


def _drafted(number: str) -> RefundBatch:
    batch = RefundBatch.objects.select_for_update(no_key=True).get(pk=_found(number).pk)
    if batch.state != "drafted":
        raise refused(BATCH_NOT_DRAFTED, number=number, state=batch.state)
    return batch


def _announce(what: EventType, batch: RefundBatch, now: datetime) -> None:
    publish(
        what, subject=batch.number, now=now,
        data={"number": batch.number, "rows": batch.rows_count, "total_minor": batch.total_minor, "currency": batch.currency,
              "state": batch.state, "made_by": batch.made_by, "released_by": batch.released_by},
    )  # fmt: skip
