"""What a plan covers, which pays first, what it pays and what of its price is unused: every limit from both sides."""

from datetime import date
from typing import Any

import pytest

from shouhou.plans.rules.cover import WHY_NOT, cover, pays, shared, unused_minor
from shouhou.plans.rules.kinds import DOCUMENTS, kinds
from shouhou.plans.rules.sold import Sold

START, END = date(2026, 3, 10), date(2027, 3, 10)


def plan(kind: str = "accident", number: str = "P1", **more: Any) -> Sold:
    plain: dict[str, Any] = {
        "serial": "", "starts_on": START, "ends_on": END, "months": 12, "waiting_days": 0, "claims_most": 2, "cap_minor": None,
        "deductible_minor": 0,
    }  # fmt: skip
    return Sold(number, kind, **(plain | more))


def why(*plans: Sold, on: date = date(2026, 6, 1), cause: str = "human", fault: str = "broken_screen", serial: str = "") -> list[str]:
    found = cover(plans, kinds=kinds(), on=on, category="phone", cause=cause, fault=fault, serial=serial)
    return [answer.why for answer in found.answers]


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 3, 9), "PLAN_NOT_BEGUN"), (START, ""), (END, ""), (date(2027, 3, 11), "PLAN_ENDED")],
)  # fmt: skip
def test_a_plan_holds_from_its_first_to_its_last_day(on: date, expected: str) -> None:
    assert why(plan(), on=on) == [expected]


@pytest.mark.parametrize(("on", "expected"), [(date(2026, 3, 16), "PLAN_WAITING"), (date(2026, 3, 17), "")])
def test_the_waiting_period_ends_on_the_day_it_says(on: date, expected: str) -> None:
    found = cover([plan(waiting_days=7)], kinds=kinds(), on=on, category="phone", cause="human", fault="broken_screen").answers[0]
    assert (found.why, found.since) == (expected, date(2026, 3, 17) if expected else None)


def test_a_plan_is_free_of_claims_when_they_or_the_sum_are_used() -> None:
    assert why(plan(claims=1), plan(claims=2), plan(cap_minor=100, used_minor=99), plan(cap_minor=100, used_minor=100)) == [
        "", "PLAN_CLAIMS_USED", "", "PLAN_CAP_USED",
    ]  # fmt: skip


def test_a_cancelled_plan_covers_until_the_day_before() -> None:
    assert why(plan(cancelled_on=date(2026, 6, 2)), plan(cancelled_on=date(2026, 6, 1))) == ["", "PLAN_CANCELLED"]


def test_a_plan_of_another_unit_does_not_cover_where_the_serial_is_known() -> None:
    assert why(plan(serial="A"), serial="B") == ["PLAN_OTHER_UNIT"]
    assert why(plan(serial="A"), serial="A") == why(plan(serial="A")) == why(plan(), serial="B") == [""]


def test_what_is_not_established_yet_excludes_nothing() -> None:
    assert why(plan("screen"), cause="", fault="") == [""]
    assert why(plan("screen"), fault="mainboard") == ["PLAN_FAULT_EXCLUDED"]
    assert why(plan("screen"), cause="liquid") == ["PLAN_CAUSE_EXCLUDED"]


def test_a_kind_nobody_knows_and_goods_it_is_not_for_are_not_covered() -> None:
    found = cover([plan("screen")], kinds=kinds(), on=START, category="kettle", cause="human", fault="broken_screen")
    assert (found.plan, found.answers[0].why) == (None, "PLAN_OTHER_CATEGORY")
    assert why(plan("lost_kind")) == ["PLAN_UNKNOWN"]


def test_first_pays_what_costs_the_consumer_least_then_the_narrower_then_what_ends_first() -> None:
    def first(*plans: Sold) -> str:
        chosen = cover(plans, kinds=kinds(), on=START, category="phone", cause="human", fault="broken_screen").plan
        assert chosen is not None
        return chosen.number

    dear, wide, narrow = plan(number="D", deductible_minor=100), plan(number="W"), plan("screen", number="N")
    assert (first(dear, wide), first(wide, narrow), first(narrow, wide)) == ("W", "N", "N")
    assert first(plan(number="L"), plan(number="S", ends_on=date(2026, 12, 31))) == "S"
    assert first(plan(number="C", cap_minor=10_000), plan(number="U")) == "U"


@pytest.mark.parametrize(
    ("more", "cost", "paid"),
    [
        ({}, 50000, 50000), ({"deductible_minor": 20000}, 50000, 30000), ({"deductible_minor": 20000}, 15000, 0),
        ({"cap_minor": 40000}, 50000, 40000), ({"cap_minor": 40000, "used_minor": 30000}, 50000, 10000),
        ({"cap_minor": 40000, "deductible_minor": 20000}, 50000, 30000),
    ],
)  # fmt: skip
def test_a_plan_pays_what_is_beyond_the_deductible_up_to_what_is_left(more: dict[str, Any], cost: int, paid: int) -> None:
    assert pays(plan(**more), cost_minor=cost) == paid
    assert shared(plan(**more)) is bool(more)


@pytest.mark.parametrize(
    ("on", "claims", "due"),
    [(START, 0, 36500), (date(2026, 3, 9), 0, 36600), (END, 0, 0), (date(2028, 1, 1), 0, 0), (START, 1, 0)],
)  # fmt: skip
def test_the_unused_price_goes_by_days_and_not_at_all_after_a_claim(on: date, claims: int, due: int) -> None:
    kind = kinds()["accident"]
    assert unused_minor(36600, kind=kind, starts_on=START, ends_on=END, months=12, on=on, claims=claims) == due


def test_a_plan_included_in_the_price_gives_nothing_back_and_an_extension_not_begun_all() -> None:
    given: dict[str, Any] = {"starts_on": START, "ends_on": None, "months": 12, "on": date(2026, 9, 1), "claims": 0}
    assert unused_minor(3000, kind=kinds()["manufacturer"], **given) == 0
    assert unused_minor(3000, kind=kinds()["extended"], **given) == 3000


def test_every_kind_and_every_no_is_in_both_languages_and_cited() -> None:
    assert list(kinds()) == ["manufacturer", "extended", "screen", "accident"]
    for kind in kinds().values():
        assert all((kind.label.zh, kind.label.en, kind.terms.zh, kind.terms.en, kind.sources)) and {*kind.documents} <= {*DOCUMENTS}
    assert all(text.zh and text.en for text in WHY_NOT.values())


def test_a_house_adds_a_kind_of_its_own_in_a_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "kinds.yaml"
    own.write_text(
        "battery: {label: {zh: 电池保, en: Battery cover}, terms: {zh: 换电池, en: A new battery}, fact: extended, causes: [manufacturing],"
        " faults: [battery_life], months: 6, sources: [PLN-02]}\n"
    )
    monkeypatch.setenv("SHOUHOU_PLAN_KINDS", str(own))
    assert why(plan("battery"), cause="manufacturing", fault="battery_life") == [""]
    assert why(plan("battery"), cause="manufacturing", fault="mainboard") == ["PLAN_FAULT_EXCLUDED"]
