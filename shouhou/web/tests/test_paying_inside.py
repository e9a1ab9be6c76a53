"""Paying inside WeChat: the visitor is known by their openid, the order is made out for them alone, the cashier opens, paid once."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from shouhou.cases.models import Case
from shouhou.payments.actions import ask_charge
from shouhou.payments.channels.wechat import account as wechat_account
from shouhou.payments.channels.wechat.fake import desk
from shouhou.payments.models import Charge, ChargeAttempt
from shouhou.payments.tests.chinese_houses import WeChatHouse, wechat_house
from shouhou.plumbing.actor import SYSTEM
from shouhou.web.tests.test_paying import INSIDE, PHONE, spoken
from tests.world import World

Browser = Callable[..., Client]


@pytest.fixture
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeChatHouse]:
    monkeypatch.setattr(wechat_account, "TIMEOUT_SECONDS", (0.5, 0.5))
    with wechat_house(tmp_path) as found:
        settings.PAYMENT_CHANNELS, settings.CHARGE_CHANNEL = {"wechat": found.server.settings()}, "wechat"
        settings.BASE_URL = "http://testserver"
        yield found


@pytest.fixture
def charge(world: World, house: WeChatHouse) -> Charge:
    case = Case.objects.get(number=world.apply(world.order())["number"])
    return spoken(ask_charge(
        subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id,  # type: ignore[arg-type]
        purpose="repair", amount_minor=18000, currency="CNY", key="k", expires_at=world.now + timedelta(days=3), actor=SYSTEM,
        now=world.now,
    ), world)  # fmt: skip


def page_of(charge: Charge) -> str:
    return reverse("web:pay", args=[charge.number])


def door_of(charge: Charge) -> str:
    return reverse("web:pay_inside", args=[charge.number])


def sent_away(client: Client, charge: Charge) -> str:
    return str(client.get(door_of(charge), headers=INSIDE)["Location"])


def come_back(client: Client, charge: Charge) -> Any:
    """Through WeChat and back, as its browser does."""
    back = httpx.get(sent_away(client, charge)).headers["location"]
    return client.get(back.removeprefix("http://testserver"), headers=INSIDE)


def cashier(client: Client, charge: Charge) -> dict[str, str]:
    shown = client.get(page_of(charge), headers=INSIDE).content.decode()
    found = re.search(r'data-cashier="([^"]*)"', shown)
    assert found is not None, shown
    return dict(json.loads(html.unescape(found[1])))


def opened(house: WeChatHouse, told: dict[str, str]) -> str:
    return str(httpx.post(f"{house.server.url}/_bridge", json=told).json()["err_msg"])


def orders(house: WeChatHouse) -> list[tuple[str, str, str]]:
    return [(each["kind"], each["state"], each.get("person", "")) for each in house.server.trades.known.values()]


def test_who_opens_the_page_inside_wechat_pays_there_once(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser
) -> None:
    client = buyer()
    shown = client.get(page_of(charge), headers=INSIDE).content.decode()
    assert f'href="{door_of(charge)}"' in shown and "微信支付 ¥180.00" in shown and "在浏览器中打开后付款" not in shown
    asked = urlsplit(sent_away(client, charge))
    told = {name: values[0] for name, values in parse_qs(asked.query).items()}
    assert (told["appid"], told["scope"], told["response_type"]) == (desk.APP, "snsapi_base", "code")
    assert (asked.fragment, told["redirect_uri"]) == ("wechat_redirect", f"http://testserver{door_of(charge)}")
    assert re.fullmatch(r"[0-9a-zA-Z]{1,128}", told["state"])
    assert come_back(client, charge)["Location"].startswith(f"{page_of(charge)}?go=")
    assert "付款链接准备中" in client.get(page_of(charge), headers=INSIDE).content.decode()
    spoken(charge, world)
    spoken(charge, world)
    assert orders(house) == [("NATIVE", "CLOSED", ""), ("JSAPI", "NOTPAY", desk.VISITOR)], "never two that could both be paid"
    told = cashier(client, charge)
    assert set(told) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"} and told["package"].startswith("prepay_id=wx")
    assert opened(house, told) == "get_brand_wcpay_request:ok" and opened(house, told) == "get_brand_wcpay_request:fail"
    client.post(page_of(charge), {"once": "c", "act": "check"}, headers=INSIDE)
    spoken(charge, world)
    assert charge.paid_at is not None and (charge.means, house.received()) == ("wechat", [18000])
    assert charge.payer == {"way": "inside"}, "who somebody is to WeChat is nobody's business once it is paid"
    assert desk.VISITOR not in str(list(ChargeAttempt.objects.values_list("detail", flat=True)))


def test_the_cashier_opens_neither_for_other_words_nor_for_somebody_else(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser
) -> None:
    client = buyer()
    come_back(client, charge)
    spoken(charge, world)
    spoken(charge, world)
    told = cashier(client, charge)
    for wrong in ({"nonceStr": "x"}, {"package": "prepay_id=wx1"}, {"paySign": ""}, {"signType": "MD5"}):
        assert opened(house, {**told, **wrong}) == "get_brand_wcpay_request:fail"
    house.server.visits.visitor = "oAnotherPerson"
    assert opened(house, told) == "get_brand_wcpay_request:fail" and house.received() == []
    # Whoever holds the phone now is known again: the earlier order is closed first.
    come_back(client, charge)
    spoken(charge, world)
    spoken(charge, world)
    assert orders(house)[1:] == [("JSAPI", "CLOSED", desk.VISITOR), ("JSAPI", "NOTPAY", "oAnotherPerson")]
    assert opened(house, cashier(client, charge)) == "get_brand_wcpay_request:ok" and house.received() == [18000]


def test_a_second_visit_of_the_same_person_is_the_same_order_with_a_fresh_mark(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser
) -> None:
    client = buyer()
    come_back(client, charge)
    spoken(charge, world)
    spoken(charge, world)
    first = charge.pay_url
    come_back(client, charge)
    spoken(charge, world)
    assert charge.pay_url != first and orders(house)[1:] == [("JSAPI", "NOTPAY", desk.VISITOR)]


@pytest.mark.parametrize("how", ["made up", "twice", "of another browser", "of another charge"])
def test_a_return_that_this_browser_has_not_begun_makes_nothing_out(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser, how: str
) -> None:
    client, before = buyer(), dict(charge.payer)
    back = httpx.get(sent_away(client, charge)).headers["location"].removeprefix("http://testserver")
    if how == "twice":
        client.get(back, headers=INSIDE)
        spoken(charge, world)
        spoken(charge, world)
        before = dict(charge.payer)
    elif how == "made up":
        back = f"{door_of(charge)}?code=abc&state=def"
    elif how == "of another browser":
        client = buyer()
    else:
        other = Charge.objects.get(pk=charge.pk)
        other.pk, other.number, other.key, other.channel_key = None, "CH-2222-2222-2", "k2", uuid4()
        other.save()
        back = back.replace(charge.number, other.number)
    answer = client.get(back, headers=INSIDE)
    assert answer["Location"].startswith(house.server.url), "it begins anew"
    charge.refresh_from_db()
    assert (charge.payer, charge.wanted) == (before, None)


@pytest.mark.parametrize("trouble", ["wrong code", "error", "no server"])
def test_where_wechat_cannot_tell_who_it_is_the_code_to_scan_stays(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser, settings: Settings, trouble: str
) -> None:
    client = buyer()
    back = httpx.get(sent_away(client, charge)).headers["location"].removeprefix("http://testserver")
    if trouble == "wrong code":
        back = re.sub(r"code=\w+", "code=0", back)
    elif trouble == "error":
        house.server.behave("error")
    else:
        settings.PAYMENT_CHANNELS = {"wechat": {**house.server.settings(), "api_url": "http://127.0.0.1:9"}}
    answer = client.get(back, headers=INSIDE, follow=True)
    charge.refresh_from_db()
    assert "微信暂时无法确认您的身份" in answer.content.decode() and (charge.payer, charge.wanted) == ({}, None)
    assert orders(house) == [("NATIVE", "NOTPAY", "")] and charge.pay_url.startswith("weixin://")


def test_a_merchant_without_payment_inside_can_be_paid_by_code(charge: Charge, house: WeChatHouse, world: World, buyer: Browser) -> None:
    client = buyer()
    come_back(client, charge)
    spoken(charge, world)
    house.server.behave("no_jsapi")
    spoken(charge, world)
    assert (charge.declined_code, charge.open_there) == ("NO_AUTH", False)
    client.post(page_of(charge), {"once": "a", "act": "again"}, headers=INSIDE)
    spoken(charge, world)
    assert charge.pay_url.startswith("weixin://") and charge.state == "awaiting"


def test_another_device_turns_it_back_to_a_code_and_nobody_else_finds_the_way_in(
    charge: Charge, house: WeChatHouse, world: World, buyer: Browser
) -> None:
    client = buyer()
    come_back(client, charge)
    spoken(charge, world)
    spoken(charge, world)
    screen = client.get(page_of(charge)).content.decode()
    assert "已选择在微信内支付" in screen and 'value="scan"' in screen and charge.pay_url not in screen
    assert "data-cashier" not in client.get(page_of(charge), headers=PHONE).content.decode()
    assert buyer("u2").get(door_of(charge)).status_code == 404 and "/sign-in/" in Client().get(door_of(charge))["Location"]
    client.post(page_of(charge), {"once": "s", "act": "scan"})
    spoken(charge, world)
    spoken(charge, world)
    assert charge.pay_url.startswith("weixin://") and orders(house)[1][:2] == ("JSAPI", "CLOSED")


def test_a_charge_that_is_over_leads_nowhere(charge: Charge, house: WeChatHouse, buyer: Browser, settings: Settings) -> None:
    Charge.objects.filter(pk=charge.pk).update(state="cancelled")
    assert buyer().get(door_of(charge), headers=INSIDE)["Location"] == page_of(charge)
    Charge.objects.filter(pk=charge.pk).update(state="awaiting")
    settings.PAYMENT_CHANNELS = {"wechat": {**house.server.settings(), "secret": ""}}
    assert buyer().get(door_of(charge), headers=INSIDE)["Location"] == page_of(charge)
