"""The buyer pays: on the case, at the channel, back again; declined, twice, a stranger; finance when it cannot go back."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from shouhou.cases.models import Case
from shouhou.payments.actions import ask_charge, refund_charge
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge
from shouhou.payments.models import Charge, Refund
from shouhou.payments.tests.chinese_houses import WeChatHouse, wechat_house
from shouhou.payments.tests.conftest import Fake, work
from shouhou.payments.tests.test_charges import done_with_jobs
from shouhou.plumbing.actor import SYSTEM
from tests.world import World

Browser = Callable[..., Client]


@pytest.fixture
def charge(world: World, fake: Fake) -> Charge:
    """180.00 for a repair, asked on a case of 林一's; the channel has made it out."""
    case = Case.objects.get(number=world.apply(world.order())["number"])
    found = ask_charge(
        subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, purpose="repair",  # type: ignore[arg-type]
        amount_minor=18000, currency="CNY", key=f"{case.number}:repair", expires_at=world.now + timedelta(days=3), actor=SYSTEM,
        now=world.now,
    )  # fmt: skip
    return spoken(found, world)


def spoken(charge: Charge, world: World) -> Charge:
    if step := begin_charge(charge.id, now=world.now):
        finish_charge(step, exchange_charge(step), started_at=world.now, now=world.now)
    charge.refresh_from_db()
    return charge


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_case_offers_to_pay_and_the_pay_page_leads_to_the_channel(charge: Charge, buyer: Browser) -> None:
    case = text(buyer(), reverse("web:case", args=[charge.subject]))
    page = reverse("web:pay", args=[charge.number])
    assert f'href="{page}"' in case and "¥180.00" in case and "待支付" in case
    shown = text(buyer(), page)
    assert f'href="{charge.pay_url}"' in shown and "维修费" in shown
    # No script is needed: the link is a link, and the question a form.
    assert re.search(r'<form method="post".*?name="act" value="check"', shown, re.S)


def test_the_channel_sends_back_to_the_pay_page(charge: Charge, settings: object) -> None:
    back = httpx.post(charge.pay_url, data={"action": "pay"})
    assert back.headers["location"].endswith(reverse("web:pay", args=[charge.number]))


def test_a_declined_payment_is_told_and_tried_again_once_whatever_is_pressed(
    charge: Charge, buyer: Browser, world: World
) -> None:
    httpx.post(charge.pay_url, data={"action": "decline"})
    spoken(charge, world)
    client, page = buyer(), reverse("web:pay", args=[charge.number])
    assert "没有扣款" in text(client, page)
    for _ in range(2):
        assert client.post(page, {"once": "k1", "act": "again"}).status_code == 302
    assert Charge.objects.get().round == 2
    spoken(charge, world)
    httpx.post(charge.pay_url, data={"action": "pay"})


def test_asking_twice_asks_the_channel_once_in_one_press(charge: Charge, buyer: Browser) -> None:
    client, page = buyer(), reverse("web:pay", args=[charge.number])
    done_with_jobs()
    for _ in range(2):
        client.post(page, {"once": "k2", "act": "check"})
    assert done_with_jobs() == 1 and Charge.objects.get().state == "awaiting"


def test_a_stranger_and_nobody_do_not_find_it(charge: Charge, buyer: Browser) -> None:
    page = reverse("web:pay", args=[charge.number])
    assert buyer("u2").get(page).status_code == 404
    assert buyer("u2").post(page, {"act": "again"}).status_code == 404
    assert "/sign-in/" in Client().get(page)["Location"]
    assert Charge.objects.get().round == 1


def test_what_htmx_asks_for_is_the_state_alone(charge: Charge, buyer: Browser) -> None:
    part = buyer().get(reverse("web:pay", args=[charge.number]), headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section") and "<html" not in part and 'hx-trigger="every 3s"' in part


def test_staff_see_the_charge_and_every_try(charge: Charge, staff: Browser) -> None:
    case = text(staff("agent"), reverse("web:staff_case", args=[charge.subject]))
    page = reverse("web:staff_charge", args=[charge.number])
    assert f'href="{page}"' in case and "待支付" in case
    assert "开出付款单" in text(staff("agent"), page)


def test_finance_tries_a_refused_way_back_again_or_pays_outside(
    charge: Charge, staff: Browser, world: World, fake: Fake
) -> None:
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(charge, world)
    refund = Refund.objects.filter(subject=charge.number).first() or refund_charge(charge.number, actor=SYSTEM, now=world.now)
    fake.behave("refuse", "refuse")
    work(refund, now=world.now)
    page = reverse("web:staff_charge", args=[charge.number])
    assert reverse("web:staff_charge", args=[charge.number]) in text(staff("finance"), reverse("web:stuck_refunds"))
    assert "重试退款" in text(staff("finance"), page) and "重试退款" not in text(staff("agent"), page)
    assert staff("agent").post(page, {"once": "a", "act": "retry"}).status_code == 403
    assert Refund.objects.get(id=refund.id).state == "failed"
    assert staff("finance").post(page, {"once": "b", "act": "retry"}).status_code == 302
    work(refund, now=world.now)
    assert refund.state == "failed"
    assert staff("finance").post(page, {"once": "c", "act": "offline", "proof": " "}).status_code == 422
    assert staff("finance").post(page, {"once": "d", "act": "offline", "proof": "ICBC 1"}).status_code == 302
    charge.refresh_from_db()
    assert charge.state == "refunded" and fake.movements() == []


def test_a_refund_that_its_case_repairs_is_repaired_there_and_another_one_here(
    world: World, staff: Browser, buyer: Browser, fake: Fake
) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    refund = Refund.objects.get()
    page = reverse("web:staff_refund", args=[refund.number])
    assert staff("finance").get(page)["Location"] == reverse("web:staff_case", args=[number])
    # The case has gone on without it: nobody but finance sees to what is left.
    Case.objects.filter(number=number).update(status="closed")
    assert "重试退款" in text(staff("finance"), page)
    assert staff("finance").post(page, {"once": "r", "act": "retry"}).status_code == 302
    assert staff("finance").get(reverse("web:staff_refund", args=["RF-0000-0000-0"])).status_code == 404
    work(refund, now=world.now)
    assert refund.state == "settled" and len(fake.movements()) == 1


def test_staff_and_the_buyer_read_why_a_promise_was_not_kept(world: World, staff: Browser, buyer: Browser) -> None:
    order = world.order()
    number = world.apply(order, service="price_protection", reason="price_drop")["number"]
    flash = {"price": 9900, "from": world.now.isoformat(), "to": None, "kind": "flash", "in_stock": True, "merchant": ""}
    world.move(number, "prices_told", actor=SYSTEM, prices=[{"sku": "KETTLE", "prices": [flash]}])
    for html in (text(staff("agent"), reverse("web:staff_case", args=[number])), text(buyer(), reverse("web:case", args=[number]))):
        assert "更低价为秒杀或限购促销价" in html and "秒杀、限购促销价不计入价保" in html
    assert "可附截图申请人工核对" in text(buyer(), reverse("web:case", args=[number]))


def test_a_code_that_can_only_be_scanned_is_shown_large_and_is_no_link(
    world: World, buyer: Browser, settings: Settings, tmp_path: Path
) -> None:
    with wechat_house(tmp_path) as house:
        settings.PAYMENT_CHANNELS, settings.CHARGE_CHANNEL = {"wechat": house.server.settings()}, "wechat"
        case = Case.objects.get(number=world.apply(world.order())["number"])
        charge = spoken(ask_charge(
            subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, purpose="repair",  # type: ignore[arg-type]
            amount_minor=18000, currency="CNY", key="k", expires_at=world.now + timedelta(days=3), actor=SYSTEM, now=world.now,
        ), world)  # fmt: skip
        shown = text(buyer(), reverse("web:pay", args=[charge.number]))
        assert charge.pay_url.startswith("weixin://") and 'href="weixin' not in shown
        assert "扫一扫" in shown and re.search(r'<div class="code"><svg', shown)


PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"}
INSIDE = {"User-Agent": f"{PHONE['User-Agent']} MicroMessenger/8.0.50"}


@pytest.fixture
def by_wechat(world: World, settings: Settings, tmp_path: Path) -> Iterator[tuple[Charge, WeChatHouse]]:
    """180.00 for a repair, to be paid through WeChat; the code is ready."""
    with wechat_house(tmp_path) as house:
        settings.PAYMENT_CHANNELS, settings.CHARGE_CHANNEL = {"wechat": house.server.settings()}, "wechat"
        case = Case.objects.get(number=world.apply(world.order())["number"])
        yield spoken(ask_charge(
            subject=case.number, order_id=case.order_id, merchant_id=case.merchant_id, buyer_id=case.buyer_id, purpose="repair",  # type: ignore[arg-type]
            amount_minor=18000, currency="CNY", key="k", expires_at=world.now + timedelta(days=3), actor=SYSTEM, now=world.now,
        ), world), house  # fmt: skip


def test_a_phone_is_offered_to_pay_on_it_and_is_led_to_wechat_and_back(
    by_wechat: tuple[Charge, WeChatHouse], world: World, buyer: Browser
) -> None:
    (charge, house), client = by_wechat, buyer()
    page = reverse("web:pay", args=[charge.number])
    shown = client.get(page, headers=PHONE).content.decode()
    assert 'name="act" value="phone"' in shown and "微信支付 ¥180.00" in shown and "在另一块屏幕上扫码付款" in shown
    for _ in range(2):
        after = client.post(page, {"once": "p1", "act": "phone"}, headers=PHONE, REMOTE_ADDR="203.0.113.7")
    assert after["Location"].startswith(f"{page}?go=")
    assert "付款链接准备中" in client.get(after["Location"], headers=PHONE).content.decode()
    spoken(charge, world)
    spoken(charge, world)
    assert charge.payer == {"way": "phone", "address": "203.0.113.7"} and charge.round == 2
    link = client.get(after["Location"], headers=PHONE).content.decode()
    assert f'href="{charge.pay_url.replace("&", "&amp;")}"' in link and "打开微信付款" in link
    polled = client.get(after["Location"], headers={**PHONE, "HX-Request": "true"})
    assert polled["HX-Redirect"] == charge.pay_url
    assert httpx.post(charge.pay_url).headers["location"].endswith(page) and house.received() == [18000]
    # Back here without the press nothing leads away any more.
    assert "HX-Redirect" not in client.get(page, headers={**PHONE, "HX-Request": "true"})
    spoken(charge, world)
    assert charge.paid_at is not None and 'value="phone"' not in client.get(page, headers=PHONE).content.decode()


def test_the_link_is_offered_for_minutes_only_and_opens_by_itself_only_at_once(
    by_wechat: tuple[Charge, WeChatHouse], world: World, buyer: Browser
) -> None:
    (charge, _), client = by_wechat, buyer()
    page = reverse("web:pay", args=[charge.number])
    went = client.post(page, {"once": "p1", "act": "phone"}, headers=PHONE)["Location"]
    spoken(charge, world)
    spoken(charge, world)
    since = int(went.rpartition("=")[2])
    for earlier, leads, offers in ((30, True, True), (120, False, True), (600, False, False), (-600, False, False)):
        address = f"{page}?go={since - earlier}"
        assert ("HX-Redirect" in client.get(address, headers={**PHONE, "HX-Request": "true"})) == leads
        assert ("打开微信付款" in client.get(address, headers=PHONE).content.decode()) == offers
    for nonsense in ("x", "9" * 30, "", "１"):
        assert 'value="phone"' in client.get(page, {"go": nonsense}, headers=PHONE).content.decode()


def test_a_screen_scans_and_without_an_official_account_wechats_own_browser_is_told_to_leave(
    by_wechat: tuple[Charge, WeChatHouse], world: World, buyer: Browser, settings: Settings
) -> None:
    (charge, house), client = by_wechat, buyer()
    settings.PAYMENT_CHANNELS = {"wechat": {**house.server.settings(), "secret": ""}}
    page = reverse("web:pay", args=[charge.number])
    assert "扫一扫" in text(client, page) and 'value="phone"' not in text(client, page)
    inside = client.get(page, headers=INSIDE).content.decode()
    assert "在浏览器中打开后付款" in inside and 'value="phone"' not in inside
    client.post(page, {"once": "p1", "act": "phone"}, headers=PHONE)
    spoken(charge, world)
    spoken(charge, world)
    screen = text(client, page)
    assert "已选择在手机上支付" in screen and 'value="scan"' in screen and charge.pay_url not in screen
    assert client.post(page, {"once": "s1", "act": "scan"})["Location"] == page
    spoken(charge, world)
    spoken(charge, world)
    assert "扫一扫" in text(client, page) and charge.round == 3


def test_a_stranger_turns_nobodys_payment(by_wechat: tuple[Charge, WeChatHouse], buyer: Browser) -> None:
    charge, _ = by_wechat
    assert buyer("u2").post(reverse("web:pay", args=[charge.number]), {"act": "phone"}).status_code == 404
    charge.refresh_from_db()
    assert (charge.payer, charge.wanted, charge.round) == ({}, None, 1)
