"""Quality checks: a sample that is the same however often it is drawn, scored by somebody else, answered once; and the load of a desk."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.actions import claim
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.models import Event
from shouhou.support.conversations.tests.conftest import People
from shouhou.support.teams.actions import draw_checks, note_check, reply_to_check
from shouhou.support.teams.models import Check
from shouhou.support.teams.queries import loads, quality
from shouhou.support.teams.rules.quality import DIMENSIONS, drawn, mean
from tests.world import World

FULL: dict[str, int] = dict.fromkeys(DIMENSIONS, 5)


def handled(world: World, actor: Any, many: int) -> list[str]:
    """Feedback that this person answered."""
    numbers = []
    for _each in range(many):
        wish: dict[str, Any] = {"service": "feedback", "reason": "suggestion", "description": "晚上也能取件就好了。"}
        number = world.apply(world.order(), **wish)["number"]
        world.move(number, "answer_feedback", actor=actor, reply="谢谢。")
        numbers.append(number)
    return numbers


def test_the_sample_is_the_same_whenever_it_is_drawn() -> None:
    numbers = [f"SO-{each}" for each in range(100)]
    first = drawn(numbers, month="2026-03", many=20)
    assert first == drawn(reversed(numbers), month="2026-03", many=20)
    assert first != drawn(numbers, month="2026-04", many=20)
    assert len(set(first)) == 20
    assert drawn(numbers, month="2026-03", many=-1) == []


def test_drawn_up_to_twenty_and_only_what_is_new(world: World, people: People) -> None:
    """CDT-16: twenty a month for each agent; the form has friendliness, patience, professionalism (and warmth, CDT-19)."""
    ann, boss = people("ann"), people("boss", "supervisor")
    handled(world, ann, 3)
    month = local_day(world.now).replace(day=1)
    assert [draw_checks(month, actor=boss, now=world.now) for _again in range(2)] == [3, 0]
    handled(world, ann, 2)
    assert draw_checks(month, actor=boss, now=world.now, many=4) == 1
    with pytest.raises(Refused, match="FORBIDDEN"):
        draw_checks(month, actor=ann, now=world.now)
    with pytest.raises(Refused, match="TEAM_INVALID"):
        draw_checks(month + timedelta(days=40), actor=boss, now=world.now)
    assert {"friendliness", "patience", "professionalism", "warmth"} <= set(DIMENSIONS)


def test_scored_by_somebody_else_and_answered_once(world: World, people: People) -> None:
    ann, boss, chief = people("ann"), people("boss", "supervisor"), people("chief", "supervisor")
    handled(world, ann, 1)
    handled(world, boss, 1)
    month = local_day(world.now).replace(day=1)
    draw_checks(month, actor=chief, now=world.now)
    hers, his = (Check.objects.get(user__username=name) for name in ("ann", "boss"))
    with pytest.raises(Refused, match="CHECK_OWN"):
        note_check(his.pk, FULL, "", actor=boss, now=world.now)
    for wrong in ({**FULL, "patience": 6}, {"patience": 5}, {**FULL, "patience": 2}):
        with pytest.raises(Refused, match="TEAM_INVALID"):
            note_check(hers.pk, wrong, "", actor=boss, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        reply_to_check(hers.pk, "谢谢", actor=ann, now=world.now)
    note_check(hers.pk, {**FULL, "patience": 2}, "催了消费者两次。", actor=boss, now=world.now)
    with pytest.raises(Refused, match="CHECK_DONE"):
        note_check(hers.pk, FULL, "", actor=chief, now=world.now)
    for _again in range(2):
        reply_to_check(hers.pk, "当时线路不好。", actor=ann, now=world.now)
    with pytest.raises(Refused, match="CHECK_DONE"):
        reply_to_check(hers.pk, "还有……", actor=ann, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        reply_to_check(hers.pk, "别人的", actor=chief, now=world.now)
    (told,) = Event.objects.filter(type="check.done")
    assert (told.data["user"], told.data["mean"]) == (hers.user_id, "4.4")
    found = {each.user.username: each for each in quality(month, actor=boss)}
    assert (found["ann"].done, found["ann"].means["patience"], found["ann"].whole) == (1, mean([2]), mean([5, 5, 5, 5, 2]))
    assert [each.user.username for each in quality(month, actor=ann)] == ["ann"]


def test_the_load_of_a_desk(world: World, people: People) -> None:
    """What lies with whom, and that what was ended well enough not to come back is told from what was not (CDT-17)."""
    ann, boss = people("ann"), people("boss", "supervisor")
    again, well = complained(world, ann), complained(world, ann)
    world.now += timedelta(days=2)
    world.move(again, "reopen", actor=world.buyer(), reason="还没有解决。")
    world.now += timedelta(days=6)
    claim(again, actor=ann, now=world.now)
    mine = {load.user.username: load for load in loads(boss, now=world.now)}["ann"]
    assert (mine.cases, mine.ended, mine.again, mine.handled) == (1, 2, 1, 0), well
    assert {load.user.username for load in loads(ann, now=world.now)} >= {"ann", "boss"}
    assert loads(world.buyer(), now=world.now) == []


def complained(world: World, actor: Any) -> str:
    """A complaint that this person answered and the buyer agreed to end."""
    number: str = world.apply(world.order(), service="complaint", reason="about_delivery", description="扔在门口。")["number"]
    world.move(number, "acknowledge", actor=actor)
    said: dict[str, Any] = {"finding": "not_substantiated", "against": "nobody", "reply": "已核实。", "solution": "说明。"}
    world.move(number, "reply", actor=actor, clause="CMP-02", **said)
    world.move(number, "accept_reply", actor=world.buyer())
    return number
