"""The exchange: goods back, replacement out; no stock, substitute, refund; replacement first for those who may."""

from typing import Any

import pytest

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine, Reservation
from shouhou.payments.models import Refund
from tests.conftest import Fake, Shop
from tests.world import QUALITY, THIRD, World, refusal_of

PLUS = {"buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "email": "lin@example.com", "tier": "plus"}}
OUT: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF8800000000001", "scanned": "KETTLE"}
EXCHANGE: dict[str, Any] = {"service": "exchange", **QUALITY, "answers": {"wanted": "same"}}
CHANNELS = pytest.mark.parametrize(("order", "team"), [({}, ("reviewer", None)), (THIRD, ("merchant_operator", "m1"))])


def approved(world: World, *, order: dict[str, Any] | None = None, team: tuple[str, str | None] = ("reviewer", None), **wish: Any) -> str:
    number: str = world.apply(world.order(**(order or {})), **{**EXCHANGE, **wish}, evidence=())["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    world.move(number, "approve", actor=world.staff(team[0], merchant=team[1]), fault="seller")
    return number


def taken(world: World, number: str, team: tuple[str, str | None] = ("inspector", None)) -> dict[str, Any]:
    world.goods_back(number)
    return world.move(number, "accept", actor=world.staff(team[0], merchant=team[1]))


@CHANNELS
def test_the_same_article_new_is_reserved_shipped_and_confirmed(
    world: World, shop: Shop, order: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = approved(world, order=order, team=team)
    assert world.case(number)["status"] == "awaiting_goods"
    staff = ("inspector", None) if not order else team
    assert taken(world, number, staff)["status"] == "accepted"
    world.shop_answers(number)
    reserved = world.case(number)
    assert (reserved["status"], reserved["waits_on"]) == ("replacement_reserved", "merchant_operator")
    assert [limit["name"] for limit in reserved["deadlines"]] == ["picking", "replacement_ship"]
    who = world.staff(staff[0], merchant=staff[1])
    wrong = refusal_of(world.move, number, "ship_replacement", actor=who, **{**OUT, "scanned": "TEAPOT"})
    assert (wrong.code, world.case(number)["status"]) == ("WRONG_REPLACEMENT", "replacement_reserved")
    assert world.move(number, "ship_replacement", actor=who, **OUT)["status"] == "replacement_shipped"
    assert [row.state for row in Reservation.objects.all()] == ["shipped"]
    world.later(days=2)
    assert world.move(number, "confirm_replacement", actor=world.buyer())["status"] == "closed"
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity, line.replaced_on is not None) == (0, 0, True)
    assert not Refund.objects.exists()


def test_silence_after_delivery_confirms_and_a_new_defect_opens_every_right_again(world: World, shop: Shop) -> None:
    order = world.order()
    number = world.apply(order, **EXCHANGE)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    taken(world, number)
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=world.staff("inspector"), **OUT)
    world.later(days=20).move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert world.case(number)["status"] == "replacement_delivered"
    world.later(days=8).ring()
    assert world.case(number)["status"] == "closed"
    # 31 days after the first delivery the first goods' window is long over; the replacement's is not (EXG-06).
    told = entitlements(order, actor=world.buyer(), reason="quality", at=world.now, language="en")
    verdicts = {each["service"]: each["verdict"] for each in told["lines"][0]["services"]}
    assert verdicts["exchange"] == verdicts["return"] == "review"
    assert world.apply(order, **EXCHANGE)["service"] == "exchange"


def test_without_stock_a_substitute_is_offered_and_taken_only_by_consent(world: World, shop: Shop) -> None:
    shop.stock.take({"sku": "KETTLE", "first": 0})
    shop.stock.take({"sku": "KETTLE-R", "of": "KETTLE", "title": "翻新水壶", "price": 15000, "quantity": 3, "condition": "refurbished"})
    number = approved(world)
    taken(world, number)
    world.shop_answers(number)
    assert world.case(number)["status"] == "no_stock"
    # The old goods are here: cancelling would leave the consumer with neither goods nor money.
    assert refusal_of(world.move, number, "cancel", actor=world.buyer()).code == "MOVE_NOT_NOW"
    staff = world.staff("merchant_operator", merchant="self")
    world.move(number, "offer_substitute", actor=staff, sku="KETTLE-R", title="翻新水壶", condition="refurbished")
    assert world.case(number)["status"] == "substitute_offered"
    assert refusal_of(world.move, number, "take_substitute", actor=staff).code == "MOVE_NOT_YOURS"
    world.move(number, "take_substitute", actor=world.buyer())
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
    held = Reservation.objects.get(state="held")
    assert (held.sku, held.quantity) == ("KETTLE-R", 1)
    world.move(number, "ship_replacement", actor=staff, **{**OUT, "scanned": "KETTLE-R"})
    assert world.case(number)["status"] == "replacement_shipped"


@pytest.mark.parametrize("silence", ["no offer", "no answer", "said no"])
def test_without_a_substitute_the_same_case_becomes_a_refund(world: World, shop: Shop, fake: Fake, silence: str) -> None:
    shop.stock.take({"sku": "KETTLE", "first": 0})
    number = approved(world)
    taken(world, number)
    world.shop_answers(number)
    if silence != "no offer":
        world.move(number, "offer_substitute", actor=world.staff("supervisor"), sku="K2", title="别的壶", condition="new")
    if silence == "said no":
        world.move(number, "refund_instead", actor=world.buyer())
    else:
        world.later(days=5).ring()
    refunding = world.case(number)
    assert (refunding["service"], refunding["status"], refunding["requested_service"]) == ("return", "refunding", "exchange")
    assert Refund.objects.get(subject=number).amount_minor == 19900
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert set(trial_balance().values()) == {0}
    moves = list(HistoryEntry.objects.filter(case__number=number).order_by("version").values_list("move", flat=True))
    assert moves.index("refund_instead") < moves.index("start_refund") < moves.index("refund_settled")


def test_a_plus_member_gets_the_replacement_first_and_sends_the_old_one_after(world: World, shop: Shop) -> None:
    number = approved(world, order=PLUS)
    assert world.case(number)["status"] == "advance_due"
    world.shop_answers(number)
    assert world.case(number)["status"] == "advance_due"
    staff = world.staff("inspector")
    world.move(number, "ship_replacement", actor=staff, **OUT)
    waiting = world.case(number)
    assert (waiting["status"], [limit["name"] for limit in waiting["deadlines"]]) == ("awaiting_goods", ["advance_return"])
    world.later(days=2).move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert world.case(number)["status"] == "awaiting_goods"
    assert taken(world, number)["status"] == "replacement_delivered"
    world.later(days=8).ring()
    assert world.case(number)["status"] == "closed"


def test_nobody_but_a_member_gets_the_replacement_first(world: World, shop: Shop) -> None:
    assert world.case(approved(world))["status"] == "awaiting_goods"


def test_what_a_member_does_not_send_back_in_time_is_claimed(world: World, shop: Shop) -> None:
    number = approved(world, order=PLUS)
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=world.staff("inspector"), **OUT)
    world.later(days=11).ring()
    assert world.case(number)["status"] == "unreturned"
    # It comes after all: nothing is owed any more.
    taken(world, number)
    assert world.case(number)["status"] == "replacement_shipped"


def test_a_return_becomes_an_exchange_and_an_exchange_a_return_on_the_same_number(world: World, shop: Shop, fake: Fake) -> None:
    number = world.apply(world.order())["number"]
    changed = world.move(number, "change_to_exchange", actor=world.buyer())
    assert (changed["number"], changed["service"], changed["status"]) == (number, "exchange", "awaiting_goods")
    assert changed["refund"]["amount"] == 0
    back = world.move(number, "change_to_return", actor=world.buyer())
    assert (back["service"], back["refund"]["amount"]) == ("return", 19900)
    world.goods_back(number)
    world.move(number, "change_to_exchange", actor=world.buyer())
    world.move(number, "accept", actor=world.staff("inspector"))
    world.shop_answers(number)
    assert world.case(number)["status"] == "replacement_reserved"
    assert OrderLine.objects.get().claimed_quantity == 1


def test_an_exchange_cancelled_before_the_goods_left_frees_its_units(world: World, shop: Shop) -> None:
    number = approved(world)
    assert OrderLine.objects.get().claimed_quantity == 1
    world.move(number, "cancel", actor=world.buyer())
    assert (world.case(number)["status"], OrderLine.objects.get().claimed_quantity) == ("cancelled", 0)


def test_a_shop_that_does_not_ship_in_time_is_told_and_the_limit_is_recorded(world: World, shop: Shop) -> None:
    number = approved(world)
    taken(world, number)
    world.shop_answers(number)
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "replacement_reserved"
    assert Deadline.objects.get(case__number=number, name="replacement_ship", state="breached")


def test_a_replacement_that_is_not_sent_in_time_may_become_a_refund_and_not_before(world: World, shop: Shop, fake: Fake) -> None:
    number = approved(world)
    taken(world, number)
    world.shop_answers(number)
    assert refusal_of(world.move, number, "refund_instead", actor=world.buyer()).code == "MOVE_NOT_NOW"
    assert world.case(number)["status"] == "replacement_reserved"
    world.later(hours=49).ring()
    told = Case.objects.get(number=number).messages.get()
    assert ("改为退款" in told.text, told.internal) == (True, False)
    world.move(number, "refund_instead", actor=world.buyer())
    world.shop_answers(number)
    assert [row.state for row in Reservation.objects.all()] == ["released"]
    world.pay(number)
    assert (world.case(number)["service"], world.case(number)["status"]) == ("return", "refunded")
    assert Refund.objects.get(subject=number).amount_minor == 19900 and set(trial_balance().values()) == {0}
