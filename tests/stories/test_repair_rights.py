"""Rights that open by themselves: two repairs of one fault, an overdue repair, one that cannot be done; what is deducted."""

from typing import Any

import pytest

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case, Deadline, HistoryEntry, Message
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from shouhou.plumbing.models import Event
from shouhou.policy.models import Decision
from shouhou.repairs.models import WorkOrder
from tests.conftest import Fake, Shop
from tests.stories.repairing import (
    CHANNELS,
    FAULT,
    PHONE,
    TV,
    applied,
    arrives,
    diagnosed,
    home,
    on_bench,
    one_repair,
    repaired,
    technician,
)
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db


def verdicts(world: World, order: str) -> dict[str, str]:
    told = entitlements(order, actor=world.buyer(), reason="quality", at=world.now, language="en")
    return {each["service"]: each["verdict"] for each in told["lines"][0]["services"]}


@pytest.mark.parametrize("channel", CHANNELS)
def test_after_two_repairs_of_the_same_fault_the_entitlements_change_by_themselves(world: World, channel: dict[str, Any]) -> None:
    order = world.order(**PHONE, **channel)
    one_repair(world, order, after_days=40)
    assert verdicts(world, order)["exchange"] == "review"
    one_repair(world, order, after_days=20)
    assert verdicts(world, order) == {"return": "allow", "exchange": "allow", "repair": "allow"}
    third = applied(world, order=order, after_days=10)
    case = world.case(third, actor=world.buyer())
    assert case["details"]["rights"] == ["exchange", "return"]
    assert {"take_exchange", "take_refund"} <= {move["move"] for move in case["moves"]}
    assert Event.objects.filter(type="case.right_opened", subject=third).count() == 1
    assert "换货或退货退款" in Message.objects.filter(case__number=third, internal=False).latest("id").text


def test_two_repairs_of_different_faults_open_nothing(world: World) -> None:
    order = world.order(**PHONE)
    one_repair(world, order, after_days=40)
    one_repair(world, order, after_days=20, fault="camera")
    number = applied(world, order=order, after_days=10)
    assert world.case(number)["details"].get("rights") is None
    assert refusal_of(world.move, number, "take_refund", actor=world.buyer()).code == "MOVE_NOT_NOW"


def test_two_repairs_of_the_screen_open_nothing_for_a_fault_of_the_camera(world: World) -> None:
    order = world.order(**PHONE)
    one_repair(world, order, after_days=40, fault="screen")
    one_repair(world, order, after_days=20, fault="screen")
    number = applied(world, order=order, after_days=10, answers={"fault_code": "camera"})
    assert (world.case(number)["decision"]["verdict"], world.case(number)["details"].get("rights")) == ("review", None)
    world.move(number, "cancel", actor=world.buyer())
    again = world.apply(order, service="exchange", reason="screen", description="又花屏", answers={})
    assert again["decision"]["verdict"] == "allow", "the detail of the reason names the fault"


def test_after_the_diagnosis_the_case_shows_what_the_book_says_to_it(world: World) -> None:
    number = on_bench(world)
    assert world.case(number)["decision"]["verdict"] == "review"
    decision = diagnosed(world, number)["decision"]
    assert decision["verdict"] == "allow" and "OK_WARRANTY_REPAIR" in {reason["code"] for reason in decision["reasons"]}
    assert [row.outcome["repair"] for row in Decision.objects.order_by("id")] == ["review", "allow"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_money_after_two_failed_repairs_is_paid_less_the_use_and_only_by_consent(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    """Phone of 4000.00: 0.5 % a day for each day since receipt that it was not in the workshop, capped at the price (L-13)."""
    order = world.order(**PHONE, **channel)
    one_repair(world, order, after_days=40)
    one_repair(world, order, after_days=20)
    number = on_bench(world, order=order, after_days=10)
    diagnosed(world, number)
    case = world.move(number, "take_refund", actor=world.buyer())
    received = OrderLine.objects.get().received_on
    assert received is not None
    in_shop = [(row.went_out_at, row.came_in_at) for row in WorkOrder.objects.exclude(went_out_at=None)]
    stays = sum((out - came).days for out, came in in_shop if out and came)
    days = (world.now.date() - received).days - stays
    assert (case["service"], case["status"], case["requested_service"]) == ("return", "deduction_proposed", "repair")
    assert case["items"][0]["deduction"]["amount"] == days * 2000
    assert f"{days} 天" in case["items"][0]["deduction_reason"] and "L-13" in case["items"][0]["deduction_reason"]
    assert not Refund.objects.exists()
    agreed = world.move(number, "consent", actor=world.buyer())
    assert agreed["status"] in ("refunding", "refund_review")
    assert Refund.objects.get(subject=number).amount_minor == 400000 - days * 2000
    assert WorkOrder.objects.filter(subject=number).get().result == "converted"
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert OrderLine.objects.get().returned_quantity == 1
    assert set(trial_balance().values()) <= {0}


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_cannot_be_repaired_is_refunded_in_full_without_a_window_and_by_silence(
    world: World, fake: Fake, channel: dict[str, Any]
) -> None:
    number = on_bench(world, PHONE, channel, after_days=200)
    case = diagnosed(world, number, "unrepairable")
    assert (case["status"], case["details"]["rights"]) == ("unrepairable", ["exchange", "return"])
    # Seven days, rolled past the holidays of the National Day.
    world.later(days=14).ring()
    case = world.case(number)
    assert (case["service"], case["status"]) == ("return", "refunding")
    assert Refund.objects.get(subject=number).amount_minor == 400000
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    moves = list(HistoryEntry.objects.filter(case__number=number).order_by("version").values_list("move", flat=True))
    assert moves[0] == "submit" and "refund_unchosen" in moves and Case.objects.count() == 1
    assert set(trial_balance().values()) <= {0}


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_cannot_be_repaired_is_exchanged_on_the_same_case(world: World, shop: Shop, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel, after_days=200)
    diagnosed(world, number, "unrepairable")
    case = world.move(number, "take_exchange", actor=world.buyer())
    assert (case["service"], case["status"], case["number"]) == ("exchange", "accepted", number)
    assert WorkOrder.objects.get().result == "converted" and OrderLine.objects.get().claimed_quantity == 1


def test_out_of_warranty_what_cannot_be_repaired_goes_home(world: World) -> None:
    number = on_bench(world, after_days=500)
    case = diagnosed(world, number, "unrepairable")
    assert (case["status"], case["details"].get("rights")) == ("ready", None)
    home(world, number)
    assert WorkOrder.objects.get().result == "unrepairable"


def test_the_thing_itself_may_be_wanted_back(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number, "unrepairable")
    assert world.move(number, "take_it_back", actor=world.buyer())["status"] == "ready"
    home(world, number)
    done = world.move(number, "confirm_repair", actor=world.buyer())
    assert (done["outcome"], verdicts(world, done["order"])["exchange"]) == ("unrepairable", "allow")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_repair_over_thirty_days_opens_the_exchange_by_itself_and_tells(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, TV, channel, answers={"fault_code": "screen", "mode": "mail_in"})
    diagnosed(world, number, fault_code="screen")
    world.later(days=29).ring()
    assert world.case(number)["details"].get("rights") is None
    world.later(days=3).ring()
    case = world.case(number, actor=world.buyer())
    assert (case["status"], case["details"]["rights"]) == ("repairing", ["exchange"])
    assert Event.objects.filter(type="case.right_opened").count() == 1
    assert "take_exchange" in {move["move"] for move in case["moves"]}
    assert world.later(days=30).ring() == 0, "told once"
    assert Event.objects.filter(type="case.right_opened").count() == 1


@pytest.mark.parametrize(("goods", "limit"), [(PHONE, 60), (TV, 90)])
def test_while_a_part_is_missing_the_repairers_clock_stands_and_the_parts_clock_runs(
    world: World, goods: dict[str, Any], limit: int
) -> None:
    number = on_bench(world, goods, answers={"fault_code": "screen", "mode": "mail_in"})
    bench = technician(world, number)
    diagnosed(world, number, fault_code="screen")
    world.later(days=10).move(number, "order_part", actor=bench, part="屏幕")
    world.later(days=limit - 12).ring()
    assert world.case(number)["details"].get("rights") is None
    due = Deadline.objects.get(case__number=number, name__startswith="parts_", state="open").due_at
    assert abs((due - WorkOrder.objects.get().came_in_at).days - limit) <= 8  # type: ignore[operator]
    world.now = due
    world.later(hours=1).ring()
    assert world.case(number)["details"]["rights"] == ["exchange"]
    world.move(number, "part_arrived", actor=bench)
    assert WorkOrder.objects.get().parts_wait > 0
    repaired(world, number)
    assert home(world, number)["status"] == "handed_back"


def test_time_in_the_workshop_is_added_to_the_warranty(world: World) -> None:
    order = world.order(**PHONE)
    number = on_bench(world, order=order, after_days=300)
    diagnosed(world, number)
    world.later(days=20)
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    received = OrderLine.objects.get().received_on
    assert received is not None
    world.now = world.now.replace(year=received.year + 1, month=received.month, day=received.day)
    # Past the year, within the twenty days that it was here.
    second = on_bench(world, order=order, after_days=15, answers={"fault_code": "camera"})
    assert diagnosed(world, second, fault_code="camera")["status"] == "repairing"
    third = on_bench(world, order=world.order(**PHONE), after_days=380, answers={"fault_code": "camera"})
    assert diagnosed(world, third, fault_code="camera")["status"] == "quoting"


def test_maintenance_guidance_and_no_fault_never_count_towards_the_exchange(world: World) -> None:
    order = world.order(**PHONE)
    for _ in range(2):
        number = on_bench(world, order=order, after_days=10)
        diagnosed(world, number, "no_fault")
        home(world, number)
        world.move(number, "confirm_repair", actor=world.buyer())
    number = on_bench(world, order=order, after_days=10, reason="maintenance")
    world.move(number, "begin_maintenance", actor=technician(world, number), charge="free")
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    world.later(days=20)
    assert verdicts(world, order)["exchange"] == "review"
    assert world.case(applied(world, order=order, after_days=1))["details"].get("rights") is None


def test_still_broken_twice_on_one_case_opens_the_rights_there(world: World) -> None:
    number = on_bench(world)
    for _ in range(2):
        diagnosed(world, number)
        repaired(world, number)
        home(world, number)
        world.later(days=2).move(number, "still_broken", actor=world.buyer(), reason="还是重启")
        if _ == 0:
            assert world.case(number)["details"].get("rights") is None
            arrives(world, number)
    case = world.case(number)
    assert (case["status"], case["details"]["rights"]) == ("awaiting_goods", ["exchange", "return"])
    changed = world.move(number, "take_refund", actor=world.buyer())
    assert (changed["service"], changed["status"], changed["freight_payer"]) == ("return", "awaiting_goods", "seller")
    assert [order.result for order in WorkOrder.objects.order_by("round")] == ["repaired", "repaired", "converted"]


def test_within_fifteen_days_a_verified_defect_opens_exchange_and_return_beside_the_repair(world: World) -> None:
    number = on_bench(world, after_days=5)
    case = diagnosed(world, number)
    assert (case["status"], case["details"]["rights"]) == ("repairing", ["exchange", "return"])
    refunded = world.move(number, "take_refund", actor=world.buyer())
    assert (refunded["status"], Refund.objects.get().amount_minor) == ("refunding", 400000)


def test_a_right_does_not_close_because_its_window_passes_during_the_repair_and_goes_when_a_person_caused_it(world: World) -> None:
    number = on_bench(world, after_days=5)
    diagnosed(world, number)
    world.later(days=20)
    diagnosed(world, number, fault_code="sound")
    assert world.case(number)["details"]["rights"] == ["exchange", "return"]
    case = diagnosed(world, number, cause="liquid", fault_code="liquid")
    assert (case["status"], case["details"].get("rights")) == ("quoting", None)
    assert refusal_of(world.move, number, "take_refund", actor=world.buyer()).code == "MOVE_NOT_NOW"


def test_before_the_review_the_application_can_become_a_return_that_is_reviewed(world: World) -> None:
    number = applied(world, after_days=3)
    changed = world.move(number, "change_to_return", actor=world.buyer())
    assert (changed["service"], changed["status"], changed["requested_service"]) == ("return", "submitted", "repair")
    assert changed["refund"]["amount"] == 400000 and WorkOrder.objects.get().result == "converted"
    assert FAULT["service"] == Case.objects.get().requested_service


@pytest.mark.parametrize("service", ["return", "exchange"])
def test_a_rejected_return_or_exchange_becomes_a_repair_without_being_filed_again(world: World, service: str) -> None:
    wish: dict[str, Any] = FAULT | {"service": service}
    number = world.apply(world.order(**PHONE), **wish)["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="视频")
    world.move(number, "reject", actor=world.staff("reviewer"), reason_code="NO_WINDOW_EXPIRED", clause="QU-RETURN-LATE", note="已过期限")
    case = world.move(number, "change_to_repair", actor=world.buyer())
    assert (case["service"], case["status"], case["requested_service"], case["refund"]["amount"]) == ("repair", "submitted", service, 0)
    assert case["details"]["work_order"] == WorkOrder.objects.get().number
    assert world.move(number, "approve", actor=world.staff("reviewer"))["status"] == "awaiting_goods"
    assert OrderLine.objects.get().claimed_quantity == 1
