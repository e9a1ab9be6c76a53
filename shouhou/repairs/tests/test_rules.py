"""The workshop's rules: what counts as a repair, whose time it is, what fits a category, and that no state is a trap."""

from datetime import UTC, datetime, timedelta

import pytest

from shouhou.foundation.workflow import Text
from shouhou.policy.vocabulary import vocabulary
from shouhou.repairs.rules.faults import CUSTOMER_CAUSES, FAULT_TEXTS, FAULTS, checks_of, faults_of
from shouhou.repairs.rules.modes import modes_of, routes_of
from shouhou.repairs.rules.process import Guidance, published
from shouhou.repairs.rules.states import BENCH, BY_NAME, NEXT, STATES, may_go
from shouhou.repairs.rules.stays import Stay, finished, most_repaired

MARCH = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def stay(**changes: object) -> Stay:
    plain: dict[str, object] = {
        "number": "WO-1", "kind": "repair", "serial": "A", "fault": "screen", "finding": "faulty", "cause": "manufacturing",
        "scope": "in", "result": "repaired", "came_in_at": MARCH, "went_out_at": MARCH + timedelta(days=5), "consumer_wait": 0,
        "parts_wait": 0, "waiting_for": "",
    } | changes  # fmt: skip
    return Stay(**plain)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"kind": "maintenance"}, {"scope": "out"}, {"result": "guided"}, {"result": "no_fault"}, {"result": "", "went_out_at": None},
     {"fault": "camera"}, {"cause": "human"}],
)  # fmt: skip
def test_only_a_finished_warranty_repair_of_that_fault_counts(changes: dict[str, object]) -> None:
    assert finished([stay(), stay()], fault="screen") == 2
    assert finished([stay(), stay(**changes)], fault="screen") == 1


def test_repairs_of_two_units_are_not_two_repairs_of_one() -> None:
    both = [stay(serial="A"), stay(serial="B")]
    assert finished(both, fault="screen") == 1
    assert finished(both, fault="screen", serial="A") == 1
    assert finished([stay(serial=""), stay(serial="A")], fault="screen", serial="A") == 2, "an unknown serial counts for the one claimed"


def test_what_was_repaired_before_the_replacement_belongs_to_another_unit() -> None:
    later = stay(came_in_at=MARCH + timedelta(days=40), went_out_at=MARCH + timedelta(days=45))
    assert finished([stay(), later], fault="screen", since=MARCH + timedelta(days=30)) == 1
    assert most_repaired([stay(), stay(), stay(fault="camera")]) == "screen" and most_repaired([]) == ""


def test_a_stay_counts_without_the_consumers_time_and_without_the_parts_once_they_are_here() -> None:
    lasting = stay(result="", went_out_at=None, consumer_wait=2 * 86400, parts_wait=10 * 86400)
    assert lasting.counts_from == MARCH + timedelta(days=12) and lasting.delay == "repairer"
    waiting = stay(result="", went_out_at=None, consumer_wait=2 * 86400, parts_wait=10 * 86400, waiting_for="parts")
    assert waiting.counts_from == MARCH + timedelta(days=2) and waiting.delay == "parts"


def test_every_state_of_the_bench_can_be_reached_and_left() -> None:
    reached = {"waiting"}
    while more := {to for state in reached for to in NEXT[state]} - reached:
        reached |= more
    assert reached | {"ended"} == set(BY_NAME) and set(NEXT) == set(BY_NAME) and set(BENCH) < reached
    assert all(may_go(state.name, "ended") for state in STATES if state.name != "ended") and not may_go("ended", "waiting")
    assert not may_go("quoted", "testing") and not may_go("repairing", "out")


def test_phones_have_their_own_faults_and_the_fault_that_fits_every_category_stands_last() -> None:
    codes = [fault.code for fault in faults_of("phone")]
    assert {"broken_screen", "battery_life", "system_crash"} <= set(codes) and codes[-1] == "defect_other"
    assert "no_cooling" not in codes and "broken_screen" not in {fault.code for fault in faults_of("aircon")}
    assert next(fault for fault in FAULTS if fault.code == "broken_screen").plan == "screen"
    assert "manufacturing" not in CUSTOMER_CAUSES and {"data", "battery", "fault_gone"} <= set(checks_of("phone"))
    assert set(checks_of("bags")) == {"fault_gone", "functions", "looks"}


def test_a_television_has_four_modes_and_fresh_food_none() -> None:
    assert set(modes_of("tv")) == {"remote", "on_site", "walk_in", "mail_in"}
    assert modes_of("fresh") == () and "on_site" not in modes_of("phone")


def test_the_routes_of_a_phone_are_platform_brand_independent_and_the_last_names_its_effect() -> None:
    routes = routes_of("phone", in_warranty=True)
    assert [route.code for route in routes] == ["platform", "brand", "independent"]
    assert "保修失效" in routes[2].impact.zh


def test_what_is_published_has_all_five_parts_and_the_warning() -> None:
    page = published("phone", days=lambda term: 7, in_warranty=True, language="zh-hans")
    assert {"process", "conditions", "modes", "period_days", "cost"} <= set(page)
    assert page["period_days"] == 7 and "自行拆卸" in str(page["warning"])


def test_the_guidance_names_place_address_hours_ticket_and_what_to_bring() -> None:
    where = Text("锦江店", "Jinjiang"), Text("红星路 1 号", "1 Hongxing Rd")
    told = Guidance("walk_in", "WO-1", *where, "028", Text("周一", "Mon"), "phone").text()
    for word in ("锦江店", "红星路 1 号", "028", "周一", "WO-1", "SIM", "自行拆"):
        assert word in told.zh
    assert "find my device" in told.en


def test_every_fault_that_can_be_named_has_words_where_the_policy_speaks_of_it() -> None:
    known = vocabulary().facts["defect_fault"].values
    assert [code for code in FAULT_TEXTS if code not in known] == []
