"""The public decision vectors, one by one, where they are at hand; the reader and the comparison always."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.policy.vectors import GROUPS, answer, load_vectors, matches

SHARED = Path(os.environ.get("SHOUHOU_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FILE = SHARED / "vectors" / "public.yaml"
OURS = [vector for vector in (load_vectors(FILE) if FILE.exists() else []) if vector["group"] in GROUPS]


def answered(vector: dict[str, Any]) -> dict[str, object]:
    try:
        return answer(vector)
    except Refused as refusal:
        return {"error": refusal.code, **refusal.facts}


@pytest.mark.parametrize("vector", OURS, ids=[vector["id"] for vector in OURS])
def test_a_public_vector_is_answered_as_expected(vector: dict[str, Any]) -> None:
    assert matches(vector["expect"], answered(vector)), (vector["expect"], answered(vector))


def test_vectors_are_read_without_floats_and_with_days_as_text(tmp_path: Path) -> None:
    file = tmp_path / "v.yaml"
    file.write_text(
        "defaults: {goods: {opened: false, seal: intact}}\nvectors:\n"
        "- {id: X1, group: eligibility, goods: {opened: true}, expect: {}}\n"
        "- {id: X2, group: depreciation, facts: {price: 0.10, rate: 0.005, invoice: 2025-03-10}, expect: {refund: 0.1}}\n"
    )
    first, second = load_vectors(file)
    assert first["goods"] == {"opened": True, "seal": "intact"}
    assert second["facts"] == {"price": Decimal("0.10"), "rate": Decimal("0.005"), "invoice": "2025-03-10"}
    assert "goods" not in second


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {}, False),
        (["x", "y"], ["y", "x"], True),
        (["x"], ["x", "y"], False),
        (["x", "x"], ["x", "y"], False),
        (Decimal("80.00"), Decimal("80"), True),
        (Decimal("80.00"), Decimal("79.99"), False),
        (True, 1, False),
        ("2025-03-17T23:59:59+08:00", "2025-03-17T15:59:59+00:00", True),
        ("2025-03-17", "2025-03-18", False),
        ("02", 2, False),
    ],
)
def test_comparison_is_key_by_key_for_mappings_and_exact_for_lists(expected: object, actual: object, same: bool) -> None:
    assert matches(expected, actual) is same


@pytest.mark.parametrize(
    ("vector", "code"),
    [
        ({"group": "astrology"}, "UNKNOWN_GROUP"),
        ({}, "UNKNOWN_GROUP"),
        ({"group": "eligibility", "reason": "boredom", "at": "2025-03-12T10:00:00+08:00"}, "UNKNOWN_REASON"),
        ({"group": "eligibility", "reason": "no_reason"}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12T10:00:00"}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-02-30T10:00:00+08:00"}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": 5}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12", "channel": "fourth"}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12", "goods": "new"}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12", "goods": {"opened": "no"}}, "BAD_FACT"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12", "policy": "literal-D99"}, "UNKNOWN_BOOK"),
        ({"group": "eligibility", "reason": "no_reason", "at": "2025-03-12", "policy_version": "9"}, "UNKNOWN_BOOK"),
        ({"group": "receipt", "receipt": {"carrier": "other", "signed_at": None, "manual": {"date": "2025-03-11"}}}, "BASIS_REQUIRED"),
        ({"group": "sla", "kind": "tea_break", "start": "2025-03-12T10:00:00+08:00"}, "UNKNOWN_CLOCK"),
        ({"group": "depreciation", "facts": {"price": 4000.5}}, "BAD_FACT"),
        ({"group": "overlay", "facts": {"jurisdiction": "Atlantis"}}, "BAD_FACT"),
        ({"group": "policy_version", "facts": {"ordered": "2020-01-01", "versions": []}}, "NO_VERSION"),
    ],
)  # fmt: skip
def test_a_malformed_question_is_refused_by_name(vector: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        answer(vector)
    assert caught.value.code == code
