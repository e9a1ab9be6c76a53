"""Breaches, appeals, penalties and measures over HTTP: imposed by the table, appealed, ordered by a second key, lifted."""

from datetime import timedelta

import pytest

from shouhou.api.tests.conftest import Api, body
from shouhou.foundation.days import local_day
from shouhou.plumbing import clock
from shouhou.sla.models import Breach, Sanction
from shouhou.sla.tests.stories import reviewed_late, told
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db


def late(api: Api) -> str:
    """A review of shop m1 that was missed 49 hours after it began: 01 hour ago."""
    reviewed_late(World(now=clock.now() - timedelta(hours=50)), **THIRD)
    told()
    return Breach.objects.get(kind="MER-01", merchant__code="m1").number


def test_a_penalty_of_the_table_is_imposed_appealed_and_struck(api: Api) -> None:
    rule = {"kind": "MER-01", "since": (local_day(clock.now()) - timedelta(days=9)).isoformat(), "points": 2, "clause": "管理规则 3.1"}
    assert body(api.post("clocks/penalties", rule, role="supervisor"))["code"] == "SLA_NOT_YOURS"
    made = body(api.post("clocks/penalties", rule, role="operations"))
    assert body(api.post("clocks/penalties", rule, role="operations"))["code"] == "SANCTION_THERE"
    assert [row["points"] for row in body(api.get("clocks/penalties", role="merchant_operator"))["items"]] == [2]
    number = late(api)
    path = f"clocks/breaches/{number}"
    assert body(api.get(path, role="merchant_manager"))["points"] == 2
    assert body(api.get("clocks?view=overdue&kind=MER-01", role="supervisor"))["items"] == []
    missed = body(api.get("clocks?view=late&kind=MER-01", role="merchant_manager"))["items"]
    assert [row["breach"] for row in missed] == [number]
    assert [row["code"] for row in body(api.get("clocks/tallies?by=merchant", role="supervisor"))["items"] if row["late"]] == ["m1"]
    assert body(api.get(path, role="stranger_shop"))["code"] == "BREACH_NONE"
    assert body(api.post(f"{path}/appeal", {"text": "系统故障"}, role="supervisor"))["code"] == "SLA_NOT_YOURS"
    appealed = api.post(f"{path}/appeal", {"text": "系统故障"}, role="merchant_manager")
    assert (appealed.status_code, body(appealed)["appeal"]) == (201, "waiting")
    verdict = {"grant": True, "reasons": "核实属实"}
    assert body(api.post(f"{path}/decision", verdict, role="merchant_manager"))["code"] == "SLA_NOT_YOURS"
    struck = body(api.post(f"{path}/decision", verdict, role="supervisor"))
    assert (struck["state"], struck["appeal"]) == ("struck", "granted")
    card = body(api.get("clocks/scorecards/running?merchant=m1", role="merchant_manager"))
    assert (card["version"], card["closed_at"], card["figures"]["breaches"]["points"]) == (0, None, 0)
    assert body(api.get("clocks/scorecards/running?merchant=m1", role="stranger_shop"))["code"] == "SCORECARD_NONE"
    ended = body(api.post(f"clocks/penalties/{made['number']}/end", role="operations"))
    assert ended["until"] == local_day(clock.now()).isoformat() and Sanction.objects.get().until is not None


def test_a_measure_is_ordered_by_another_key_and_shuts_the_shops_keys_until_it_is_lifted(api: Api) -> None:
    wish = {"rests_on": late(api), "reasons": "屡次超时"}
    assert body(api.post("suspensions", wish, role="merchant_manager"))["code"] == "SLA_NOT_YOURS"
    assert body(api.post("suspensions", {**wish, "rests_on": "BR-0"}, role="operations"))["code"] == "SUSPENSION_GROUND"
    asked = body(api.post("suspensions", wish, role="operations"))
    path = f"suspensions/{asked['number']}"
    assert body(api.get("suspensions", role="merchant_manager"))["items"] == []
    assert body(api.post(f"{path}/order", role="operations"))["code"] == "SUSPENSION_SECOND_PERSON"
    ordered = body(api.post(f"{path}/order", role="supervisor"))
    assert (ordered["state"], len(ordered["taken"]), ordered["published_at"] <= ordered["publish_due_at"]) == ("ordered", 1, True)
    assert api.get("suspensions", role="merchant_manager").status_code == 401
    assert body(api.post(f"{path}/refuse", role="arbitrator"))["code"] == "SLA_NOT_YOURS"
    lifted = body(api.post(f"{path}/lift", {"reasons": "已整改"}, role="operations"))
    assert (lifted["state"], lifted["lifted_because"]) == ("lifted", "已整改")
    assert [row["state"] for row in body(api.get("suspensions", role="merchant_manager"))["items"]] == ["lifted"]
    assert body(api.get(path, role="stranger_shop"))["code"] == "SUSPENSION_NONE"
