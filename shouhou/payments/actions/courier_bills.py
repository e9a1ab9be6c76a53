"""A courier's bill: every line that is a free pickup of ours is posted once, to whoever bears that way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.models import CourierBill, CourierBillLine
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

TAKERS = ("finance", "supervisor")
LINES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of the file: the pickup's number or the courier's own, and what is asked for it."""

    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Borne:
    """What a reference is: the case it belongs to, and who bears the way; not `free`: the buyer has paid the courier. `names`
    are all that the pickup goes by: under another one it is the same pickup."""

    subject: str
    merchant_id: int
    buyer_id: int
    free: bool
    bearer: str
    names: tuple[str, ...] = ()


def take_courier_bill(
    carrier: str, rows: Sequence[Billed], known: Mapping[str, Borne], *, name: str, sha256: str, actor: Actor, now: datetime
) -> CourierBill:  # fmt: skip
    """The same file again is the same bill; the same line in two files is posted once. Raises Refused FORBIDDEN."""
    if actor.role not in TAKERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=TAKERS)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two files of one courier are taken one after the other: the second sees what the first has posted.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('courier-bill'), hashtext(%s))", [carrier])
        bill, fresh = CourierBill.objects.get_or_create(
            carrier=carrier, sha256=sha256, defaults={"name": name[:200], "taken_by": actor.who, "taken_at": now}
        )
        if not fresh:
            return bill
        before, lines = _billed(carrier, rows, known), []
        for place, row in enumerate(rows, start=1):
            if before.get(row.reference) == (row.amount_minor, row.currency):
                continue
            outcome, borne = _outcome(row, known.get(row.reference), again=row.reference in before)
            lines.append(CourierBillLine(
                bill=bill, place=place, carrier=carrier, reference=row.reference[:80], amount_minor=row.amount_minor,
                currency=row.currency, outcome=outcome, subject=borne.subject if borne else "",
                bearer=borne.bearer if borne and outcome == "posted" else "",
            ))  # fmt: skip
            if borne is not None and outcome == "posted":
                before |= dict.fromkeys((row.reference, *borne.names), (row.amount_minor, row.currency))
                ledger.post(
                    recipes.freight_billed(
                        carrier=carrier, merchant=borne.merchant_id, buyer=borne.buyer_id, bearer=borne.bearer,
                        amount_minor=row.amount_minor,
                    ),
                    recipe="freight_billed", subject=borne.subject, currency=row.currency, key=f"courier:{carrier}:{row.reference}",
                    by=actor.who, now=now,
                )  # fmt: skip
        CourierBillLine.objects.bulk_create(lines, batch_size=LINES_AT_ONCE)
        audit.note(actor, what="courier.billed", subject=carrier, detail=f"{name}: {len(rows)}"[:500], now=now)
        return bill


def _billed(carrier: str, rows: Sequence[Billed], known: Mapping[str, Borne]) -> dict[str, tuple[int, str]]:
    """What was posted before, under whichever name of its pickup."""
    names = {row.reference: (row.reference, *(known[row.reference].names if row.reference in known else ())) for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(BILLED, [carrier, sorted({each for more in names.values() for each in more})])
        posted = {reference: (minor, currency) for reference, minor, currency in cursor.fetchall()}
    found = {reference: next((posted[each] for each in more if each in posted), None) for reference, more in names.items()}
    return {reference: told for reference, told in found.items() if told is not None}


def _outcome(row: Billed, borne: Borne | None, *, again: bool) -> tuple[str, Borne | None]:
    if borne is None:
        return "unknown", None
    if again:
        return "other_amount", borne
    return ("posted" if borne.free else "not_free"), borne


BILLED = """
SELECT reference, amount_minor, currency FROM payments_courierbillline
WHERE carrier = %s AND outcome = 'posted' AND reference = ANY(%s::text[])
"""
