"""A message about a delay names its cause, the new date and what the consumer can do (CDT-18)."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.accounts.models import Buyer
from shouhou.cases.models import Case, Deadline
from shouhou.cases.queries import available_moves
from shouhou.cases.quiet import tell_silence
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.actor import Actor
from shouhou.web.templatetags.words import instant
from tests.stories.test_quiet import told, waiting
from tests.world import World


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.BASE_URL = "https://shop.example"


def silent(world: World, number: str, *, hours: int) -> str:
    world.later(hours=hours)
    assert tell_silence(now=world.now) == 1
    tell_all(world.now)
    [news] = told(number, "silent")
    return news.body


def options(number: str, language: str, world: World) -> list[str]:
    """The buttons of the consumer's own page."""
    buyer = Case.objects.get(number=number).buyer_id
    moves = available_moves(number, actor=Actor(role="consumer", who=f"buyer:{buyer}", buyer_id=buyer), language=language, now=world.now)
    return [str(move["label"]) for move in moves]


def test_a_late_step_says_whose_it_was_when_the_next_word_comes_and_what_can_be_done(world: World) -> None:
    number = waiting(world)
    body = silent(world, number, hours=60)
    late = Deadline.objects.filter(case__number=number, due_at__lte=world.now).earliest("due_at")
    assert "审核员未在2026 年 3 月 11 日 12:00（北京时间）前完成这一步" in body
    assert instant(late.due_at) == "2026-03-11 12:00"
    # Nothing of the house lies ahead: then by when the consumer hears again, 48 hours and a round of the clock later.
    assert "最晚2026 年 3 月 15 日 00:10（北京时间），我们会再次告知您进展" in body
    able = options(number, "zh-hans", world)
    assert "取消申请" in able
    assert f"您现在可以：{'、'.join([*able[:5], '在售后单里留言'])}。" in body


def test_a_limit_that_lies_ahead_is_the_new_date(world: World) -> None:
    number = waiting(world)
    case = Case.objects.get(number=number)
    Deadline.objects.filter(case=case).exclude(name="first_response").update(due_at=world.now + timedelta(hours=100))
    body = silent(world, number, hours=60)
    assert "新的时间：最晚2026 年 3 月 14 日 16:00（北京时间）完成下一步。" in body
    assert "我们会再次告知您进展" not in body


def test_in_english_as_well(world: World) -> None:
    number = waiting(world)
    Buyer.objects.filter(pk=Case.objects.get(number=number).buyer_id).update(language="en")
    body = silent(world, number, hours=60)
    assert "did not finish this step by" in body
    assert f"What you can do now: {', '.join([*options(number, 'en', world)[:5], 'write in the case'])}." in body


def test_what_is_not_late_speaks_of_no_delay(world: World) -> None:
    number = waiting(world)
    Deadline.objects.filter(case__number=number).update(due_at=world.now + timedelta(hours=100))
    Case.objects.filter(number=number).update(due_at=world.now + timedelta(hours=100))
    body = silent(world, number, hours=60)
    assert "未在" not in body
    assert "您现在可以" not in body
