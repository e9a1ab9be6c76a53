"""Stripe's own ways, against localstripe as a running server: its errors, its memory of keys, its refunds that fail late."""

import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from shouhou.payments.channels.base import ChannelAnswer, ChannelDown, ChannelSilent, Paid, PayAnswer
from shouhou.payments.channels.stripe import wire
from shouhou.payments.channels.stripe.amounts import Inexact, from_stripe, to_stripe
from shouhou.payments.channels.stripe.client import StripeChannel
from shouhou.payments.tests.stripe_running import StripeHouse, stripe_house

LOSES_IBAN = "DE62370400440532013001"
DECLINED_CARD = "4000000000000341"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeHouse]:
    with stripe_house(tmp_path_factory.mktemp("stripe")) as house:
        yield house


@pytest.fixture
def house(running: StripeHouse) -> StripeHouse:
    return running


def refund(house: StripeHouse, key: UUID, paid: Paid, amount: int = 900, currency: str = "CNY") -> ChannelAnswer:
    return house.channel().refund(key=key, amount_minor=amount, currency=currency, reference="RF-1", paid=paid)


@pytest.mark.parametrize("trouble", ["error", "busy", "locked"])
def test_what_stripe_did_not_do_is_silence_and_is_done_with_the_same_key(house: StripeHouse, trouble: str) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    house.behave(trouble)
    with pytest.raises(ChannelSilent, match="HTTP"):
        refund(house, key, paid)
    assert house.channel().query(key=key, paid=paid).status == "not_known" and len(house.refunds()) == before
    assert refund(house, key, paid).status == "settled" and house.refunds()[before:] == [900]


def test_an_error_after_the_payment_stays_silence_under_its_key_and_asking_tells(house: StripeHouse) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    house.behave("error_done")
    for _ in range(2):
        # Stripe answers the key with the same error for a day.
        with pytest.raises(ChannelSilent, match="HTTP 500"):
            refund(house, key, paid)
    assert house.channel().query(key=key, paid=paid).status == "settled" and house.refunds()[before:] == [900]


def test_no_answer_in_time_is_silence(house: StripeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    house.behave("silent")
    with pytest.raises(ChannelSilent, match="Timeout"):
        refund(house, key, paid)
    assert len(house.refunds()) == before


def test_a_key_for_another_amount_moves_nothing_and_the_first_amount_is_told(house: StripeHouse) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    refund(house, key, paid, 900)
    with pytest.raises(ChannelSilent):
        refund(house, key, paid, 901)
    assert house.channel().query(key=key, paid=paid).amount_minor == 900 and house.refunds()[before:] == [900]


def test_a_key_that_is_not_accepted_begins_nothing(house: StripeHouse) -> None:
    before, paid = len(house.refunds()), house.paid(5000)
    stranger = StripeChannel("nobody", url=house.url)
    with pytest.raises(ChannelDown, match="401"):
        stranger.refund(key=uuid4(), amount_minor=900, currency="CNY", reference="RF-1", paid=paid)
    assert len(house.refunds()) == before


@pytest.mark.parametrize(
    ("reference", "amount", "currency", "code"),
    [
        ("", 900, "CNY", "NO_REFERENCE"), ("4200001", 900, "CNY", "BAD_REFERENCE"),
        ("pi_nobody", 900, "CNY", "invalid_request_error"), ("ch_nobody", 900, "CNY", "invalid_request_error"),
        ("here", 900, "USD", "CURRENCY_DIFFERS"), ("here", 150, "MGA", "AMOUNT_INEXACT"),
        ("here", 5001, "CNY", "invalid_request_error"),
    ],
)  # fmt: skip
def test_what_cannot_go_back_is_refused_with_a_code_and_moves_nothing(
    house: StripeHouse, reference: str, amount: int, currency: str, code: str
) -> None:
    before = len(house.refunds())
    paid = house.paid(5000) if reference == "here" else Paid(reference, 5000)
    answer = refund(house, uuid4(), paid, amount, currency)
    assert (answer.status, answer.code, len(house.refunds())) == ("refused", code, before)
    if not reference.startswith(("pi_", "ch_", "here")):
        assert house.channel().query(key=uuid4(), paid=paid).status == "not_known"


def test_never_more_goes_back_than_was_paid(house: StripeHouse) -> None:
    before, paid = len(house.refunds()), house.paid(5000)
    assert refund(house, uuid4(), paid, 5000).status == "settled"
    answer = refund(house, uuid4(), paid, 1)
    assert (answer.status, answer.code) == ("refused", "charge_already_refunded") and house.refunds()[before:] == [5000]


def test_a_refund_can_go_back_to_a_charge_too(house: StripeHouse) -> None:
    before, intent, key = len(house.refunds()), house.paid(5000), uuid4()
    charge = Paid(house.charge_of(intent), 5000)
    assert refund(house, key, charge).status == refund(house, key, charge).status == "settled"
    assert house.channel().query(key=key, paid=charge).amount_minor == 900 and house.refunds()[before:] == [900]


def test_a_refund_that_the_bank_gives_back_is_refused_and_can_be_tried_again(house: StripeHouse) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    first = refund(house, key, paid)
    house.turn(first.reference, "pending")
    assert house.channel().query(key=key, paid=paid).status == "in_process" == refund(house, key, paid).status
    house.turn(first.reference, "failed", "expired_or_canceled_card")
    asked = house.channel().query(key=key, paid=paid)
    assert (asked.status, asked.code, asked.reference) == ("refused", "expired_or_canceled_card", first.reference)
    second = refund(house, key, paid)
    assert second.status == "settled" and second.reference != first.reference
    assert house.channel().query(key=key, paid=paid).reference == second.reference == refund(house, key, paid).reference
    assert house.refunds()[before:] == [900]


def test_a_declined_card_leaves_the_checkout_open_for_another(house: StripeHouse) -> None:
    key, before = uuid4(), len(house.received())
    opened = open_payment(house, key)
    assert house.pay(key, opened.url, card=DECLINED_CARD).status_code == 402
    assert house.channel().query_payment(key=key, reference=opened.reference).status == "open"
    house.pay(key, opened.url)
    paid = house.channel().query_payment(key=key, reference=opened.reference)
    assert (paid.status, paid.means, house.received()[before:]) == ("settled", "card", [1800])


def test_a_bank_debit_that_fails_later_is_waited_for_and_then_declined(house: StripeHouse) -> None:
    key, before = uuid4(), len(house.received())
    opened = open_payment(house, key)
    house.pay(key, opened.url, iban=LOSES_IBAN)
    waiting = house.channel().query_payment(key=key, reference=opened.reference)
    assert (waiting.status, waiting.url) == ("open", "https://shop.example/pay/CH-1/")
    assert house.channel().close_payment(key=key, reference=opened.reference).status == "open"
    limit = time.monotonic() + 30
    while waiting.status == "open" and time.monotonic() < limit:
        time.sleep(0.1)
        waiting = house.channel().query_payment(key=key, reference=opened.reference)
    assert (waiting.status, waiting.code, len(house.received())) == ("declined", "card_declined", before)


def test_what_stripe_will_not_take_is_declined_with_its_code(house: StripeHouse) -> None:
    answer = house.channel().open_payment(
        key=uuid4(), amount_minor=49, currency="CNY", reference="CH-1", title="x", return_url="https://shop.example/"
    )
    assert (answer.status, answer.code) == ("declined", "amount_too_small")
    answer = house.channel().open_payment(
        key=uuid4(), amount_minor=4950, currency="MGA", reference="CH-1", title="x", return_url="https://shop.example/"
    )
    assert (answer.status, answer.code) == ("declined", "AMOUNT_INEXACT")


def test_an_address_opened_again_after_it_was_paid_tells_that_it_was_paid(house: StripeHouse) -> None:
    key = uuid4()
    house.pay(key, open_payment(house, key).url)
    assert open_payment(house, key).status == "settled"


@pytest.mark.parametrize(("currency", "minor", "there"), [("JPY", 500, 500), ("ISK", 500, 50000), ("KWD", 1230, 1230), ("CNY", 500, 500)])
def test_amounts_are_said_in_stripes_units_and_heard_in_ours(
    house: StripeHouse, currency: str, minor: int, there: int
) -> None:
    key, received, out = uuid4(), len(house.received()), len(house.refunds())
    opened = house.channel().open_payment(
        key=key, amount_minor=minor, currency=currency, reference="CH-1", title="x", return_url="https://shop.example/"
    )
    house.pay(key, opened.url)
    paid = house.channel().query_payment(key=key, reference=opened.reference)
    assert (paid.status, paid.amount_minor, house.received()[received:]) == ("settled", minor, [there])
    back = refund(house, uuid4(), Paid(paid.reference, minor), minor, currency)
    assert (back.status, back.amount_minor, house.refunds()[out:]) == ("settled", minor, [there])


@pytest.mark.parametrize(
    ("currency", "ours", "there"),
    [("JPY", 7, 7), ("UGX", 5, 500), ("XOF", 7, 7), ("JOD", 100, 100), ("MGA", 700, 7), ("IQD", 1000, 100), ("ISK", 7, 700)],
)
def test_every_amount_comes_back_as_it_went(currency: str, ours: int, there: int) -> None:
    assert (to_stripe(ours, currency), from_stripe(there, currency)) == (there, ours)


@pytest.mark.parametrize(("convert", "amount", "currency"), [(to_stripe, 701, "MGA"), (to_stripe, 1001, "IQD"), (from_stripe, 50, "ISK")])
def test_an_amount_that_the_other_side_cannot_write_is_refused(convert: object, amount: int, currency: str) -> None:
    assert callable(convert)
    with pytest.raises(Inexact):
        convert(amount, currency)


def open_payment(house: StripeHouse, key: UUID) -> PayAnswer:
    return house.channel().open_payment(
        key=key, amount_minor=1800, currency="CNY", reference="CH-1", title="维修费 Repair",
        return_url="https://shop.example/pay/CH-1/",
    )  # fmt: skip
