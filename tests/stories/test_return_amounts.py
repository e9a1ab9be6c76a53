"""What was estimated, agreed and paid: through discounts of every bearer, a broken promotion, missing units and a deduction."""

from typing import Any

import pytest

from shouhou.cases.amounts import amounts_json
from shouhou.cases.effects.money import accepted
from shouhou.cases.rows import load_case
from shouhou.ledger.queries import balances, trial_balance
from shouhou.merchants.models import Merchant
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import Fake
from shouhou.plumbing.actor import SYSTEM
from tests.world import THIRD, World, refusal_of

pytestmark = pytest.mark.django_db

# 120.00 and two of 50.00, "30.00 off from 200.00" on the platform's account, 19.00 by a coupon over all lines.
CART: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "POT", "title": "炖锅", "category": "generic", "quantity": 1, "unit_price": 12000, "paid": 9328},
        {"line": 2, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 7772},
    ],
    "payments": [{"tender": "card", "amount": 17100}],
    "promotion": {"offers": [{"kind": "spend", "name": "双11", "tiers": [{"threshold": 20000, "discount": 3000}]}]},
    "discounts": [{"bearer": "platform", "amount": 3000, "name": "双11"}, {"bearer": "coupon", "amount": 1900}],
}  # fmt: skip


def rows(world: World, number: str, *, role: str = "auditor") -> list[dict[str, Any]]:
    actor = world.buyer() if role == "consumer" else world.staff(role)
    found: list[dict[str, Any]] = amounts_json(number, actor=actor, language="zh-hans")["rows"]
    return found


def columns(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["kind"], row["preview"], row["agreed"], row["final"]) for row in found]


@pytest.mark.parametrize("shop", [{}, THIRD], ids=["self", "third"])
def test_every_party_gets_its_part_and_every_difference_its_reason(world: World, fake: Fake, shop: dict[str, Any]) -> None:
    number = world.received(order=CART | shop, items={2: 2})
    items = [
        {"line": 2, "accepted": 1, "grade": "B", "disposition": "refurbish", "deduction": 500, "deduction_reason": "杯口磕碰"},
    ]
    inspector = world.staff("merchant_operator", merchant="m1") if shop else world.staff("inspector")
    world.move(number, "propose_deduction", actor=inspector, items=items)
    world.move(number, "consent", actor=world.buyer())
    assert accepted(load_case(number, actor=SYSTEM)) == {2: 1}
    before = rows(world, number)
    # Two cups back: the pot stays alone, at 120.00 less its share of the coupon: 171.00 - 109.64. One cup back: so do the
    # pot and the other cup, 170.00 less their share.
    goods, cut, coupon, total, card, kind, subsidy = before
    assert goods["preview"] == 17100 - (12000 - 1900 * 12000 // 22000) and goods["units"] == [2, 1, None]
    assert "验货收下 1 件（申请 2 件）" in goods["why"] and "多退少补" in goods["why"] and goods["clause"] == "第十七条"
    assert goods["agreed"] == 17100 - (17000 - 1900 * 17000 // 22000) and goods["label"] == "杯子"
    assert (cut["agreed"], cut["note"], cut["why"], cut["preview"]) == (-500, "杯口磕碰", "验货扣款（已经您同意）", None)
    assert cut["clause"] and cut["source"]
    assert (coupon["kind"], coupon["preview"], coupon["agreed"]) == ("in_kind", 864, 1900 - 1900 * 17000 // 22000)
    assert (subsidy["kind"], subsidy["preview"], subsidy["agreed"]) == ("subsidy", 3000, 3000)
    assert total["agreed"] == goods["agreed"] - 500 + coupon["agreed"] and total["why"]
    assert (card["tender"], card["final"], card["why"], kind["tender"]) == ("card", None, "尚未付出", "coupon")
    assert all(row["final"] is None for row in before)
    assert "subsidy" not in [row["kind"] for row in rows(world, number, role="consumer")]
    world.pay(number)
    done = rows(world, number)
    assert [row["agreed"] for row in done] == [row["final"] for row in done]
    assert Refund.objects.get(subject=number).state == "settled" and set(trial_balance().values()) == {0}
    merchant = Merchant.objects.get(code="m1" if shop else "self")
    posted = {each.account: each.posted_minor for each in balances()}
    assert posted["platform:promotions"] == 3000 and posted["tender:inkind:coupon"] == coupon["agreed"]
    # The refund and what was kept back of the goods, and the subsidy of a promotion that does not hold any more.
    assert posted[f"merchant:{merchant.id}:payable"] == -(total["agreed"] + 500 + 3000)


def test_a_return_as_applied_for_has_three_equal_columns(world: World, fake: Fake) -> None:
    number = world.received(order=CART, items={1: 1, 2: 2})
    assert columns(rows(world, number))[:2] == [("goods", 9328, None, None), ("goods", 7772, None, None)]
    items = [{"line": line, "accepted": units, "grade": "A", "disposition": "restock"} for line, units in ((1, 1), (2, 2))]
    world.move(number, "accept", actor=world.staff("inspector"), items=items)
    world.pay(number)
    found = rows(world, number)
    assert all(row["preview"] == row["agreed"] == row["final"] and not row["why"] for row in found)
    assert [(row["kind"], row["final"]) for row in found] == [
        ("goods", 9328), ("goods", 7772), ("in_kind", 1900), ("total", 19000), ("tender", 17100), ("tender", 1900), ("subsidy", 3000),
    ]  # fmt: skip


def test_a_stranger_learns_nothing_of_the_amounts(world: World, fake: Fake) -> None:
    number = world.received(order=CART)
    world.order(buyer={"id": "u2", "name": "路人"})
    refusal = refusal_of(amounts_json, number, actor=world.buyer("u2"), language="zh-hans")
    assert refusal.code == "CASE_NOT_FOUND"
