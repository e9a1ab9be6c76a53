"""The month as it was, what an appeal changes in it, and what the penalty table makes of a breach."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouhou.accounts.models import User
from shouhou.cases.actions import rate
from shouhou.cases.models import Deadline, HistoryEntry
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.sla.access import breaches_of, cards_of
from shouhou.sla.actions.appeals import appeal_breach, decide_appeal, watch_appeals
from shouhou.sla.actions.cards import close_month
from shouhou.sla.actions.table import add_sanction, end_sanction
from shouhou.sla.actions.warn import warn
from shouhou.sla.models import Appeal, Breach, Sanction, Scorecard
from shouhou.sla.queries.board import BoardFilter, board_counts, board_page, tallies
from shouhou.sla.rules.card import share
from shouhou.sla.tests.stories import applied, reviewed_late, told
from tests.world import THIRD, World, refusal_of

MARCH = date(2026, 3, 1)
APRIL = {"days": 25}


@pytest.fixture
def world(db: None) -> World:
    return World()


def boss(role: str = "supervisor", name: str = "boss") -> Actor:
    user, _made = User.objects.get_or_create(username=name, defaults={"role": role})
    return Actor(role=role, who=f"user:{user.pk}", name=name)  # type: ignore[arg-type]


def seller(world: World, code: str = "m1") -> Actor:
    user, _made = User.objects.get_or_create(username=f"seller-{code}", defaults={"role": "merchant_manager"})
    return world.staff("merchant_manager", f"user:{user.pk}", merchant=code)


def breach(world: World) -> Breach:
    reviewed_late(world, **THIRD)
    told()
    return Breach.objects.get(kind="MER-01")


def card(code: str = "m1", version: int = 1) -> dict[str, Any]:
    return dict(Scorecard.objects.get(merchant__code=code, month=MARCH, version=version).figures)


def hits(figures: dict[str, Any]) -> dict[str, str | None]:
    return {each["kind"]: each["hit_percent"] for each in figures["clocks"]["kinds"]}


def rated(world: World, grade: int) -> None:
    number = world.apply(world.order(**THIRD), service="feedback", reason="suggestion", description="晚上也能取件就好了。")["number"]
    world.move(number, "answer_feedback", actor=world.staff("agent"), reply="谢谢。")
    rate(number, grade, "", reasons=[], actor=world.buyer(), now=world.now)


def test_the_month_shows_every_clock_of_d15_with_its_hit_rate_and_what_nobody_counted_is_not_assessable(world: World) -> None:
    breach(world)
    kept = applied(world, **THIRD)
    world.later(hours=10).move(kept, "approve", actor=world.staff("merchant_operator", merchant="m1"))
    told()
    world.later(**APRIL)
    assert close_month(MARCH, now=world.now) == 1 and close_month(MARCH, now=world.now) == 0
    found = hits(card())
    assert (found["MER-01"], {found[f"MER-0{n}"] for n in (2, 3, 4, 5, 6)}) == ("50.00", {None})
    assert (card()["satisfaction"]["result"], card()["satisfaction"]["percent"]) == ("not_assessable", None)
    assert card()["review"] == {"count": 1, "median_hours": "10.0", "p90_hours": "10.0"}
    assert card()["intervention"]["percent"] == "50.00"
    assert card()["returns"]["reasons"] == [{"reason": "quality", "orders": 2, "percent": "100.00"}]
    assert Event.objects.filter(type="scorecard.closed", subject="m1").count() == 1


def test_a_month_that_runs_is_not_closed(world: World) -> None:
    world.order(**THIRD)
    assert refusal_of(close_month, MARCH, now=world.now).code == "MONTH_NOT_OVER"
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize(("grades", "opened"), [((5, 4, 4, 4, 1), False), ((5, 4, 4, 1), True), ((), False)])
def test_below_80_per_cent_opens_one_violation_without_a_sanction_where_the_table_is_empty(
    world: World, grades: tuple[int, ...], opened: bool
) -> None:
    world.order(**THIRD)
    for grade in grades:
        rated(world, grade)
    world.later(**APRIL)
    close_month(MARCH, now=world.now)
    rows = Breach.objects.filter(kind="MER-07", month=MARCH)
    assert rows.count() == opened
    assert [(row.table_missing, row.points, row.party) for row in rows] == [(True, 0, "shop")] * opened
    assert card()["breaches"]["standing"] == opened


def test_an_appeal_that_is_granted_strikes_the_breach_and_makes_a_new_version_of_the_closed_month(world: World) -> None:
    row = breach(world)
    world.later(days=1)
    appeal_breach(row.number, "当日仓库停电，有通知为证。", tokens=[], actor=seller(world), now=world.now)
    assert refusal_of(appeal_breach, row.number, "再说一次", tokens=[], actor=seller(world), now=world.now).code == "APPEAL_CLOSED"
    world.later(**APRIL)
    close_month(MARCH, now=world.now)
    standing = card()["breaches"]["standing"]
    assert hits(card())["MER-01"] == "0.00"
    assert refusal_of(decide_appeal, row.number, grant=True, reasons="是", actor=seller(world), now=world.now).code == "SLA_NOT_YOURS"
    assert refusal_of(decide_appeal, row.number, grant=True, reasons=" ", actor=boss(), now=world.now).code == "SLA_WORDS"
    decide_appeal(row.number, grant=True, reasons="停电通知属实。", actor=boss(), now=world.now)
    assert refusal_of(decide_appeal, row.number, grant=False, reasons="改主意", actor=boss(), now=world.now).code == "APPEAL_NONE"
    row.refresh_from_db()
    assert (row.state, hits(card())["MER-01"], hits(card(version=2))["MER-01"]) == ("struck", "0.00", "100.00")
    anew = card(version=2)["breaches"]
    assert (anew["standing"], anew["struck"], anew["table_missing"]) == (standing - 1, 1, standing - 1)
    assert Scorecard.objects.filter(merchant__code="m1").count() == 2
    assert Event.objects.filter(type="breach.decided", data__verdict="granted").count() == 1


def test_an_appeal_refused_changes_no_figure(world: World) -> None:
    row = breach(world)
    world.later(**APRIL)
    close_month(MARCH, now=world.now)
    Breach.objects.update(appeal_until=world.now)
    appeal_breach(row.number, "没看到。", tokens=[], actor=seller(world), now=world.now)
    decide_appeal(row.number, grant=False, reasons="没看到不是理由。", actor=boss(), now=world.now)
    row.refresh_from_db()
    assert (row.state, Scorecard.objects.filter(merchant__code="m1").count()) == ("standing", 1)


def test_after_the_books_days_an_appeal_is_too_late_and_an_undecided_one_is_told_once(world: World) -> None:
    row = breach(world)
    appeal_breach(row.number, "停电。", tokens=[], actor=seller(world), now=world.now)
    assert watch_appeals(now=world.later(days=6).now) == 0
    assert [watch_appeals(now=world.later(days=2).now), watch_appeals(now=world.now)] == [1, 0]
    late = Breach.objects.exclude(pk=row.pk).filter(party="shop").first()
    assert late is not None
    assert refusal_of(appeal_breach, late.number, "停电。", tokens=[], actor=seller(world), now=world.now).code == "APPEAL_TOO_LATE"
    assert Appeal.objects.count() == 1


def test_another_shop_sees_neither_breach_nor_card(world: World) -> None:
    row = breach(world)
    world.order(merchant={"code": "m2", "channel": "third", "name": "别家"})
    stranger = seller(world, "m2")
    assert not breaches_of(stranger).exists() and not cards_of(stranger).exists()
    assert refusal_of(appeal_breach, row.number, "不是我的", tokens=[], actor=stranger, now=world.now).code == "BREACH_NONE"
    assert board_page(BoardFilter("late"), actor=stranger, now=world.now)[0] == []
    assert board_counts(actor=stranger, now=world.now) == []


def test_a_row_of_the_table_holds_from_its_day_and_imposes_nothing_backwards(world: World) -> None:
    before = breach(world)
    keeper = boss("operations", "ops")
    given: dict[str, Any] = {"points": 3, "amount_minor": 10000, "clause": "合同 8.2"}
    assert refusal_of(add_sanction, "MER-01", since=MARCH, **given, actor=boss(), now=world.now).code == "SLA_NOT_YOURS"
    wrong = {**given, "points": 0, "amount_minor": 0}
    assert refusal_of(add_sanction, "MER-01", since=MARCH, **wrong, actor=keeper, now=world.now).code == "SANCTION_WRONG"
    assert not Sanction.objects.exists()
    key = add_sanction("MER-01", since=MARCH, **given, actor=keeper, now=world.now)
    assert refusal_of(add_sanction, "MER-01", since=MARCH, **given, actor=keeper, now=world.now).code == "SANCTION_THERE"
    reviewed_late(world, **THIRD)
    told()
    after = Breach.objects.exclude(pk=before.pk).get(kind="MER-01")
    assert (after.points, after.amount_minor, after.table_missing, after.sanction_id) == (3, 10000, False, key)
    end_sanction(key, until=MARCH + timedelta(days=12), actor=keeper, now=world.now)
    reviewed_late(world, **THIRD)
    told()
    assert Breach.objects.filter(kind="MER-01", table_missing=True).count() == 2


def test_a_shop_is_warned_once_of_each_instant_at_which_something_is_due(world: World) -> None:
    number = applied(world, **THIRD)
    due = Deadline.objects.get(name="review_merchant").due_at
    assert warn(now=due - timedelta(hours=7)) == 0 or not Event.objects.filter(type="clock.due_soon", data__kind="MER-01").exists()
    warn(now=due - timedelta(hours=5))
    assert warn(now=due - timedelta(hours=4)) == 0
    assert Event.objects.filter(type="clock.due_soon", subject=number, data__kind="MER-01").count() == 1
    judge = world.staff("supervisor", "user:1")
    world.later(hours=1).move(number, "extend", actor=judge, deadline="review_merchant", hours=24, reason="暴雨")
    warn(now=due + timedelta(hours=20))
    assert Event.objects.filter(type="clock.due_soon", subject=number, data__kind="MER-01").count() == 2


def test_an_extension_stays_within_the_book_and_never_touches_what_the_law_sets(world: World) -> None:
    number = applied(world, **THIRD)
    judge = world.staff("supervisor", "user:1")
    before = Deadline.objects.get(name="review_merchant").due_at
    world.move(number, "extend", actor=judge, deadline="review_merchant", hours=48, reason="暴雨停工")
    again = refusal_of(world.move, number, "extend", actor=judge, deadline="review_merchant", hours=25, reason="还是暴雨")
    assert (again.code, again.facts["left"]) == ("EXTENSION_TOO_LONG", 24)
    row = Deadline.objects.get(name="review_merchant")
    assert (row.due_at - before, row.clock[-1][2]) == (timedelta(hours=48), "暴雨停工")
    assert world.case(number, actor=world.buyer())["timeline"][-1]["move"] == "extend"
    paid = world.received()
    world.move(paid, "accept", actor=world.staff("inspector"))
    law = refusal_of(world.move, paid, "extend", actor=judge, deadline="refund_statutory", hours=1, reason="月底结账")
    assert law.code == "DEADLINE_STATUTORY"
    assert not HistoryEntry.objects.filter(case__number=paid, move="extend").exists()


def test_the_board_says_what_is_due_soon_overdue_and_missed_today(world: World) -> None:
    running = applied(world, **THIRD)
    house = boss()
    world.later(hours=30)
    soon, _next = board_page(BoardFilter(), actor=house, now=world.now)
    assert ("MER-01", "shop", running) in {(row.kind, row.party, row.case) for row in soon}
    assert {row.case for row in board_page(BoardFilter(merchant="nobody"), actor=house, now=world.now)[0]} == set()
    slow = applied(world)
    world.later(hours=49).ring()
    told()
    overdue = board_page(BoardFilter("overdue", kind="MER-01"), actor=house, now=world.now)[0]
    assert [(row.case, row.team) for row in overdue] == [(slow, "reviewer")]
    late = {row.case for row in board_page(BoardFilter("late", kind="MER-01"), actor=house, now=world.now)[0]}
    assert late == {running, slow}
    by_shop = {row.code: (row.overdue > 0, row.late > 0) for row in tallies("merchant", board_counts(actor=house, now=world.now))}
    assert by_shop["m1"][1] and by_shop["self"] == (True, True)
    page, onward = board_page(BoardFilter("late"), actor=house, now=world.now, limit=1)
    following = board_page(BoardFilter("late"), actor=house, now=world.now, after=onward, limit=1)[0]
    assert onward and page[0].id != following[0].id


def test_a_share_is_compared_and_shown_with_two_places_and_of_nothing_there_is_none() -> None:
    assert [share(80, 100), share(2, 3), share(0, 0), share(0, 7)] == ["80.00", "66.67", None, "0.00"]
