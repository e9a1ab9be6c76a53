"""Alipay's own words: its codes, trades that begin when scanned, refunds that are only asked about, its signed forms."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from shouhou.payments.channels.alipay import account as account_module
from shouhou.payments.channels.alipay.account import account_from
from shouhou.payments.channels.alipay.client import AlipayChannel
from shouhou.payments.channels.alipay.fake import desk
from shouhou.payments.channels.alipay.wire import minor, yuan
from shouhou.payments.channels.base import BadCallback, ChannelDown, ChannelSilent, NotOurs, Paid, PayCallback
from shouhou.payments.channels.fake.keypair import new_key
from shouhou.payments.tests.chinese_houses import AlipayHouse, alipay_house


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlipayHouse]:
    with alipay_house(tmp_path_factory.mktemp("alipay")) as house:
        yield house


@pytest.fixture
def house(running: AlipayHouse, monkeypatch: pytest.MonkeyPatch) -> AlipayHouse:
    monkeypatch.setattr(account_module, "TIMEOUT_SECONDS", 0.5)
    running.server.script.clear()
    return running


def refund(house: AlipayHouse, *, key: UUID | None = None, paid: Paid | None = None, amount: int = 900) -> Any:
    return house.channel().refund(
        key=key or uuid4(), amount_minor=amount, currency="CNY", reference="RF-1", paid=paid or house.paid(5000)
    )


def opened(house: AlipayHouse, key: UUID, *, amount: int = 1800) -> Any:
    return house.channel().open_payment(
        key=key, amount_minor=amount, currency="CNY", reference="CH-1", title="维修费 Repair", return_url="https://shop.example/"
    )


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("not_enough", "ACQ.SELLER_BALANCE_NOT_ENOUGH"), ("frozen", "ACQ.REASON_TRADE_BEEN_FREEZEN"),
        ("finished", "ACQ.TRADE_HAS_FINISHED"),
    ],
)  # fmt: skip
def test_a_refusal_of_theirs_keeps_its_code_and_moves_nothing(house: AlipayHouse, behaviour: str, code: str) -> None:
    before = house.refunds()
    house.server.behave(behaviour)
    answer = refund(house)
    assert (answer.status, answer.code) == ("refused", code) and house.refunds() == before


@pytest.mark.parametrize("behaviour", ["error", "limited", "outage", "silent", "lost", "silent_done", "error_done", "bad_signature"])
def test_what_says_nothing_about_the_money_is_silence_and_the_number_tells(house: AlipayHouse, behaviour: str) -> None:
    before, key, paid = len(house.refunds()), uuid4(), house.paid(5000)
    house.server.behave(behaviour)
    with pytest.raises(ChannelSilent):
        refund(house, key=key, paid=paid)
    done = behaviour in ("lost", "silent_done", "error_done", "bad_signature")
    assert house.channel().query(key=key, paid=paid).status == ("settled" if done else "not_known")
    assert refund(house, key=key, paid=paid).status == "settled" and len(house.refunds()) == before + 1


def test_a_refund_without_a_change_of_funds_is_under_way_until_the_number_says_success(house: AlipayHouse) -> None:
    key, paid = uuid4(), house.paid(5000)
    house.server.behave("late")
    assert refund(house, key=key, paid=paid).status == "in_process"
    assert house.channel().query(key=key, paid=paid).status == "not_known"
    assert refund(house, key=key, paid=paid).status == "in_process" and len(house.server.refunds.known) >= 1
    house.server.finish(key.hex)
    answer = refund(house, key=key, paid=paid)
    assert (answer.status, answer.amount_minor) == ("settled", 900)


def test_a_refusal_of_a_repeated_call_does_not_hide_what_went_through(house: AlipayHouse) -> None:
    key, paid = uuid4(), house.paid(900)
    assert refund(house, key=key, paid=paid).status == "settled"
    # All has gone back, the trade is closed: the number says that it was this very refund.
    assert refund(house, key=key, paid=paid).status == "settled"
    again = refund(house, key=key, paid=paid, amount=899)
    assert (again.status, again.amount_minor) == ("settled", 900)
    other = refund(house, paid=paid, amount=1)
    assert (other.status, other.code) == ("refused", "ACQ.TRADE_HAS_CLOSE")


def test_another_amount_than_asked_is_told_as_it_was_heard(house: AlipayHouse) -> None:
    key, paid = uuid4(), house.paid(5000)
    refund(house, key=key, paid=paid)
    house.server.behave("other_amount")
    assert house.channel().query(key=key, paid=paid).amount_minor == 899


@pytest.mark.parametrize(
    ("paid", "currency", "code"),
    [
        (Paid("", 5000), "CNY", "NO_REFERENCE"), (Paid("2025", 5000), "USD", "CURRENCY_NOT_SUPPORTED"),
        (Paid("2025", 5000), "CNY", "ACQ.TRADE_NOT_EXIST"),
    ],
)  # fmt: skip
def test_what_cannot_go_back_is_refused_before_or_by_them(house: AlipayHouse, paid: Paid, currency: str, code: str) -> None:
    before = house.refunds()
    answer = house.channel().refund(key=uuid4(), amount_minor=900, currency=currency, reference="RF-1", paid=paid)
    assert (answer.status, answer.code) == ("refused", code) and house.refunds() == before
    assert house.channel().query(key=uuid4(), paid=paid).status == "not_known"


@pytest.mark.parametrize(("name", "said"), [("private_key", "invalid-signature"), ("app", "invalid-app-id")])
def test_our_wrong_key_or_app_is_silence_not_a_refusal(house: AlipayHouse, name: str, said: str) -> None:
    wrong = {"private_key": new_key().private_pem, "app": "2021000000000000"}
    with pytest.raises(ChannelSilent, match=said):
        AlipayChannel(account_from({**house.server.settings(), name: wrong[name]}, notify_url="https://x.example/")).query(
            key=uuid4(), paid=Paid("2025", 1)
        )


@pytest.mark.parametrize("name", ["private_key", "public_key"])
@pytest.mark.parametrize("text", ["/nowhere/key.pem", "-----BEGIN PRIVATE KEY-----\nno key\n-----END PRIVATE KEY-----", "AAAA"])
def test_a_key_that_is_none_leaves_what_is_meant_for_them_waiting(house: AlipayHouse, name: str, text: str) -> None:
    with pytest.raises(ChannelDown):
        channel = AlipayChannel(account_from({**house.server.settings(), name: text}, notify_url="https://x.example/"))
        channel.query(key=uuid4(), paid=Paid("2025", 1))


def test_a_trade_that_was_scanned_is_open_and_can_be_closed_for_good(house: AlipayHouse) -> None:
    key, before = uuid4(), len(house.received())
    assert opened(house, key).url.startswith("https://qr.alipay.com/")
    desk.scan(house.server.trades, key.hex)
    asked = house.channel().query_payment(key=key)
    assert (asked.status, asked.amount_minor) == ("open", 1800)
    assert house.channel().close_payment(key=key).status == "closed"
    house.pay(key, "")
    assert house.channel().query_payment(key=key).status == "closed" and opened(house, key).status == "closed"
    assert len(house.received()) == before


def test_with_other_words_a_trade_is_not_opened_and_paid_once_it_stays_paid(house: AlipayHouse) -> None:
    key = uuid4()
    opened(house, key)
    desk.scan(house.server.trades, key.hex)
    with pytest.raises(ChannelSilent, match="CONTEXT_INCONSISTENT"):
        opened(house, key, amount=1801)
    house.pay(key, "")
    paid = opened(house, key)
    assert paid.status == "settled"
    back = house.channel().refund(key=uuid4(), amount_minor=1800, currency="CNY", reference="RF", paid=Paid(paid.reference, 1800))
    # All of it went back: the trade is closed there, and yet it had been paid.
    assert back.status == "settled" and house.channel().query_payment(key=key).status == "settled"


@pytest.mark.parametrize(("fen", "text"), [(1, "0.01"), (10, "0.10"), (100, "1.00"), (123456789, "1234567.89")])
def test_fen_are_yuan_as_text_and_back(fen: int, text: str) -> None:
    assert yuan(fen) == text and minor(text) == fen


@pytest.mark.parametrize("text", ["", "1,0x", "NaN", "Infinity", None])
def test_what_is_no_amount_is_not_read_as_one(text: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        minor(text)


def trade(**changes: str) -> dict[str, Any]:
    return {"name": uuid4().hex, "state": "TRADE_SUCCESS", "total": "18.00", "subject": "维修费 & 运费=1", "trade_no": "2025", **changes}


def test_a_notice_about_our_trade_is_read(house: AlipayHouse) -> None:
    about = trade()
    read = house.channel().read_callback(headers={}, body=desk.notice(house.server.keys, about, buyer_id=""))
    assert isinstance(read, PayCallback)
    assert (read.key.hex, read.status, read.amount_minor, read.currency, read.reference) == (about["name"], "settled", 1800, "CNY", "2025")


def test_nothing_but_their_own_signature_over_this_form_is_believed(house: AlipayHouse) -> None:
    body = desk.notice(house.server.keys, trade())
    forged = {
        "another amount": body.replace(b"total_amount=18.00", b"total_amount=10.00"),
        "one field more": body + b"&extra=1",
        "one field less": body.replace(b"version=1.0&", b""),
        "our own key": desk.signed_form(house.server.keys.app, {"notify_id": "1", "app_id": desk.APP}),
        "an old scheme": body.replace(b"sign_type=RSA2", b"sign_type=RSA"),
        "no signature": body.rpartition(b"&sign=")[0],
        "a signature that is none": body.rpartition(b"&sign=")[0] + b"&sign=%%%",
        "another charset": body.replace(b"charset=utf-8", b"charset=utf-7"),
        "no form": b"\xff\xfe",
        "JSON": b'{"sign":"x"}',
        "nothing": b"",
    }
    believed = [how for how, raw in forged.items() if house.channel().read_callback(headers={}, body=raw) is not None]
    assert believed == [] and house.channel().read_callback(headers={}, body=body) is not None


@pytest.mark.parametrize(
    "changes", [{"app_id": "1"}, {"seller_id": "2088"}, {"trade_status": "MAYBE"}, {"total_amount": "all"}, {"total_amount": ""}]
)
def test_a_signed_form_that_does_not_fit_is_not_taken(house: AlipayHouse, changes: dict[str, str]) -> None:
    with pytest.raises(BadCallback):
        house.channel().read_callback(headers={}, body=desk.notice(house.server.keys, trade(), **changes))


@pytest.mark.parametrize(
    ("about", "more"),
    [({"name": "shop1"}, {}), ({}, {"refund_fee": "9.00", "out_biz_no": "x"}), ({}, {"notify_type": "dut_user_sign"})],
)
def test_a_signed_form_about_something_else_is_quiet(house: AlipayHouse, about: dict[str, str], more: dict[str, str]) -> None:
    assert isinstance(house.channel().read_callback(headers={}, body=desk.notice(house.server.keys, trade(**about), **more)), NotOurs)
