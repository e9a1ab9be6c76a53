"""Returns and repairs whose money goes through Stripe: real moves, a real server there, its events sent to our address."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import retry_refund
from shouhou.payments.channels.base import ChannelSilent, Paid
from shouhou.payments.models import CallbackReceipt, Charge, ChargeReceipt, Refund
from shouhou.payments.tests.conftest import work
from shouhou.payments.tests.stripe_running import API_KEY, WEBHOOK_SECRET, StripeHouse, stripe_house
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.plumbing.models import Event
from tests.stories.repairing import PHONE, diagnosed, home, on_bench, repaired, technician
from tests.stories.test_charges import spoken
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeHouse]:
    with stripe_house(tmp_path_factory.mktemp("stripe")) as house:
        yield house


@pytest.fixture
def house(running: StripeHouse, settings: Settings, live_server: LiveServer) -> StripeHouse:
    """Cards go through Stripe, which tells us at the address that is documented for it."""
    settings.PAYMENT_CHANNELS = {"stripe": {"key": API_KEY, "webhook_secret": WEBHOOK_SECRET, "url": running.url}}
    settings.TENDER_CHANNELS, settings.CHARGE_CHANNEL = {"card": "stripe"}, "stripe"
    running.call_back_to(f"{live_server.url}/api/v1/callbacks/payments/stripe")
    return running


def until(what: Callable[[], bool]) -> None:
    """Stripe tells when it likes."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < limit, "nobody told us"
        time.sleep(0.1)


def goods_accepted(world: World, house: StripeHouse, channel: dict[str, Any]) -> Refund:
    """A return of a kettle that had been paid by card at Stripe, its refund on the way."""
    paid = house.paid(19900)
    number = world.received(order={"payments": [{"tender": "card", "amount": 19900, "reference": paid.reference}], **channel})
    staff = world.staff("merchant_operator", "user:7", merchant="m1") if channel else world.staff("inspector")
    assert world.move(number, "accept", actor=staff)["status"] == "refunding"
    return Refund.objects.get(subject=number)


def out(house: StripeHouse, refund: Refund) -> list[int]:
    return [int(each["amount"]) for each in house.ledger()["refunds"] if each.get("shouhou_number") == refund.number]


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_return_ends_with_the_money_back_on_the_card_and_stripe_telling_so(
    world: World, house: StripeHouse, channel: dict[str, Any]
) -> None:
    refund = goods_accepted(world, house, channel)
    assert work(refund, now=world.now) == [True]
    assert (world.case(refund.subject)["status"], out(house, refund)) == ("refunded", [19900])
    until(lambda: CallbackReceipt.objects.count() == 1)
    house.tell_again("refund.created")
    time.sleep(1.5)
    assert CallbackReceipt.objects.count() == 1 and Event.objects.filter(type="refund.settled").count() == 1
    assert trial_balance() == {"CNY": 0}


def test_a_refund_whose_answer_and_asking_were_lost_is_settled_by_stripes_own_word(
    world: World, house: StripeHouse
) -> None:
    refund = goods_accepted(world, house, {})
    house.behave("error_done")
    part = refund.parts.get()
    # The worker dies right after the call; nobody asks.
    assert part.payment is not None
    with pytest.raises(ChannelSilent, match="HTTP 500"):
        house.channel().refund(
            key=part.idempotency_key, amount_minor=19900, currency="CNY", reference=refund.number,
            paid=Paid(part.payment.reference, 19900),
        )  # fmt: skip
    until(lambda: Refund.objects.get().state == "settled")
    assert world.case(refund.subject)["status"] == "refunded" and out(house, refund) == [19900]
    assert work(refund, now=world.now) == [None] and trial_balance() == {"CNY": 0}


def test_money_that_a_bank_returns_after_it_had_settled_is_told_to_finance_and_owed_again(
    world: World, house: StripeHouse
) -> None:
    refund = goods_accepted(world, house, {})
    work(refund, now=world.now)
    house.turn(refund.parts.get().channel_reference, "failed", "lost_or_stolen_card")
    until(lambda: Event.objects.filter(type="refund.contradicted").count() == 1)
    told = Event.objects.get(type="refund.contradicted")
    assert told.data["said"] == "lost_or_stolen_card after settled"
    refund.refresh_from_db()
    assert (refund.state, world.case(refund.subject)["status"], trial_balance()) == ("failed", "refunded", {"CNY": 0})
    retry_refund(refund.number, actor=world.staff("finance"), now=world.now)
    work(refund, now=world.now)
    assert (refund.state, out(house, refund), world.case(refund.subject)["status"]) == ("settled", [19900], "refunded")


def test_four_workers_and_stripes_events_at_the_same_time_pay_once(world: World, house: StripeHouse) -> None:
    refund = goods_accepted(world, house, {})
    at_once(lambda place: work(Refund.objects.get(), now=world.now))
    until(lambda: CallbackReceipt.objects.count() == 1)
    work(refund, now=world.now)
    assert (refund.state, out(house, refund)) == ("settled", [19900])
    assert Event.objects.filter(type="refund.settled").count() == 1 and trial_balance() == {"CNY": 0}


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_repair_is_paid_at_stripe_told_by_its_event_done_and_earned(
    world: World, house: StripeHouse, channel: dict[str, Any]
) -> None:
    number = on_bench(world, PHONE, channel)
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    lines = [{"what": "屏幕", "amount": 12000}]
    world.move(number, "quote", actor=technician(world, number), parts_fee=12000, labour_fee=6000, lines=lines)
    world.move(number, "accept_quote", actor=world.buyer())
    charge = spoken(world, Charge.objects.get())
    assert charge.pay_url.startswith(house.url)
    house.pay(charge.channel_key, charge.pay_url)
    # Nobody asks Stripe: it tells.
    until(lambda: Charge.objects.get().state == "paid")
    assert world.case(number)["status"] == "repairing"
    # The intent, its charge and the checkout: three events about one payment.
    until(lambda: ChargeReceipt.objects.count() == 3)
    assert Event.objects.filter(type="charge.paid").count() == 1
    repaired(world, number)
    home(world, number)
    assert world.move(number, "confirm_repair", actor=world.buyer())["outcome"] == "repaired"
    assert Charge.objects.get().earned_at == world.now and set(trial_balance().values()) <= {0}
    assert [each["amount"] for each in house.ledger()["received"] if each["shouhou_number"] == charge.number] == [18000]

