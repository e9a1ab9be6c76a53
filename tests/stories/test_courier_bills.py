"""A courier's bill for free pickups: each line once, on the account of who bears the way, to be read on the case."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.accounts.models import User
from shouhou.cases.courier_bills import ROWS_MOST, take_bill
from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.ledger.models import Posting
from shouhou.ledger.queries import postings_of, trial_balance
from shouhou.logistics.models import Pickup
from shouhou.payments.models import CourierBill, CourierBillLine
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions import announce_recharges, book_recharges
from shouhou.settlements.models import Recharge
from tests.stories.test_flash import posted
from tests.world import QUALITY, THIRD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(db: None) -> Actor:
    user = User.objects.create(username="cai", role="finance")
    return Actor(role="finance", who=f"user:{user.pk}", name="阿财")


def picked_up(world: World, *, fault: str, free: bool = True, **order: Any) -> tuple[str, str]:
    """A case whose goods a courier has fetched; its number and the pickup's own."""
    number: str = world.later(days=1).apply(world.order(**order), **QUALITY)["number"]
    Case.objects.filter(number=number).update(fault=fault, freight_payer="seller" if fault == "seller" else "platform")
    pickup = Pickup.objects.create(
        number=f"PU-{world.count}", subject=number, carrier="SF", window_start=world.now, window_end=world.later(hours=2).now,
        state="collected", key=f"{number}:p", carrier_reference=f"SFREF{world.count}", free=free, requested_by="buyer:1",
        requested_at=world.now,
    )  # fmt: skip
    return number, pickup.carrier_reference


def bill(*rows: tuple[str, str], currency: str = "CNY") -> bytes:
    return ("reference,amount,currency\n" + "".join(f"{reference},{amount},{currency}\n" for reference, amount in rows)).encode()


def take(world: World, data: bytes, actor: Actor, *, name: str = "sf-03.csv") -> CourierBill:
    with transaction.atomic():
        return take_bill("SF", data, name=name, actor=actor, now=world.now)


def outcomes() -> list[tuple[str, str]]:
    return list(CourierBillLine.objects.order_by("id").values_list("reference", "outcome"))


@pytest.mark.parametrize(
    ("fault", "channel", "account"),
    [
        ("seller", {}, "merchant:payable"), ("seller", THIRD, "platform:advance"), ("carrier", THIRD, "carrier:SF:claims"),
        ("platform", {}, "platform:goodwill"),
    ],
)  # fmt: skip
def test_it_is_posted_once_to_whoever_bears_the_way(
    world: World, finance: Actor, fault: str, channel: dict[str, Any], account: str
) -> None:
    number, reference = picked_up(world, fault=fault, **channel)
    data = bill((reference, "12.50"))
    assert take(world, data, finance) == take(world, data, finance)
    take(world, bill((reference, "12.50"), ("NOBODY", "3.00")), finance, name="again.csv")
    assert posted() == {account: -1250, "platform:freight:SF": 1250} and set(trial_balance().values()) == {0}
    assert [posting.recipe for posting in postings_of(number)] == ["freight_billed"]
    assert outcomes() == [(reference, "posted"), ("NOBODY", "unknown")]


def test_what_was_advanced_for_a_shop_is_claimed_back_from_it(world: World, finance: Actor) -> None:
    number, reference = picked_up(world, fault="seller", **THIRD)
    take(world, bill((reference, "12.50")), finance)
    assert announce_recharges(now=world.now) == 1 and announce_recharges(now=world.now) == 0
    row = Recharge.objects.get()
    assert (row.kind, row.subject, row.amount_minor) == ("freight", number, 1250)
    world.later(days=30)
    assert book_recharges(now=world.now) == 1
    assert posted() == {"merchant:payable": -1250, "platform:freight:SF": 1250}


def test_what_the_buyer_paid_and_what_was_billed_before_otherwise_is_for_a_person(world: World, finance: Actor) -> None:
    _, own = picked_up(world, fault="customer", free=False)
    _, free = picked_up(world, fault="seller")
    take(world, bill((own, "10.00"), (free, "12.00")), finance)
    take(world, bill((free, "13.00")), finance, name="later.csv")
    assert outcomes() == [(own, "not_free"), (free, "posted"), (free, "other_amount")]
    assert posted() == {"merchant:payable": -1200, "platform:freight:SF": 1200}


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"reference,amount\nA,1\n", bill(), bill(("A", "1.005")), bill(("A", "0")), bill(("A", "-1.00")),
             bill(("", "1.00")), bill(("A", "much")), bill(("A", "1.00"), currency="yuan"), bill(("A", "NaN"))],
)  # fmt: skip
def test_a_file_that_is_no_bill_is_refused_whole(world: World, finance: Actor, data: bytes) -> None:
    with pytest.raises(Refused, match="COURIER_BILL_UNREADABLE"):
        take(world, data, finance)
    assert not CourierBill.objects.exists() and not Posting.objects.exists()


def test_one_pickup_by_our_number_and_by_the_couriers_is_posted_once(world: World, finance: Actor) -> None:
    _, reference = picked_up(world, fault="seller")
    ours = Pickup.objects.get().number
    take(world, bill((reference, "12.50"), (ours, "12.50"), (reference, "12.50"), (ours, "13.00")), finance)
    assert outcomes() == [(reference, "posted"), (ours, "other_amount")]
    take(world, bill((ours, "12.50")), finance, name="later.csv")
    assert posted() == {"merchant:payable": -1250, "platform:freight:SF": 1250} and len(outcomes()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_as_a_chinese_office_saves_it_is_read(world: World, finance: Actor, encoding: str) -> None:
    _, reference = picked_up(world, fault="seller")
    data = f"reference,amount,currency,备注\r\n{reference},12.50,CNY,上门取件（顺丰）\r\n".encode(encoding)
    take(world, data, finance)
    assert outcomes() == [(reference, "posted")]


def test_a_file_of_fifty_thousand_lines_is_taken_whole_and_one_more_line_is_refused(world: World, finance: Actor) -> None:
    _, reference = picked_up(world, fault="seller")
    lines = [("U" + str(place), "1.00") for place in range(ROWS_MOST - 2)]
    take(world, bill(*lines, (reference, "12.50"), (reference, "12.50")), finance)
    assert CourierBillLine.objects.filter(outcome="unknown").count() == ROWS_MOST - 2
    assert posted() == {"merchant:payable": -1250, "platform:freight:SF": 1250}
    with pytest.raises(Refused, match="COURIER_BILL_UNREADABLE"):
        take(world, bill(*lines, *[("V" + str(place), "1.00") for place in range(3)]), finance)
    assert CourierBill.objects.count() == 1


def test_only_finance_takes_bills(world: World) -> None:
    _, reference = picked_up(world, fault="seller")
    for actor in (world.staff("agent"), Actor(role="finance", who="user:1", merchant_id=1)):
        with pytest.raises(Refused, match="FORBIDDEN"):
            take(world, bill((reference, "1.00")), actor)
    assert not CourierBill.objects.exists()
