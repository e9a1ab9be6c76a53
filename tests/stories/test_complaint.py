"""A complaint from its first word to its end: heard, answered with a finding, disagreed with once, never left lying."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from shouhou.cases.models import Case, Deadline, HistoryEntry, Message
from shouhou.foundation.refusals import Refused
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from tests.stories.test_forgotten_uploads import picture
from tests.world import THIRD, World

REPLY: dict[str, Any] = {
    "finding": "not_substantiated", "against": "nobody", "reply": "查看了监控和签收记录。", "solution": "说明情况。", "clause": "CMP-02",
}  # fmt: skip


def complain(world: World, *, reason: str = "about_delivery", service: str = "complaint", **more: Any) -> str:
    return str(world.apply(world.order(**more), service=service, reason=reason, description="快递员把箱子扔在门口。")["number"])


def status(number: str) -> str:
    return Case.objects.get(number=number).status


def test_a_complaint_has_a_number_of_its_own_claims_no_goods_and_leaves_the_return_open(world: World) -> None:
    order = world.order()
    number = world.apply(order, service="complaint", reason="about_goods", description="味道很大。")["number"]
    assert number.startswith("C-")
    assert world.apply(order)["number"].startswith("R-")
    assert world.apply(order, service="complaint", reason="about_people", description="客服不理人。")["number"].startswith("C-")


def test_heard_answered_agreed(world: World) -> None:
    number, agent = complain(world), world.staff("agent")
    world.move(number, "acknowledge", actor=agent)
    world.move(number, "hear_shop", actor=agent, question="当天谁配送？")
    world.move(number, "shop_answers", actor=world.staff("merchant_manager", merchant="self"), explanation="快递员已培训。")
    world.move(number, "reply", actor=agent, **REPLY | {"finding": "substantiated", "against": "carrier"})
    case = Case.objects.get(number=number)
    assert (case.status, case.outcome, case.fault) == ("replied", "substantiated", "carrier")
    world.move(number, "accept_reply", actor=world.buyer())
    assert status(number) == "closed"
    said = "\n".join(Message.objects.filter(case=case, internal=False).values_list("text", flat=True))
    assert "快递员已培训" in said and "CMP-02" in said and "12315" not in said


def test_a_rejection_names_the_ways_outside_in_both_languages(world: World) -> None:
    number = complain(world)
    world.move(number, "reply", actor=world.staff("agent"), **REPLY)
    last = Message.objects.filter(case__number=number).order_by("-id")[0]
    assert "12315" in last.text and "人民法院" in last.text
    assert "12315" in last.text_en and "court" in last.text_en


def test_disagreed_with_once_the_second_answer_is_the_last(world: World) -> None:
    number = complain(world)
    world.move(number, "reply", actor=world.staff("agent"), **REPLY)
    world.move(number, "disagree", actor=world.buyer(), reason="监控没拍到。")
    assert status(number) == "escalated"
    world.move(number, "reply", actor=world.staff("supervisor"), **REPLY)
    with pytest.raises(Refused):
        world.move(number, "disagree", actor=world.buyer(), reason="还是不同意。")
    assert status(number) == "replied"
    world.later(days=8).ring()
    assert status(number) == "closed"


def test_the_shop_is_held_responsible_on_evidence_only_and_never_by_itself(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.UPLOADS_ROOT = tmp_path
    number = complain(world, reason="about_shop")
    against = REPLY | {"finding": "substantiated", "against": "merchant"}
    for actor, answers in ((world.staff("agent"), against), (world.staff("agent"), against | {"against": "nobody"}),
                           (world.staff("merchant_manager", merchant="self"), REPLY)):  # fmt: skip
        before = Case.objects.get(number=number).version
        with pytest.raises(Refused):
            world.move(number, "reply", actor=actor, **answers)
        assert Case.objects.get(number=number).version == before
    agent = world.staff("agent")
    proof = take_upload(picture("red"), name="photo.png", actor=agent, now=world.now).token
    world.move(number, "reply", actor=agent, **against, evidence=[proof])
    assert Case.objects.get(number=number).fault == "seller"


def test_silence_of_the_desk_brings_it_to_the_supervisor_after_two_working_days(world: World) -> None:
    number = complain(world)
    world.later(days=1, hours=1).ring()
    assert status(number) == "submitted"
    world.later(days=5).ring()
    assert status(number) == "escalated"


def test_silence_of_the_shop_and_of_the_consumer_stops_nothing(world: World) -> None:
    number, agent = complain(world), world.staff("agent")
    world.move(number, "hear_shop", actor=agent, question="请说明。")
    world.later(hours=25).ring()
    assert status(number) == "investigating"
    world.move(number, "ask_more", actor=agent, what="请补照片。")
    world.later(days=6).ring()
    assert status(number) == "info_asked"
    world.later(days=2).ring()
    assert status(number) == "investigating"


def test_a_complaint_on_friday_evening_is_due_at_the_end_of_the_second_working_day(world: World) -> None:
    """CMP-03; vectors F010, F011: Monday and Tuesday count."""
    world.now = datetime(2025, 3, 14, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    limit = Deadline.objects.get(case__number=complain(world), name="reply")
    assert f"{limit.due_at.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d %H:%M}" in ("03-18 23:59", "03-19 00:00")


def test_reopened_it_is_answered_anew_and_the_old_answer_stays_on_record(world: World) -> None:
    number = complain(world)
    world.move(number, "reply", actor=world.staff("agent"), **REPLY)
    world.move(number, "accept_reply", actor=world.buyer())
    world.move(number, "reopen", actor=world.buyer(), reason="又发生了。")
    case = Case.objects.get(number=number)
    assert (case.status, case.outcome) == ("submitted", "")
    assert len(case.details["answered_before"]) == 1


def test_feedback_needs_no_finding(world: World) -> None:
    number = complain(world, service="feedback", reason="suggestion")
    assert number.startswith("C-")
    world.move(number, "answer_feedback", actor=world.staff("agent"), reply="谢谢，已转给包装组。")
    case = Case.objects.get(number=number)
    assert (case.status, case.outcome) == ("closed", "answered")


def test_feedback_that_nobody_answers_goes_to_the_supervisor(world: World) -> None:
    number = complain(world, service="feedback", reason="praise")
    world.later(days=6).ring()
    assert status(number) == "escalated"
    world.move(number, "cancel", actor=world.buyer())
    assert status(number) == "cancelled"


def plain(world: World, *, actor: Actor | None = None, order: str = "", **more: Any) -> dict[str, Any]:
    wish = {"service": "complaint", "reason": "about_presale", "description": "页面写含充电器。", "items": {}} | more
    return world.apply(order, actor=actor, **wish)


def test_a_signed_in_buyer_complains_about_no_order_at_all(world: World) -> None:
    world.order()
    opened = plain(world)
    case = Case.objects.get(number=opened["number"])
    assert (case.order_id, case.merchant_id, case.units) == (None, None, 0)
    assert (opened["order"], opened["items"], opened["merchant"]) == ("", [], "")
    assert case.title == "售前咨询与宣传 · 页面写含充电器。"
    agent = world.staff("agent")
    world.move(case.number, "acknowledge", actor=agent)
    world.move(case.number, "reply", actor=agent, **REPLY)
    assert world.case(case.number, actor=world.buyer())["status"] == "replied"
    with pytest.raises(Refused):
        world.move(case.number, "hear_shop", actor=agent, question="请说明。")
    world.later(days=8).ring()
    assert status(case.number) == "closed"


def test_a_complaint_about_a_shop_before_buying_is_heard_by_that_shop_only(world: World) -> None:
    world.order(**THIRD)
    world.order(merchant={"code": "m2", "channel": "third", "name": "别家"})
    number = plain(world, merchant="m1", reason="about_shop")["number"]
    world.move(number, "hear_shop", actor=world.staff("agent"), question="请说明。")
    with pytest.raises(Refused):
        world.move(number, "shop_answers", actor=world.staff("merchant_operator", merchant="m2"), explanation="不是我们。")
    assert status(number) == "shop_asked"
    world.move(number, "shop_answers", actor=world.staff("merchant_operator", merchant="m1"), explanation="页面已改。")
    assert status(number) == "investigating"
    with pytest.raises(Refused) as no:
        plain(world, merchant="nobody")
    assert no.value.code == "SHOP_UNKNOWN"


def test_a_guest_complains_of_their_one_order_whatever_they_say(world: World) -> None:
    mine = Order.objects.get(number=world.order())
    guest = replace(world.buyer(), order_id=mine.pk)
    number = plain(world, actor=guest)["number"]
    assert Case.objects.get(number=number).order_id == mine.pk
    assert world.case(number, actor=guest)["number"] == number
    other = world.order()
    with pytest.raises(Refused):
        plain(world, actor=guest, order=other)


def test_somebody_without_an_order_is_a_visitor_by_phone_and_sees_nothing_of_the_buyer_of_that_phone(world: World) -> None:
    order = world.order()
    number = plain(world, actor=world.staff("agent"), channel="form")["number"]
    case = Case.objects.get(number=number)
    assert case.buyer_id != Order.objects.get(number=order).buyer_id
    assert "13800000001" not in case.buyer.external_id
    again = plain(world, actor=world.staff("agent"), channel="phone")["number"]
    assert Case.objects.get(number=again).buyer_id == case.buyer_id
    who = Actor(role="consumer", who=f"buyer:{case.buyer_id}", buyer_id=case.buyer_id)
    assert world.case(number, actor=who)["number"] == number
    with pytest.raises(Refused):
        plain(world, actor=who, order=order)


def test_a_complaint_about_a_case_is_about_its_order_and_a_strangers_case_does_not_exist(world: World) -> None:
    order = world.order()
    returned = world.apply(order)["number"]
    number = plain(world, reason="about_return", answers={"about_case": returned})["number"]
    case = Case.objects.get(number=number)
    assert (case.order.number if case.order else "", case.details["about_case"]) == (order, returned)
    theirs = world.order(buyer={"id": "u2", "name": "路人", "phone": "13900000002"})
    before = Case.objects.count()
    stranger = world.buyer("u2")
    with pytest.raises(Refused):
        plain(world, actor=stranger, answers={"about_case": returned})
    with pytest.raises(Refused):
        plain(world, actor=stranger, order=theirs, answers={"about_case": number})
    assert Case.objects.count() == before


def test_lines_may_be_named_and_hold_nothing(world: World) -> None:
    order = world.order()
    number = plain(world, order=order, items={1: 1})["number"]
    assert [each["line"] for each in world.case(number)["items"]] == [1]
    assert world.apply(order)["number"].startswith("R-")
    for items in ({9: 1}, {1: 2}):
        with pytest.raises(Refused):
            plain(world, order=order, items=items)


def test_escalated_early_its_answer_is_still_due_and_told_when_late(world: World) -> None:
    number = complain(world)
    world.move(number, "escalate", actor=world.staff("agent"))
    world.later(days=6).ring()
    assert status(number) == "escalated"
    moves = list(HistoryEntry.objects.filter(case__number=number).order_by("version").values_list("move", flat=True))
    assert moves == ["submit", "escalate", "note_supervisor", "note_reply"]
    assert not Deadline.objects.filter(case__number=number, failures__gt=0).exists()
