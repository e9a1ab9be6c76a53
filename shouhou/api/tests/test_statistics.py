"""Service statistics over HTTP: the page's figures, narrowed, by whoever may read them; a shop's key its own cases."""

import pytest

from shouhou.api.tests.conftest import Api, body, wish
from shouhou.foundation.days import local_day
from shouhou.plumbing.clock import now

pytestmark = pytest.mark.django_db


def test_counted_by_a_dimension_and_held_to_another(api: Api) -> None:
    api.opened()
    api.opened(merchant="m1")
    api.post("cases", wish(api.order(merchant="m1"), reason="quality", description="无法开机"))
    told = body(api.get("statistics?by=reason", role="agent"))
    assert [(row["value"], row["cases"], row["before"]) for row in told["items"]] == [("no_reason", 2, 0), ("quality", 1, 0)]
    assert (told["cases"], told["window"]["until"]) == (3, local_day(now()).isoformat())
    goods = body(api.get("statistics?by=sku&reason=quality", role="auditor"))
    [row] = goods["items"]
    assert (row["value"], row["cases"], row["defective"]) == ("P1", 1, 1)
    assert "÷" in goods["formula"] and goods["window"]["narrowed"] == {"reason": "quality"}
    assert body(api.get("statistics?by=reason&since=2020-01-01&until=2020-01-31", role="agent"))["cases"] == 0


def test_a_shops_key_reads_its_own_and_other_roles_none(api: Api) -> None:
    api.opened()
    api.opened(merchant="m1")
    assert body(api.get("statistics", role="supervisor"))["cases"] == 2
    own = body(api.get("statistics?by=merchant", role="merchant_manager"))
    assert (own["cases"], [row["value"] for row in own["items"]]) == (1, ["m1"])
    assert body(api.get("statistics?merchant=self", role="merchant_manager"))["cases"] == 0
    assert body(api.get("statistics", role="stranger_shop"))["cases"] == 0
    for role in ("consumer", "merchant_operator", "technician", "insurer", "shop"):
        assert body(api.get("statistics", role=role))["code"] == "SCOPE_MISSING", role


def test_durations_stages_and_weeks_say_which_window_they_are_of(api: Api) -> None:
    api.opened()
    weeks = body(api.get("statistics/weeks", role="finance"))
    assert [(row["cases"], row["median_hours"]) for row in weeks["items"]] == [(1, None)]
    assert body(api.get("statistics/durations", role="finance"))["items"] == []
    assert body(api.get("statistics/stages?service=return", role="finance"))["window"]["narrowed"] == {"service": "return"}
    for asked in ("since=soon", "by=colour"):
        assert api.get(f"statistics?{asked}", role="finance").status_code == 422, asked
