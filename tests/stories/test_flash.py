"""Refunded first, the goods chased after: covered by what comes, asked back, paid back, collected, written off; in both channels."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import Charge, Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.repairing import pays
from tests.world import THIRD, World

PLUS: dict[str, Any] = {"buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"}}
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [(PLUS, None), ({**PLUS, **THIRD}, "m1")])


def applied(world: World, channel: dict[str, Any], *, shop: str | None = None, **order: Any) -> str:
    """A return that is waited for; a shop's own people approve theirs where the book does not."""
    number: str = world.later(days=1).apply(world.order(**{**channel, **order}))["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("merchant_operator" if shop else "reviewer", merchant=shop))
    return number


def scanned(world: World, channel: dict[str, Any], *, shop: str | None = None, **order: Any) -> str:
    """The courier has collected it: the first scan."""
    number = applied(world, channel, shop=shop, **order)
    world.move(number, "collected", actor=world.staff("carrier"))
    return number


def received(world: World, number: str, *, shop: str | None = None, move: str = "receive") -> dict[str, Any]:
    return world.move(number, move, actor=inspector(world, shop), packing="ok", appearance="ok", accessories="ok")


def inspector(world: World, shop: str | None) -> Any:
    return world.staff("merchant_operator" if shop else "inspector", merchant=shop)


def paid_out(world: World) -> None:
    for refund in Refund.objects.order_by("id"):
        work(refund, now=world.now)


def posted() -> dict[str, int]:
    found: dict[str, int] = {}
    for each in balances(prefix=""):
        if each.posted_minor:
            family = ":".join(part for part in each.account.split(":") if not part.isdigit())
            found[family] = found.get(family, 0) + each.posted_minor
    return found


def flash() -> dict[str, Any]:
    found: dict[str, Any] = Case.objects.order_by("id")[0].details.get("flash") or {}
    return found


@CHANNELS
def test_the_first_scan_refunds_it_and_the_goods_cover_it(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = scanned(world, channel, shop=shop)
    assert (world.case(number)["status"], flash()["state"], Refund.objects.get().reason) == ("in_transit", "paid", "flash")
    paid_out(world)
    assert [each["amount"] for each in fake.movements()] == [19900]
    assert posted() == {"platform:flash": -19900, "tender:fake:card": 19900}
    assert {d.name for d in Deadline.objects.filter(state="open")} == {"transit", "flash_goods"}
    world.later(days=2)
    received(world, number, shop=shop)
    assert world.move(number, "accept", actor=inspector(world, shop))["status"] == "refunded"
    paid_out(world)
    assert (posted(), flash()["state"]) == ({"merchant:payable": -19900, "tender:fake:card": 19900}, "covered")
    assert [each["amount"] for each in fake.movements()] == [19900] and Refund.objects.count() == 1
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed" and set(trial_balance().values()) == {0}


@CHANNELS
def test_goods_that_do_not_come_are_asked_back_and_paid_by_the_consumer_alone(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = scanned(world, channel, shop=shop)
    paid_out(world)
    for move in ("cancel", "change_to_exchange"):
        assert unchanged(world, number, world.move, number, move, actor=world.buyer()) == "MOVE_NOT_NOW"
    world.later(days=11).ring()
    assert world.case(number)["status"] == "collecting" and "abused_at" in flash()
    charge = Charge.objects.get()
    assert (charge.purpose, charge.amount_minor, charge.state) == ("not_returned", 19900, "awaiting")
    assert posted() == {"platform:receivable": -19900, "tender:fake:card": 19900}
    pays(world, number)
    assert (world.case(number)["status"], world.case(number)["outcome"]) == ("closed", "kept_and_paid")
    assert set(posted()) <= {"tender:fake:card"} and posted().get("tender:fake:card", 0) == 0
    assert unchanged(world, number, world.move, number, "reopen", actor=world.buyer(), reason="再退") == "ALREADY_REFUNDED"
    # The privilege rests: the next return is refunded when its goods are there.
    again = scanned(world, channel, shop=shop)
    assert Case.objects.get(number=again).details.get("flash") is None and Refund.objects.filter(subject=again).count() == 0


@CHANNELS
def test_goods_that_come_while_they_are_asked_back_end_the_asking(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = scanned(world, channel, shop=shop)
    paid_out(world)
    world.later(days=11).ring()
    received(world, number, shop=shop, move="receive_collected")
    assert (Charge.objects.get().state, posted()) == ("cancelled", {"platform:flash": -19900, "tender:fake:card": 19900})
    assert world.move(number, "accept", actor=inspector(world, shop))["status"] == "refunded"
    assert posted() == {"merchant:payable": -19900, "tender:fake:card": 19900} and set(trial_balance().values()) == {0}


@CHANNELS
def test_what_is_not_accepted_goes_home_and_the_money_is_asked_back_until_two_people_write_it_off(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = scanned(world, channel, shop=shop)
    paid_out(world)
    received(world, number, shop=shop)
    ground: dict[str, Any] = {"reason_code": "NO_SOILED", "clause": "std-1 RET-05", "note": "污损"}
    world.move(number, "not_accept", actor=inspector(world, shop), **ground)
    world.move(number, "send_back", actor=inspector(world, shop), carrier="SF", tracking_number="SF0000000000888")
    assert world.move(number, "confirm_back", actor=world.buyer())["status"] == "collecting"
    world.later(days=8).ring()
    assert (world.case(number)["status"], Charge.objects.get().state) == ("collection_overdue", "cancelled")
    anna, bo = world.staff("finance", "user:11"), world.staff("finance", "user:12")
    world.move(number, "ask_payment_again", actor=anna)
    assert (world.case(number)["status"], Charge.objects.filter(state="awaiting").count()) == ("collecting", 1)
    world.later(days=8).ring()
    world.move(number, "propose_write_off", actor=anna, remark="三次催收无果")
    assert unchanged(world, number, world.move, number, "approve_write_off", actor=anna) == "SAME_PERSON"
    world.move(number, "refuse_write_off", actor=bo)
    world.move(number, "propose_write_off", actor=anna, remark="已失联")
    world.move(number, "approve_write_off", actor=bo)
    assert (world.case(number)["status"], world.case(number)["outcome"]) == ("closed", "written_off")
    assert posted() == {"platform:written-off": -19900, "tender:fake:card": 19900} and set(trial_balance().values()) == {0}


def test_a_consumer_may_keep_the_goods_and_pay_at_once_and_loses_no_privilege(world: World, fake: Fake) -> None:
    number = scanned(world, PLUS)
    paid_out(world)
    assert unchanged(world, number, world.move, number, "keep_and_pay", actor=world.buyer()) == "MOVE_NOT_NOW"
    Case.objects.update(status="awaiting_goods")
    world.move(number, "keep_and_pay", actor=world.buyer())
    pays(world, number)
    assert world.case(number)["outcome"] == "kept_and_paid" and "abused_at" not in flash()


@CHANNELS
def test_half_of_it_taken_back_covers_half_and_the_rest_is_asked_back(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    two = {"lines": [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 10000}],
           "payments": [{"tender": "card", "amount": 10000}]}  # fmt: skip
    number: str = world.later(days=1).apply(world.order(**{**channel, **two}), items={1: 2})["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("merchant_operator", merchant=shop))
    world.move(number, "collected", actor=world.staff("carrier"))
    paid_out(world)
    received(world, number, shop=shop)
    found = [{"line": 1, "accepted": 1, "grade": "A", "disposition": "restock"}]
    assert world.move(number, "accept", actor=inspector(world, shop), items=found)["status"] == "collecting"
    assert (Charge.objects.get().amount_minor, posted()) == (
        5000, {"merchant:payable": -5000, "platform:receivable": -5000, "tender:fake:card": 10000},
    )  # fmt: skip
    pays(world, number)
    assert world.case(number)["status"] == "closed" and set(trial_balance().values()) == {0}


def test_who_is_no_member_or_buys_too_dear_is_refunded_when_the_goods_are_there(world: World, fake: Fake) -> None:
    plain = scanned(world, {})
    dear = scanned(world, PLUS, lines=[{"line": 1, "sku": "POT", "title": "锅", "category": "generic", "quantity": 1,
                                        "unit_price": 20001, "paid": 20001}], payments=[{"tender": "card", "amount": 20001}])  # fmt: skip
    phone = scanned(world, PLUS, lines=[{"line": 1, "sku": "PH", "title": "手机", "category": "phone", "quantity": 1,
                                         "unit_price": 9900, "paid": 9900}], payments=[{"tender": "card", "amount": 9900}])  # fmt: skip
    assert Refund.objects.count() == 0
    assert all("flash" not in Case.objects.get(number=number).details for number in (plain, dear, phone))


def test_what_is_promised_is_told_before_the_application_and_changes_nothing(world: World) -> None:
    order = world.order(**PLUS)
    shown = world.later(days=1).apply(order, dry_run=True)
    assert shown["details"]["flash"] == {"when": "scan", "state": "offered", "days": 10} and Case.objects.count() == 0


def test_a_scan_of_a_parcel_that_was_mailed_refunds_it_too(world: World, fake: Fake) -> None:
    number = applied(world, PLUS)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000444")
    assert Refund.objects.count() == 0
    world.move(number, "first_scan", actor=world.staff("carrier"))
    assert (Refund.objects.get().amount_minor, flash()["state"]) == (19900, "paid")
    assert unchanged(world, number, world.move, number, "first_scan", actor=world.staff("carrier")) == "MOVE_NOT_NOW"
