"""The channel paid another amount than instructed: finance says what really happened, and the buyer gets what was owed."""

from typing import Any

import pytest

from shouhou.cases.models import HistoryEntry
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions.sending import begin
from shouhou.payments.models import Refund, RefundPart, TenderAllowance
from tests.conftest import Fake
from tests.world import World, refusal_of


def contradicted(world: World, fake: Fake, paid: int) -> str:
    """199.00 was instructed; the channel tells that it paid `paid` under that key."""
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    part = RefundPart.objects.get(refund__subject=number)
    fake.server.book.record({
        "key": str(part.idempotency_key), "amount": paid, "currency": "CNY", "status": "settled", "reference": "FR-1",
        "for": "", "at": 0.0,
    })  # fmt: skip
    begin(part.pk, now=world.now)
    world.pay(number)
    return number


def named(world: World, number: str) -> set[str]:
    return {move["move"] for move in world.case(number, actor=world.staff("finance"))["moves"]}


def held(prefix: str) -> int:
    return sum(each.posted_minor for each in balances(prefix=prefix))


def test_a_contradicted_refund_waits_for_finance_and_offers_the_one_way_out(world: World, fake: Fake) -> None:
    number = contradicted(world, fake, 18000)
    assert world.case(number)["status"] == "refund_stuck"
    assert named(world, number) & {"retry_refund", "settle_offline", "settle_contradicted"} == {"settle_contradicted"}
    attempts = RefundPart.objects.get(refund__subject=number).attempts.values_list("outcome", "detail")
    assert [(outcome, detail.split()[:3]) for outcome, detail in attempts] == [("other amount", ["180.00", "≠", "199.00"])]


@pytest.mark.parametrize(
    ("paid", "answers", "through", "offline", "over"),
    [
        (18000, {"rest_proof": "银行回单 77"}, 18000, 1900, 0),
        (0, {"rest_proof": "银行回单 77"}, 0, 19900, 0),
        (19900, {}, 19900, 0, 0),
    ],
)
def test_finance_confirms_what_was_paid_and_the_buyer_has_what_was_owed_once(
    world: World, fake: Fake, paid: int, answers: dict[str, Any], through: int, offline: int, over: int
) -> None:
    number = contradicted(world, fake, 18000)
    done = world.move(
        number, "settle_contradicted", actor=world.staff("finance"), paid=paid, proof="渠道对账单 3", **answers
    )
    assert (done["status"], done["outcome"]) == ("refunded", "refunded")
    refund = Refund.objects.get(subject=number)
    assert (refund.state, refund.amount_minor) == ("settled", 19900)
    assert trial_balance() == {"CNY": 0} and held("buyer:") == 0
    assert (held("tender:fake:"), held("tender:offline:")) == (through, offline)
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor) == (0, 19900)
    # The channel keeps on telling the same; nothing more is paid for it.
    assert world.pay(number) == [None]
    assert held("tender:") == 19900


def test_what_a_channel_paid_too_much_is_booked_to_be_collected(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order(lines=[
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 9950, "paid": 19900},
    ]))["number"]  # fmt: skip
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    part = RefundPart.objects.get(refund__subject=number)
    assert part.amount_minor == 9950
    fake.server.book.record({
        "key": str(part.idempotency_key), "amount": 19900, "currency": "CNY", "status": "settled", "reference": "FR-1",
        "for": "", "at": 0.0,
    })  # fmt: skip
    begin(part.pk, now=world.now)
    world.pay(number)
    world.move(number, "settle_contradicted", actor=world.staff("finance"), paid=19900, proof="渠道对账单 3")
    assert world.case(number)["status"] == "refunded"
    collected = [each.posted_minor for each in balances(prefix="buyer:") if each.account.endswith(":overpaid")]
    assert collected == [-9950] and held("tender:") == 19900
    assert trial_balance() == {"CNY": 0}
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor) == (0, 9950)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"paid": 18000, "proof": "对账单"}, "REST_PROOF_REQUIRED"),
        ({"paid": 20000, "proof": "对账单"}, "PAID_IMPLAUSIBLE"),
        ({"paid": 19900}, "ANSWERS_INVALID"),
    ],
)
def test_what_cannot_be_or_is_not_proven_is_refused_and_changes_nothing(
    world: World, fake: Fake, answers: dict[str, Any], code: str
) -> None:
    number = contradicted(world, fake, 18000)
    before = world.case(number)["version"], HistoryEntry.objects.count(), held("tender:")
    refund = Refund.objects.get(subject=number)
    assert refusal_of(world.move, number, "settle_contradicted", actor=world.staff("finance"), **answers).code == code
    assert (world.case(number)["version"], HistoryEntry.objects.count(), held("tender:")) == before
    again = Refund.objects.get(subject=number)
    assert (again.state, again.version, again.parts.get().state) == (refund.state, refund.version, "unknown")
