"""Certificates: what counts, until when, who may not be given what without one, and that a lapse is said once."""

from datetime import date, timedelta

import pytest

from shouhou.cases.actions import claim_next
from shouhou.cases.models import Case
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.models import Event
from shouhou.support.conversations.tests.conftest import People
from shouhou.support.teams.actions import NewCourse, add_course, add_training, end_course, tell_lapsed
from shouhou.support.teams.models import Training
from shouhou.support.teams.queries import kept_from, loads, untrained_of
from shouhou.support.teams.rules.skills import Taken, group_of, untrained
from tests.world import World

COURSE = NewCourse("家电售后", "Appliances", "products", ["appliances"], 80, 12)


def test_a_certificate_counts_to_its_last_day() -> None:
    taken = [Taken(1, ("appliances",), 80, 85, date(2024, 4, 1), date(2025, 3, 31))]
    required = {1: ["appliances"]}
    assert untrained(required, taken, today=date(2025, 3, 31)) == frozenset()
    assert untrained(required, taken, today=date(2025, 4, 1)) == {"appliances"}
    failed = [Taken(1, ("appliances",), 80, 79, date(2025, 3, 1), date(2026, 3, 1))]
    assert untrained(required, failed, today=date(2025, 4, 1)) == {"appliances"}
    assert [group_of(code) for code in ("tv", "phone", "apparel", "no such thing")] == ["appliances", "digital", "daily", "daily"]


def test_appliances_go_to_nobody_without_the_course(world: World, people: People) -> None:
    """ORG-01: without the course the case is not routed to them; with it, it is; somebody else's lapses."""
    ann, boss = people("ann"), people("boss", "supervisor")
    key = int(ann.who.removeprefix("user:"))
    number = bought(world, "tv")
    course = add_course(COURSE, actor=boss, now=world.now)

    def offered() -> str | None:
        but, only = kept_from(untrained_of(key, merchant_id=None, now=world.now))
        return claim_next(waits_on=[case_turn(number)], actor=ann, now=world.now, but=but, only=only)

    assert offered() is None
    add_training(course, key, local_day(world.now), 90, actor=boss, now=world.now)
    assert offered() == number


def test_daily_goods_are_whatever_is_in_no_other_group(world: World, people: People) -> None:
    ann, boss = people("ann"), people("boss", "supervisor")
    add_course(NewCourse("日用品", "", "products", ["daily"], 60, 12), actor=boss, now=world.now)
    but, only = kept_from(untrained_of(int(ann.who.removeprefix("user:")), merchant_id=None, now=world.now))
    clothes, phone = (bought(world, category) for category in ("apparel", "phone"))
    assert claim_next(waits_on=[case_turn(clothes)], actor=ann, now=world.now, but=but, only=only) == phone
    assert claim_next(waits_on=[case_turn(clothes)], actor=ann, now=world.now, but=but, only=only) is None


def test_nobody_certifies_themselves_and_wrong_records_are_refused(world: World, people: People) -> None:
    ann, boss, shop = people("ann"), people("boss", "supervisor"), people("wang", "merchant_operator", "self")
    course, today = add_course(COURSE, actor=boss, now=world.now), local_day(world.now)
    with pytest.raises(Refused, match="COURSE_TWICE"):
        add_course(COURSE, actor=boss, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        add_course(COURSE, actor=ann, now=world.now)
    key, own, other = (int(who.who.removeprefix("user:")) for who in (ann, boss, shop))
    for person, day, score, code in (
        (own, today, 90, "TEAM_INVALID"), (key, today, 101, "TEAM_INVALID"), (key, today + timedelta(days=1), 90, "TEAM_INVALID"),
        (other, today, 90, "NOT_FOUND"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            add_training(course, person, day, score, actor=boss, now=world.now)
    add_training(course, key, today, 90, actor=boss, now=world.now)
    with pytest.raises(Refused, match="TRAINING_TWICE"):
        add_training(course, key, today, 70, actor=boss, now=world.now)
    for _again in range(2):
        end_course(course, actor=boss, now=world.now)
    with pytest.raises(Refused, match="NOT_FOUND"):
        add_training(course, key, today - timedelta(days=1), 90, actor=boss, now=world.now)
    assert Training.objects.count() == 1


def test_a_lapse_is_said_once_unless_there_is_a_later_one(world: World, people: People) -> None:
    """ORG-03: expired, routing excludes the agent and the trainer is told."""
    ann, bob, boss = people("ann"), people("bob"), people("boss", "supervisor")
    course, today = add_course(COURSE, actor=boss, now=world.now), local_day(world.now)
    for who, days in ((ann, 400), (bob, 400), (bob, 20)):
        add_training(course, int(who.who.removeprefix("user:")), today - timedelta(days=days), 90, actor=boss, now=world.now)
    assert [tell_lapsed(now=world.now), tell_lapsed(now=world.now)] == [1, 0]
    (event,) = Event.objects.filter(type="training.lapsed")
    assert event.data["person"] == "ann"
    lacks = {load.user.username: load.lacks for load in loads(boss, now=world.now)}
    assert lacks["ann"] == {"appliances"}
    assert not lacks["bob"]


def bought(world: World, category: str) -> str:
    """A return of one thing of that category, which waits for a review."""
    line = {"line": 1, "sku": "X", "title": "商品", "category": category, "quantity": 1, "unit_price": 19900, "paid": 19900}
    number: str = world.apply(world.order(lines=[line]))["number"]
    return number


def case_turn(number: str) -> str:
    return Case.objects.get(number=number).waits_on
