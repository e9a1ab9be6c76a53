"""Asked once and by day, called back when it went badly, counted as the book says, shown as it is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shouhou.accounts.models import Buyer, User
from shouhou.cases.actions import rate
from shouhou.cases.models import Case, Rating
from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.support.satisfaction.actions import (
    Planned,
    answer_rating,
    end_improvement,
    hide_comment,
    note_call,
    plan_improvement,
    send_surveys,
    show_comment,
    take_follow_up,
)
from shouhou.support.satisfaction.erasure import REMOVED, erase_follow_ups_of
from shouhou.support.satisfaction.models import FollowUp, HiddenComment, Improvement, RatingAnswer, Survey
from shouhou.support.satisfaction.queries import (
    RatingFilter,
    causes,
    figures,
    follow_ups,
    published,
    rating_body,
    ratings,
    whole,
)
from shouhou.support.satisfaction.rules.sending import send_at
from tests.world import THIRD, World

CHANNELS = [pytest.param({}, id="self"), pytest.param(THIRD, id="third")]
MARCH = date(2026, 3, 1)


@pytest.fixture
def world(db: None) -> World:
    return World()


def ended(world: World, **channel: Any) -> str:
    """A feedback that was answered: the shortest way to an end."""
    order = world.order(**channel)
    wish: dict[str, Any] = {"service": "feedback", "reason": "suggestion", "description": "晚上也能取件就好了。"}
    number: str = world.apply(order, **wish)["number"]
    world.move(number, "answer_feedback", actor=world.staff("agent"), reply="谢谢。")
    return number


def rated(world: World, grade: int, *reasons: str, text: str = "", **channel: Any) -> str:
    number = ended(world, **channel)
    rate(number, grade, text, reasons=reasons, actor=world.buyer(), now=world.now)
    return number


def caller(world: World, name: str = "ann", role: str = "agent") -> Actor:
    user, _made = User.objects.get_or_create(username=name, defaults={"role": role})
    return Actor(role=role, who=f"user:{user.pk}", name=name)  # type: ignore[arg-type]


def told(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


@pytest.mark.parametrize(("ended_at", "sent"), [
    ("2026-03-10T12:00", "2026-03-10T12:00"), ("2026-03-10T20:59", "2026-03-10T20:59"), ("2026-03-10T21:00", "2026-03-11T09:00"),
    ("2026-03-10T03:00", "2026-03-10T09:00"), ("2026-03-31T23:59", "2026-04-01T09:00"),
])  # fmt: skip
def test_an_invitation_goes_out_by_day_and_within_a_day(ended_at: str, sent: str) -> None:
    at = send_at(datetime.fromisoformat(ended_at).replace(tzinfo=SHANGHAI), begins_hour=9, ends_hour=21)
    assert f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" == sent


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_ended_case_is_asked_about_once(world: World, channel: dict[str, Any]) -> None:
    ended(world, **channel)
    assert send_surveys(now=world.now) == 1
    assert send_surveys(now=world.now) == 0
    assert told("survey.sent") == 1


def test_ended_at_night_it_is_asked_about_in_the_morning(world: World) -> None:
    world.now = datetime(2026, 3, 10, 22, 30, tzinfo=SHANGHAI).astimezone(UTC)
    ended(world)
    assert send_surveys(now=world.now) == 0
    assert send_surveys(now=world.later(hours=10, minutes=30).now) == 1


def test_whoever_has_rated_or_goes_on_is_not_asked(world: World) -> None:
    world.now = datetime(2026, 3, 10, 22, 30, tzinfo=SHANGHAI).astimezone(UTC)
    rated(world, 5)
    reply: dict[str, Any] = {"finding": "partly", "against": "carrier", "reply": "已核实。", "solution": "道歉。", "clause": "CMP-02"}
    number = world.apply(world.order(), service="complaint", reason="about_goods", description="味道大。")["number"]
    world.move(number, "reply", actor=world.staff("agent"), **reply)
    world.move(number, "accept_reply", actor=world.buyer())
    world.move(number, "reopen", actor=world.buyer(), reason="又有味道。")
    assert send_surveys(now=world.later(days=1).now) == 0
    assert set(Survey.objects.values_list("state", flat=True)) == {"withdrawn"}
    world.move(number, "reply", actor=world.staff("agent"), **reply)
    world.move(number, "accept_reply", actor=world.buyer())
    assert send_surveys(now=world.later(days=1).now) == 1


def test_after_the_window_nobody_is_asked(world: World) -> None:
    ended(world)
    assert send_surveys(now=world.later(days=16).now) == 0
    assert Survey.objects.get().state == "withdrawn"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_the_two_lowest_grades_are_called_back_within_two_days(world: World, grade: int, channel: dict[str, Any]) -> None:
    rated(world, grade, **channel)
    assert list(FollowUp.objects.values_list("due_at", flat=True)) == ([world.now + timedelta(hours=48)] if grade <= 2 else [])
    assert told("follow_up.asked") == (1 if grade <= 2 else 0)


def test_amended_to_better_it_is_lifted_and_to_worse_again_it_is_owed_anew(world: World) -> None:
    number = rated(world, 1)
    world.later(hours=3)
    rate(number, 4, "", actor=world.buyer(), now=world.now)
    assert FollowUp.objects.get().state == "lifted"
    with pytest.raises(Refused):
        note_call(number, "explained", "已解释", actor=caller(world), now=world.now)
    rate(number, 2, "", actor=world.buyer(), now=world.now)
    task = FollowUp.objects.get()
    assert (task.state, task.grade, task.due_at) == ("open", 2, world.now + timedelta(hours=48))


def test_one_takes_it_and_nobody_else_may(world: World) -> None:
    number = rated(world, 1)
    take_follow_up(number, actor=caller(world), now=world.now)
    take_follow_up(number, actor=caller(world), now=world.now)
    with pytest.raises(Refused) as no:
        take_follow_up(number, actor=caller(world, "bob"), now=world.now)
    assert no.value.code == "FOLLOW_UP_TAKEN"
    owner = FollowUp.objects.get().assigned_to
    assert owner is not None
    assert owner.username == "ann"


def test_not_reached_is_tried_three_times(world: World) -> None:
    number = rated(world, 1)
    for _turn in range(2):
        note_call(number, "not_reached", "无人接听", actor=caller(world), now=world.now)
        assert FollowUp.objects.get().state == "open"
    note_call(number, "not_reached", "无人接听", actor=caller(world), now=world.now)
    assert (FollowUp.objects.get().state, FollowUp.objects.get().outcome) == ("done", "not_reached")
    with pytest.raises(Refused) as no:
        note_call(number, "explained", "已解释", actor=caller(world), now=world.now)
    assert no.value.code == "FOLLOW_UP_ENDED"


@pytest.mark.parametrize("channel", CHANNELS)
def test_from_the_call_a_compensation_is_applied_for(world: World, channel: dict[str, Any]) -> None:
    number = rated(world, 1, "slow", **channel)
    led_to = note_call(number, "compensated", "等了三天，补偿。", actor=caller(world), now=world.now)
    case = Case.objects.get(number=led_to)
    assert (case.service, case.order and case.order.number) == ("compensation", Case.objects.get(number=number).order.number)  # type: ignore[union-attr]
    assert (FollowUp.objects.get().led_to, told("follow_up.done")) == (led_to, 1)


def test_from_the_call_the_case_is_reopened_or_a_suggestion_noted(world: World) -> None:
    number = world.apply(world.order(), service="complaint", reason="about_goods", description="味道大。")["number"]
    reply: dict[str, Any] = {"finding": "partly", "against": "carrier", "reply": "已核实。", "solution": "道歉。", "clause": "CMP-02"}
    world.move(number, "reply", actor=world.staff("agent"), **reply)
    world.move(number, "accept_reply", actor=world.buyer())
    rate(number, 1, "", actor=world.buyer(), now=world.now)
    assert note_call(number, "reopened", "还没解决", actor=caller(world), now=world.now) == number
    assert Case.objects.get(number=number).status == "submitted"
    other = rated(world, 2)
    led_to = note_call(other, "suggestion", "希望晚上回访", actor=caller(world), now=world.now)
    found = Case.objects.get(number=led_to)
    assert (found.service, found.details["about_case"], found.due_at is not None) == ("feedback", other, True)


def test_what_cannot_be_reopened_leaves_the_call_as_it_was(world: World) -> None:
    number = rated(world, 1)
    with pytest.raises(Refused):
        note_call(number, "reopened", "重开", actor=caller(world), now=world.now)
    with pytest.raises(Refused):
        note_call(number, "shouted", "重开", actor=caller(world), now=world.now)
    with pytest.raises(Refused):
        note_call(number, "explained", " ", actor=caller(world), now=world.now)
    with pytest.raises(Refused) as no:
        note_call(number, "explained", "好", actor=Actor(role="merchant_manager", who="user:9", merchant_id=1), now=world.now)
    assert no.value.code == "FOLLOW_UP_NONE"
    task = FollowUp.objects.get()
    assert (task.state, task.calls, told("follow_up.done")) == ("open", [], 0)


def test_overdue_calls_stand_first(world: World) -> None:
    first, _second = rated(world, 1), rated(world.later(hours=30), 1)
    world.later(hours=20)
    rows, _after = follow_ups("open", actor=caller(world), now=world.now)
    assert rows[0].case.number == first
    late, _after = follow_ups("overdue", actor=caller(world), now=world.now)
    assert [each.case.number for each in late] == [first]
    page, after = follow_ups("open", actor=caller(world), now=world.now, limit=1)
    rest, none = follow_ups("open", actor=caller(world), now=world.now, limit=1, after=after)
    assert (len(page), len(rest), none) == (1, 1, "")


def test_four_of_five_is_enough_and_what_is_just_below_is_not(world: World) -> None:
    for grade in (5, 5, 4, 4, 1):
        rated(world, grade, **THIRD)
    figure = next(each for each in figures(MARCH, actor=caller(world)) if each.merchant == "m1")
    assert (figure.very, figure.satisfied, figure.total, figure.floor) == (2, 2, 5, 80)
    assert (str(figure.result.score), figure.result.result) == ("80.00", "pass")
    rated(world, 3, **THIRD)
    figure = next(each for each in figures(MARCH, actor=caller(world)) if each.merchant == "m1")
    assert (str(figure.result.score), figure.result.result) == ("66.67", "fail")


def test_nobody_who_answered_is_not_assessable_and_the_month_is_beijings(world: World) -> None:
    world.now = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
    rated(world, 5)
    ended(world, **THIRD)
    send_surveys(now=world.later(days=1).now)
    assert figures(MARCH, actor=caller(world)) == []
    found = {each.merchant: each for each in figures(date(2026, 4, 1), actor=caller(world))}
    assert (found["self"].total, found["m1"].total, found["m1"].asked) == (1, 0, 1)
    assert found["m1"].result.result == "not_assessable"
    assert whole(list(found.values()), floor=80).total == 1


def test_the_last_grade_counts_once(world: World) -> None:
    number = rated(world, 1)
    rate(number, 5, "", actor=world.buyer(), now=world.later(days=1).now)
    assert [(each.very, each.total) for each in figures(MARCH, actor=caller(world))] == [(1, 1)]


def test_causes_are_those_of_the_dissatisfied(world: World) -> None:
    rated(world, 1, "slow", "rude")
    rated(world, 3, "slow")
    rated(world, 4, "late")
    assert [(code, times) for code, _label, times in causes(MARCH, actor=caller(world))] == [("slow", 2), ("rude", 1)]


def test_a_shop_reads_and_answers_its_own_only(world: World) -> None:
    mine, other = rated(world, 2, text="等太久", **THIRD), rated(world, 2, text="等太久")
    shop = Actor(role="merchant_operator", who="user:5", merchant_id=Merchant.objects.get(code="m1").pk, name="老王")
    assert [each.case.number for each in ratings(RatingFilter(), actor=shop)[0]] == [mine]
    assert [each.merchant for each in figures(MARCH, actor=shop)] == ["m1"]
    answer_rating(mine, "抱歉，已加派人手。", actor=shop, now=world.now)
    answer_rating(mine, "抱歉，已加派人手，谢谢。", actor=shop, now=world.now)
    assert RatingAnswer.objects.get().text.endswith("谢谢。")
    for number, actor in ((other, shop), (mine, caller(world, "sue", "supervisor")), (other, caller(world))):
        with pytest.raises(Refused):
            answer_rating(number, "好的。", actor=actor, now=world.now)
    with pytest.raises(Refused) as no:
        answer_rating(mine, "加微信 wx123456 给您补偿", actor=shop, now=world.now)
    assert no.value.code == "MESSAGE_BLOCKED"
    assert RatingAnswer.objects.count() == 1


def test_poor_ratings_are_shown_and_only_unlawful_words_are_hidden(world: World) -> None:
    numbers = [rated(world, 1, text=f"很差 {each}") for each in range(3)]
    boss = caller(world, "sue", "supervisor")
    with pytest.raises(Refused):
        hide_comment(numbers[0], "too_bad", "影响形象", actor=boss, now=world.now)
    with pytest.raises(Refused):
        hide_comment(numbers[0], "illegal", "影响形象", actor=caller(world), now=world.now)
    assert not HiddenComment.objects.exists()
    hide_comment(numbers[0], "privacy", "写了他人电话", actor=boss, now=world.now)
    hide_comment(numbers[0], "privacy", "写了他人电话", actor=boss, now=world.now)
    shown, _after = published()
    assert [each.case.number for each in shown] == numbers[::-1]
    assert [rating_body(each)["text"] for each in shown] == ["很差 2", "很差 1", ""]
    assert Rating.objects.filter(grade=1).count() == 3
    show_comment(numbers[0], actor=boss)
    assert rating_body(published()[0][2])["text"] == "很差 0"


def test_a_cause_gets_an_action_with_owner_and_day(world: World) -> None:
    boss = caller(world, "sue", "supervisor")
    wish = Planned(MARCH, "", "slow", "晚班加人", "秦岚", date(2026, 4, 15))
    key = plan_improvement(wish, actor=boss, now=world.now)
    with pytest.raises(Refused):
        plan_improvement(wish, actor=caller(world), now=world.now)
    with pytest.raises(Refused):
        plan_improvement(Planned(MARCH, "", "fast", "x", "y", MARCH), actor=boss, now=world.now)
    end_improvement(key, "平均提前 6 小时", actor=boss, now=world.now)
    end_improvement(key, "另一句", actor=boss, now=world.now)
    assert (Improvement.objects.get().result, Improvement.objects.count()) == ("平均提前 6 小时", 1)


def test_erasure_takes_the_notes_and_leaves_the_outcome(world: World) -> None:
    number = rated(world, 1)
    note_call(number, "explained", "林一说等太久", actor=caller(world), now=world.now)
    erase_follow_ups_of(Buyer.objects.get(external_id="u1").pk, world.now)
    assert (FollowUp.objects.get().calls[0]["note"], FollowUp.objects.get().outcome) == (REMOVED, "explained")
