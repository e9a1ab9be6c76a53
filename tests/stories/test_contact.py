"""Somebody has to tell the consumer a solution, and when a repaired unit can be had: tasks with a time (PRC-16, PRC-09)."""

from typing import Any

import pytest

from shouhou.accounts.models import User
from shouhou.cases.models import Case, Deadline, HistoryEntry, Message
from shouhou.cases.queue import QueueFilter, queue_page
from shouhou.cases.rows import load_case
from shouhou.cases.todo import tasks_of
from shouhou.notifications.actions.writing import write_notices
from shouhou.notifications.models import Notice
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from tests.conftest import Shop
from tests.stories.repairing import CHANNELS as ORDERS
from tests.stories.repairing import PHONE, diagnosed, on_bench, repaired, technician
from tests.world import QUALITY, THIRD, World, refusal_of

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])
SERVICES = pytest.mark.parametrize("service", ["return", "exchange", "repair"])
TOLD: dict[str, Any] = {"way": "phone", "reached": "林一本人", "solution": "明天由京东上门取件检测，检测属实三个工作日内原路退款。"}


def applied(world: World, channel: dict[str, Any], service: str) -> str:
    answers = {"wanted": "same"} if service == "exchange" else {}
    number: str = world.apply(world.order(**channel), **QUALITY, service=service, answers=answers)["number"]
    return number if world.case(number)["status"] == "submitted" else evidence(world, number)


def evidence(world: World, number: str) -> str:
    world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    return number


def reviewer(world: World, channel: dict[str, Any]) -> Actor:
    return world.staff("merchant_operator", merchant="m1") if channel else world.staff("agent")


def to_do(world: World, actor: Actor | None = None) -> list[str]:
    return [row.number for row in queue_page(QueueFilter(tasks=True), actor=actor or world.staff("supervisor"))[0]]


def tasks(number: str) -> list[tuple[str, bool]]:
    return [(task.name, task.late) for task in tasks_of(load_case(number, actor=SYSTEM))]


@CHANNELS
@SERVICES
def test_what_the_book_does_not_approve_opens_a_contact_task_that_only_a_solution_closes(
    world: World, shop: Shop, channel: dict[str, Any], service: str
) -> None:
    number, who = applied(world, channel, service), reviewer(world, channel)
    limit = Deadline.objects.get(name="solution")
    assert (limit.waits_on, limit.term) == ("merchant_operator" if channel else "reviewer", "solution_contact_hours")
    assert (tasks(number), to_do(world), to_do(world, who)) == ([("solution", False)], [number], [number])
    before = world.case(number)
    for empty in ("您好，我们会尽快处理，请耐心等待。", "We will look into it as soon as possible. Thank you for your patience!", "处理中"):
        refused = refusal_of(world.move, number, "tell_solution", actor=who, **{**TOLD, "solution": empty})
        assert (refused.code, [error.field for error in refused.errors]) == ("ANSWERS_INVALID", ["solution"])
    assert (world.case(number), Message.objects.filter(case__number=number).count()) == (before, 0)
    after = world.move(number, "tell_solution", actor=who, **TOLD)
    assert (after["status"], after["details"]["solution"]["reached"], tasks(number), to_do(world)) == ("submitted", "林一本人", [], [])
    assert Deadline.objects.get(name="solution").state == "met"
    said = Message.objects.get(case__number=number)
    assert TOLD["solution"] in said.text and "by phone" in said.text_en and not said.internal
    world.later(hours=30).ring()
    assert not HistoryEntry.objects.filter(move="note_solution").exists()


@CHANNELS
def test_an_overdue_contact_is_told_once_to_those_responsible_and_stays_in_the_queue(world: World, channel: dict[str, Any]) -> None:
    number, who = applied(world, channel, "return"), reviewer(world, channel)
    due = world.case(number)["due_at"]
    world.later(hours=25).ring()
    world.later(hours=1).ring()
    assert HistoryEntry.objects.filter(move="note_solution").count() == 1
    assert (tasks(number), to_do(world)) == ([("solution", True)], [number])
    world.later(hours=47).ring()  # with the platform by now: the same task, not another one
    assert (world.case(number)["status"], HistoryEntry.objects.filter(move="note_solution").count()) == ("escalated", 1)
    assert tasks(number) == [("solution", True)] and world.case(number)["due_at"] > due
    world.move(number, "tell_solution", actor=world.staff("supervisor") if channel else who, **TOLD)
    assert (tasks(number), to_do(world)) == ([], [])


@CHANNELS
def test_the_decision_itself_is_the_solution_and_takes_the_task_with_it(world: World, channel: dict[str, Any]) -> None:
    number = applied(world, channel, "return")
    world.later(hours=25).ring()
    world.move(number, "approve", actor=reviewer(world, channel), fault="seller")
    assert (tasks(number), to_do(world), "tasks" in world.case(number)["details"]) == ([], [], False)


def test_what_the_book_approves_by_itself_needs_no_call(world: World) -> None:
    world.apply(world.order())
    assert not Deadline.objects.filter(name="solution").exists()


def test_the_clock_of_the_contact_stands_still_while_evidence_is_awaited_and_a_new_round_asks_anew(world: World) -> None:
    number = applied(world, {}, "return")
    world.later(hours=20).move(number, "ask_evidence", actor=world.staff("agent"), what="序列号照片")
    world.later(days=2).ring()
    assert not HistoryEntry.objects.filter(move="note_solution").exists()
    evidence(world, number)
    world.later(hours=3).ring()
    assert not HistoryEntry.objects.filter(move="note_solution").exists()
    world.move(number, "tell_solution", actor=world.staff("agent"), **TOLD)
    world.move(number, "reject", actor=world.staff("agent"), reason_code="NO_DEFECT_FOUND", clause="DEF-03", note="照片未见故障")
    world.move(number, "resubmit", actor=world.buyer(), description="附检测报告")
    assert tasks(number) == [("solution", False)]


@pytest.mark.parametrize("channel", ORDERS)
def test_a_repaired_unit_that_nobody_called_about_is_an_alert_after_a_day(world: World, channel: dict[str, Any]) -> None:
    number = on_bench(world, PHONE, channel)
    diagnosed(world, number)
    repaired(world, number)
    assert (world.case(number)["status"], tasks(number)) == ("ready", [("ready_contact", False)])
    world.later(hours=25).ring()
    world.later(hours=2).ring()
    assert HistoryEntry.objects.filter(move="note_ready_contact").count() == 1
    assert (tasks(number), to_do(world)) == ([("ready_contact", True)], [number])
    who = technician(world, number)
    world.move(number, "tell_ready", actor=who, way="message", reached="林一", said="周六上午到店领取")
    assert (tasks(number), to_do(world)) == ([], [])
    assert "周六上午到店领取" in Message.objects.filter(case__number=number).latest("id").text
    world.later(hours=22).ring()
    assert HistoryEntry.objects.filter(move="note_ready_contact").count() == 1, "the limit of the hand-back has passed, not another task"


def test_nobody_holds_it_so_the_overseers_are_told_of_the_task(world: World) -> None:
    User.objects.create_user(username="boss", role="supervisor", email="")
    number = applied(world, {}, "return")
    world.later(hours=25).ring()
    row = Event.objects.filter(subject=number, data__move="note_solution").get()
    event = FeedEvent(row.pk, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data)
    assert (write_notices(event, now=world.now), write_notices(event, now=world.now)) == (1, 0)
    assert (Notice.objects.get().template, Case.objects.get().assigned_to_id) == ("staff_task", None)
