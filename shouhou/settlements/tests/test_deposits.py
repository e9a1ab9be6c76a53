"""Security: in with proof, drawn when the sales are short, filled up, out by two people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.ledger.models import Transfer
from shouhou.merchants.models import Merchant
from shouhou.plumbing.models import Event
from shouhou.settlements.actions import (
    AccountFacts,
    approve_movement,
    keep_account,
    pay_in,
    pay_out,
    prepare_all,
    refuse_movement,
)
from shouhou.settlements.models import DepositMovement, MerchantAccount
from shouhou.settlements.queries import shop_money
from shouhou.settlements.queries.money import security_of
from shouhou.settlements.tests.conftest import ANNA, BO, House


def deposit(house: House) -> int:
    return shop_money(house.shop.pk).deposit_minor


def lows(house: House) -> int:
    return Event.objects.filter(type="deposit.low", merchant_id=house.shop.pk).count()


def test_a_deposit_is_there_when_finance_has_seen_the_money(house: House) -> None:
    made = pay_in("m1", amount_minor=200000, proof="B-1", owed=False, actor=ANNA, now=house.world.now)
    assert (made.state, made.number[:3], deposit(house)) == ("booked", "DP-", 200000)


def test_the_same_line_of_the_banks_statement_is_booked_once(house: House) -> None:
    house.secured(200000)
    with pytest.raises(Refused, match="DEPOSIT_PROOF_USED"), transaction.atomic():
        pay_in("m1", amount_minor=200000, proof=" BANK-1 ", owed=False, actor=BO, now=house.world.now)
    assert deposit(house) == 200000
    with pytest.raises(IntegrityError, match="deposit_proof"), transaction.atomic():
        DepositMovement.objects.create(
            number="DP-X", merchant=house.shop, direction="in", amount_minor=1, currency="CNY", proof="BANK-1", state="booked", by="x",
            at=house.world.now,
        )  # fmt: skip


def test_a_large_deposit_waits_for_a_second_person(house: House) -> None:
    made = pay_in("m1", amount_minor=1000001, proof="B-1", owed=False, actor=ANNA, now=house.world.now)
    assert (made.state, deposit(house)) == ("awaiting_second", 0)
    with pytest.raises(Refused, match="MONEY_SECOND_PERSON"), transaction.atomic():
        approve_movement(made.number, actor=ANNA, now=house.world.now)
    assert deposit(house) == 0
    approve_movement(made.number, actor=BO, now=house.world.now)
    approve_movement(made.number, actor=BO, now=house.world.now)
    assert (deposit(house), Transfer.objects.count()) == (1000001, 1)


def test_a_large_deposit_in_small_parts_waits_for_a_second_person(house: House) -> None:
    def said(proof: str, amount: int, *, owed: bool = False) -> DepositMovement:
        return pay_in("m1", amount_minor=amount, proof=proof, owed=owed, actor=ANNA, now=house.world.now)

    assert [said("B-1", 600000).state, said("B-2", 400000, owed=True).state] == ["booked", "booked"]
    made = said("B-3", 1)
    assert (made.state, deposit(house)) == ("awaiting_second", 600000)
    approve_movement(made.number, actor=BO, now=house.world.now)
    # Two people have looked: it begins anew.
    assert [said("B-4", 1000000).state, said("B-5", 1).state] == ["booked", "awaiting_second"]
    assert deposit(house) == 1600001


def test_a_refused_entry_books_nothing_and_frees_its_proof(house: House) -> None:
    made = pay_in("m1", amount_minor=1000001, proof="B-1", owed=False, actor=ANNA, now=house.world.now)
    refuse_movement(made.number, actor=BO, now=house.world.now)
    with pytest.raises(Refused, match="DEPOSIT_ENDED"), transaction.atomic():
        approve_movement(made.number, actor=BO, now=house.world.now)
    assert deposit(house) == 0
    pay_in("m1", amount_minor=500000, proof="B-1", owed=False, actor=ANNA, now=house.world.now)
    assert deposit(house) == 500000


@pytest.mark.parametrize(("amount", "proof"), [(0, "B-1"), (-5, "B-1"), (100, "  "), (10**12, "B-1")])
def test_an_amount_or_a_proof_that_is_none_is_refused(house: House, amount: int, proof: str) -> None:
    with pytest.raises(Refused, match="DEPOSIT_PROOF"), transaction.atomic():
        pay_in("m1", amount_minor=amount, proof=proof, owed=False, actor=ANNA, now=house.world.now)
    assert DepositMovement.objects.count() == 0


def test_only_what_is_above_the_required_deposit_goes_back_while_the_shop_stays(house: House) -> None:
    house.secured(250000)
    with pytest.raises(Refused, match="DEPOSIT_TOO_LITTLE"), transaction.atomic():
        pay_out("m1", amount_minor=50001, proof="OUT-1", leaving=False, actor=ANNA, now=house.world.now)
    made = pay_out("m1", amount_minor=50000, proof="OUT-1", leaving=False, actor=ANNA, now=house.world.now)
    assert (made.state, deposit(house)) == ("awaiting_second", 250000)
    approve_movement(made.number, actor=BO, now=house.world.now)
    assert deposit(house) == 200000


def test_a_leaving_shop_gets_its_deposit_when_nothing_is_open_any_more(house: House) -> None:
    house.secured(200000)
    number = house.world.apply(house.order())["number"]
    with pytest.raises(Refused, match="DEPOSIT_STILL_NEEDED"), transaction.atomic():
        pay_out("m1", amount_minor=200000, proof="OUT-1", leaving=True, actor=ANNA, now=house.world.now)
    assert MerchantAccount.objects.get(merchant=house.shop).leaving_at is None
    house.world.move(number, "cancel", actor=house.world.buyer())
    made = pay_out("m1", amount_minor=200000, proof="OUT-1", leaving=True, actor=ANNA, now=house.world.now)
    house.world.apply(house.order())
    with pytest.raises(Refused, match="DEPOSIT_STILL_NEEDED"), transaction.atomic():
        approve_movement(made.number, actor=BO, now=house.world.now)
    assert deposit(house) == 200000


def test_a_shop_that_stays_after_all_keeps_its_security_and_is_not_leaving_for_ever(house: House) -> None:
    house.secured(250000)
    made = pay_out("m1", amount_minor=250000, proof="OUT-1", leaving=True, actor=ANNA, now=house.world.now)
    assert MerchantAccount.objects.get(merchant=house.shop).leaving_at is not None
    refuse_movement(made.number, actor=BO, now=house.world.now)
    assert (MerchantAccount.objects.get(merchant=house.shop).leaving_at, deposit(house)) == (None, 250000)
    house.world.apply(house.order())
    pay_out("m1", amount_minor=50000, proof="OUT-2", leaving=False, actor=ANNA, now=house.world.now)


def test_a_shop_that_owes_in_another_currency_does_not_leave_with_its_deposit(house: House) -> None:
    house.secured(250000)
    moves = recipes.recharge(merchant=house.shop.pk, amount_minor=1500, loss=False)
    post(moves, recipe="recharge", subject="RC-1", currency="JPY", key="r1", by="clock", now=house.world.now)
    with pytest.raises(Refused, match="DEPOSIT_STILL_NEEDED"), transaction.atomic():
        pay_out("m1", amount_minor=250000, proof="OUT-1", leaving=True, actor=ANNA, now=house.world.now)
    assert deposit(house) == 250000


def test_a_low_deposit_is_told_once_until_it_has_recovered(house: House) -> None:
    house.secured(99999)
    assert lows(house) == 1
    house.secured(1, proof="BANK-2")
    assert (lows(house), security_of(house.shop, shop_money(house.shop.pk), now=house.world.now).low) == (1, False)
    keep_account("m1", AccountFacts(False, 400000, "offline", "", ""), actor=ANNA, now=house.world.now + timedelta(days=1))
    assert lows(house) == 2


def test_a_deposit_that_was_never_paid_in_is_told_with_the_months_run(house: House) -> None:
    prepare_all(now=house.world.now)
    prepare_all(now=house.world.now)
    assert lows(house) == 1


def test_what_a_shop_owed_is_paid_in_with_proof(house: House) -> None:
    pay_in("m1", amount_minor=19900, proof="B-7", owed=True, actor=ANNA, now=house.world.now)
    assert (shop_money(house.shop.pk).balance_minor, deposit(house)) == (19900, 0)


@pytest.mark.parametrize("role", ["merchant_manager", "agent", "auditor", "operations"])
def test_nobody_but_finance_books_a_deposit(house: House, role: str) -> None:
    who = house.world.staff(role, merchant="m1" if role.startswith("merchant") else None)
    with pytest.raises(Refused, match="FORBIDDEN"):
        pay_in("m1", amount_minor=100, proof="B-1", owed=False, actor=who, now=house.world.now)
    assert DepositMovement.objects.count() == 0


def test_an_unknown_shop_is_not_there(house: House) -> None:
    with pytest.raises(Refused, match="MERCHANT_UNKNOWN"):
        pay_in("m404", amount_minor=100, proof="B-1", owed=False, actor=ANNA, now=house.world.now)
    assert list(Merchant.objects.values_list("code", flat=True)) == ["m1"]
