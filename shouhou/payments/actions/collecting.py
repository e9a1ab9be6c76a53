"""What a buyer was paid before the goods came: covered by the goods, asked back as a receivable, paid back, or written off."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.orders.models import OrderLine
from shouhou.payments.actions.charge_state import save_charge
from shouhou.payments.actions.invoicing import draft_for_charge
from shouhou.payments.models import Charge, Refund, RefundLine
from shouhou.payments.refusals import CHARGE_NOT_PAID
from shouhou.payments.rules import Quote
from shouhou.plumbing.actor import Actor


def cover_flash(refund: Refund, *, amount_minor: int, actor: Actor, now: datetime) -> None:
    """The goods are there: the shop bears what it would have borne anyway, once."""
    if amount_minor:
        _post(refund, recipes.flash_covered(merchant=refund.merchant_id, amount_minor=amount_minor), "flash_covered", "", actor, now)


def open_receivable(refund: Refund, *, amount_minor: int, round_: int, actor: Actor, now: datetime) -> None:
    """The buyer is to give this back; `round_` counts how often it was asked for and given up again."""
    moves = recipes.receivable_opened(buyer=refund.buyer_id, amount_minor=amount_minor)
    _post(refund, moves, "receivable_opened", f":{round_}", actor, now)


def drop_receivable(refund: Refund, *, amount_minor: int, round_: int, actor: Actor, now: datetime) -> None:
    """The goods have come after all: nothing is to be given back any more."""
    moves = recipes.receivable_dropped(buyer=refund.buyer_id, amount_minor=amount_minor)
    _post(refund, moves, "receivable_dropped", f":{round_}", actor, now)


def write_off_receivable(refund: Refund, *, amount_minor: int, actor: Actor, now: datetime) -> None:
    """It will not be given back: the platform's loss."""
    moves = recipes.receivable_written_off(buyer=refund.buyer_id, amount_minor=amount_minor)
    _post(refund, moves, "receivable_written_off", "", actor, now)


def collect_charges(*, refund: Refund, worth: Quote | None, due_minor: int, actor: Actor, now: datetime) -> None:
    """What the buyer has paid settles the receivable, once: of `refund` no more counts for the order than `worth`, what the
    goods that came back are worth (None: none came). What it had refunded can be refunded again, to what was paid with now.
    What finance let go of `due_minor` is written off. Raises Refused CHARGE_NOT_PAID.
    """
    with transaction.atomic():
        asked = Charge.objects.select_for_update(no_key=True).filter(subject=refund.subject, purpose="not_returned", state="paid")
        every = list(asked.order_by("id"))
        paid = [charge for charge in every if charge.earned_at is None]
        if not every:
            raise refused(CHARGE_NOT_PAID, number=refund.subject, state="")
        if not paid:
            return
        _stands_for(refund, worth, paid, now)
        for charge in paid:
            draft_for_charge(charge, now=now)
            ledger.post(
                recipes.receivable_paid(buyer=charge.buyer_id, amount_minor=charge.amount_minor), recipe="receivable_paid",
                subject=charge.subject, currency=charge.currency, key=f"earned:{charge.number}", by=actor.who, now=now,
            )  # fmt: skip
            charge.earned_at = now
            save_charge(charge, now)
        if (short := due_minor - sum(charge.amount_minor for charge in paid)) > 0:
            write_off_receivable(refund, amount_minor=short, actor=actor, now=now)


def _stands_for(refund: Refund, worth: Quote | None, paid: Sequence[Charge], now: datetime) -> None:
    held = Refund.objects.select_for_update(no_key=True).get(pk=refund.pk)
    kept = {line.line: line for line in worth.lines} if worth else {}
    held.stands = {
        "charges": [charge.number for charge in paid], "freight": worth.freight_minor if worth else 0,
        "deductions": [asdict(cut) for cut in worth.deductions] if worth else [],
        "undone": [asdict(share) for share in worth.undone] if worth else [],
    }  # fmt: skip
    held.version, held.updated_at = held.version + 1, now
    held.save(update_fields=["stands", "version", "updated_at"])
    rows = {row.line.line: row for row in held.lines.select_related("line")}
    beyond = [number for number in kept if number not in rows]
    for line in OrderLine.objects.filter(order_id=held.order_id, line__in=beyond):
        rows[line.line] = RefundLine(refund=held, line=line, quantity=0, goods_minor=0)
    for number, row in rows.items():
        stays = kept.get(number)
        row.back_quantity = row.quantity - (stays.quantity if stays else 0)
        row.back_minor = row.goods_minor - (stays.goods_minor if stays else 0)
        row.save()


def _post(refund: Refund, moves: tuple[recipes.Move, ...], recipe: str, what: str, actor: Actor, now: datetime) -> None:
    ledger.post(
        moves, recipe=recipe, subject=refund.subject, currency=refund.currency, key=f"{recipe}:{refund.number}{what}",
        by=actor.who, now=now,
    )  # fmt: skip
