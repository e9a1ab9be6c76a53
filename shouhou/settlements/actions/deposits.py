"""Security: paid in with proof, drawn where the sales are short, filled up again, paid out by two people."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from shouhou.cases.models import Case
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions.accounts import keeper, locked, merchant_by, watch_deposit
from shouhou.settlements.events import DEPOSIT_BOOKED, DEPOSIT_DRAWN, announce
from shouhou.settlements.models import DepositMovement, HeldSale, MerchantAccount, Recharge
from shouhou.settlements.queries.money import CURRENCY, currencies, shop_money
from shouhou.settlements.refusals import (
    DEPOSIT_ENDED,
    DEPOSIT_PROOF,
    DEPOSIT_PROOF_USED,
    DEPOSIT_STILL_NEEDED,
    DEPOSIT_TOO_LITTLE,
    DEPOSIT_UNKNOWN,
    MONEY_SECOND_PERSON,
)
from shouhou.settlements.rules import to_draw
from shouhou.settlements.terms import required_deposit, terms_now

BANK = "offline"
MOST_MINOR = 10**12
OPEN_RECHARGES = ("announced", "appealed", "upheld")


def pay_in(code: str, *, amount_minor: int, proof: str, owed: bool, actor: Actor, now: datetime) -> DepositMovement:
    """Finance has seen the money on the bank's statement: as security, or (`owed`) for what the shop owed. Above the limit,
    together with what one person alone has booked since two people last did, it waits for a second person.

    Raises FORBIDDEN, MERCHANT_UNKNOWN, DEPOSIT_PROOF, DEPOSIT_PROOF_USED.
    """
    keeper(actor)
    with transaction.atomic():
        merchant = merchant_by(code)
        account = locked(merchant.pk)
        waits = amount_minor + _alone(merchant) > terms_now(now).number("deposit_second_person_above")
        made = _made(merchant, "due" if owed else "in", amount_minor=amount_minor, proof=proof, waits=waits, actor=actor, now=now)
        if not waits:
            _book(made, merchant, account, by=actor.who, now=now)
        return made


def pay_out(code: str, *, amount_minor: int, proof: str, leaving: bool, actor: Actor, now: datetime) -> DepositMovement:
    """Give security back: what is above what the shop must keep, or when it leaves all of it, once nothing is open any more.
    Always waits for a second person. Raises FORBIDDEN, MERCHANT_UNKNOWN, DEPOSIT_PROOF, DEPOSIT_STILL_NEEDED, DEPOSIT_TOO_LITTLE."""
    keeper(actor)
    with transaction.atomic():
        merchant = merchant_by(code)
        account = locked(merchant.pk)
        if leaving and account.leaving_at is None:
            account.leaving_at = now
            account.save(update_fields=["leaving_at"])
        _free(merchant, account, amount_minor=amount_minor, now=now)
        return _made(merchant, "out", amount_minor=amount_minor, proof=proof, waits=True, actor=actor, now=now)


def approve_movement(number: str, *, actor: Actor, now: datetime) -> None:
    """The second person books it. Twice is once. Raises FORBIDDEN, DEPOSIT_UNKNOWN, DEPOSIT_ENDED, MONEY_SECOND_PERSON,
    and for what goes out what `pay_out` refuses."""
    keeper(actor)
    with transaction.atomic():
        row, merchant, account = _locked(number)
        if row.state == "booked" and row.second_by == actor.who:
            return
        _second(row, actor)
        if row.direction == "out":
            _free(merchant, account, amount_minor=row.amount_minor, now=now)
        row.second_by, row.second_at = actor.who, now
        _book(row, merchant, account, by=actor.who, now=now)


def refuse_movement(number: str, *, actor: Actor, now: datetime) -> None:
    """It is not so: nothing is booked; its proof may be used again. The first person may take it back, too.
    Raises FORBIDDEN, DEPOSIT_UNKNOWN, DEPOSIT_ENDED."""
    keeper(actor)
    with transaction.atomic():
        row, merchant, account = _locked(number)
        if row.state != "awaiting_second":
            raise refused(DEPOSIT_ENDED, number=row.number)
        row.state, row.second_at = "refused", now
        row.second_by = actor.who if actor.who != row.by else ""
        row.save(update_fields=["state", "second_by", "second_at"])
        if row.direction == "out" and not merchant.depositmovement_set.filter(direction="out", state="awaiting_second").exists():
            # It stays: what was to be given back when it leaves is its security again.
            account.leaving_at = None
            account.save(update_fields=["leaving_at"])


def draw(merchant: Merchant, account: MerchantAccount, *, amount_minor: int, key: str, subject: str, by: str, now: datetime) -> int:
    """In the caller's transaction and under the shop's lock: the deposit gives what the sales cannot pay of the amount."""
    money = shop_money(merchant.pk)
    drawn = to_draw(amount_minor, payable_minor=money.free_minor, deposit_minor=money.deposit_minor)
    if drawn:
        ledger.post(
            recipes.deposit_drawn(merchant=merchant.pk, amount_minor=drawn), recipe="deposit_drawn", subject=subject,
            currency=CURRENCY, key=f"{key}:drawn", by=by, now=now,
        )  # fmt: skip
        left = money.deposit_minor - drawn
        data = {"number": subject, "amount_minor": drawn, "currency": CURRENCY, "balance_minor": left}
        announce(DEPOSIT_DRAWN, subject=subject, merchant_id=merchant.pk, data=data, now=now)
        watch_deposit(merchant, account, now=now)
    return drawn


def top_up(merchant: Merchant, account: MerchantAccount, *, key: str, by: str, now: datetime) -> int:
    """In the caller's transaction and under the shop's lock: sales fill up a deposit that has been paid in before and is below
    what it must be."""
    money = shop_money(merchant.pk)
    booked = DepositMovement.objects.filter(merchant=merchant, direction="in", state="booked")
    paid_in = int(booked.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    missing = min(required_deposit(merchant, account, now=now), paid_in) - money.deposit_minor
    amount = min(missing, money.free_minor)
    if amount <= 0 or account.leaving_at is not None:
        return 0
    ledger.post(
        recipes.deposit_topped_up(merchant=merchant.pk, amount_minor=amount), recipe="deposit_topped_up",
        subject=key, currency=CURRENCY, key=f"{key}:topped_up", by=by, now=now,
    )  # fmt: skip
    watch_deposit(merchant, account, now=now)
    return amount


def _made(
    merchant: Merchant, direction: str, *, amount_minor: int, proof: str, waits: bool, actor: Actor, now: datetime
) -> DepositMovement:  # fmt: skip
    proof = proof.replace("\x00", "").strip()[:200]
    if not proof or not 0 < amount_minor < MOST_MINOR:
        raise refused(DEPOSIT_PROOF)
    earlier = DepositMovement.objects.filter(proof=proof).exclude(state="refused").first()
    if earlier is not None:
        raise refused(DEPOSIT_PROOF_USED, proof=proof, number=earlier.number)
    return DepositMovement.objects.create(
        number=new_number("DP"), merchant=merchant, direction=direction, amount_minor=amount_minor, currency=CURRENCY,
        proof=proof, state="awaiting_second", by=actor.who, at=now,
    )  # fmt: skip


def _book(row: DepositMovement, merchant: Merchant, account: MerchantAccount, *, by: str, now: datetime) -> None:
    recipe, moves = {
        "in": ("deposit_paid_in", recipes.deposit_paid_in(merchant=merchant.pk, channel=BANK, amount_minor=row.amount_minor)),
        "out": ("deposit_paid_out", recipes.deposit_paid_out(merchant=merchant.pk, channel=BANK, amount_minor=row.amount_minor)),
        "due": ("merchant_paid_in", recipes.merchant_paid_in(merchant=merchant.pk, channel=BANK, amount_minor=row.amount_minor)),
    }[row.direction]  # fmt: skip
    ledger.post(moves, recipe=recipe, subject=row.number, currency=row.currency, key=f"deposit:{row.number}", by=by, now=now)
    row.state = "booked"
    row.save(update_fields=["state", "second_by", "second_at"])
    left = shop_money(merchant.pk).deposit_minor
    data = {
        "number": row.number, "amount_minor": row.amount_minor, "currency": row.currency, "direction": row.direction,
        "balance_minor": left,
    }  # fmt: skip
    announce(DEPOSIT_BOOKED, subject=row.number, merchant_id=merchant.pk, data=data, now=now)
    watch_deposit(merchant, account, now=now)


def _free(merchant: Merchant, account: MerchantAccount, *, amount_minor: int, now: datetime) -> None:
    """Whether that much may go back. Raises DEPOSIT_STILL_NEEDED, DEPOSIT_TOO_LITTLE."""
    money = shop_money(merchant.pk)
    must_stay = required_deposit(merchant, account, now=now)
    if account.leaving_at is not None:
        open_things = (
            Recharge.objects.filter(merchant=merchant, state__in=OPEN_RECHARGES),
            HeldSale.objects.filter(merchant=merchant, released_at=None), Case.objects.filter(merchant=merchant, closed_at=None),
        )  # fmt: skip
        owing = any(shop_money(merchant.pk, currency=currency).free_minor < 0 for currency in currencies(merchant.pk))
        if any(found.exists() for found in open_things) or owing:
            raise refused(DEPOSIT_STILL_NEEDED)
        must_stay = 0
    free = max(0, money.deposit_minor - must_stay)
    if amount_minor > free:
        raise refused(DEPOSIT_TOO_LITTLE, free_minor=free)


def _locked(number: str) -> tuple[DepositMovement, Merchant, MerchantAccount]:
    found = DepositMovement.objects.filter(number=number).values_list("merchant_id", flat=True).first()
    if found is None:
        raise refused(DEPOSIT_UNKNOWN, number=number)
    account = locked(found)
    row = DepositMovement.objects.select_related("merchant").get(number=number)
    return row, row.merchant, account


def _alone(merchant: Merchant) -> int:
    """What one person at a time has booked as paid in since two people last did: much in small parts is still much."""
    paid_in = DepositMovement.objects.filter(merchant=merchant, direction__in=("in", "due"), state="booked")
    last = paid_in.exclude(second_by="").order_by("-id").values_list("id", flat=True).first() or 0
    return int(paid_in.filter(id__gt=last).aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _second(row: DepositMovement, actor: Actor) -> None:
    if row.state != "awaiting_second":
        raise refused(DEPOSIT_ENDED, number=row.number)
    if row.by == actor.who:
        raise refused(MONEY_SECOND_PERSON)
