"""Limits over the whole life of a case: overrun once, paused and resumed, never stopping the limits of others."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from shouhou.cases.actions import say
from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.merchants.models import Merchant
from shouhou.orders.models import OrderLine
from shouhou.plumbing.models import Event
from tests.conftest import Fake
from tests.world import QUALITY, THIRD, World


def test_each_overdue_limit_of_a_refund_is_recorded_once_however_often_the_clock_looks(world: World) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    assert world.later(days=8).ring() == 2
    assert [world.later(hours=1).ring() for _ in range(3)] == [0, 0, 0]
    states = Counter(Deadline.objects.filter(case__number=number).values_list("name", "state"))
    assert {key: many for key, many in states.items() if key[0].startswith("refund_")} == {
        ("refund_due", "breached"): 1, ("refund_statutory", "breached"): 1, ("refund_alarm", "open"): 1,
    }  # fmt: skip
    moves = HistoryEntry.objects.filter(case__number=number, move__startswith="note_").values_list("move", flat=True)
    assert sorted(moves) == ["note_refund_due", "note_refund_statutory"]


def test_an_overdue_refund_that_is_refused_and_tried_again_stays_overdue_and_is_not_noted_twice(
    world: World, fake: Fake
) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    world.later(days=13).ring()
    overdue = Case.objects.get(number=number).due_at
    assert overdue is not None and overdue < world.now
    fake.behave("refuse")
    world.pay(number)
    world.move(number, "retry_refund", actor=world.staff("finance"))
    assert (Case.objects.get(number=number).due_at, world.ring()) == (overdue, 0)
    assert Deadline.objects.filter(case__number=number, state="breached").count() == 3
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    due = Case.objects.get(number=number).due_at
    assert due is not None and due > world.now


def test_a_review_noted_as_overdue_keeps_its_outer_limit_and_no_limit_begins_anew(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    due = Case.objects.get(number=number).due_at
    world.later(hours=49).ring()
    assert Case.objects.get(number=number).due_at == due
    world.move(number, "extend", actor=world.staff("supervisor"), deadline="review_outer", hours=24, reason="暴雨")
    limits = dict(Deadline.objects.filter(case__number=number, name__startswith="review").values_list("name", "state"))
    assert limits == {"review": "breached", "review_outer": "open"}
    assert Case.objects.get(number=number).due_at == Deadline.objects.get(name="review_outer").due_at


def test_an_answer_by_message_meets_the_first_response_for_good(world: World) -> None:
    order = world.order(**THIRD)
    Merchant.objects.update(auto_review=False)
    number = world.apply(order)["number"]
    assert Case.objects.get(number=number).due_at == Deadline.objects.get(name="first_response").due_at
    world.later(hours=1)
    say(number, "正在为您处理", internal=False, actor=world.staff("merchant_operator", merchant="m1"), now=world.now)
    assert Deadline.objects.get(name="first_response").state == "met"
    assert Case.objects.get(number=number).due_at == Deadline.objects.get(name="review_no_reason").due_at
    world.move(number, "extend", actor=world.staff("supervisor"), deadline="review_no_reason", hours=1, reason="核实")
    assert Deadline.objects.filter(name="first_response").count() == 1


def test_a_case_that_breaks_is_put_aside_and_the_limits_of_all_others_are_worked_off(world: World) -> None:
    broken = world.apply(world.order())["number"]
    sound = world.apply(world.order())["number"]
    # No code of ours does this; whatever breaks one case must be felt by that one only.
    OrderLine.objects.filter(case_items__case__number=broken).update(claimed_quantity=0)
    world.later(days=9).ring()
    assert (world.case(broken)["status"], world.case(sound)["status"]) == ("awaiting_goods", "lapsed")
    blocked = Deadline.objects.get(case__number=broken, state="open")
    assert (blocked.failures, blocked.retry_at) == (1, world.now + timedelta(minutes=5))
    assert Event.objects.get(type="case.deadline_blocked").data["code"] == "BROKEN"
    OrderLine.objects.filter(case_items__case__number=broken).update(claimed_quantity=1)
    world.later(minutes=6).ring()
    assert world.case(broken)["status"] == "lapsed"


@pytest.mark.parametrize(
    ("asked_at", "answered_after_hours", "due"),
    [
        # 10 of 48 h used when it was asked on the eve of the National Day; answered five days later.
        ("2026-09-30T10:00:00+08:00", 5 * 24, "2026-10-07T00:00:00+08:00"),
        # Over the turn of the year, to the second.
        ("2026-12-31T23:59:59+08:00", 1, "2027-01-02T14:59:59+08:00"),
    ],
)
def test_a_paused_review_is_resumed_to_the_second_over_holidays_and_the_year(
    world: World, asked_at: str, answered_after_hours: int, due: str
) -> None:
    asked = datetime.fromisoformat(asked_at)
    world.now = asked - timedelta(hours=10)
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    world.now = asked
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="序列号")
    world.now = asked + timedelta(hours=answered_after_hours)
    world.ring()
    world.move(number, "send_evidence", actor=world.buyer(), description="补拍")
    review = Deadline.objects.get(case__number=number, name="review")
    assert (review.state, review.due_at) == ("open", datetime.fromisoformat(due))
