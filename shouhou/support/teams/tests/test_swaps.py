"""A shift swapped: asked, agreed, approved – and only then the rota says so; two at once, too late, and not one's own."""

from datetime import date, timedelta

import pytest

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.policy.queries import calendar_now
from shouhou.support.conversations.duty import shifts_of
from shouhou.support.conversations.models import Duty
from shouhou.support.conversations.rules.rota import on_duty
from shouhou.support.conversations.tests.conftest import People, duty
from shouhou.support.teams.actions import Wish, answer_swap, ask_swap, decide_swap, withdraw_swap
from shouhou.support.teams.models import Swap
from tests.world import World

REASON = "孩子家长会"


def key(actor: object) -> int:
    return int(actor.who.removeprefix("user:"))  # type: ignore[attr-defined]


def here(world: World, day: date, hour: int = 4) -> set[int]:
    """Who is on duty at noon in Beijing on that day."""
    now = world.now.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=0)
    return set(on_duty(shifts_of(None, now=world.now), skill="service", calendar=calendar_now(), now=now))


def test_the_rota_changes_when_it_is_approved_and_only_for_that_day(world: World, people: People) -> None:
    ann, bob, boss = people("ann"), people("bob"), people("boss", "supervisor")
    mine = duty(ann, now=world.now, since=9, until=18)
    day = local_day(world.now) + timedelta(days=3)
    swap = ask_swap(Wish(mine.pk, day, key(bob), REASON), actor=ann, now=world.now)
    assert here(world, day) == {key(ann)}
    with pytest.raises(Refused, match="SWAP_OVER"):
        decide_swap(swap, True, actor=boss, now=world.now)
    for _again in range(2):
        answer_swap(swap, True, actor=bob, now=world.now)
    assert here(world, day) == {key(ann)}
    for _again in range(2):
        decide_swap(swap, True, actor=boss, now=world.now)
    assert here(world, day) == {key(bob)}
    assert here(world, day + timedelta(days=1)) == here(world, day - timedelta(days=1)) == {key(ann)}
    assert Duty.objects.count() == 2
    with pytest.raises(Refused, match="SWAP_NOT_THAT_DAY"):
        ask_swap(Wish(mine.pk, day, key(bob), REASON), actor=ann, now=world.now)


def test_a_day_of_theirs_is_taken_in_return(world: World, people: People) -> None:
    ann, bob, boss = people("ann"), people("bob"), people("boss", "supervisor")
    today = local_day(world.now)
    even, odd = today + timedelta(days=2), today + timedelta(days=3)
    mine = duty(ann, now=world.now, since=9, until=18, days=(even.isoweekday(),))
    theirs = duty(bob, now=world.now, since=9, until=18, days=(odd.isoweekday(),))
    swap = ask_swap(Wish(mine.pk, even, key(bob), REASON, theirs.pk, odd), actor=ann, now=world.now)
    answer_swap(swap, True, actor=bob, now=world.now)
    decide_swap(swap, True, actor=boss, now=world.now)
    assert (here(world, even), here(world, odd)) == ({key(bob)}, {key(ann)})


def test_whoever_is_busy_cannot_take_it_and_nobody_decides_about_themselves(world: World, people: People) -> None:
    ann, bob, boss = people("ann"), people("bob"), people("boss", "supervisor")
    mine, others = duty(ann, now=world.now, since=9, until=18), duty(bob, now=world.now, since=16, until=22)
    day = local_day(world.now) + timedelta(days=1)
    with pytest.raises(Refused, match="SWAP_BUSY"):
        ask_swap(Wish(mine.pk, day, key(bob), REASON), actor=ann, now=world.now)
    past = day - timedelta(days=2)
    for wrong in (Wish(mine.pk, day, key(ann), REASON), Wish(mine.pk, day, key(boss), " "), Wish(mine.pk, past, key(boss), REASON)):
        with pytest.raises(Refused, match="TEAM_INVALID"):
            ask_swap(wrong, actor=ann, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        ask_swap(Wish(others.pk, day, key(ann), REASON), actor=ann, now=world.now)
    swap = ask_swap(Wish(mine.pk, day, key(boss), REASON), actor=ann, now=world.now)
    with pytest.raises(Refused, match="SWAP_TAKEN"):
        ask_swap(Wish(mine.pk, day, key(boss), REASON), actor=ann, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        answer_swap(swap, True, actor=bob, now=world.now)
    answer_swap(swap, True, actor=boss, now=world.now)
    with pytest.raises(Refused, match="FORBIDDEN"):
        decide_swap(swap, True, actor=boss, now=world.now)
    chief = people("chief", "supervisor")
    with pytest.raises(Refused, match="TEAM_INVALID"):
        decide_swap(swap, False, actor=chief, now=world.now)
    with pytest.raises(Refused, match="SWAP_OVER"):
        decide_swap(swap, True, actor=chief, now=world.now + timedelta(days=3))
    with pytest.raises(Refused, match="FORBIDDEN"):
        withdraw_swap(swap, actor=bob, now=world.now)
    for _again in range(2):
        withdraw_swap(swap, actor=ann, now=world.now)
    assert Swap.objects.get(pk=swap).state == "withdrawn"
    assert here(world, day) == {key(ann)}


def test_another_desk_s_shifts_do_not_exist_here(world: World, people: People) -> None:
    world.order()
    ann, wang = people("ann"), people("wang", "merchant_operator", "self")
    theirs = duty(wang, now=world.now)
    with pytest.raises(Refused, match="NOT_FOUND"):
        ask_swap(Wish(theirs.pk, local_day(world.now), key(ann), REASON), actor=ann, now=world.now)
    mine = duty(ann, now=world.now)
    with pytest.raises(Refused, match="NOT_FOUND"):
        ask_swap(Wish(mine.pk, local_day(world.now) + timedelta(days=1), key(wang), REASON), actor=ann, now=world.now)
