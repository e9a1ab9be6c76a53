"""The second person of a large refund sends it back: nothing stays of it, it is decided anew, and paid exactly once."""

from typing import Any

import pytest

from shouhou.accounts.models import User
from shouhou.cases.models import CaseItem, Deadline, Finding, HistoryEntry
from shouhou.ledger.queries import postings_of, trial_balance
from shouhou.notifications.actions import write_notices
from shouhou.notifications.models import Notice
from shouhou.orders.models import OrderLine, Restock
from shouhou.payments.models import Refund, TenderAllowance
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.feed import events_after
from tests.conftest import Fake
from tests.world import DEAR, World, refusal_of

REFUSAL: dict[str, Any] = {"refusal": "inspection", "remark": "序列号照片看不清，请重新验收"}


def in_review(world: World) -> str:
    number = world.received(order=DEAR)
    assert world.move(number, "accept", actor=world.staff("supervisor", "user:7"))["status"] == "refund_review"
    return number


def running(number: str) -> dict[str, str]:
    rows = Deadline.objects.filter(case__number=number, state="open")
    return {row.name: row.due_at.isoformat() for row in rows}


def test_a_refund_sent_back_leaves_no_reservation_no_posting_and_no_returned_unit(world: World, fake: Fake) -> None:
    number = in_review(world)
    before = running(number)
    shown = world.later(hours=2).move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    assert (shown["status"], shown["waits_on"], shown["stage"]) == ("inspection_escalated", "supervisor", "inspected")
    assert shown["refund_preview"]["total"] == {"amount": 800000, "currency": "CNY"}
    assert Refund.objects.get(subject=number).state == "cancelled"
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor) == (0, 0)
    line = OrderLine.objects.get(order__number=shown["order"])
    assert (line.claimed_quantity, line.returned_quantity) == (1, 0)
    assert CaseItem.objects.get().accepted_quantity is None and not Finding.objects.exists()
    assert {posting.phase for posting in postings_of(number) if not posting.resolved} <= {"voided"}
    assert trial_balance().get("CNY", 0) == 0
    assert not Restock.objects.exists()
    # The clocks of the refund run on, from the day the goods came; the supervisor's begins.
    after = running(number)
    assert set(after) == {"refund_due", "refund_statutory", "refund_alarm", "inspection_supervisor"}
    assert {name: after[name] for name in ("refund_due", "refund_statutory", "refund_alarm")} == {
        name: before[name] for name in ("refund_due", "refund_statutory", "refund_alarm")
    }


def test_the_second_decision_pays_exactly_once(world: World, fake: Fake) -> None:
    number = in_review(world)
    world.move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    findings = [{"line": 1, "accepted": 1, "grade": "B", "disposition": "open_box"}]
    decided = world.later(hours=3).move(number, "accept", actor=world.staff("inspector", "user:9"), items=findings)
    assert decided["status"] == "refund_review"
    assert refusal_of(world.move, number, "approve_refund", actor=world.staff("supervisor", "user:9")).code == "SAME_PERSON"
    world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))
    pending = Refund.objects.get(subject=number, state="pending")
    assert work(pending, now=world.now) == [True]
    assert world.case(number)["status"] == "refunded"
    assert [m["amount"] for m in fake.movements()] == [800000]
    assert trial_balance() == {"CNY": 0}
    assert [(told.disposition, told.grade) for told in Restock.objects.all()] == [("open_box", "B")]
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor) == (0, 800000)
    assert OrderLine.objects.get(order__number=decided["order"]).returned_quantity == 1


def test_who_decided_the_refund_cannot_send_it_back_and_nobody_without_a_reason(world: World) -> None:
    number = in_review(world)
    before = world.case(number)["version"], Refund.objects.get(subject=number).state, HistoryEntry.objects.count()
    own = world.staff("supervisor", "user:7")
    assert refusal_of(world.move, number, "refuse_refund", actor=own, **REFUSAL).code == "SAME_PERSON"
    finance = world.staff("finance", "user:8")
    assert refusal_of(world.move, number, "refuse_refund", actor=finance, refusal="amount").code == "ANSWERS_INVALID"
    inspector = world.staff("inspector", "user:9")
    assert refusal_of(world.move, number, "refuse_refund", actor=inspector, **REFUSAL).code == "MOVE_NOT_YOURS"
    assert (world.case(number)["version"], Refund.objects.get(subject=number).state, HistoryEntry.objects.count()) == before


def test_a_refund_sent_back_and_not_decided_in_time_is_accepted_by_the_book_and_awaits_a_second_person(world: World) -> None:
    number = in_review(world)
    world.move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    world.later(days=4).ring()
    assert world.case(number)["status"] == "refund_review"
    again = Refund.objects.get(subject=number, state="awaiting_second")
    # Whoever decided first is still who the second person must differ from.
    assert (again.amount_minor, again.instructed_by) == (800000, "user:7")
    assert world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))["status"] == "refunding"


def test_why_a_refund_was_sent_back_is_told_inside_and_not_to_the_consumer(world: World) -> None:
    number = in_review(world)
    world.move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    inside = world.case(number, actor=world.staff("supervisor"))["timeline"][-1]
    assert inside["answers"] == REFUSAL
    outside = world.case(number, actor=world.buyer())["timeline"][-1]
    assert (outside["move"], outside["answers"]) == ("refuse_refund", {})


@pytest.mark.parametrize("sent", [True, False])
def test_what_has_gone_back_to_the_consumer_is_not_decided_again(world: World, sent: bool) -> None:
    two: dict[str, Any] = {
        "lines": [{**DEAR["lines"][0], "quantity": 2, "paid": 1600000}], "payments": [{"tender": "card", "amount": 1600000}],
    }  # fmt: skip
    number = world.later(days=1).apply(world.order(**two), items={1: 2})["number"]
    world.goods_back(number)
    half = [{"line": 1, "accepted": 1}]
    assert world.move(number, "accept", actor=world.staff("supervisor", "user:7"), items=half)["status"] == "refund_review"
    if sent:
        world.move(number, "send_rest", actor=world.staff("inspector"), carrier="SF", tracking_number="SF9999999999999")
    world.move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    item = CaseItem.objects.get()
    assert (item.received_quantity, item.accepted_quantity) == (1 if sent else 2, None)
    world.move(number, "accept", actor=world.staff("supervisor", "user:7"))
    assert Refund.objects.get(subject=number, state="awaiting_second").amount_minor == (800000 if sent else 1600000)


@pytest.mark.django_db(transaction=True)
def test_who_decided_is_told_why_and_the_consumer_only_that_it_is_checked_once_more(world: World) -> None:
    decider = User.objects.create_user(username="zhuguan", email="z@example.com", role="supervisor")
    number = world.received(order=DEAR)
    world.move(number, "accept", actor=world.staff("supervisor", f"user:{decider.pk}"))
    world.move(number, "refuse_refund", actor=world.staff("finance", "user:8"), **REFUSAL)
    while dispatch_new_events():
        pass
    for event in events_after(0, limit=1000):
        write_notices(event, now=event.at)
    told = Notice.objects.get(user_id=decider.pk, channel="site", template="staff_refund_refused")
    assert "验收结论存疑" in told.body and REFUSAL["remark"] in told.body
    calm = Notice.objects.get(subject=number, channel="site", template="refund_rechecked", buyer_id__isnull=False)
    assert "您无需操作" in calm.body and "存疑" not in calm.body and REFUSAL["remark"] not in calm.body
