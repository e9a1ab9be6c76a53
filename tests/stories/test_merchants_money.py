"""From a case to the merchant's account: what the platform paid for a shop comes back, and a shop that pays itself owes nothing."""

from typing import Any

import pytest

from shouhou.foundation.days import local_day
from shouhou.ledger.queries import balances, trial_balance
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions import announce_recharges, book_recharges, pay_in, prepare_settlement
from shouhou.settlements.models import Recharge
from shouhou.settlements.queries import proof_of, shop_money, statement, statement_lines
from tests.conftest import Fake
from tests.stories.test_compensation import LATE, shipped_late
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db
FINANCE = Actor(role="finance", who="key:1", name="阿财")


def compensated(world: World, **changes: Any) -> str:
    """9.95 for late shipping, paid to the buyer; the case's number."""
    number: str = world.apply(shipped_late(world, **changes), **LATE)["number"]
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    return number


def test_a_compensation_advanced_for_a_third_party_shop_is_taken_from_its_deposit_a_month_later(world: World, fake: Fake) -> None:
    number = compensated(world, **THIRD)
    shop = Merchant.objects.get(code="m1")
    pay_in("m1", amount_minor=200000, proof="BANK-1", owed=False, actor=FINANCE, now=world.now)
    assert {b.account: b.posted_minor for b in balances()}["platform:advance"] == -995
    assert (announce_recharges(now=world.now), announce_recharges(now=world.now)) == (1, 0)
    row = Recharge.objects.get()
    assert (row.kind, row.subject, row.amount_minor, row.merchant_id) == ("compensation", number, 995, shop.pk)
    world.later(days=8)
    assert (book_recharges(now=world.now), book_recharges(now=world.now)) == (1, 0)
    money = shop_money(shop.pk)
    assert (money.balance_minor, money.deposit_minor) == (0, 199005)
    assert {b.account: b.posted_minor for b in balances()}["platform:advance"] == 0
    month = local_day(world.now)
    found = statement(shop.pk, month)
    assert (found.parts, found.closing_minor, found.proven) == ({"recharges": -995, "deposit": 995}, 0, True)
    assert {line.case for line in statement_lines(shop.pk, month)} == {number}
    assert prepare_settlement("m1", actor=FINANCE, now=world.now).state == "carried"
    assert (proof_of(shop.pk), set(trial_balance().values())) == (0, {0})


def test_the_self_operated_shop_bears_its_own_compensation_and_nothing_is_recharged(world: World, fake: Fake) -> None:
    compensated(world)
    assert announce_recharges(now=world.now) == 0
    shop = Merchant.objects.get(code="self")
    assert shop_money(shop.pk).balance_minor == -995
    made = prepare_settlement("self", actor=FINANCE, now=world.now)
    assert (made.state, made.parts, made.payout_minor) == ("carried", {"refunds": -995}, 0)
    pay_in("self", amount_minor=995, proof="BANK-2", owed=True, actor=FINANCE, now=world.now)
    assert shop_money(shop.pk).balance_minor == 0
