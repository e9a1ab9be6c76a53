"""WeChat Pay on the phone that the consumer holds (H5): opened there, turned from a code to it and back, never paid twice."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pytest_django.fixtures import Settings

from shouhou.foundation.refusals import Refused
from shouhou.payments.actions import cancel_charge, choose_way, try_charge_again
from shouhou.payments.channels.base import ChannelSilent, Payer
from shouhou.payments.channels.wechat import account as wechat_account
from shouhou.payments.charge_queries import charges_of
from shouhou.payments.models import Charge, ChargeAttempt
from shouhou.payments.tests.chinese_houses import WeChatHouse, wechat_house
from shouhou.payments.tests.conftest import BO, NOW
from shouhou.payments.tests.test_charges import asked, speak

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "203.0.113.7", "2001:db8::7"


@pytest.fixture
def house(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeChatHouse]:
    monkeypatch.setattr(wechat_account, "TIMEOUT_SECONDS", (0.5, 0.5))
    with wechat_house(tmp_path) as found:
        settings.PAYMENT_CHANNELS = {"fake": {"url": "http://127.0.0.1:9"}, "wechat": found.server.settings()}
        settings.TENDER_CHANNELS, settings.CHARGE_CHANNEL = {"wechat": "wechat"}, "wechat"
        yield found


def on_phone(charge: Charge, *, address: str = HERE) -> None:
    choose_way(charge.number, way="phone", address=address, now=NOW)


def states(house: WeChatHouse) -> list[tuple[str, str]]:
    return [(each["kind"], each["state"]) for each in house.server.trades.known.values()]


def test_the_address_opens_the_cashier_which_leads_back_to_us(house: WeChatHouse) -> None:
    opened = house.channel().open_payment(
        key=uuid4(), amount_minor=1800, currency="CNY", reference="CH-1", title="x", return_url="https://shop.example/pay/CH-1/",
        payer=Payer("phone", HERE),
    )  # fmt: skip
    assert "¥18.00" in httpx.get(opened.url).text and house.received() == []
    assert httpx.post(opened.url).headers["location"] == "https://shop.example/pay/CH-1/"
    assert house.received() == [1800]


def test_a_number_opened_by_code_is_not_opened_on_a_phone_as_well(house: WeChatHouse) -> None:
    key = uuid4()
    house.channel().open_payment(key=key, amount_minor=1800, currency="CNY", reference="CH-1", title="x", return_url="https://x/")
    with pytest.raises(ChannelSilent):
        house.channel().open_payment(
            key=key, amount_minor=1800, currency="CNY", reference="CH-1", title="x", return_url="https://x/", payer=Payer("phone", HERE)
        )
    assert states(house) == [("NATIVE", "NOTPAY")]


def test_who_turns_to_the_phone_has_the_code_closed_first_and_pays_once(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    speak(charge)
    code, first = charge.pay_url, charge.channel_key
    on_phone(charge)
    assert charges_of("SO-1")[0]["preparing"], "what could still be scanned is not shown any more"
    assert speak(charge) is True and states(house) == [("NATIVE", "CLOSED")]
    assert speak(charge) is True and states(house) == [("NATIVE", "CLOSED"), ("MWEB", "NOTPAY")]
    assert code.startswith("weixin://") and charge.pay_url.startswith(house.server.url) and charge.channel_key != first
    house.pay(first, code)
    httpx.post(charge.pay_url)
    assert speak(charge) is True
    assert (charge.state, charge.means, house.received(), charge.payer) == ("paid", "wechat", [1800], {"way": "phone"})
    assert [each.kind for each in ChargeAttempt.objects.order_by("id")] == ["create", "close", "create", "query"]


def test_who_has_paid_by_code_while_turning_has_paid(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    speak(charge)
    on_phone(charge)
    house.pay(charge.channel_key, charge.pay_url)
    assert speak(charge) is True and speak(charge) is None
    assert (charge.state, charge.wanted, charge.round, house.received()) == ("paid", None, 1, [1800])


@pytest.mark.parametrize("behaviour", ["lost", "error", "silent", "outage"])
def test_while_nobody_knows_that_the_code_is_closed_there_is_no_second_order(house: WeChatHouse, behaviour: str) -> None:
    charge = asked(amount=1800)
    speak(charge)
    on_phone(charge)
    house.server.behave(behaviour)
    assert speak(charge) is False and len(states(house)) == 1 and charge.round == 1
    speak(charge)
    speak(charge)
    assert states(house) == [("NATIVE", "CLOSED"), ("MWEB", "NOTPAY")] and charge.round == 2


def test_asking_again_on_the_phone_is_a_fresh_link_to_the_same_order_from_wherever_one_is(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    on_phone(charge)
    speak(charge)
    first, number = charge.pay_url, charge.channel_key
    on_phone(charge, address=ELSEWHERE)
    assert charges_of("SO-1")[0]["url"] == ""
    speak(charge)
    assert charge.pay_url != first and charge.channel_key == number and states(house) == [("MWEB", "NOTPAY")]
    assert charge.payer == {"way": "phone", "address": ELSEWHERE}


def test_who_turns_back_scans_a_code_again(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    on_phone(charge)
    speak(charge)
    choose_way(charge.number, way="scan", address=HERE, now=NOW)
    speak(charge)
    speak(charge)
    assert charge.pay_url.startswith("weixin://") and states(house) == [("MWEB", "CLOSED"), ("NATIVE", "NOTPAY")]
    assert charge.payer == {"way": "scan"}, "nobody needs to know from where a code is scanned"


def test_a_merchant_without_payment_on_phones_can_be_paid_by_code(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    on_phone(charge)
    house.server.behave("no_h5")
    speak(charge)
    assert (charge.declined_code, charge.open_there) == ("NO_AUTH", False)
    try_charge_again(charge.number, now=NOW)
    speak(charge)
    assert charge.pay_url.startswith("weixin://") and charge.state == "awaiting"


def test_a_charge_that_is_over_takes_no_other_way(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    speak(charge)
    cancel_charge(charge.number, actor=BO, now=NOW)
    with pytest.raises(Refused) as no:
        on_phone(charge)
    charge.refresh_from_db()
    assert no.value.code == "CHARGE_NOT_AWAITING" and (charge.state, charge.wanted, charge.round) == ("cancelled", None, 1)


def test_turning_while_it_is_cancelled_closes_the_code_and_opens_nothing(house: WeChatHouse) -> None:
    charge = asked(amount=1800)
    speak(charge)
    on_phone(charge)
    cancel_charge(charge.number, actor=BO, now=NOW)
    assert speak(charge) is True and speak(charge) is None
    assert states(house) == [("NATIVE", "CLOSED")] and (charge.state, charge.open_there) == ("cancelled", False)
