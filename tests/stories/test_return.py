"""The return as it is applied for and reviewed: windows, evidence, ground and clause, whose case it is."""

from datetime import timedelta

from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from tests.world import QUALITY, THIRD, World, refusal_of


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
    assert OrderLine.objects.get(order__number=case.order.number).claimed_quantity == 0  # type: ignore[union-attr]


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
    world.shop_speaks(number)
    ruled = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), note="证据充分", fault="seller")
    assert (ruled["status"], ruled["freight_payer"]) == ("awaiting_goods", "seller")


def test_an_unanswered_claim_is_escalated_and_then_decided_for_the_consumer(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    world.later(hours=49).ring()
    shown = world.case(number)
    assert shown["status"] == "submitted"
    assert {d.name for d in Deadline.objects.filter(case__number=number, state="breached")} == {"review", "solution"}
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


def test_a_supervisor_gives_more_time_and_the_clock_says_why(world: World) -> None:
    number = world.apply(world.order())["number"]
    before = Deadline.objects.get(case__number=number, name="ship_back").due_at
    world.move(number, "extend", actor=world.staff("supervisor"), deadline="ship_back", hours=48, reason="成都洪水")
    row = Deadline.objects.get(case__number=number, name="ship_back")
    assert row.due_at == before + timedelta(hours=48)
    assert row.clock[-1][1:] == ["extended:48", "成都洪水"]
    assert Case.objects.get(number=number).due_at == row.due_at
