"""Statistics: what is counted and what is not, drill-down, denominators, a shop's own cases only."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shouhou.analytics.statistics import (
    DIMENSIONS,
    Window,
    breakdown,
    by_week,
    durations,
    latest,
    stages,
    whole,
    window_of,
)
from shouhou.cases.models import Case
from shouhou.foundation.days import local_day
from shouhou.plumbing.actor import Actor
from tests.world import THIRD, World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def boss() -> Actor:
    return Actor(role="supervisor", who="user:1")


def window(world: World, **held: str) -> Window:
    return window_of(None, None, held, now=world.now)


def asked(world: World, reason: str = "no_reason", sku: str = "KETTLE", quantity: int = 1, **more: Any) -> str:
    line = {
        "line": 1, "sku": sku, "title": f"商品 {sku}", "category": "kettle", "quantity": quantity, "unit_price": 100,
        "paid": 100 * quantity,
    }  # fmt: skip
    paid = [{"tender": "card", "amount": 100 * quantity, "reference": f"pay-{world.count}"}]
    order = world.order(lines=[line], payments=paid, **more)
    return str(world.apply(order, reason=reason, description="按下开关没有反应。", items={1: quantity})["number"])


def test_counted_by_every_dimension_with_the_period_before(world: World, boss: Actor) -> None:
    asked(world)
    world.now += timedelta(days=40)
    asked(world, "no_reason", quantity=2)
    asked(world)
    asked(world, "quality")
    rows = breakdown("reason", window(world), actor=boss)
    assert [(row.value, row.cases, row.units) for row in rows] == [("no_reason", 2, 3), ("quality", 1, 1)]
    assert [row.before for row in rows] == [1, 0]
    assert whole(window(world), actor=boss) == (3, 0, 1)
    for dimension in DIMENSIONS:
        assert sum(row.cases for row in breakdown(dimension, window(world), actor=boss)) == 3, dimension
    assert [row.value for row in breakdown("sku", window(world, reason="quality"), actor=boss)] == ["KETTLE"]
    assert whole(window(world, sku="KETTLE", reason="quality"), actor=boss)[0] == 1
    assert whole(window(world, sku="'; DROP TABLE cases_case; --"), actor=boss)[0] == 0


def test_a_rate_has_its_denominator_and_warns_only_of_enough(world: World, boss: Actor) -> None:
    """KPI-04: more than 3 % of what was sold."""
    for _each in range(2):
        asked(world, "quality")
    for _each in range(28):
        world.order()
    (row,) = breakdown("sku", window(world), actor=boss)
    assert (row.defective, row.sold, row.defect_percent, row.alert) == (2, 30, Decimal("6.7"), True)
    for _each in range(40):
        world.order()
    (row,) = breakdown("sku", window(world), actor=boss)
    assert (row.defect_percent, row.alert) == (Decimal("2.9"), False)


def test_durations_and_stages_count_ended_cases_only(world: World, boss: Actor) -> None:
    number = asked(world)
    asked(world)
    case = Case.objects.get(number=number)
    Case.objects.filter(pk=case.pk).update(resolved_at=case.submitted_at + timedelta(hours=78, minutes=30))
    (row,) = durations(window(world), actor=boss)
    assert (row.cases, row.median, row.p90) == (1, Decimal("78.5"), Decimal("78.5"))
    ((_monday, many, median),) = by_week(window(world), actor=boss)
    assert (many, median) == (2, Decimal("78.5"))
    world.now += timedelta(hours=5)
    world.move(number, "cancel", actor=world.buyer())
    Case.objects.filter(pk=case.pk).update(resolved_at=world.now)
    (stage, *_others) = stages(window(world), actor=boss)
    assert (stage.status, stage.mean, stage.percent) == (case.status, Decimal("5.0"), 100)


def test_a_shop_sees_its_own_and_a_stranger_nothing(world: World, boss: Actor) -> None:
    asked(world)
    asked(world, **THIRD)
    manager = world.staff("merchant_manager", merchant="self")
    assert (whole(window(world), actor=boss)[0], whole(window(world), actor=manager)[0]) == (2, 1)
    assert len(latest(window(world), actor=manager)) == 1
    buyer = world.buyer()
    assert (breakdown("reason", window(world), actor=buyer), whole(window(world), actor=buyer)) == ([], (0, 0, 0))
    assert (latest(window(world), actor=buyer), by_week(window(world), actor=buyer), stages(window(world), actor=buyer)) == ([], [], [])


def test_a_window_is_at_most_a_year_and_never_ahead(world: World) -> None:
    today = local_day(world.now)
    held = {"reason": "quality", "nonsense": "x", "sku": ""}
    found = window_of(today - timedelta(days=2000), today + timedelta(days=9), held, now=world.now)
    assert (found.last, found.first, dict(found.narrowed)) == (today, today - timedelta(days=366), {"reason": "quality"})
    assert window_of(today, today - timedelta(days=3), {}, now=world.now).days == 1
    assert found.before.days == found.days
