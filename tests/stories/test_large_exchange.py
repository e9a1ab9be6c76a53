"""An exchange that nobody decides in time: a small one is accepted by the book, a dear one waits for the supervisor (MER-06)."""

from typing import Any

import pytest

from shouhou.orders.models import Reservation
from tests.conftest import Shop
from tests.stories.openings import PLUS, lent_at_home
from tests.world import DEAR, QUALITY, THIRD, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("channel", [{}, THIRD])
@pytest.mark.parametrize(("goods", "status", "asked"), [({}, "accepted", 1), (DEAR, "inspection_escalated", 0)])
def test_a_dear_exchange_is_not_accepted_by_silence_but_by_the_supervisor(
    world: World, channel: dict[str, Any], goods: dict[str, Any], status: str, asked: int
) -> None:
    order = world.order(**{**goods, **channel})
    number = world.later(days=1).apply(order, service="exchange", answers={"wanted": "same"})["number"]
    world.move(number, "approve", actor=world.staff("supervisor"))
    world.goods_back(number)
    world.later(hours=49).ring()
    case = world.case(number)
    assert (case["status"], Reservation.objects.count(), case["refund"]["amount"]) == (status, asked, 0)
    if status == "inspection_escalated":
        world.move(number, "accept", actor=world.staff("supervisor"))
        assert (world.case(number)["status"], Reservation.objects.count()) == ("accepted", 1)


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_replacement_sent_ahead_arrives_while_the_supervisor_looks_at_the_dear_old_one(
    world: World, shop: Shop, channel: dict[str, Any]
) -> None:
    order = world.order(**{**PLUS, **DEAR, **channel})
    number = world.later(days=1).apply(order, service="exchange", **QUALITY, answers={"wanted": "same"})["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="见照片")
    world.move(number, "approve", actor=world.staff("supervisor"))
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=world.staff("supervisor"), carrier="SF", tracking_number="SF7700000000001", scanned="TV")
    world.goods_back(number)
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "inspection_escalated"
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert world.case(number)["status"] == "inspection_escalated"
    world.move(number, "accept", actor=world.staff("supervisor"))
    assert world.case(number)["status"] == "replacement_delivered"


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_unit_lent_before_the_exchange_comes_back_after_its_end(world: World, channel: dict[str, Any]) -> None:
    number = lent_at_home("take_exchange")(world, channel).number
    world.move(number, "close_case", actor=world.staff("supervisor"), closing_reason="agreed_otherwise", note="另行协商")
    assert world.case(number)["details"].get("loan")
    world.move(number, "take_back_loan", actor=world.staff("supervisor"))
    case = world.case(number)
    assert (case["service"], case["status"], case["details"].get("loan")) == ("exchange", "closed", None)
