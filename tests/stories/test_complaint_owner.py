"""A complaint has an owner within the book's minutes, or gets one (CMP-01)."""

from datetime import time, timedelta

import pytest

from shouhou.accounts.models import Organisation, User
from shouhou.cases.actions import claim
from shouhou.cases.models import Case, Deadline
from shouhou.foundation.days import local_day
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.sla.actions.capture import capture
from shouhou.sla.models import Breach, Clock
from shouhou.support.conversations.models import Duty
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


def complained(world: World) -> str:
    return str(world.apply(world.order(), service="complaint", reason="about_delivery", description="没有送到门口。")["number"])


def person(name: str, role: str) -> User:
    house, _made = Organisation.objects.get_or_create(code="operator", defaults={"name": "operator", "kind": "operator"})
    return User.objects.create(username=name, role=role, organisation=house, last_name="林", first_name=name)


def on_duty(world: World, user: User) -> None:
    Duty.objects.create(
        user=user, weekdays=[1, 2, 3, 4, 5, 6, 7], since=time(0), until=time(0), on_holidays=True, skills=[], by="user:1", at=world.now,
        first_day=local_day(world.now),
    )  # fmt: skip


def test_taken_within_half_an_hour_the_duty_is_kept(world: World) -> None:
    number, agent = complained(world), person("甲", "agent")
    row = Deadline.objects.get(name="owner")
    assert row.due_at - row.started_at == timedelta(minutes=30)
    claim(number, actor=Actor(role="agent", who=f"user:{agent.pk}"), now=world.later(minutes=29).now)
    assert Deadline.objects.get(name="owner").state == "met"
    assert world.later(minutes=5).ring() == 0
    capture(number, now=world.now)
    assert (Clock.objects.get(kind="complaint_owner").outcome, Breach.objects.count()) == ("met", 0)


def test_owned_by_nobody_it_goes_to_whoever_is_on_duty_and_those_who_oversee_are_told(world: World) -> None:
    here, _absent = person("乙", "agent"), person("丙", "agent")
    on_duty(world, here)
    number = complained(world)
    due = Case.objects.get(number=number).due_at
    assert [world.later(minutes=31).ring(), world.ring()] == [1, 0]
    case = Case.objects.get(number=number)
    assert (case.assigned_to, case.status, case.due_at) == (here, "submitted", due)
    assert Event.objects.get(type="complaint.unowned").data == {"number": number, "owner": here.get_full_name()}
    capture(number, now=world.now)
    assert Breach.objects.get(kind="complaint_owner").party == "house"


def test_with_nobody_on_duty_a_supervisor_has_it(world: World) -> None:
    boss = person("主", "supervisor")
    number = complained(world)
    world.later(minutes=31).ring()
    assert Case.objects.get(number=number).assigned_to == boss


def test_acknowledged_in_time_somebody_has_it_and_nothing_is_missed(world: World) -> None:
    number = complained(world)
    world.later(minutes=10).move(number, "acknowledge", actor=world.staff("agent"))
    assert (Deadline.objects.get(name="owner").state, world.later(hours=1).ring()) == ("met", 0)
    assert not Event.objects.filter(type="complaint.unowned").exists()
