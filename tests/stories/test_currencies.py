"""The book's amounts where an order was paid in another currency: the same worth, and without a rate a person every time."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Message
from shouhou.doctor import examine
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.stories.test_flash import PLUS, flash, scanned
from tests.world import World


def paid_in(currency: str, amount: int) -> dict[str, Any]:
    """An order of one television for `amount` minor units of the currency."""
    return {
        "currency": currency, "lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": amount,
                                         "paid": amount}],
        "payments": [{"tender": "card", "amount": amount}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "amount", "second"),
    [
        ("GBP", 55_556, False), ("GBP", 55_557, True), ("JPY", 100_000, False), ("JPY", 100_001, True),
        ("KWD", 217_391, False), ("KWD", 217_392, True), ("CNY", 500_000, False), ("CNY", 500_001, True), ("ISK", 1, True),
    ],
)  # fmt: skip
def test_a_second_person_is_asked_above_the_same_worth_in_every_currency(
    world: World, fake: Fake, currency: str, amount: int, second: bool
) -> None:
    number = world.received(order=paid_in(currency, amount))
    world.move(number, "accept", actor=world.staff("supervisor", "user:7"))
    refund = Refund.objects.get(subject=number)
    assert (refund.state == "awaiting_second") is second
    if second:
        world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))
    world.pay(number)
    refund.refresh_from_db()
    assert (refund.state, refund.amount_minor, refund.currency) == ("settled", amount, currency)
    assert set(trial_balance().values()) == {0}


@pytest.mark.parametrize(
    ("currency", "amount", "paid"), [("GBP", 2222, True), ("GBP", 2223, False), ("JPY", 4000, True), ("ISK", 1, False)],
)  # fmt: skip
def test_a_flash_refund_goes_out_up_to_the_same_worth(world: World, fake: Fake, currency: str, amount: int, paid: bool) -> None:
    kettle = {"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": amount, "paid": amount}
    order: dict[str, Any] = {"currency": currency, "lines": [kettle], "payments": [{"tender": "card", "amount": amount}]}
    scanned(world, PLUS, **order)
    assert (flash().get("state") == "paid") is paid
    assert Refund.objects.exists() is paid


@pytest.mark.parametrize(("currency", "late"), [("GBP", "refunding"), ("ISK", "inspection_escalated")])
def test_goods_not_decided_on_in_time_go_to_a_supervisor_where_no_rate_says_that_it_is_small(
    world: World, fake: Fake, currency: str, late: str
) -> None:
    number = world.received(order=paid_in(currency, 5000))
    world.later(days=3).ring()
    case = Case.objects.get(number=number)
    assert case.status == late and Refund.objects.exists() is (late == "refunding")


def test_whoever_works_such_a_case_reads_why_everything_comes_to_them_and_the_doctor_tells(world: World) -> None:
    world.apply(world.order(**paid_in("GBP", 5000)))
    assert not Message.objects.exists()
    number = world.apply(world.order(**paid_in("ISK", 5000)))["number"]
    told = Message.objects.get(case__number=number)
    assert told.internal and "ISK" in told.text and "ISK" in told.text_en
    said = [each for each in examine(now=world.now) if "reference rate" in each.en]
    assert [(each.level, each.en.endswith("ISK")) for each in said] == [("warn", True)]


def test_compensation_that_nobody_decides_waits_for_a_person_where_no_rate_is_known(world: World, fake: Fake) -> None:
    found = {}
    for currency in ("GBP", "ISK"):
        order = world.order(**paid_in(currency, 50_000))
        number = world.apply(order, service="compensation", reason="bad_service", description="客服态度差")["number"]
        found[currency] = number
    world.later(days=12)
    for _ in range(4):
        world.ring()
        world.later(days=1)
    rows = {currency: Case.objects.get(number=number) for currency, number in found.items()}
    assert rows["GBP"].status == "offered" and rows["GBP"].refund_minor == 111
    assert rows["ISK"].status == "escalated" and rows["ISK"].refund_minor == 0
    assert Message.objects.filter(case__number=found["ISK"], text_en__contains="a person has to decide", internal=True).count() == 1
    assert not Refund.objects.exists()
    work_all(world)


def work_all(world: World) -> None:
    """Whatever is instructed by now is sent; nothing is, where a person is waited for."""
    for refund in Refund.objects.all():
        work(refund, now=world.now)
    assert set(trial_balance().values()) <= {0}
