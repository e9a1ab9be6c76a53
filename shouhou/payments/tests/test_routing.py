"""Another route, and what is asked back: by four at once, twice, and killed half-way; one of each is all there is."""

from datetime import timedelta

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.models import Transfer
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import (
    agree_route,
    ask_charge,
    collect_charges,
    cover_flash,
    open_receivable,
    retry_refund,
    write_off_receivable,
)  # fmt: skip
from shouhou.payments.actions.charge_outcome import settled
from shouhou.payments.actions.charge_state import held_charge
from shouhou.payments.actions.sending import begin, exchange
from shouhou.payments.models import OtherRoute, Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refused(fake: Fake) -> Refund:
    """A refund that its card did not take."""
    refund = instruct(make_order(), {1: 1})
    fake.behave("refuse")
    work(refund)
    assert refund.state == "failed"
    return refund


def agree(refund: Refund) -> str:
    return agree_route(refund.number, kind="balance", consent="我同意", actor=ANNA, now=NOW).number


def posted(prefix: str) -> int:
    return sum(each.posted_minor for each in balances(prefix=prefix))


def test_four_who_agree_at_once_send_it_once(refused: Refund, fake: Fake) -> None:
    done = at_once(lambda _: agree(refused))
    assert sorted(no.code for no in done if isinstance(no, Refused)) == ["REFUND_NOT_REFUSED"] * 3
    work(refused)
    assert [each["amount"] for each in fake.movements()] == [15000] and refused.state == "settled"
    assert (OtherRoute.objects.count(), RefundPart.objects.exclude(state="cancelled").count()) == (1, 1)
    assert set(trial_balance().values()) == {0}


def test_the_buyer_agrees_while_finance_tries_again_and_one_of_both_pays(refused: Refund, fake: Fake) -> None:
    at_once(lambda place: agree(refused) if place % 2 else retry_refund(refused.number, actor=BO, now=NOW).number)
    work(refused)
    allowance = TenderAllowance.objects.get()
    assert [each["amount"] for each in fake.movements()] == [15000] and refused.state == "settled"
    assert (allowance.reserved_minor, allowance.settled_minor, set(trial_balance().values())) == (0, 15000, {0})


def test_killed_after_the_balance_was_paid_it_is_asked_about_and_not_paid_again(refused: Refund, fake: Fake) -> None:
    agree(refused)
    part = RefundPart.objects.get(tender="balance")
    step = begin(part.id, now=NOW)
    assert step is not None
    exchange(step)
    # Killed here: the answer was kept nowhere.
    work(refused)
    assert [each["amount"] for each in fake.movements()] == [15000] and refused.state == "settled"


def test_an_agreement_that_is_rolled_back_leaves_nothing(refused: Refund) -> None:
    transfers = Transfer.objects.count()
    with transaction.atomic():
        agree(refused)
        transaction.set_rollback(True)
    refused.refresh_from_db()
    assert (refused.state, OtherRoute.objects.count(), RefundPart.objects.count(), Transfer.objects.count()) == ("failed", 0, 1, transfers)
    assert not Event.objects.filter(type="refund.route_agreed").exists()


def test_a_receivable_is_opened_paid_and_written_off_once_however_often_it_is_said(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1})
    charge = ask_charge(
        subject="SO-1", order_id=refund.order_id, merchant_id=refund.merchant_id, buyer_id=refund.buyer_id, purpose="not_returned",
        amount_minor=5000, currency="CNY", key="k", expires_at=NOW + timedelta(days=7), actor=ANNA, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match="CHARGE_NOT_PAID"):
        collect_charges(refund=refund, worth=None, due_minor=5000, actor=BO, now=NOW)
    for _ in range(2):
        open_receivable(refund, amount_minor=5000, round_=1, actor=BO, now=NOW)
        cover_flash(refund, amount_minor=3000, actor=BO, now=NOW)
    with transaction.atomic():
        settled(held_charge(number=charge.number), reference="FP", means="card", now=NOW)
    at_once(lambda _: collect_charges(refund=refund, worth=None, due_minor=5000, actor=BO, now=NOW))
    assert (posted("platform:receivable"), posted("platform:flash"), posted("buyer:")) == (0, 8000, 0)
    at_once(lambda _: write_off_receivable(refund, amount_minor=700, actor=BO, now=NOW))
    assert (posted("platform:written-off"), set(trial_balance().values())) == (-700, {0})
