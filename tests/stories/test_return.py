"""A return from application to money back, and every way it can turn."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.models import Case, CaseItem, Deadline, HistoryEntry
from shouhou.cases.queries import available_moves
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.merchants.models import ReturnAddress
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.world import World

TWO: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 5000, "paid": 13500},
    ],
    "payments": [{"tender": "card", "amount": 10000}, {"tender": "wallet", "amount": 3500}],
}  # fmt: skip
DEAR: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 800000, "paid": 800000}],
    "payments": [{"tender": "card", "amount": 800000}],
}
THIRD: dict[str, Any] = {"merchant": {"code": "m1", "channel": "third", "name": "老王百货"}}
QUALITY: dict[str, Any] = {"reason": "quality", "description": "插电后不加热"}


def refusal_of(call: Any, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value


def test_a_return_without_reason_travels_from_application_to_refund(world: World, fake: Fake) -> None:
    order = world.order()
    opened = world.later(days=3).apply(order)
    assert (opened["status"], opened["stage"], opened["version"]) == ("awaiting_goods", "goods", 2)
    assert opened["decision"]["verdict"] == "allow"
    assert [reason["code"] for reason in opened["decision"]["reasons"]] == ["OK_NO_REASON"]
    assert opened["refund_preview"]["total"] == {"amount": 19900, "currency": "CNY"}
    number = opened["number"]
    assert world.goods_back(number)["status"] == "received"
    assert world.later(hours=3).move(number, "accept", actor=world.staff("inspector"))["status"] == "refunding"
    assert Refund.objects.get(subject=number).amount_minor == 19900
    line = OrderLine.objects.get(order__number=order)
    assert (line.claimed_quantity, line.returned_quantity) == (1, 1)
    assert world.pay(number) == [True]
    shown = world.case(number)
    assert (shown["status"], shown["stage"], shown["outcome"]) == ("refunded", "rated", "refunded")
    assert [(m["amount"], m["currency"]) for m in fake.movements()] == [(19900, "CNY")]
    assert trial_balance() == {"CNY": 0}
    moves = [entry["move"] for entry in shown["timeline"]]
    assert moves == ["submit", "approve_by_book", "ship", "receive", "accept", "start_refund", "refund_settled"]
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"


def test_the_same_unit_cannot_be_applied_for_twice(world: World) -> None:
    order = world.order()
    world.apply(order)
    assert refusal_of(world.apply, order).code == "QUANTITY_TAKEN"
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 1
    assert Case.objects.count() == 1


def test_after_the_window_the_application_is_refused_with_its_reason_and_nothing_changes(world: World) -> None:
    order = world.order()
    refused = refusal_of(world.later(days=9).apply, order)
    assert (refused.code, refused.facts["reasons"]) == ("NOT_ELIGIBLE", ["NO_WINDOW_EXPIRED"])
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 0
    assert not Case.objects.exists()


def test_a_dry_run_shows_the_case_and_leaves_nothing(world: World) -> None:
    order = world.order()
    assert world.apply(order, dry_run=True)["status"] == "awaiting_goods"
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 0
    assert not Case.objects.exists()


def test_a_quality_claim_without_proof_is_asked_for_it_and_lapses_after_a_reminder(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    assert world.case(number)["status"] == "evidence_asked"
    deadline = Deadline.objects.get(case__number=number, name="evidence", state="open")
    assert deadline.due_at.isoformat() == "2026-03-17T15:59:59+00:00"
    assert deadline.remind_at is not None and deadline.remind_at.isoformat() == "2026-03-13T15:59:59+00:00"
    world.later(days=8).ring()
    case = Case.objects.get(number=number)
    assert (case.status, case.outcome, case.claims_held) == ("lapsed", "lapsed", False)
    assert OrderLine.objects.get(order__number=case.order.number).claimed_quantity == 0


def test_the_review_clock_stands_still_while_the_consumer_looks_for_evidence(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频已上传")
    started = world.now
    first = Deadline.objects.get(case__number=number, name="review")
    assert first.due_at == started + timedelta(hours=48)
    world.later(hours=10).move(number, "ask_evidence", actor=world.staff("reviewer"), what="序列号照片")
    first.refresh_from_db()
    assert first.state == "paused"
    world.later(hours=30).move(number, "send_evidence", actor=world.buyer(), description="补拍")
    first.refresh_from_db()
    assert (first.state, first.due_at) == ("open", started + timedelta(hours=78))
    assert [what for _, what, _ in first.clock] == ["started", "paused", "resumed", "paused", "resumed"]


def test_a_rejection_needs_ground_and_clause_and_can_be_resubmitted_three_times(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    reviewer = world.staff("reviewer")
    refused = refusal_of(world.move, number, "reject", actor=reviewer, note="不行")
    assert (refused.code, {error.field for error in refused.errors}) == ("ANSWERS_INVALID", {"reason_code", "clause"})
    assert world.case(number)["status"] == "submitted"
    for _ in range(3):
        world.move(number, "reject", actor=reviewer, reason_code="NO_DEFECT_FOUND", clause="DEF-03", note="未见故障")
        world.move(number, "resubmit", actor=world.buyer(), description="再次说明")
    world.move(number, "reject", actor=reviewer, reason_code="NO_DEFECT_FOUND", clause="DEF-03", note="未见故障")
    assert refusal_of(world.move, number, "resubmit", actor=world.buyer(), description="又来").code == "RESUBMISSIONS_USED"
    world.move(number, "dispute", actor=world.buyer(), reason="明明坏了")
    ruled = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), note="证据充分", fault="seller")
    assert (ruled["status"], ruled["freight_payer"]) == ("awaiting_goods", "seller")


def test_an_unanswered_claim_is_escalated_and_then_decided_for_the_consumer(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    world.later(hours=49).ring()
    shown = world.case(number)
    assert shown["status"] == "submitted"
    assert {d.name for d in Deadline.objects.filter(case__number=number, state="breached")} == {"review"}
    world.later(hours=24).ring()
    assert world.case(number)["status"] == "escalated"
    world.later(hours=25).ring()
    assert world.case(number)["status"] == "awaiting_goods"


def test_a_merchant_reviews_its_own_goods_and_the_platform_decides_when_it_does_not(world: World) -> None:
    order = world.order(**THIRD)
    number = world.apply(order, **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    assert world.case(number)["waits_on"] == "merchant_operator"
    world.order("OTHER", merchant={"code": "m2", "channel": "third", "name": "别家"})
    stranger = world.staff("merchant_operator", merchant="m2")
    assert refusal_of(world.move, number, "approve", actor=stranger).code == "CASE_NOT_FOUND"
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "escalated"
    assert world.move(number, "approve", actor=world.staff("supervisor"), fault="seller")["freight_payer"] == "seller"


def test_another_buyer_sees_nothing(world: World) -> None:
    number = world.apply(world.order())["number"]
    other = world.order(buyer={"id": "u2", "name": "路人"})
    stranger = world.buyer("u2")
    assert refusal_of(world.case, number, actor=stranger).code == "CASE_NOT_FOUND"
    assert refusal_of(world.move, number, "cancel", actor=stranger).code == "CASE_NOT_FOUND"
    assert refusal_of(world.apply, "T0001", actor=stranger).code == "ORDER_NOT_FOUND"
    assert world.case(number)["status"] == "awaiting_goods" and other == "T0002"


def test_goods_that_do_not_come_let_the_case_lapse_and_it_reopens_inside_its_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    world.later(days=8).ring()
    assert world.case(number)["status"] == "lapsed"
    again = world.later(days=2).move(number, "reopen", actor=world.buyer(), reason="出差了")
    assert again["status"] == "submitted"
    assert OrderLine.objects.get().claimed_quantity == 1
    world.move(number, "cancel", actor=world.buyer())
    assert OrderLine.objects.get().claimed_quantity == 0


def test_a_lapsed_case_cannot_be_reopened_by_the_consumer_after_its_time(world: World) -> None:
    number = world.apply(world.order())["number"]
    world.later(days=8).ring()
    refused = refusal_of(world.later(days=20).move, number, "reopen", actor=world.buyer(), reason="晚了")
    assert refused.code == "REOPEN_TOO_LATE"
    assert (world.case(number)["status"], OrderLine.objects.get().claimed_quantity) == ("lapsed", 0)


def test_part_of_a_line_is_accepted_and_only_that_part_is_paid(world: World, fake: Fake) -> None:
    number = world.received(order=TWO, items={1: 3})
    inspector = world.staff("inspector")
    items = [{"line": 1, "accepted": 2, "grade": "B", "checklist": {"accessories": "missing"}}]
    checklist = {"appearance": "ok", "packaging": "ok"}
    assert world.move(number, "accept", actor=inspector, items=items, checklist=checklist)["status"] == "refunding"
    kept = {"appearance": "ok", "packaging": "ok", "accessories": "missing"}
    assert CaseItem.objects.get(case__number=number).inspection == {"checklist": kept}
    refund = Refund.objects.get(subject=number)
    assert refund.amount_minor == 9000
    assert {part.tender: part.amount_minor for part in refund.parts.all()} == {"card": 6667, "wallet": 2333}
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    rest = Deadline.objects.get(case__number=number, name="send_rest_back", state="open")
    assert rest.on_breach == "note_rest"
    world.move(number, "send_rest", actor=inspector, carrier="SF", tracking_number="SF9900000000001")
    assert not Deadline.objects.filter(case__number=number, name="send_rest_back", state="open").exists()
    world.later(days=16).ring()
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (2, 2)


def test_goods_that_are_not_as_new_never_re_enter_new_stock(world: World) -> None:
    number = world.received(order=TWO, items={1: 1})
    wrong = [{"line": 1, "accepted": 1, "grade": "C", "disposition": "restock"}]
    assert refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=wrong).code == "ANSWERS_INVALID"
    assert world.case(number)["status"] == "received"


def test_a_deduction_is_taken_only_with_consent(world: World, fake: Fake) -> None:
    number = world.received()
    items = [{"line": 1, "accepted": 1, "grade": "C", "disposition": "refurbish", "deduction": 3900, "deduction_reason": "缺少底座"}]
    refused = refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=items)
    assert refused.code == "ANSWERS_INVALID"
    proposed = world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    assert (proposed["status"], proposed["waits_on"]) == ("deduction_proposed", "consumer")
    assert proposed["refund_preview"]["total"]["amount"] == 16000
    assert world.move(number, "consent", actor=world.buyer())["status"] == "refunding"
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [16000]


def test_without_consent_the_platform_decides_and_nothing_is_cut(world: World) -> None:
    number = world.received()
    items = [{"line": 1, "accepted": 1, "grade": "B", "deduction": 3900, "deduction_reason": "划痕"}]
    world.move(number, "propose_deduction", actor=world.staff("inspector"), items=items)
    world.later(days=4).ring()
    assert world.case(number)["status"] == "disputed"
    assert not Refund.objects.exists()
    world.later(days=16).ring()
    assert Refund.objects.get(subject=number).amount_minor == 19900


def test_goods_that_are_not_accepted_go_back_and_the_units_are_free_again(world: World) -> None:
    number = world.received()
    inspector = world.staff("inspector")
    answers: dict[str, Any] = {"reason_code": "NO_USED_BEYOND_INSPECTION", "clause": "CON-04", "note": "有明显水垢", "fault": "customer"}
    assert world.move(number, "not_accept", actor=inspector, **answers)["status"] == "not_accepted"
    world.move(number, "send_back", actor=inspector, carrier="SF", tracking_number="SF9900000000002")
    world.later(days=8).ring()
    assert (world.case(number)["status"], world.case(number)["outcome"]) == ("closed", "sent_back")
    line = OrderLine.objects.get()
    assert (line.claimed_quantity, line.returned_quantity) == (0, 0)
    assert not Refund.objects.exists()


def test_an_inspection_that_nobody_makes_is_decided_by_the_book(world: World) -> None:
    number = world.received()
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "refunding"
    assert Refund.objects.get(subject=number).amount_minor == 19900


def test_a_dear_inspection_that_nobody_makes_goes_to_the_supervisor(world: World) -> None:
    number = world.received(order=DEAR)
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "inspection_escalated"
    assert not Refund.objects.exists()


def test_a_large_refund_needs_a_second_person(world: World, fake: Fake) -> None:
    number = world.received(order=DEAR)
    inspector = world.staff("supervisor", "user:7")
    assert world.move(number, "accept", actor=inspector)["status"] == "refund_review"
    assert refusal_of(world.move, number, "approve_refund", actor=inspector).code == "SAME_PERSON"
    assert world.case(number)["status"] == "refund_review"
    assert world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))["status"] == "refunding"
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [800000]


def test_a_refused_refund_is_seen_tried_again_and_paid_once(world: World, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    assert world.case(number)["status"] == "refund_stuck"
    assert world.move(number, "retry_refund", actor=world.staff("finance"))["status"] == "refunding"
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert [m["amount"] for m in fake.movements()] == [19900]


def test_a_refund_settled_offline_closes_the_money_leg(world: World, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="银行回单 20260313")
    assert world.case(number)["status"] == "refunded"
    assert fake.movements() == []


def test_an_overdue_refund_is_marked_at_five_working_days_and_at_the_statutory_seventh_day(world: World) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    limits = {d.name: d.due_at.isoformat() for d in Deadline.objects.filter(case__number=number, state="open")}
    assert limits == {
        "refund_due": "2026-03-20T15:59:59+00:00", "refund_statutory": "2026-03-20T15:59:59+00:00",
        "refund_alarm": "2026-03-25T15:59:59+00:00",
    }  # fmt: skip
    world.later(days=8).ring()
    assert set(Deadline.objects.filter(state="breached").values_list("name", flat=True)) == {"refund_due", "refund_statutory"}
    assert world.case(number)["status"] == "refunding"


def test_a_stale_version_is_overtaken_and_changes_nothing(world: World) -> None:
    opened = world.apply(world.order())
    refused = refusal_of(world.move, opened["number"], "cancel", actor=world.buyer(), version=opened["version"] - 1)
    assert (refused.code, refused.facts["version"]) == ("OVERTAKEN", opened["version"])
    assert world.case(opened["number"])["status"] == "awaiting_goods"


def test_a_move_out_of_place_or_of_another_role_is_refused_by_name(world: World) -> None:
    number = world.apply(world.order())["number"]
    before = HistoryEntry.objects.count()
    assert refusal_of(world.move, number, "accept", actor=world.staff("inspector")).code == "MOVE_NOT_NOW"
    assert refusal_of(world.move, number, "receive", actor=world.buyer(), packing="ok").code == "MOVE_NOT_YOURS"
    assert refusal_of(world.move, number, "fly", actor=world.buyer()).code == "MOVE_UNKNOWN"
    assert HistoryEntry.objects.count() == before


def test_an_agent_applies_and_moves_on_behalf_and_the_history_says_so(world: World) -> None:
    order = world.order()
    agent = world.staff("agent", "user:5")
    number = world.apply(order, actor=agent, channel="phone", call_note="来电 10:05")["number"]
    world.move(number, "ship", actor=agent, carrier="SF", tracking_number="SF1000000000009")
    case = Case.objects.get(number=number)
    assert (case.source, case.call_note, case.created_by) == ("phone", "来电 10:05", "user:5")
    entries = list(HistoryEntry.objects.filter(case=case).order_by("version"))
    assert [entry.on_behalf_of for entry in entries] == [f"buyer:{case.buyer_id}", "", f"buyer:{case.buyer_id}"]


def test_staff_open_a_late_case_by_a_named_override(world: World) -> None:
    order = world.order()
    world.later(days=20)
    assert refusal_of(world.apply, order, override_reason="goodwill").code == "OVERRIDE_NOT_YOURS"
    number = world.apply(order, actor=world.staff("agent"), override_reason="late_acceptance")["number"]
    shown = world.move(number, "override_approve", actor=world.staff("agent"), override_reason="late_acceptance", note="首次")
    assert (shown["status"], shown["override_reason"]) == ("awaiting_goods", "late_acceptance")


def test_a_dry_run_of_a_move_shows_its_outcome_and_leaves_nothing(world: World) -> None:
    number = world.received()
    shown = world.move(number, "accept", actor=world.staff("inspector"), dry_run=True)
    assert shown["status"] == "refunding"
    assert world.case(number)["status"] == "received"
    assert not Refund.objects.exists()


def test_a_serial_that_was_not_sold_is_noted_on_receipt(world: World) -> None:
    sold = {"line": 1, "sku": "P", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 19900, "paid": 19900}
    phone: dict[str, Any] = {"lines": [sold | {"serials": ["860001"]}]}
    number = world.apply(world.order(**phone))["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000010")
    world.move(
        number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 1, "serials": ["860002"]}],
    )  # fmt: skip
    entry = HistoryEntry.objects.get(case__number=number, move="receive")
    assert entry.answers["serial_mismatch"] == ["860002"]


def test_more_than_applied_for_cannot_be_received(world: World) -> None:
    number = world.apply(world.order(**TWO))["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    refused = refusal_of(
        world.move, number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 2}],
    )  # fmt: skip
    assert refused.code == "RECEIVED_TOO_MUCH"
    assert world.case(number)["status"] == "in_transit"


def test_a_supervisor_gives_more_time_and_the_clock_says_why(world: World) -> None:
    number = world.apply(world.order())["number"]
    before = Deadline.objects.get(case__number=number, name="ship_back").due_at
    world.move(number, "extend", actor=world.staff("supervisor"), deadline="ship_back", hours=48, reason="成都洪水")
    row = Deadline.objects.get(case__number=number, name="ship_back")
    assert row.due_at == before + timedelta(hours=48)
    assert row.clock[-1][1:] == ["extended:48", "成都洪水"]
    assert Case.objects.get(number=number).due_at == row.due_at


def test_a_case_with_accepted_goods_cannot_be_closed_before_the_money_is_back(world: World) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    refused = refusal_of(world.move, number, "close_case", actor=world.staff("supervisor"), closing_reason="other", note="关")
    assert refused.code == "MOVE_NOT_NOW"
    assert world.case(number)["status"] == "refunding"


def test_a_shop_without_a_return_address_sends_its_buyers_to_the_return_centre(world: World) -> None:
    world.order()
    order = world.order(**THIRD)
    ReturnAddress.objects.filter(merchant__code="m1").delete()
    number = world.apply(order)["number"]
    assert world.case(number)["return_address"]["label"] == "退货仓"
    later = world.order()
    ReturnAddress.objects.update(active=False)
    waiting = world.apply(later)
    assert (waiting["status"], waiting["decision"]["verdict"]) == ("submitted", "allow")


def test_the_moves_offer_the_windows_that_can_be_booked_now(world: World) -> None:
    number = world.apply(world.order())["number"]
    moves = available_moves(number, actor=world.buyer(), language="zh-hans", now=world.now)
    choices = next(move for move in moves if move["move"] == "book_pickup")["asks"][0]["choices"]
    assert choices
    booked = world.move(number, "book_pickup", actor=world.buyer(), window=choices[0]["value"])
    assert booked["status"] == "pickup_booked"
