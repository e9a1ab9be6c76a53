"""What every channel must do, tried against a server of its own kind: a key moves money once, whatever gets lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from shouhou.payments.channels.base import (
    BadCallback,
    Callback,
    ChannelDown,
    ChannelSilent,
    NotOurs,
    Paid,
    PayCallback,
    Payer,
)  # fmt: skip
from shouhou.payments.channels.registry import CHANNELS, PAY_CHANNELS
from shouhou.payments.tests.chinese_houses import AlipayHouse
from shouhou.payments.tests.houses import HOUSES, House

RETURN = "https://shop.example/pay/CH-1/"


@pytest.fixture(scope="module", params=sorted(HOUSES))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with HOUSES[request.param](folder) as house:
        yield house


@pytest.fixture
def house(running: House) -> House:
    """What went before is counted out by the tests themselves: they look at what was added."""
    return running


def test_every_channel_that_is_spoken_to_has_joined_the_contract() -> None:
    assert set(HOUSES) == set(CHANNELS) - {"inkind", "transfer"} == set(PAY_CHANNELS), "in kind and by finance nobody outside is spoken to"


def test_a_refund_is_paid_once_however_often_its_key_is_said(house: House) -> None:
    before, key, paid = len(house.refunds()), uuid4(), house.paid(5000)
    answers = [
        house.channel().refund(key=key, amount_minor=1200, currency=house.currency, reference="RF-1", paid=paid) for _ in range(3)
    ]
    assert {(each.status, each.amount_minor) for each in answers} == {("settled", 1200)} and answers[0].reference
    assert len({each.reference for each in answers}) == 1 and house.refunds()[before:] == [1200]


def test_two_keys_are_two_refunds_of_one_payment(house: House) -> None:
    before, paid = len(house.refunds()), house.paid(5000)
    for amount in (1000, 1000, 3000):
        answer = house.channel().refund(key=uuid4(), amount_minor=amount, currency=house.currency, reference="RF-1", paid=paid)
        assert answer.status == "settled"
    assert house.refunds()[before:] == [1000, 1000, 3000]


def test_what_became_of_a_refund_is_told_by_its_key(house: House) -> None:
    paid, key, other = house.paid(5000), uuid4(), uuid4()
    assert house.channel().query(key=key, paid=paid).status == "not_known"
    made = house.channel().refund(key=key, amount_minor=777, currency=house.currency, reference="RF-1", paid=paid)
    asked = house.channel().query(key=key, paid=paid)
    assert (asked.status, asked.amount_minor, asked.reference) == ("settled", 777, made.reference)
    assert house.channel().query(key=other, paid=paid).status == "not_known"


def test_a_lost_answer_is_silence_and_the_key_tells_that_it_was_paid(house: House) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    house.lose_answer()
    with pytest.raises(ChannelSilent):
        house.channel().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid)
    assert house.channel().query(key=key, paid=paid).status == "settled"
    again = house.channel().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid)
    assert again.status == "settled" and house.refunds()[before:] == [900]


def test_where_nobody_listens_nothing_has_happened(house: House) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    with pytest.raises(ChannelDown):
        house.nowhere().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid)
    with pytest.raises(ChannelDown):
        house.nowhere().query(key=key, paid=paid)
    with pytest.raises(ChannelDown):
        house.nowhere().open_payment(
            key=key, amount_minor=900, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
        )
    assert len(house.refunds()) == before


def test_a_refused_refund_pays_nothing_and_can_be_tried_again_with_its_key(house: House) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()
    house.refuse()
    answer = house.channel().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid)
    assert answer.status == "refused" and answer.code and len(house.refunds()) == before
    again = house.channel().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid)
    assert again.status == "settled" and house.refunds()[before:] == [900]


def test_four_at_the_same_time_with_one_key_pay_once(house: House) -> None:
    before, paid, key = len(house.refunds()), house.paid(5000), uuid4()

    def one(place: int) -> str:
        try:
            return house.channel().refund(key=key, amount_minor=900, currency=house.currency, reference="RF-1", paid=paid).status
        except ChannelSilent:
            # Another is at it: that is no outcome.
            return "silent"

    with ThreadPoolExecutor(4) as pool:
        heard = set(pool.map(one, range(4)))
    assert "settled" in heard and heard <= {"settled", "silent"} and house.refunds()[before:] == [900]


def test_a_payment_is_opened_once_paid_and_told_with_a_word_that_a_refund_goes_back_to(house: House) -> None:
    before, out, key = len(house.received()), len(house.refunds()), uuid4()
    opened = [
        house.channel().open_payment(
            key=key, amount_minor=1800, currency=house.currency, reference="CH-1", title="维修费 Repair", return_url=RETURN
        )
        for _ in range(2)
    ]
    assert [each.status for each in opened] == ["open", "open"] and opened[0].url and opened[0].url == opened[1].url
    # There a payment begins when its code is scanned: before, nothing is known of it.
    unpaid = "not_known" if isinstance(house, AlipayHouse) else "open"
    assert house.channel().query_payment(key=key, reference=opened[0].reference).status == unpaid
    house.pay(key, opened[0].url)
    paid = house.channel().query_payment(key=key, reference=opened[0].reference)
    assert (paid.status, paid.amount_minor) == ("settled", 1800) and paid.reference and paid.means.isalnum()
    assert house.received()[before:] == [1800]
    back = house.channel().refund(
        key=uuid4(), amount_minor=1800, currency=house.currency, reference="RF-1", paid=Paid(paid.reference, 1800)
    )
    assert back.status == "settled" and house.refunds()[out:] == [1800]


def test_on_a_phone_a_payment_opens_an_address_leads_back_and_is_the_same_money(house: House) -> None:
    before, out, key = len(house.received()), len(house.refunds()), uuid4()
    opened = house.channel().open_payment(
        key=key, amount_minor=1800, currency=house.currency, reference="CH-1", title="维修费 Repair", return_url=RETURN,
        payer=Payer("phone", "203.0.113.7"),
    )  # fmt: skip
    assert opened.status == "open" and opened.url.startswith(("http://", "https://"))
    house.pay(key, opened.url)
    paid = house.channel().query_payment(key=key, reference=opened.reference)
    assert (paid.status, paid.amount_minor, house.received()[before:]) == ("settled", 1800, [1800])
    back = house.channel().refund(
        key=uuid4(), amount_minor=1800, currency=house.currency, reference="RF-1", paid=Paid(paid.reference, 1800)
    )
    assert back.status == "settled" and house.refunds()[out:] == [1800]


def test_four_who_open_one_payment_at_the_same_time_open_one(house: House) -> None:
    before, key = len(house.received()), uuid4()

    def one(place: int) -> tuple[str, str]:
        try:
            opened = house.channel().open_payment(
                key=key, amount_minor=500, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
            )
            return opened.url, opened.reference
        except ChannelSilent:
            return "", ""

    with ThreadPoolExecutor(4) as pool:
        opened = {each for each in pool.map(one, range(4)) if each[0]}
    assert opened
    for url, reference in opened:
        house.pay(key, url)
        assert house.channel().query_payment(key=key, reference=reference).status == "settled"
    assert house.received()[before:] == [500]


def test_a_lost_answer_to_opening_is_found_again_by_opening_again(house: House) -> None:
    before, key = len(house.received()), uuid4()
    house.lose_answer()
    with pytest.raises(ChannelSilent):
        house.channel().open_payment(
            key=key, amount_minor=500, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
        )
    opened = house.channel().open_payment(
        key=key, amount_minor=500, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
    )
    house.pay(key, opened.url)
    assert house.channel().query_payment(key=key, reference=opened.reference).status == "settled"
    assert house.received()[before:] == [500]


@pytest.mark.parametrize("heard", [True, False])
def test_a_closed_payment_takes_no_money_any_more(house: House, heard: bool) -> None:
    before, key = len(house.received()), uuid4()
    opened = house.channel().open_payment(
        key=key, amount_minor=500, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
    )
    word = opened.reference if heard else ""
    assert house.channel().close_payment(key=key, reference=word).status == "closed"
    house.pay(key, opened.url)
    # There a code that nobody had scanned cannot be closed: what is paid by it is told, and goes back by itself.
    late = ("settled", 1) if isinstance(house, AlipayHouse) else ("closed", 0)
    assert (house.channel().query_payment(key=key, reference=opened.reference).status, len(house.received()) - before) == late


def test_closing_what_was_never_heard_of_is_closed_and_what_was_paid_is_settled(house: House) -> None:
    assert house.channel().close_payment(key=uuid4()).status == "closed"
    key = uuid4()
    opened = house.channel().open_payment(
        key=key, amount_minor=500, currency=house.currency, reference="CH-1", title="x", return_url=RETURN
    )
    house.pay(key, opened.url)
    assert house.channel().close_payment(key=key, reference=opened.reference).status == "settled"


def test_a_callback_is_read_as_it_was_told_and_never_with_another_body(house: House) -> None:
    refund = Callback("cb-1", uuid4(), "settled", 1200, house.currency, reference="re_1")
    payment = PayCallback("cb-2", uuid4(), "settled", 1800, house.currency, reference="pi_1", means="card")
    for told in (refund, payment):
        said = house.told(told)
        if said is None:
            continue
        headers, body = said
        read = house.channel().read_callback(headers=headers, body=body)
        assert type(read) is type(told)
        assert isinstance(read, Callback | PayCallback)
        assert (read.callback_id, read.key, read.status) == (told.callback_id, told.key, "settled")
        assert (read.amount_minor, read.currency) == (told.amount_minor, house.currency)
        assert house.channel().read_callback(headers=headers, body=body.replace(b"1", b"2")) is None
        if headers:  # else the signature is in the body
            assert house.channel().read_callback(headers={}, body=body) is None
        no_key = house.told(replace(told, key="no key"))  # type: ignore[arg-type]
        assert no_key is not None
        try:
            # A number that we did not give out is somebody else's business, or nonsense; never one of our keys.
            assert isinstance(house.channel().read_callback(headers=no_key[0], body=no_key[1]), NotOurs)
        except BadCallback as bad:
            assert str(bad)
