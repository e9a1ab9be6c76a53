"""What the platform has taken over: the shop may still grant it, and no longer refuse it, put it off or end it."""

from typing import Any

import pytest

from shouhou.cases.models import Deadline, HistoryEntry
from shouhou.merchants.models import Merchant
from tests.world import THIRD, World, refusal_of

REJECT: dict[str, Any] = {"reason_code": "NO_DEFECT_FOUND", "clause": "RET-07", "note": "检测未发现故障"}
CLOSE: dict[str, Any] = {"closing_reason": "agreed_otherwise", "note": "双方协商"}


def submitted(world: World) -> str:
    """A shop's case that waits for its reviewers."""
    order = world.order(**THIRD)
    Merchant.objects.update(auto_review=False)
    number: str = world.apply(order)["number"]
    assert world.case(number)["waits_on"] == "merchant_operator"
    return number


def escalated(world: World) -> str:
    number = submitted(world)
    world.move(number, "escalate", actor=world.staff("supervisor"))
    assert world.case(number)["status"] == "escalated"
    return number


def inspection_with_the_supervisor(world: World) -> str:
    """Received by a shop that did not inspect in time, and above what the clock may accept by itself."""
    dear: dict[str, Any] = {**THIRD, "lines": [
        {"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 800000, "paid": 800000},
    ], "payments": [{"tender": "card", "amount": 800000}]}  # fmt: skip
    number = world.received(order=dear)
    world.later(days=4).ring()
    assert world.case(number)["status"] == "inspection_escalated"
    return number


@pytest.mark.parametrize("role", ["merchant_operator", "merchant_manager"])
@pytest.mark.parametrize(
    ("move", "answers"), [("reject", REJECT), ("ask_evidence", {"what": "发票"}), ("close_case", CLOSE)]
)
def test_a_shop_cannot_refuse_or_put_off_what_the_platform_reviews(
    world: World, role: str, move: str, answers: dict[str, Any]
) -> None:
    number = escalated(world)
    before = world.case(number)["version"], HistoryEntry.objects.count()
    shop = world.staff(role, merchant="m1")
    no = refusal_of(world.move, number, move, actor=shop, **answers)
    assert no.code == ("MOVE_NOT_YOURS" if (role, move) == ("merchant_operator", "close_case") else "WITH_THE_PLATFORM")
    assert move not in {each["move"] for each in world.case(number, actor=shop)["moves"]}
    assert (world.case(number)["version"], HistoryEntry.objects.count()) == before


def test_a_shop_may_still_grant_what_the_platform_reviews(world: World) -> None:
    number = escalated(world)
    shop = world.staff("merchant_operator", merchant="m1")
    assert "approve" in {each["move"] for each in world.case(number, actor=shop)["moves"]}
    assert world.move(number, "approve", actor=shop, fault="seller")["status"] == "awaiting_goods"


def test_a_shop_that_let_the_inspection_pass_may_only_accept(world: World) -> None:
    number = inspection_with_the_supervisor(world)
    shop = world.staff("merchant_manager", merchant="m1")
    cut = [{"line": 1, "accepted": 1, "grade": "B", "disposition": "open_box", "deduction": 100, "deduction_reason": "划痕"}]
    for move, answers in (("not_accept", REJECT), ("propose_deduction", {"items": cut}), ("close_case", CLOSE)):
        assert refusal_of(world.move, number, move, actor=shop, **answers).code == "WITH_THE_PLATFORM"
    assert world.case(number)["status"] == "inspection_escalated"
    assert world.move(number, "accept", actor=shop)["status"] == "refund_review"


def test_a_shop_cannot_end_a_dispute(world: World) -> None:
    number = submitted(world)
    manager = world.staff("merchant_manager", merchant="m1")
    world.move(number, "reject", actor=manager, **REJECT)
    world.move(number, "dispute", actor=world.buyer(), reason="确实有故障")
    assert refusal_of(world.move, number, "close_case", actor=manager, **CLOSE).code == "WITH_THE_PLATFORM"
    assert world.case(number)["status"] == "dispute_answer"
    world.shop_speaks(number)
    assert refusal_of(world.move, number, "close_case", actor=manager, **CLOSE).code == "WITH_THE_PLATFORM"
    assert world.case(number)["status"] == "disputed"


def test_evidence_that_the_platform_asked_for_goes_back_to_the_platform_whose_clock_stood_still(world: World) -> None:
    number = escalated(world)
    due = Deadline.objects.get(case__number=number, name="supervisor").due_at
    world.later(hours=2).move(number, "ask_evidence", actor=world.staff("supervisor"), what="故障视频")
    assert Deadline.objects.get(case__number=number, name="supervisor").state == "paused"
    back = world.later(hours=5).move(number, "send_evidence", actor=world.buyer(), description="见视频")
    assert (back["status"], back["waits_on"]) == ("escalated", "supervisor")
    clock = Deadline.objects.get(case__number=number, name="supervisor")
    assert (clock.state, (clock.due_at - due).total_seconds()) == ("open", 5 * 3600)


def test_evidence_that_the_shop_asked_for_goes_back_to_the_shop(world: World) -> None:
    number = submitted(world)
    world.move(number, "ask_evidence", actor=world.staff("merchant_operator", merchant="m1"), what="故障视频")
    back = world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    assert (back["status"], back["waits_on"]) == ("submitted", "merchant_operator")
