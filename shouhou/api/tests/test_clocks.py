"""Breaches and scorecards over HTTP: a shop its own only."""

from datetime import timedelta

import pytest

from shouhou.api.tests.conftest import Api, body
from shouhou.plumbing import clock
from shouhou.sla.actions.cards import close_month, last_month
from shouhou.sla.models import Breach
from shouhou.sla.tests.stories import reviewed_late, told
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db


def test_a_shops_key_reads_its_own_breaches_and_closed_months(api: Api) -> None:
    world = World(now=clock.now() - timedelta(hours=50))
    reviewed_late(world)
    reviewed_late(world, **THIRD)
    told()
    month = last_month(clock.now())
    close_month(month, now=clock.now())
    listed = body(api.get("clocks/breaches?kind=MER-01", role="supervisor"))["items"]
    assert {(each["merchant"], each["party"], each["table_missing"]) for each in listed} == {("self", "house", False), ("m1", "shop", True)}
    own = body(api.get("clocks/breaches?limit=1", role="merchant_manager"))
    assert {each["merchant"] for each in own["items"]} == {"m1"}
    following = body(api.get(f"clocks/breaches?limit=1&cursor={own['next']}", role="merchant_manager"))["items"]
    assert following and following[0]["number"] != own["items"][0]["number"]
    cards = body(api.get(f"clocks/scorecards?month={month:%Y-%m}", role="merchant_manager"))["items"]
    assert [(each["merchant"], each["version"]) for each in cards] == [("m1", 1)]
    assert "÷" in cards[0]["formulas"]["clocks"]["formula"]
    assert api.get("clocks/scorecards?month=2026-13", role="supervisor").status_code == 422
    assert Breach.objects.filter(kind="MER-01").count() == 2
