"""A charge that goes back in parts: to the cent, once for each part, never more than was paid, in any order."""

from itertools import permutations

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import earn_charges, given_back_in_parts, refund_charge, refund_charge_part
from shouhou.payments.models import Charge, Refund
from shouhou.payments.rules.charges import OnTop, due_back
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, work
from shouhou.payments.tests.test_charges import asked, events, press, speak


def paid(fake: Fake) -> Charge:
    charge = asked()
    speak(charge)
    press(charge)
    speak(charge)
    earn_charges(subject="SO-1", actor=ANNA, now=NOW)
    return charge


def part(charge: Charge, name: str, amount: int) -> Refund:
    return refund_charge_part(charge.number, part=name, amount_minor=amount, actor=BO, now=NOW, reason="goods_returned")


@pytest.mark.parametrize("order", list(permutations([(1, 1), (1, 1), (1, 1), (2, 1), (2, 1)])))
def test_in_whatever_order_units_come_back_the_shares_add_up_to_the_whole(order: list[tuple[int, int]]) -> None:
    lines = [OnTop(1, 100, 3, 3), OnTop(2, 1, 2, 2)]
    gone: dict[int, int] = {}
    told = [0]
    for line, units in order:
        gone[line] = gone.get(line, 0) + units
        told.append(due_back(101, lines, gone))
    assert told == sorted(told) and told[-1] == 101


def test_a_line_that_became_cheaper_gives_nothing_back_of_what_another_cost_more() -> None:
    lines = [OnTop(1, 6000, 1, 1), OnTop(2, -2000, 1, 1)]
    assert (due_back(4000, lines, {2: 1}), due_back(4000, lines, {1: 1}), due_back(4000, lines, {1: 1, 2: 1})) == (0, 4000, 4000)


@pytest.mark.django_db
def test_each_part_goes_back_once_and_the_last_ends_the_charge(fake: Fake) -> None:
    charge = paid(fake)
    first = part(charge, "SO-2", 5001)
    assert part(charge, "SO-2", 7000).id == first.id
    work(first)
    charge.refresh_from_db()
    assert (charge.state, given_back_in_parts(charge.number), events("charge.refunded")) == ("paid", ("paid", 5001), 1)
    with pytest.raises(Refused, match="EXCEEDS_PAID"):
        part(charge, "SO-3", 13000)
    last = part(charge, "SO-3", 12999)
    assert Charge.objects.get().state == "refunding"
    work(last)
    assert (Charge.objects.get().state, events("charge.refunded")) == ("refunded", 2)
    assert [each["amount"] for each in fake.movements()] == [5001, 12999] and set(trial_balance().values()) == {0}
    assert all(b.posted_minor == b.pending_minor == 0 for b in balances())


@pytest.mark.django_db
def test_what_is_left_after_a_part_goes_back_whole_and_asked_again_it_is_one(fake: Fake) -> None:
    charge = paid(fake)
    part(charge, "SO-2", 5000)
    rest = refund_charge(charge.number, actor=BO, now=NOW)
    assert (rest.amount_minor, refund_charge(charge.number, actor=BO, now=NOW).id) == (13000, rest.id)
    with pytest.raises(Refused, match="CHARGE_NOT_PAID"):
        part(charge, "SO-3", 1)
    for refund in Refund.objects.all():
        work(refund)
    assert (Charge.objects.get().state, sum(each["amount"] for each in fake.movements())) == ("refunded", 18000)


@pytest.mark.django_db
def test_the_last_part_that_settles_ends_the_charge_whichever_it_is(fake: Fake) -> None:
    charge = paid(fake)
    first, last = part(charge, "SO-2", 5000), part(charge, "SO-3", 13000)
    work(last)
    assert Charge.objects.get().state == "refunding"
    work(first)
    assert Charge.objects.get().state == "refunded"
