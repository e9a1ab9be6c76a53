"""A fault that is only claimed, after the window of the remedy: a person decides, and silence grants nothing (L-12, RET-20)."""

from typing import Any

import pytest

from shouhou.cases.models import Deadline, HistoryEntry
from shouhou.payments.models import Refund
from tests.world import QUALITY, THIRD, World

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])
SERVICES = pytest.mark.parametrize("service", ["return", "exchange"])
MONTHS = 90


def claimed(world: World, channel: dict[str, Any], service: str, *, days: float) -> str:
    order = world.order(**channel)
    answers = {"wanted": "same"} if service == "exchange" else {}
    number: str = world.later(days=days).apply(order, **QUALITY, service=service, answers=answers)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    world.later(hours=73).ring()
    assert world.case(number)["status"] == "escalated"
    return number


@CHANNELS
@SERVICES
def test_silence_about_a_claim_after_the_window_grants_nothing_and_is_told(world: World, channel: dict[str, Any], service: str) -> None:
    number = claimed(world, channel, service, days=MONTHS)
    before = world.case(number)
    assert (before["decision"]["verdict"], before["waits_on"]) == ("review", "supervisor")
    world.later(days=3).ring()
    world.later(days=3).ring()
    after = world.case(number)
    assert (after["status"], after["refund"], Refund.objects.count()) == ("escalated", before["refund"], 0)
    assert HistoryEntry.objects.filter(move="note_late_claim").count() == 1
    assert after["due_at"] == before["due_at"], "it stays overdue in the queue until a person decides"


@CHANNELS
@SERVICES
def test_silence_about_a_claim_within_the_window_grants_it_as_ever(world: World, channel: dict[str, Any], service: str) -> None:
    number = claimed(world, channel, service, days=5)
    world.later(days=2).ring()
    assert world.case(number)["status"] == "awaiting_goods"
    assert not HistoryEntry.objects.filter(move="note_late_claim").exists()


@SERVICES
def test_no_ruling_in_time_on_a_refused_late_claim_grants_nothing_either(world: World, service: str) -> None:
    number = claimed(world, {}, service, days=MONTHS)
    world.move(
        number, "reject", actor=world.staff("supervisor"), reason_code="NO_WINDOW_EXPIRED", clause="QU-RETURN-LATE", note="已过期限，可维修"
    )
    world.move(number, "dispute", actor=world.buyer(), reason="一直有问题")
    world.later(days=40).ring()
    assert (world.case(number)["status"], world.case(number)["waits_on"]) == ("disputed", "arbitrator")
    assert Deadline.objects.get(name="ruling_late").state == "breached"
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), note="购买时已存在的缺陷", fault="seller")
    assert world.case(number)["status"] == "awaiting_goods"


def test_what_a_person_granted_all_the_same_goes_on_like_any_other(world: World) -> None:
    number = claimed(world, {}, "return", days=MONTHS)
    world.move(number, "override_approve", actor=world.staff("supervisor"), override_reason="goodwill", note="老客户", fault="none")
    world.goods_back(number)
    world.later(days=3).ring()
    assert world.case(number)["status"] in ("refunding", "accepted", "refund_review")


def test_a_late_claim_for_a_repair_is_not_touched_by_it(world: World) -> None:
    number = claimed(world, {}, "repair", days=MONTHS)
    world.later(days=2).ring()
    assert world.case(number)["status"] == "awaiting_goods"
