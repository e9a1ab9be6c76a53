"""The bank paid a shop another amount than it was told to: seen by finance, repaired with proof, once, to the cent."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import close_old_connections

from shouhou.foundation.refusals import Refused
from shouhou.ledger.models import Transfer
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from shouhou.settlements.actions import (
    begin_payout,
    exchange_payout,
    finish_payout,
    is_contradicted,
    pay_offline,
    prepare_settlement,
    retry_payout,
    settle_contradicted_payout,
)
from shouhou.settlements.models import Payout, SettledPosting, Settlement
from shouhou.settlements.queries import shop_money
from shouhou.settlements.tests.conftest import ANNA, BO, Fake, House

SUM = 19900


def contradicted(house: House, said: int) -> Settlement:
    """One sale of 199.00 is paid out, and the bank tells that it paid `said`."""
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    told(made, said, house)
    return made


def told(made: Settlement, said: int, house: House) -> None:
    step = begin_payout(Payout.objects.get(settlement=made).pk, now=house.world.now)
    assert step is not None and step.amount_minor == SUM
    finish_payout(step, ("query", ChannelAnswer("settled", "B-1", "", said), ""), now=house.world.now)
    made.refresh_from_db()


def confirm(house: House, made: Settlement, paid: int, *, proof: str = "ICBC 8", actor: Actor = BO) -> None:
    settle_contradicted_payout(made.number, paid_minor=paid, proof=proof, actor=actor, now=house.world.now)
    made.refresh_from_db()


def events(what: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(type=what).order_by("id").values_list("data", flat=True))


def owed(house: House) -> int:
    return shop_money(house.shop.pk).balance_minor


def test_another_amount_is_announced_once_however_often_the_bank_repeats_it(house: House, fake: Fake) -> None:
    made = contradicted(house, SUM - 1)
    told(made, SUM - 1, house)
    assert made.state == "paying" and is_contradicted(Payout.objects.get())
    assert [event["said_minor"] for event in events("settlement.contradicted")] == [SUM - 1]


@pytest.mark.parametrize(("paid", "left"), [(SUM - 100, 100), (1, SUM - 1), (SUM + 500, -500)])
def test_what_was_really_paid_is_booked_and_the_difference_stands_in_the_next_settlement(
    house: House, fake: Fake, paid: int, left: int
) -> None:
    made = contradicted(house, paid)
    confirm(house, made, paid)
    payout = Payout.objects.get(settlement=made)
    assert (made.state, payout.state, payout.proof, owed(house)) == ("paid", "settled", "ICBC 8", left)
    assert SettledPosting.objects.get(settlement=made, category="paid").amount_minor == -paid
    assert events("settlement.paid")[-1]["amount_minor"] == paid
    house.order()
    house.world.later(days=8)
    after = prepare_settlement("m1", actor=ANNA, now=house.world.now)
    assert (after.carried_in_minor, after.payout_minor) == (left, SUM + left)


def test_paid_as_instructed_after_all_is_simply_paid(house: House, fake: Fake) -> None:
    made = contradicted(house, SUM - 1)
    confirm(house, made, SUM)
    assert (made.state, owed(house)) == ("paid", 0)


def test_nothing_paid_can_be_paid_again_or_by_hand(house: House, fake: Fake) -> None:
    made = contradicted(house, SUM - 1)
    confirm(house, made, 0)
    assert (made.state, Payout.objects.get().refusal_code, owed(house)) == ("failed", "NOT_PAID", SUM)
    retry_payout(made.number, actor=BO, now=house.world.now)
    assert not is_contradicted(Payout.objects.get())
    told(made, SUM - 2, house)
    assert len(events("settlement.contradicted")) == 2
    confirm(house, made, 0)
    pay_offline(made.number, proof="BY-HAND-1", actor=BO, now=house.world.now)
    made.refresh_from_db()
    assert (made.state, owed(house)) == ("paid", 0)


def test_a_bank_that_corrects_itself_settles_it(house: House, fake: Fake) -> None:
    made = contradicted(house, SUM - 1)
    step = begin_payout(Payout.objects.get(settlement=made).pk, now=house.world.now)
    assert step is not None and finish_payout(step, exchange_payout(step), now=house.world.now)
    made.refresh_from_db()
    assert made.state == "paid" and [entry["amount"] for entry in fake.server.payouts.movements] == [SUM]
    with pytest.raises(Refused, match="SETTLEMENT_NOT_SO"):
        confirm(house, made, SUM - 1)


@pytest.mark.parametrize(
    ("paid", "proof", "code"),
    [
        (SUM, " ", "DEPOSIT_PROOF"), (-1, "P", "PAID_IMPLAUSIBLE"), (SUM * 10 + 1, "P", "PAID_IMPLAUSIBLE"),
        (10**18, "P", "PAID_IMPLAUSIBLE"),
    ],
)  # fmt: skip
def test_without_proof_or_with_nonsense_nothing_is_booked(house: House, fake: Fake, paid: int, proof: str, code: str) -> None:
    made = contradicted(house, SUM - 1)
    before = (Transfer.objects.count(), Payout.objects.values().get())
    with pytest.raises(Refused, match=code):
        confirm(house, made, paid, proof=proof)
    assert (Transfer.objects.count(), Payout.objects.values().get()) == before


def test_what_is_under_way_and_what_was_not_contradicted_is_left_to_the_bank(house: House, fake: Fake) -> None:
    house.sells().order()
    house.world.later(days=8)
    made = house.settle()
    with pytest.raises(Refused, match="PAYOUT_NOT_CONTRADICTED"):
        confirm(house, made, SUM)
    with pytest.raises(Refused, match="FORBIDDEN"):
        confirm(house, made, SUM, actor=house.keeper())
    assert Payout.objects.get().state == "pending" and owed(house) == SUM


def test_it_is_repaired_once_and_the_second_is_refused(house: House, fake: Fake) -> None:
    made = contradicted(house, SUM - 100)
    confirm(house, made, SUM - 100)
    with pytest.raises(Refused, match="SETTLEMENT_NOT_SO"):
        confirm(house, made, SUM - 100)
    assert owed(house) == 100 and SettledPosting.objects.filter(category="paid").count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_at_once_repair_it_once(house: House, fake: Fake) -> None:
    made, gate, heard = contradicted(house, SUM - 100), Barrier(4), list[str]()

    def one() -> None:
        gate.wait()
        try:
            settle_contradicted_payout(made.number, paid_minor=SUM - 100, proof="ICBC 8", actor=BO, now=house.world.now)
            heard.append("done")
        except Refused as no:
            heard.append(no.code)
        finally:
            close_old_connections()

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["SETTLEMENT_NOT_SO"] * 3 + ["done"] and owed(house) == 100
