"""Golden cases of the whole way from stated facts to the answer, in the words of the catalogue's acceptances."""

from typing import Any

import pytest

from shouhou.policy.vectors import answer, matches

FAULT = {"status": "verified", "cause": "manufacturing", "fault": "no_power"}


def repair(came_in: str, went_out: str | None, delay: str = "repairer", fault: str = "no_power") -> dict[str, Any]:
    return {"in": came_in, "out": went_out, "fault": fault, "cause_of_delay": delay}


def case(day: str, reason: str = "quality", **more: Any) -> dict[str, Any]:
    """A case received on 2025-03-10; quality cases have a verified manufacturing fault."""
    at = day if "T" in day else f"{day}T10:00:00+08:00"
    defect = {"defect": FAULT} if reason == "quality" else {}
    return {"group": "eligibility", "at": at, "reason": reason, **defect, **more}


def says(back: str, swap: str, mend: str, *reasons: str, **more: Any) -> dict[str, Any]:
    return {"return": back, "exchange": swap, "repair": mend, "reasons": list(reasons), **more}


A, P, R, D, N = "allow", "allow_paid", "review", "deny", "na"
OPEN = ("OK_QUALITY_RETURN", "OK_QUALITY_EXCHANGE", "OK_WARRANTY_REPAIR")
HOLIDAYS = [f"2025-10-0{day}" for day in range(1, 9)]
NO_PROOF = {"invoice": "absent", "warranty_card": "absent", "order_record": "absent"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("day of receipt is day 0", case("2025-03-10", "no_reason"), says(A, A, N, "OK_NO_REASON")),
    ("everyday words mean a reason", case("2025-03-15", "not_as_expected"), says(A, A, N, "OK_NO_REASON")),
    (
        "the window rolls past the golden week",
        case("2025-10-09T23:59:59+08:00", "no_reason", receipt={"signed_at": "2025-09-25T10:00:00+08:00"}, holidays=HOLIDAYS),
        says(A, A, N, "OK_NO_REASON", deadlines={"return": "2025-10-09T23:59:59+08:00"}),
    ),
    (
        "a weekend does not roll",
        case("2025-03-15T23:59:59+08:00", "no_reason", receipt={"signed_at": "2025-03-08T10:00:00+08:00"}),
        says(A, A, N, "OK_NO_REASON", deadlines={"return": "2025-03-15T23:59:59+08:00"}),
    ),
    (
        "a confirmation for goods that are fit for return has no effect",
        case("2025-03-12", "no_reason", order={"confirmed_no_return": True}),
        says(A, A, N, "OK_NO_REASON", "CONFIRMATION_INEFFECTIVE"),
    ),
    (
        "soiled and without tag: both are said",
        case("2025-03-12", "no_reason", category="apparel", goods={"soiled": True, "tag": "removed"}),
        says(D, D, N, "NO_SOILED", "NO_TAG_REMOVED"),
    ),
    (
        "the serial comes before everything",
        case("2025-04-30", "no_reason", goods={"serial": "mismatch", "label": "tampered"}),
        says(D, D, N, "NO_SERIAL_MISMATCH", "FRAUD_CHECK", tasks=["fraud_check"]),
    ),
    (
        "a foreign serial denies every service",
        case("2025-03-12", goods={"serial": "mismatch"}),
        says(D, D, D, "NO_SERIAL_MISMATCH", "FRAUD_CHECK"),
    ),
    (
        "opened, used and activated is no bar for quality",
        case("2025-03-13", category="phone", goods={"opened": True, "used": True, "activated": True}),
        says(A, A, A, *OPEN, pickup="free", freight={"return_leg": "seller", "outbound": "seller"}),
    ),
    (
        "a missing charger is noted, a missing box is only remarked",
        case("2025-03-15", goods={"accessories": "missing", "packaging": "missing"}),
        says(A, A, A, *OPEN, "ACCESSORY_MISSING", remarks=["PACKAGING_MISSING"]),
    ),
    ("thirty days under D10", case("2025-04-09", policy="literal-D10"), says(D, A, A, "NO_WINDOW_EXPIRED", *OPEN[1:])),
    ("day 31 under D10", case("2025-04-10", policy="literal-D10"), says(D, D, A, "NO_WINDOW_EXPIRED", OPEN[2])),
    (
        "thirty days of warranty under D18",
        case("2025-04-10", policy="literal-D18"),
        says(D, D, P, "NO_OUT_OF_WARRANTY", "PAID_REPAIR", freight={"return_leg": "customer"}),
    ),
    (
        "two repairs of the same fault",
        case("2025-09-01", warranty={"repairs": [repair("2025-05-01", "2025-05-06"), repair("2025-06-01", "2025-06-05")]}),
        says(A, A, A, "OK_TWO_REPAIRS", "OK_WARRANTY_REPAIR"),
    ),
    (
        "two repairs of different faults",
        case(
            "2025-09-01",
            warranty={"repairs": [repair("2025-05-01", "2025-05-06"), repair("2025-06-01", "2025-06-05", fault="sound")]},
        ),
        says(D, D, A, "NO_WINDOW_EXPIRED", "OK_WARRANTY_REPAIR"),
    ),
    (
        "the repairer's day 31",
        case("2025-06-01", warranty={"repairs": [repair("2025-05-01", None)]}),
        says(D, A, A, "OK_REPAIR_OVERDUE", "OK_WARRANTY_REPAIR"),
    ),
    (
        "parts for a phone, day 61",
        case("2025-07-01", category="phone", warranty={"repairs": [repair("2025-05-01", None, "parts")]}),
        says(D, A, A, "OK_REPAIR_OVERDUE", "OK_WARRANTY_REPAIR"),
    ),
    (
        "parts for something else, day 61",
        case("2025-07-01", warranty={"repairs": [repair("2025-05-01", None, "parts")]}),
        says(D, D, A, "NO_WINDOW_EXPIRED", "OK_WARRANTY_REPAIR"),
    ),
    (
        "an extended plan after the warranty",
        case("2026-06-01", insurance={"plans": ["extended"]}),
        says(D, D, A, "NO_OUT_OF_WARRANTY", "OK_PLAN_COVERED", deadlines={"repair": "2027-03-10T23:59:59+08:00"}),
    ),
    (
        "after the extended plan",
        case("2027-03-11", insurance={"plans": ["extended"]}),
        says(D, D, P, "NO_OUT_OF_WARRANTY", "PAID_REPAIR"),
    ),
    (
        "beyond repair in warranty, without a window",
        case("2025-12-01", defect={**FAULT, "repairable": False}),
        says(A, A, D, "OK_REFUND_FALLBACK", freight={"return_leg": "seller"}),
    ),
    ("beyond repair after it", case("2026-03-11", defect={**FAULT, "repairable": False}), says(D, D, D, "NO_OUT_OF_WARRANTY")),
    (
        "another dent",
        case("2025-03-13", goods={"unrelated_damage": True}),
        says(R, R, A, "UNRELATED_DAMAGE", "OK_WARRANTY_REPAIR"),
    ),
    (
        "altered papers and no record",
        case("2025-03-13", proof={**NO_PROOF, "invoice": "altered"}),
        says(D, D, P, "NO_VOUCHER", "PAID_REPAIR"),
    ),
    (
        "a modified phone",
        case("2025-03-13", category="phone", defect={"status": "verified", "cause": "unauthorized_repair"}),
        says(D, D, P, "NO_UNAUTHORIZED_REPAIR", "PAID_REPAIR", freight={"return_leg": "customer"}),
    ),
    (
        "a replacement restarts the windows and the warranty",
        case("2025-06-04", warranty={"replaced": "2025-06-01", "repairs": [repair("2025-04-01", "2025-04-11")]}),
        says(A, A, A, *OPEN, deadlines={"return": "2025-06-16T23:59:59+08:00", "repair": "2026-06-01T23:59:59+08:00"}),
    ),
    (
        "a wrong item on day 9 of a third party",
        case("2025-03-19", "wrong_item", channel="third"),
        says(D, A, N, "NO_WINDOW_EXPIRED", "OK_WRONG_ITEM", freight={"return_leg": "platform"}, pickup="not_free"),
    ),
    ("short delivery is over", case("2025-03-26", "short_delivery"), says(D, D, N, "NO_WINDOW_EXPIRED")),
    (
        "nobody knows the day of receipt",
        case("2025-03-12", receipt={"signed_at": None}),
        says(R, R, A, "TIE_CONSUMER", "OK_WARRANTY_REPAIR", tasks=["manual_receipt"]),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_golden_case_is_answered_as_the_catalogue_says(question: dict[str, Any], expected: dict[str, Any]) -> None:
    actual = answer(question)
    assert matches(expected, actual), actual
