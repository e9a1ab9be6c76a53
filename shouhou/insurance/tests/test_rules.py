"""What one way is worth: routes, weights, caps, and what others have paid."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouhou.foundation.refusals import Refused
from shouhou.insurance.rules.standards import OWN_FILE, Route, route, standard_minor, standards
from shouhou.insurance.rules.worth import worth

AT = datetime(2025, 3, 20, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("510104", "510107", "same_city"), ("510104", "511302", "same_province"), ("510104", "440106", "other_province"),
        ("540102", "440106", "remote"), ("310104", "310115", "same_city"), ("500101", "500231", "same_city"),
        ("", "440106", "other_province"),
    ],
)  # fmt: skip
def test_the_route_is_read_from_two_region_codes(start: str, end: str, found: Route) -> None:
    assert route(start, end) == found


@pytest.mark.parametrize(("grams", "minor"), [(None, 1200), (1, 1200), (1000, 1200), (1001, 1700), (2000, 1700), (2001, 2200)])
def test_every_further_kilogram_begun_costs_more(grams: int | None, minor: int) -> None:
    assert standard_minor(standards()["cn-basic"], route="other_province", grams=grams) == minor


def test_the_limit_is_24_hours_after_receipt() -> None:
    assert of(actual_minor=1000).due_at == AT + timedelta(hours=24)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    mode=st.sampled_from(["cap", "fixed"]), sum_minor=st.integers(1, 10**6), standard=st.sampled_from(["", "cn-basic", "cn-bulky"]),
    way=st.sampled_from(["same_city", "same_province", "other_province", "remote"]), grams=st.none() | st.integers(1, 50_000),
    actual=st.integers(0, 10**6), back=st.integers(0, 10**6),
)  # fmt: skip
def test_never_more_than_the_sum_insured_and_with_a_cap_nobody_gains(
    mode: str, sum_minor: int, standard: str, way: Route, grams: int | None, actual: int, back: int
) -> None:  # fmt: skip
    found = of(mode=mode, sum_minor=sum_minor, standard=standard, route=way, grams=grams, actual_minor=actual, reimbursed_minor=back)
    assert 0 <= found.payout_minor <= found.standard_minor <= sum_minor
    assert found.bears_minor >= 0
    if mode == "cap":
        assert found.payout_minor + found.bears_minor == max(0, actual - back)
    if back >= actual > 0 and back:
        assert found.payout_minor == 0


def test_a_house_adds_standards_of_its_own_and_a_broken_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    price = "{first: 500, more: 50}"
    routes = ", ".join(f"{name}: {price}" for name in ("same_city", "same_province", "other_province", "remote"))
    good = tmp_path / "good.yaml"
    good.write_text(f'own: {{label: {{zh: "自定", en: own}}, currency: CNY, first_grams: 500, more_grams: 500, routes: {{{routes}}}}}\n')
    monkeypatch.setenv(OWN_FILE, str(good))
    assert {"own", "cn-basic"} <= set(standards())
    bad = tmp_path / "bad.yaml"
    bad.write_text("own: {currency: CNY}\n")
    monkeypatch.setenv(OWN_FILE, str(bad))
    with pytest.raises(Refused, match="INSURANCE_STANDARDS_INVALID"):
        standards()


def of(**changes: Any) -> Any:
    plain = {
        "mode": "cap", "sum_minor": 1200, "standard": "", "currency": "CNY", "route": "other_province", "grams": None,
        "actual_minor": 0, "reimbursed_minor": 0, "completed_at": AT, "review_hours": 24,
    }  # fmt: skip
    return worth(**{**plain, **changes})
