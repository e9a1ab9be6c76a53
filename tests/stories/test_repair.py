"""The repair from application to closing: four modes, free or at the consumer's cost, with every record that must be there."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, Deadline
from shouhou.cases.workflows import WORKFLOWS
from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import OrderLine
from shouhou.repairs.models import Appointment, Diagnosis, TestRecord, WorkOrder
from shouhou.repairs.rules.faults import checks_of
from tests.stories.repairing import (
    CHANNELS,
    FAULT,
    PHONE,
    TV,
    applied,
    approved,
    arrives,
    diagnosed,
    home,
    on_bench,
    repaired,
    technician,
    technician_reviewer,
)
from tests.world import CONTACT, World, refusal_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_phone_sent_in_is_repaired_free_tested_and_confirmed_by_silence(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel)
    assert diagnosed(world, number)["status"] == "repairing"
    order = WorkOrder.objects.get(subject=number)
    assert (order.scope, order.serial, order.number[:3]) == ("in", "IMEI-1", "WO-")
    assert "OK_WARRANTY_REPAIR" in Diagnosis.objects.get(order=order).reasons
    world.later(days=2)
    assert repaired(world, number)["status"] == "ready"
    sent = world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9999999999991")
    assert (sent["status"], sent["freight_payer"]) == ("on_way_back", "seller")
    case = world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    assert case["status"] == "handed_back"
    world.later(days=8).ring()
    done = world.case(number)
    assert (done["status"], done["outcome"]) == ("closed", "repaired")
    order.refresh_from_db()
    assert (order.state, order.result, order.handed_over) == ("ended", "repaired", "shipped")
    assert OrderLine.objects.get(order__number=done["order"]).claimed_quantity == 0
    assert done["repair"]["number"] == order.number and done["repair"]["tests"][0]["passed"] is True
    assert done["repair"]["records"][0]["parts"][0]["new_serial"] == "B2"
    assert set(trial_balance().values()) <= {0}


def test_nothing_is_handed_back_as_repaired_before_a_test_has_passed(world: World) -> None:
    number = on_bench(world)
    diagnosed(world, number)
    bench = technician(world, number)
    world.move(number, "finish_repair", actor=bench, done="重刷系统")
    assert refusal_of(world.move, number, "hand_over", actor=bench).code == "MOVE_NOT_NOW"
    almost = dict.fromkeys(checks_of("phone"), "true") | {"battery": "false"}
    assert world.move(number, "test", actor=bench, checklist=almost)["status"] == "repairing"
    assert TestRecord.objects.get().passed is False
    assert repaired(world, number)["status"] == "ready"
    assert [test.passed for test in TestRecord.objects.order_by("number")] == [False, True]


def test_on_approval_the_consumer_reads_place_hours_ticket_and_what_to_bring(world: World) -> None:
    number = approved(world)
    case = world.case(number, actor=world.buyer())
    told = case["details"]["guidance"]["zh-hans"]
    assert (told["ticket"], told["place"]) == (case["repair"]["number"], "仓库")
    assert any("备份" in each for each in told["bring"]) and "自行拆" in told["warning"]
    assert case["repair"]["number"] in case["messages"][-1]["text"]


def test_a_repair_is_for_one_unit_and_offers_only_the_modes_of_its_category(world: World) -> None:
    order = world.order(**PHONE)
    wish = FAULT | {"answers": {"mode": "on_site"}}
    assert refusal_of(world.apply, order, **wish).code == "MODE_NOT_OFFERED"
    two = world.order(
        lines=[{"line": 1, "sku": "K", "title": "壶", "category": "kettle", "quantity": 2, "unit_price": 100, "paid": 200}],
        payments=[{"tender": "card", "amount": 200}],
    )
    assert refusal_of(world.apply, two, **FAULT, items={1: 2}).code == "REPAIR_ONE_UNIT"
    assert not WorkOrder.objects.exists() and not Case.objects.exists()
    assert OrderLine.objects.get(order__number=two).claimed_quantity == 0


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_television_is_repaired_at_home_after_a_moved_appointment_and_a_no_show_of_each_side(
    world: World, channel: dict[str, Any]
) -> None:
    number = approved(world, TV, channel, answers={"fault_code": "screen"})
    assert world.case(number)["status"] == "awaiting_appointment"
    bench, buyer = technician(world, number), world.buyer()

    def at(hours: int) -> str:
        return (world.now + timedelta(hours=hours)).isoformat()

    world.move(number, "book_visit", actor=buyer, start=at(20))
    first = Deadline.objects.get(case__number=number, name="appointment_kept", state="open").due_at
    world.move(number, "book_visit", actor=buyer, start=at(44))
    moved = Deadline.objects.get(case__number=number, name="appointment_kept", state="open").due_at
    assert (moved - first).total_seconds() == 24 * 3600
    assert refusal_of(world.move, number, "consumer_absent", actor=bench, note="无人").code == "NOT_YET_TIME"
    world.later(hours=45).move(number, "consumer_absent", actor=bench, note="无人应门")
    world.move(number, "book_visit", actor=bench, start=at(20))
    world.later(hours=47)
    assert world.ring() >= 1
    assert world.case(number)["status"] == "awaiting_appointment"
    states = list(Appointment.objects.order_by("number").values_list("state", flat=True))
    assert states == ["moved", "missed_consumer", "missed_technician"]
    world.move(number, "book_visit", actor=buyer, start=at(20))
    world.later(hours=20).move(number, "start_visit", actor=bench)
    assert diagnosed(world, number, fault_code="screen")["status"] == "repairing"
    repaired(world, number)
    assert home(world, number)["status"] == "handed_back"
    assert WorkOrder.objects.get().handed_over == "at_home"
    assert world.move(number, "confirm_repair", actor=buyer)["status"] == "closed"


def test_a_consumer_who_is_never_there_loses_the_case_after_the_third_time_and_not_before(world: World) -> None:
    number = approved(world, TV, answers={"fault_code": "screen"})
    for round_ in (1, 2, 3):
        world.move(number, "book_visit", actor=world.buyer(), start=(world.now + timedelta(hours=10)).isoformat())
        world.later(hours=11).move(number, "consumer_absent", actor=technician(world, number), note="无人")
        assert world.case(number)["status"] == ("lapsed" if round_ == 3 else "awaiting_appointment")
    assert WorkOrder.objects.get().result == "cancelled"
    assert Case.objects.get(number=number).claims_held is False


def test_what_guidance_solves_is_closed_and_counts_as_no_repair(world: World) -> None:
    number = approved(world, reason="usage", description="不会连蓝牙", answers={})
    assert world.case(number)["details"]["mode"] == "remote"
    done = world.move(number, "guide", actor=technician(world, number), note="重新配对后正常")
    assert (done["status"], done["outcome"]) == ("closed", "resolved_by_guidance")
    order = WorkOrder.objects.get()
    assert (order.result, order.went_out_at) == ("guided", None)


def test_maintenance_is_quoted_done_and_never_counted(world: World) -> None:
    number = on_bench(world, reason="maintenance", description="保养")
    bench = technician(world, number)
    assert refusal_of(world.move, number, "diagnose", actor=bench, finding="faulty", note="x").code == "MOVE_NOT_NOW"
    assert world.move(number, "begin_maintenance", actor=bench, charge="free")["status"] == "repairing"
    repaired(world, number)
    home(world, number)
    assert world.move(number, "confirm_repair", actor=world.buyer())["outcome"] == "maintained"
    order = WorkOrder.objects.get()
    assert (order.kind, order.result) == ("maintenance", "maintained")
    of_leather: dict[str, Any] = {
        "lines": [{"line": 1, "sku": "B", "title": "包", "category": "bags", "quantity": 1, "unit_price": 1, "paid": 1}],
        "payments": [{"tender": "card", "amount": 1}],
    }
    bag = world.order(**of_leather)
    assert refusal_of(world.apply, bag, **(FAULT | {"reason": "maintenance"})).code == "MODE_NOT_OFFERED"


def test_what_is_to_be_done_is_asked_once_and_follows_from_the_reason(world: World) -> None:
    assert not {"kind", "service"} & {ask.field for ask in WORKFLOWS["repair"].applying.asks}
    order = world.order(**PHONE)
    assert refusal_of(world.apply, order, **FAULT, answers={"kind": "maintenance"}).code == "ANSWERS_INVALID"
    assert not WorkOrder.objects.exists()
    for reason, kind in (("quality", "repair"), ("usage", "repair"), ("maintenance", "maintenance")):
        world.apply(world.order(**PHONE), **(FAULT | {"reason": reason}))
        assert WorkOrder.objects.latest("id").kind == kind


def test_where_no_fault_is_found_it_goes_home_as_it_is_and_nothing_is_counted(world: World) -> None:
    number = on_bench(world)
    assert diagnosed(world, number, "no_fault")["status"] == "ready"
    home(world, number)
    done = world.move(number, "confirm_repair", actor=world.buyer())
    assert (done["status"], done["outcome"]) == ("closed", "no_fault")
    order = WorkOrder.objects.get()
    assert (order.result, order.scope) == ("no_fault", "")


def test_a_unit_that_was_not_sold_is_sent_back_and_never_repaired(world: World) -> None:
    number = approved(world)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000077")
    world.move(
        number, "receive", actor=technician(world, number), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 1, "serials": ["STRANGE"]}],
    )  # fmt: skip
    case = diagnosed(world, number)
    assert (case["status"], case["outcome"]) == ("ready", "not_ours")
    assert Diagnosis.objects.get().scope == ""


def test_a_loan_unit_is_lent_once_and_must_come_back_before_the_counter_hands_over(world: World) -> None:
    number = on_bench(world)
    bench = technician(world, number)
    world.move(number, "lend_unit", actor=bench, title="备用手机", serial="LOAN-1", deposit=0)
    other = on_bench(world, after_days=0)
    assert refusal_of(world.move, other, "lend_unit", actor=bench, title="备用手机", serial="LOAN-1").code == "LOAN_TAKEN"
    diagnosed(world, number)
    repaired(world, number)
    assert refusal_of(home, world, number).code == "LOAN_OUT"
    world.move(number, "take_back_loan", actor=bench)
    assert home(world, number)["status"] == "handed_back"


@pytest.mark.parametrize("move", ["approve", "diagnose", "book_visit", "guide", "test"])
def test_a_stranger_finds_no_case_and_a_consumer_may_not_do_the_technicians_work(world: World, move: str) -> None:
    number = applied(world)
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13800000002"})
    before = Case.objects.get(number=number).version
    assert refusal_of(world.move, number, move, actor=world.buyer("u2")).code == "CASE_NOT_FOUND"
    assert refusal_of(world.move, number, move, actor=world.buyer()).code in ("MOVE_NOT_YOURS", "MOVE_NOT_NOW")
    assert Case.objects.get(number=number).version == before


def test_a_visit_that_is_not_enough_goes_on_by_mail_and_the_time_begins_when_it_is_here(world: World) -> None:
    number = approved(world, TV, answers={"fault_code": "screen"})
    bench = technician(world, number)
    world.move(number, "book_visit", actor=world.buyer(), start=(world.now + timedelta(hours=10)).isoformat())
    world.later(hours=10).move(number, "start_visit", actor=bench)
    assert world.move(number, "needs_workshop", actor=bench, mode="mail_in")["status"] == "awaiting_goods"
    assert WorkOrder.objects.get().came_in_at is None
    arrives(world, number)
    assert world.case(number)["status"] == "diagnosing"
    assert WorkOrder.objects.get().came_in_at == world.now


def test_a_case_that_lapsed_goes_on_with_a_new_work_order_when_the_parcel_comes(world: World) -> None:
    number = approved(world)
    world.later(days=9).ring()
    assert world.case(number)["status"] == "lapsed"
    case = world.move(number, "receive_late", actor=technician(world, number), packing="ok", appearance="ok", accessories="ok")
    assert case["status"] == "diagnosing"
    assert [order.result for order in WorkOrder.objects.order_by("round")] == ["cancelled", ""]


def test_a_rejected_repair_ends_with_its_work_order_and_frees_the_unit(world: World) -> None:
    number = applied(world)
    world.move(
        number, "reject", actor=technician_reviewer(world, number), reason_code="NO_OTHER_LEGAL", clause="L-12", note="说明"
    )
    world.later(days=20).ring()
    assert world.case(number)["status"] == "closed"
    assert (WorkOrder.objects.get().result, Case.objects.get().claims_held) == ("cancelled", False)
    assert CONTACT["phone"] == Case.objects.get().contact["phone"]
