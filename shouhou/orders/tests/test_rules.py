"""Reconciliation and the account of instants, on random orders."""

from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from shouhou.orders import rows, rules
from shouhou.orders.receiving import receipts_of
from shouhou.orders.snapshot import Snapshot, parse_numbered, parse_snapshot
from shouhou.orders.tests.conftest import NOW, line, plain

AMOUNT = st.integers(min_value=0, max_value=10**9)


def snapshot_with(**changes: Any) -> Snapshot:
    return parse_snapshot(orjson.dumps(plain(**changes)))


@given(paid=st.lists(AMOUNT, min_size=1, max_size=20), freight=AMOUNT, cuts=st.lists(st.floats(0, 1), max_size=5))
def test_payments_that_cover_lines_and_freight_reconcile(paid: list[int], freight: int, cuts: list[float]) -> None:
    total = sum(paid) + freight
    edges = [0, *sorted(int(total * cut) for cut in cuts), total]
    payments = [{"tender": f"t{n}", "amount": b - a} for n, (a, b) in enumerate(pairwise(edges))]
    order = snapshot_with(
        lines=[line(line=n, paid=amount) for n, amount in enumerate(paid, 1)], payments=payments, freight=freight, shipments=[]
    )
    assert rules.difference_minor(order) == 0
    assert rules.paid_minor(order) == total


@given(lacking=st.integers(min_value=-(10**6), max_value=10**6))
def test_the_difference_is_what_was_paid_beyond_lines_and_freight(lacking: int) -> None:
    order = snapshot_with(
        lines=[line(paid=2 * 10**6)], payments=[{"tender": "card", "amount": 2 * 10**6 + 500 + lacking}], freight=500,
        shipments=[],
    )  # fmt: skip
    assert rules.difference_minor(order) == lacking


@given(
    parcels=st.lists(
        st.tuples(st.lists(st.integers(1, 3), max_size=3, unique=True), st.one_of(st.none(), st.integers(2, 19))), max_size=5
    )
)
def test_a_line_is_received_with_its_last_parcel_or_not_at_all(parcels: list[tuple[list[int], int | None]]) -> None:
    order = snapshot_with(
        lines=[line(line=n) for n in (1, 2, 3)],
        shipments=[
            {"carrier": "jd", "lines": lines, "signed_at": f"2026-11-{day:02}T12:00:00+08:00" if day else None}
            for lines, day in parcels
        ],
    )
    received = receipts_of(order, {})
    for number in (1, 2, 3):
        days = [day for lines, day in parcels if not lines or number in lines]
        known = [day for day in days if day is not None]
        whole = bool(days) and len(known) == len(days)
        day, source = received[number]
        assert (day.day if day else None, source) == ((max(known), "signature") if whole else (None, "undetermined"))


def test_the_same_content_has_the_same_fingerprint_with_or_without_its_number() -> None:
    order, numbered = snapshot_with(), parse_numbered(orjson.dumps(plain(number="X")))
    assert rows.fingerprint(order) == rows.fingerprint(numbered)
    assert rows.fingerprint(order) != rows.fingerprint(snapshot_with(freight=999))


def test_a_station_without_consent_is_no_receipt() -> None:
    parcel = {"carrier": "other", "arrived_at": "2026-11-05T12:00:00+08:00"}
    for kind, source in (("door", "carrier_arrival"), ("locker_no_consent", "undetermined"), ("station_no_consent", "undetermined")):
        order = snapshot_with(lines=[line()], shipments=[parcel | {"arrival_kind": kind}])
        assert receipts_of(order, {})[1][1] == source


def test_nothing_is_wrong_with_the_plain_order() -> None:
    assert rules.errors_of(snapshot_with(), now=NOW) == []
