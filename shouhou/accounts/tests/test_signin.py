"""The door for consumers: codes and links, and what a stranger learns there: nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer, SignInCode
from shouhou.accounts.ports import CodeToSend
from shouhou.accounts.signin import enter_code, forget_old_codes, link_for, plain_phone, request_code, verify_link
from shouhou.foundation.refusals import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PHONE = "13800000001"


@pytest.fixture
def buyer() -> Buyer:
    return Buyer.objects.create(external_id="u1", name="林一", phone="+86 138 0000 0001")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, buyer: Buyer) -> list[CodeToSend]:
    """What goes to phones; the buyer owns order JD1."""
    box: list[CodeToSend] = []
    monkeypatch.setattr(ports, "send_code", box.append)
    monkeypatch.setattr(ports, "owner_of_order", {"JD1": buyer.pk}.get)
    return box


def ask(order: str = "JD1", phone: str = PHONE, *, address: str = "1.1.1.1", now: datetime = NOW) -> None:
    request_code(order_number=order, phone=phone, address=address, now=now)


def enter(code: str, *, order: str = "JD1", phone: str = PHONE, now: datetime = NOW) -> Buyer:
    return enter_code(order_number=order, phone=phone, code=code, address="1.1.1.1", now=now)


def refused(code: str, act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def test_the_code_lets_in_once(sent: list[CodeToSend], buyer: Buyer) -> None:
    ask()
    assert len(sent[0].code) == 6
    assert sent[0].code.encode() not in bytes(SignInCode.objects.get().code_hash)
    assert enter(f" {sent[0].code[:3]} {sent[0].code[3:]} ") == buyer
    refused("CODE_WRONG", lambda: enter(sent[0].code))


@pytest.mark.parametrize(("order", "phone"), [("JD2", PHONE), ("JD1", "13900000000"), ("", PHONE), ("JD1", ""), ("J\0", PHONE)])
def test_a_stranger_gets_the_same_answer_and_no_code(sent: list[CodeToSend], order: str, phone: str) -> None:
    ask(order, phone)
    assert (sent, SignInCode.objects.count()) == ([], 0)
    refused("CODE_WRONG", lambda: enter("123456", order=order, phone=phone))


def test_five_wrong_tries_end_the_code(sent: list[CodeToSend]) -> None:
    ask()
    wrong = "000000" if sent[0].code != "000000" else "000001"
    for _ in range(5):
        refused("CODE_WRONG", lambda: enter(wrong))
    refused("CODE_WRONG", lambda: enter(sent[0].code))


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(sent: list[CodeToSend], buyer: Buyer) -> None:
    ask()
    refused("CODE_WRONG", lambda: enter(sent[0].code, now=NOW + timedelta(minutes=10)))
    ask(now=NOW + timedelta(minutes=1))
    if sent[0].code != sent[1].code:
        refused("CODE_WRONG", lambda: enter(sent[0].code, now=NOW + timedelta(minutes=2)))
    assert enter(sent[1].code, now=NOW + timedelta(minutes=2)) == buyer


def test_codes_are_limited_per_phone_even_from_many_addresses(sent: list[CodeToSend]) -> None:
    for place in range(5):
        ask(address=f"1.1.1.{place}", now=NOW + timedelta(minutes=place))
    late = NOW + timedelta(minutes=5)
    no = refused("RATE_LIMITED", lambda: ask(address="2.2.2.2", now=late))
    assert (no.status, len(sent)) == (429, 5)
    refused("RATE_LIMITED", lambda: ask(phone="+8613800000001", address="3.3.3.3", now=late))
    ask(now=NOW + timedelta(minutes=18), address="4.4.4.4")
    assert len(sent) == 6


def test_requests_are_limited_per_address_and_for_unknown_orders_too(sent: list[CodeToSend]) -> None:
    for place in range(30):
        ask("JD9", f"139{place:08}")
    refused("RATE_LIMITED", lambda: ask("JD9", "13800009999"))


def test_an_erased_buyer_gets_no_code(sent: list[CodeToSend], buyer: Buyer) -> None:
    Buyer.objects.update(erased_at=NOW)
    ask()
    assert sent == []


def test_old_codes_are_forgotten(sent: list[CodeToSend]) -> None:
    ask()
    assert forget_old_codes(now=NOW + timedelta(days=2)) == 1


def link(owner: Buyer, **changes: str) -> dict[str, str]:
    url = link_for(owner, expires=NOW + timedelta(hours=1), secret="s3cret")
    return dict(parse_qsl(urlsplit(url).query)) | changes


def test_the_shops_link_lets_its_buyer_in(buyer: Buyer) -> None:
    assert verify_link(**link(buyer), secret="s3cret", now=NOW) == buyer


@pytest.mark.parametrize(
    "changes", [{"buyer": "u2"}, {"expires": "9999999999"}, {"signature": "00"}, {"signature": "é\ud800"}, {"expires": "x"}]
)
def test_a_forged_link_is_refused(buyer: Buyer, changes: dict[str, str]) -> None:
    refused("LINK_INVALID", lambda: verify_link(**link(buyer, **changes), secret="s3cret", now=NOW))


def test_a_late_link_a_far_link_and_another_secret_are_refused(buyer: Buyer) -> None:
    refused("LINK_INVALID", lambda: verify_link(**link(buyer), secret="s3cret", now=NOW + timedelta(hours=1)))
    refused("LINK_INVALID", lambda: verify_link(**link(buyer), secret="s3cret", now=NOW - timedelta(days=40)))
    refused("LINK_INVALID", lambda: verify_link(**link(buyer), secret="other", now=NOW))


def test_phones_are_compared_by_their_digits() -> None:
    assert [plain_phone(text) for text in ("+86 138-0000-0001", "13800000001", "abc", "")] == [PHONE, PHONE, "", ""]
