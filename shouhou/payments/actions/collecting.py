"""What a buyer was paid before the goods came: covered by the goods, asked back as a receivable, paid back, or written off."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.charge_state import held_charge, save_charge
from shouhou.payments.models import Refund
from shouhou.payments.refusals import CHARGE_NOT_PAID
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


def collect_charge(number: str, *, actor: Actor, now: datetime) -> None:
    """What the buyer has paid settles the receivable, once. Raises Refused CHARGE_NOT_PAID, CHARGE_NOT_FOUND."""
    with transaction.atomic():
        charge = held_charge(number=number)
        if charge.state != "paid":
            raise refused(CHARGE_NOT_PAID, number=number, state=charge.state)
        if charge.earned_at is not None:
            return
        ledger.post(
            recipes.receivable_paid(buyer=charge.buyer_id, amount_minor=charge.amount_minor), recipe="receivable_paid",
            subject=charge.subject, currency=charge.currency, key=f"earned:{charge.number}", by=actor.who, now=now,
        )  # fmt: skip
        charge.earned_at = now
        save_charge(charge, now)


def _post(refund: Refund, moves: tuple[recipes.Move, ...], recipe: str, what: str, actor: Actor, now: datetime) -> None:
    ledger.post(
        moves, recipe=recipe, subject=refund.subject, currency=refund.currency, key=f"{recipe}:{refund.number}{what}",
        by=actor.who, now=now,
    )  # fmt: skip
