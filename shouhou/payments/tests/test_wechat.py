"""WeChat Pay's own words: its errors, its states, its signed and sealed notices, its certificates."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shouhou.payments.channels.base import BadCallback, Callback, ChannelDown, ChannelSilent, NotOurs, Paid, PayCallback
from shouhou.payments.channels.fake.keypair import new_key
from shouhou.payments.channels.numbers import key_in, out_number
from shouhou.payments.channels.wechat import account as account_module
from shouhou.payments.channels.wechat.account import account_from
from shouhou.payments.channels.wechat.client import WeChatChannel
from shouhou.payments.channels.wechat.fake import desk
from shouhou.payments.tests.chinese_houses import WeChatHouse, wechat_house


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeChatHouse]:
    with wechat_house(tmp_path_factory.mktemp("wechat")) as house:
        yield house


@pytest.fixture
def house(running: WeChatHouse, monkeypatch: pytest.MonkeyPatch) -> WeChatHouse:
    monkeypatch.setattr(account_module, "TIMEOUT_SECONDS", (0.5, 0.5))
    running.server.script.clear()
    return running


def refund(house: WeChatHouse, *, key: UUID | None = None, paid: Paid | None = None, amount: int = 900) -> Any:
    return house.channel().refund(
        key=key or uuid4(), amount_minor=amount, currency="CNY", reference="RF-1", paid=paid or house.paid(5000)
    )


def opened(house: WeChatHouse, key: UUID, *, amount: int = 1800, title: str = "维修费 Repair") -> Any:
    return house.channel().open_payment(
        key=key, amount_minor=amount, currency="CNY", reference="CH-1", title=title, return_url="https://shop.example/"
    )


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("not_enough", "NOT_ENOUGH"), ("account_abnormal", "USER_ACCOUNT_ABNORMAL"), ("too_late", "INVALID_REQUEST")],
)
def test_a_refusal_of_theirs_keeps_its_code_and_moves_nothing(house: WeChatHouse, behaviour: str, code: str) -> None:
    before = house.refunds()
    house.server.behave(behaviour)
    answer = refund(house)
    assert (answer.status, answer.code) == ("refused", code) and house.refunds() == before


@pytest.mark.parametrize("behaviour", ["error", "limited", "outage", "silent", "lost", "silent_done", "error_done", "bad_signature"])
def test_what_says_nothing_about_the_money_is_silence_and_the_number_tells(house: WeChatHouse, behaviour: str) -> None:
    before, key, paid = len(house.refunds()), uuid4(), house.paid(5000)
    house.server.behave(behaviour)
    with pytest.raises(ChannelSilent):
        refund(house, key=key, paid=paid)
    done = behaviour in ("lost", "silent_done", "error_done", "bad_signature")
    assert house.channel().query(key=key, paid=paid).status == ("settled" if done else "not_known")
    assert refund(house, key=key, paid=paid).status == "settled" and len(house.refunds()) == before + 1


@pytest.mark.parametrize(
    ("course", "status", "code"),
    [("processing", "in_process", ""), ("abnormal", "refused", "REFUND_ABNORMAL"), ("closed", "refused", "REFUND_CLOSED")],
)
def test_an_accepted_refund_takes_its_course(house: WeChatHouse, course: str, status: str, code: str) -> None:
    key, paid = uuid4(), house.paid(5000)
    house.server.behave(course)
    for answer in (refund(house, key=key, paid=paid), house.channel().query(key=key, paid=paid)):
        assert (answer.status, answer.code, answer.amount_minor) == (status, code, 900)
    house.server.finish(key.hex, "SUCCESS")
    assert house.channel().query(key=key, paid=paid).status == "settled"


def test_a_refusal_of_a_repeated_call_does_not_hide_what_went_through(house: WeChatHouse) -> None:
    key, paid = uuid4(), house.paid(5000)
    assert refund(house, key=key, paid=paid).status == "settled"
    # The same number with another amount: they refuse the call, and the number says what really happened.
    again = refund(house, key=key, paid=paid, amount=901)
    assert (again.status, again.amount_minor) == ("settled", 900)


@pytest.mark.parametrize(
    ("paid", "currency", "code"),
    [
        (Paid("", 5000), "CNY", "NO_REFERENCE"), (Paid("42", 5000), "USD", "CURRENCY_NOT_SUPPORTED"),
        (Paid("42", 5000), "CNY", "RESOURCE_NOT_EXISTS"),
    ],
)  # fmt: skip
def test_what_cannot_go_back_is_refused_before_or_by_them(house: WeChatHouse, paid: Paid, currency: str, code: str) -> None:
    before = house.refunds()
    answer = house.channel().refund(key=uuid4(), amount_minor=900, currency=currency, reference="RF-1", paid=paid)
    assert (answer.status, answer.code) == ("refused", code) and house.refunds() == before


def test_more_than_was_paid_never_goes_back_in_parts(house: WeChatHouse) -> None:
    before, paid = len(house.refunds()), house.paid(1000)
    assert [refund(house, paid=paid, amount=amount).status for amount in (600, 500, 400)] == ["settled", "refused", "settled"]
    assert house.refunds()[before:] == [600, 400]


def test_another_amount_than_asked_is_told_as_it_was_heard(house: WeChatHouse) -> None:
    house.server.behave("other_amount")
    assert refund(house).amount_minor == 899


def test_our_wrong_key_is_silence_not_a_refusal(house: WeChatHouse) -> None:
    stranger = {**house.server.settings(), "private_key": new_key().private_pem}
    with pytest.raises(ChannelSilent, match="SIGN_ERROR"):
        WeChatChannel(account_from(stranger, notify_url="https://x.example/")).query(key=uuid4(), paid=Paid("42", 1))


@pytest.mark.parametrize("name", ["private_key", "public_key"])
@pytest.mark.parametrize("text", ["/nowhere/key.pem", "-----BEGIN PRIVATE KEY-----\nno key\n-----END PRIVATE KEY-----"])
def test_a_key_that_is_none_leaves_what_is_meant_for_them_waiting(house: WeChatHouse, name: str, text: str) -> None:
    with pytest.raises(ChannelDown):
        channel = WeChatChannel(account_from({**house.server.settings(), name: text}, notify_url="https://x.example/"))
        channel.query(key=uuid4(), paid=Paid("42", 1))


def test_keys_can_be_files_or_bare_base64(house: WeChatHouse, tmp_path: Path) -> None:
    given = house.server.settings()
    (tmp_path / "key.pem").write_text(given["private_key"])
    bare = "".join(line for line in given["public_key"].splitlines() if "-----" not in line)
    one_line = given["private_key"].replace("\n", "\\n")
    for private in (str(tmp_path / "key.pem"), one_line):
        account = account_from({**given, "private_key": private, "public_key": bare}, notify_url="https://x.example/")
        assert WeChatChannel(account).query(key=uuid4(), paid=Paid("42", 1)).status == "not_known"


def test_an_order_stands_under_our_number_and_with_other_words_it_is_not_opened(house: WeChatHouse) -> None:
    key = uuid4()
    assert opened(house, key).url.startswith("weixin://wxpay/")
    with pytest.raises(ChannelSilent, match="INVALID_REQUEST"):
        opened(house, key, amount=1801)
    assert house.channel().query_payment(key=key).amount_minor == 1800
    house.pay(key, "")
    assert opened(house, key).status == "settled"


def test_an_order_that_is_closed_cannot_be_opened_again(house: WeChatHouse) -> None:
    key = uuid4()
    opened(house, key)
    assert house.channel().close_payment(key=key).status == "closed"
    assert opened(house, key).status == "closed"


def test_our_numbers_are_theirs_and_back() -> None:
    key = uuid4()
    assert len(out_number(key)) == 32 and key_in(out_number(key)) == key
    assert [key_in(text) for text in ("", "shop1", str(key), key.hex.upper() + "0", "{" + key.hex + "}")] == [None] * 5


def notice(house: WeChatHouse, **changes: Any) -> tuple[dict[str, str], bytes, UUID]:
    key = uuid4()
    shown = {**desk.shown_refund({"name": key.hex, "state": "SUCCESS", "refund": 900, "total": 5000, "refund_id": "50",
                                  "transaction_id": "42", "out_trade_no": "shop1"}, notice=True), **changes}  # fmt: skip
    return *house.server.told("REFUND.SUCCESS", shown), key


def test_a_notice_is_opened_with_our_key_and_read(house: WeChatHouse) -> None:
    headers, body, key = notice(house)
    read = house.channel().read_callback(headers={name.lower(): value for name, value in headers.items()}, body=body)
    assert isinstance(read, Callback)
    assert (read.key, read.status, read.amount_minor, read.currency, read.reference) == (key, "settled", 900, "CNY", "50")


@pytest.mark.parametrize(
    ("event", "state", "code"), [("REFUND.ABNORMAL", "ABNORMAL", "REFUND_ABNORMAL"), ("REFUND.CLOSED", "CLOSED", "REFUND_CLOSED")]
)
def test_a_refund_that_did_not_get_there_is_told_with_its_code(house: WeChatHouse, event: str, state: str, code: str) -> None:
    headers, body = house.server.told(event, {
        "mchid": desk.MERCHANT, "out_refund_no": uuid4().hex, "refund_id": "50", "refund_status": state,
        "amount": {"refund": 5, "total": 9},
    })  # fmt: skip
    read = house.channel().read_callback(headers=headers, body=body)
    assert isinstance(read, Callback) and (read.status, read.code) == ("refused", code)


def test_nothing_but_their_own_fresh_signature_over_these_bytes_is_believed(house: WeChatHouse) -> None:
    headers, body, _ = notice(house)
    keys = house.server.keys
    forged = {
        "another body": (headers, body.replace(b"REFUND.SUCCESS", b"REFUND.CLOSED ")),
        "another nonce": ({**headers, "Wechatpay-Nonce": "0"}, body),
        "an old moment": (desk.signed_headers(keys.platform, body, at=time.time() - 360), body),
        "a moment to come": (desk.signed_headers(keys.platform, body, at=time.time() + 360), body),
        "no moment": ({**headers, "Wechatpay-Timestamp": "soon"}, body),
        "our own key": (desk.signed_headers(keys.merchant, body), body),
        "a foreign serial": ({**headers, "Wechatpay-Serial": "5A11CE5A11CE"}, body),
        "a serial that is none": ({**headers, "Wechatpay-Serial": "PUB_KEY_ID_1"}, body),
        "a probe of theirs": ({**headers, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/abc"}, body),
        "another scheme": ({**headers, "Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, body),
        "bytes that are no text": (headers, b"\xff" + body),
        **{f"without {name}": ({each: value for each, value in headers.items() if each != name}, body)
           for name in ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature")},
    }  # fmt: skip
    believed = [how for how, (told, raw) in forged.items() if house.channel().read_callback(headers=told, body=raw) is not None]
    assert believed == [] and house.channel().read_callback(headers=headers, body=body) is not None


@pytest.mark.parametrize(
    "changes",
    [{"mchid": "1900000108"}, {"refund_status": "MAYBE"}, {"amount": {}}, {"amount": {"refund": "many"}}, {"out_refund_no": None}],
)
def test_a_notice_that_does_not_fit_is_not_taken(house: WeChatHouse, changes: dict[str, Any]) -> None:
    headers, body, _ = notice(house, **changes)
    try:
        assert isinstance(house.channel().read_callback(headers=headers, body=body), NotOurs)
    except BadCallback as bad:
        assert str(bad)


def test_a_notice_for_another_app_or_sealed_with_another_key_is_not_taken(house: WeChatHouse) -> None:
    order = desk.shown_order({"name": uuid4().hex, "state": "SUCCESS", "total": 5, "currency": "CNY", "transaction_id": "42"})
    for event, resource, keys in (
        ("TRANSACTION.SUCCESS", {**order, "appid": "wx1"}, house.server.keys),
        ("TRANSACTION.SUCCESS", order, replace(house.server.keys, api_key="f" * 32)),
    ):
        body = desk.sealed(keys, event, resource)
        with pytest.raises(BadCallback):
            house.channel().read_callback(headers=desk.signed_headers(keys.platform, body), body=body)
    headers, body = house.server.told("COUPON.USE", {"mchid": desk.MERCHANT})
    assert isinstance(house.channel().read_callback(headers=headers, body=body), NotOurs)


def test_with_certificates_instead_of_their_public_key_all_is_checked_the_same(house: WeChatHouse, tmp_path: Path) -> None:
    given = {**house.server.settings(), "public_key": "", "public_key_id": "", "certificates": str(tmp_path)}
    channel = WeChatChannel(account_from(given, notify_url="https://x.example/"))
    house.server.answers_with_certificate = True
    try:
        paid, key = house.paid(5000), uuid4()
        assert channel.refund(key=key, amount_minor=900, currency="CNY", reference="RF-1", paid=paid).status == "settled"
        house.server.behave("bad_signature")
        with pytest.raises(ChannelSilent):
            channel.query(key=key, paid=paid)
        _, body, _ = notice(house)
        serial = f"{desk.CERTIFICATE:X}"
        signed = desk.signed_headers(house.server.keys.platform, body, serial=serial)
        assert isinstance(channel.read_callback(headers=signed, body=body), Callback | PayCallback)
        asked = len(house.server.calls)
        for _ in range(5):
            foreign = desk.signed_headers(new_key(), body, serial="77")
            assert channel.read_callback(headers=foreign, body=body) is None
        # Strangers cannot make us ask WeChat for new certificates as often as they like.
        assert len(house.server.calls) - asked <= 1
        assert isinstance(channel.read_callback(headers=signed, body=body), Callback)
    finally:
        house.server.answers_with_certificate = False
