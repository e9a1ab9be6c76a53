"""A quality alert is made once a month above three per cent of enough sold, whoever looks how often (KPI-04)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from shouhou.analytics.alerting import alerts_of, report_defects
from shouhou.analytics.models import QualityAlert
from shouhou.foundation.days import local_day
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def sold(world: World, sku: str, quantity: int, broken: int = 0) -> None:
    line = {"line": 1, "sku": sku, "title": f"商品 {sku}", "category": "kettle", "quantity": quantity, "unit_price": 100,
            "paid": 100 * quantity}  # fmt: skip
    paid: list[dict[str, Any]] = [{"tender": "card", "amount": 100 * quantity}]
    order = world.order(lines=[line], payments=paid)
    if broken:
        world.apply(order, reason="quality", description="坏了", items={1: broken})


def test_above_three_per_cent_of_enough_sold_a_report_is_made_once_a_month(world: World) -> None:
    world.now = world.now.replace(day=10)
    sold(world, "BAD", 100, broken=4)
    sold(world, "EDGE", 100, broken=3)
    sold(world, "FEW", 29, broken=29)
    sold(world, "GOOD", 100)
    world.later(days=2)
    assert [report_defects(now=world.now), report_defects(now=world.later(hours=1).now)] == [1, 0]
    report = QualityAlert.objects.get()
    day = local_day(world.now) - timedelta(days=1)
    assert (report.sku, report.sold, report.defective, report.last, (report.last - report.first).days) == ("BAD", 100, 4, day, 29)
    (event,) = Event.objects.filter(type="quality.alerted")
    assert (event.subject, event.data["percent"], event.data["number"]) == ("BAD", "4.0", "BAD")
    # Next month, while it goes on, it is said again; long after the last defect it is not.
    assert report_defects(now=world.later(days=21).now) == 1
    assert report_defects(now=world.later(days=31).now) == 0


def test_the_house_reads_reports_and_a_shop_none(world: World) -> None:
    sold(world, "BAD", 100, broken=4)
    report_defects(now=world.later(days=1).now)
    assert alerts_of(Actor(role="operations", who="user:1")).count() == 1
    for actor in (Actor(role="merchant_manager", who="user:2", merchant_id=1), Actor(role="consumer", who="buyer:1", buyer_id=1)):
        assert not alerts_of(actor).exists()


@pytest.mark.django_db(transaction=True)
def test_four_at_once_make_one_report() -> None:
    world = World()
    sold(world, "BAD", 100, broken=4)
    now, made, begin = world.later(days=1).now, list[int](), threading.Barrier(4)

    def report() -> None:
        try:
            begin.wait(timeout=10)
            made.append(report_defects(now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4 and QualityAlert.objects.count() == 1
    assert Event.objects.filter(type="quality.alerted").count() == 1
