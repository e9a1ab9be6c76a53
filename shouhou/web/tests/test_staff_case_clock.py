"""A limit explained: what the account adds up to is what the clock itself counts, to the second."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.limits import due_at
from shouhou.cases.models import Deadline
from shouhou.cases.rows import load_case
from shouhou.foundation.days import Calendar
from shouhou.plumbing.actor import SYSTEM
from shouhou.policy.queries import calendar_now, compiled
from shouhou.web.staff.clock import exact, hms
from shouhou.web.staff.reckoning import Reckoning, reckon, unit_of
from tests.world import World

# Tuesday noon in Shanghai; Friday and Saturday are a public holiday, the Sunday after is worked.
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
TERMS = (
    "first_response_hours", "review_hours", "decision_hours", "ship_back_days", "evidence_days", "dispute_days", "rating_days",
    "refund_due_workdays", "refund_statutory_days",
)  # fmt: skip
FEAST = Calendar.of([date(2026, 3, 13), date(2026, 3, 14)], [date(2026, 3, 15)])


def account(clock: list[list[str]], unit: Any, amount: int, **more: Any) -> Reckoning:
    return reckon(clock, unit=unit, amount=amount, calendar=FEAST, until=more.pop("until", NOON), **more)


def started(*marks: tuple[float, str, str]) -> list[list[str]]:
    return [[NOON.isoformat(), "started", ""], *([(NOON + timedelta(hours=at)).isoformat(), what, why] for at, what, why in marks)]


def test_hours_run_on_calendar_time_and_what_stood_still_is_added() -> None:
    clock = started((5, "paused", ""), (8.5, "resumed", ""), (9, "extended:48", "原因"))
    held = account(clock, "hours", 24, until=NOON + timedelta(hours=10))
    assert held.due_at == NOON + timedelta(hours=24 + 3.5 + 48)
    assert [(each.what, each.seconds) for each in held.stretches] == [("ran", 18_000), ("paused", 12_600), ("ran", 5_400)]
    assert (held.counted_seconds, held.paused_seconds, held.extended_hours) == (23_400, 12_600, 48)


def test_what_runs_beyond_the_limit_is_told_apart() -> None:
    held = account(started(), "hours", 2, until=NOON + timedelta(hours=3))
    assert [(each.what, each.seconds) for each in held.stretches] == [("ran", 7_200), ("over", 3_600)]


def test_days_count_from_the_day_after_and_roll_past_a_public_holiday() -> None:
    held = account(started(), "days", 3)
    assert [(each.day.day, each.kind, each.number) for each in held.days] == [
        (10, "start", None), (11, "counted", 1), (12, "counted", 2), (13, "rolled", 3), (14, "rolled", None), (15, "counted", None),
    ]  # fmt: skip
    assert exact(held.due_at) == "2026-03-15 23:59:59"


def test_working_days_leave_out_holidays_and_take_in_days_made_up() -> None:
    held = account(started(), "workdays", 4)
    assert [(each.day.day, each.kind) for each in held.days] == [
        (10, "start"), (11, "counted"), (12, "counted"), (13, "holiday"), (14, "holiday"), (15, "makeup"), (16, "counted"),
    ]  # fmt: skip


def test_working_days_end_with_the_longest_period_that_the_law_allows() -> None:
    held = account(started(), "workdays", 9, at_most_days=7)
    assert (held.days[-1].day, held.days[-1].kind) == (date(2026, 3, 17), "capped")


@pytest.mark.parametrize("day", [date(2026, 1, 30), date(2026, 2, 12), date(2026, 4, 2), date(2026, 9, 28), date(2026, 11, 20)])
def test_the_account_comes_to_the_instant_that_the_clock_works_with(world: World, day: date) -> None:
    case = load_case(world.apply(world.order())["number"], actor=SYSTEM)
    terms, calendar = compiled(case.book, case.book_version).terms, calendar_now()
    start = datetime(day.year, day.month, day.day, 15, 17, 3, tzinfo=UTC)
    marks = ((0, "started"), (7, "paused"), (40, "resumed"), (41, "extended:5"))
    clock = [[(start + timedelta(hours=at)).isoformat(), what, ""] for at, what in marks]
    cap = terms.number("refund_statutory_days")
    accounts = {
        term: reckon(
            clock, unit=unit_of(term), calendar=calendar, until=start, at_most_days=cap if term == "refund_due_workdays" else None,
            amount=terms.number(term, channel=case.channel, reason=case.reason, member=case.tier),
        ).due_at
        for term in TERMS
    }  # fmt: skip
    assert accounts == {term: due_at(term, clock, case, terms=terms, calendar=calendar) for term in TERMS}


def test_hours_are_written_the_same_in_every_language() -> None:
    assert (hms(93_784), hms(59), hms(-60)) == ("26:03:04", "0:00:59", "−0:01:00")


def test_the_page_of_a_limit_shows_the_pause_its_reason_and_the_sum(world: World, staff: Callable[..., Client]) -> None:
    begun = world.now
    case = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    review = Deadline.objects.get(case__number=case, name="review")
    before, pause = (begun - timedelta(hours=2)).isoformat(), (begun - timedelta(hours=1)).isoformat()
    Deadline.objects.filter(pk=review.pk).update(
        started_at=before, clock=[[before, "started", ""], [pause, "paused", ""], [begun.isoformat(), "resumed", ""]],
        due_at=begun - timedelta(hours=1) + timedelta(hours=48),
    )  # fmt: skip
    text = page(staff("agent"), case, "review")
    assert "暂停，不计时" in text
    assert "1:00:00" in text
    assert exact(begun - timedelta(hours=2)) in text
    assert "= 截止" in text


def test_every_limit_of_a_case_has_its_page_and_a_bar(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    client, names = staff("agent"), set(Deadline.objects.filter(case__number=case).values_list("name", flat=True))
    shown = client.get(reverse("web:staff_case", args=[case])).content.decode()
    assert names
    for name in names:
        assert reverse("web:staff_clock", args=[case, name]) in shown
        assert "算式" in page(client, case, name)
    assert shown.count('class="clock-bar"') == Deadline.objects.filter(state__in=("open", "paused")).count()


def test_neither_an_unknown_limit_nor_another_shops_is_shown(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    name = Deadline.objects.filter(case__number=case).values_list("name", flat=True)[0]
    world.order(merchant={"code": "yunshang", "channel": "third", "name": "云裳"})
    assert staff("agent").get(reverse("web:staff_clock", args=[case, "nothing"])).status_code == 404
    assert staff("merchant_operator", "yunshang").get(reverse("web:staff_clock", args=[case, name])).status_code == 404
    assert Client().get(reverse("web:staff_clock", args=[case, name])).status_code == 302


def page(client: Client, case: str, name: str) -> str:
    body = client.get(reverse("web:staff_clock", args=[case, name])).content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))
