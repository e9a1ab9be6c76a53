"""The ladder to the day of receipt."""

from datetime import UTC, date, datetime

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.orders.receipt import Manual, ParcelFacts, receipt_of

TENTH = datetime(2025, 3, 10, 7, tzinfo=UTC)
TWELFTH = datetime(2025, 3, 12, 16, 30, tzinfo=UTC)
"""Half past midnight of the 13th in Shanghai."""
RULED = Manual(date(2025, 3, 11), ("distance", "customer_confirmation"))


def test_the_signature_counts_first_in_the_days_of_shanghai() -> None:
    receipt = receipt_of([ParcelFacts("other", signed_at=TWELFTH, arrived_at=TENTH)], manual=RULED)
    assert (receipt.received_on, receipt.source, receipt.task) == (date(2025, 3, 13), "signature", None)


def test_another_carriers_arrival_counts_and_our_own_or_self_collection_does_not() -> None:
    assert receipt_of([ParcelFacts("other", arrived_at=TENTH)]).source == "carrier_arrival"
    for carrier in ("jd", "self_pickup"):
        assert receipt_of([ParcelFacts(carrier, arrived_at=TENTH)]).source == "undetermined"


def test_a_locker_drop_without_consent_starts_no_clock() -> None:
    receipt = receipt_of([ParcelFacts("other", arrived_at=TENTH, arrival_kind="locker_no_consent")])
    assert (receipt.received_on, receipt.task) == (None, "manual_receipt")


def test_the_last_parcel_counts_and_one_still_on_its_way_leaves_it_open() -> None:
    both = [ParcelFacts("jd", signed_at=TENTH), ParcelFacts("jd", signed_at=TWELFTH)]
    assert receipt_of(both).received_on == date(2025, 3, 13)
    assert receipt_of([*both, ParcelFacts("jd")]).source == "undetermined"


def test_an_agents_finding_needs_a_basis() -> None:
    assert receipt_of([ParcelFacts("other")], manual=RULED).source == "manual"
    assert receipt_of([], manual=RULED).received_on == date(2025, 3, 11)
    for basis in ((), (" ",)):
        with pytest.raises(Refused) as caught:
            receipt_of([ParcelFacts("other")], manual=Manual(date(2025, 3, 11), basis))
        assert caught.value.code == "BASIS_REQUIRED"


def test_nothing_known_asks_a_person() -> None:
    assert receipt_of([]).task == "manual_receipt"
