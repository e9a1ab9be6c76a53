"""A guest with a code sees one order; asking again takes a minute; a lost session keeps the form; browsers are signed out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer, BuyerSession, SignInCode
from shouhou.accounts.signin import link_for
from shouhou.plumbing import clock
from tests.world import World


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[ports.CodeToSend]:
    codes: list[ports.CodeToSend] = []
    monkeypatch.setattr(ports, "send_code", codes.append)
    return codes


def come_in(client: Client, order: str, sent: list[ports.CodeToSend], onward: str = "") -> str:
    client.post("/sign-in/", {"order": order, "phone": "13800000001", "next": onward})
    return str(client.post("/sign-in/code/", {"code": sent[-1].code})["Location"])


def test_a_guest_sees_the_proved_order_and_its_cases_and_nothing_else_of_the_same_buyer(
    world: World, sent: list[ports.CodeToSend]
) -> None:
    mine, hidden = world.order(), world.order()
    case, hidden_case = (world.apply(order)["number"] for order in (mine, hidden))
    client = Client()
    assert come_in(client, mine, sent) == f"/orders/{mine}/"
    assert [client.get(f"/orders/{order}/").status_code for order in (mine, hidden)] == [200, 404]
    assert [client.get(f"/cases/{number}/").status_code for number in (case, hidden_case)] == [200, 404]
    assert client.get(f"/orders/{hidden}/apply/").status_code == 404
    assert client.post(f"/cases/{hidden_case}/messages/", {"text": "hm", "once": "k"}).status_code == 404
    for page in ("/orders/", "/cases/", "/notices/"):
        text = client.get(page).content.decode()
        assert (hidden in text, hidden_case in text) == (False, False), page
        if page != "/notices/":
            assert "这里只有这一笔订单" in text
    assert world.case(hidden_case)["messages"] == []


def test_the_shops_link_opens_all_orders_of_its_buyer(world: World) -> None:
    orders = [world.order(), world.order()]
    client = Client()
    client.get(link_for(Buyer.objects.get(), expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET))
    assert [client.get(f"/orders/{order}/").status_code for order in orders] == [200, 200]
    assert "这里只有这一笔订单" not in client.get("/orders/").content.decode()


def test_another_code_can_be_asked_for_after_a_minute_only(world: World, sent: list[ports.CodeToSend]) -> None:
    order, client = world.order(), Client()
    client.post("/sign-in/", {"order": order, "phone": "13800000001"})
    page = client.get("/sign-in/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert client.post("/sign-in/code/", {"again": "1"}).status_code == 302
    assert len(sent) == 1
    session = client.session
    session["sign_in_asked"] |= {"at": (clock.now() - timedelta(seconds=61)).isoformat()}
    session.save()
    SignInCode.objects.update(created_at=clock.now() - timedelta(seconds=61))
    client.post("/sign-in/code/", {"again": "1"})
    assert len(sent) == 2
    assert client.post("/sign-in/code/", {"code": sent[1].code})["Location"] == f"/orders/{order}/"


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_a_code_never_leads_off_the_house(world: World, sent: list[ports.CodeToSend], onward: str) -> None:
    order = world.order()
    assert come_in(Client(), order, sent, onward) == f"/orders/{order}/"


def test_a_form_sent_after_the_session_ended_waits_behind_the_code(world: World, sent: list[ports.CodeToSend]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    client = Client()
    onward = client.post(reverse("web:message", args=[case]), {"text": "还没有人来取件", "once": "k1"})["Location"].split("next=")[1]
    assert onward.startswith("/again/")
    assert come_in(client, order, sent, onward) == onward
    page = client.get(onward).content.decode()
    assert 'name="text" value="还没有人来取件"' in page
    assert "<dd>还没有人来取件</dd>" in page
    assert world.case(case)["messages"] == []


def test_what_somebody_else_typed_does_not_wait_for_the_next_person(world: World, sent: list[ports.CodeToSend]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    client = Client()
    onward = client.post(reverse("web:message", args=[case]), {"text": "还没有人来取件", "once": "k1"})["Location"].split("next=")[1]
    come_in(client, order, sent)
    assert client.get(onward).status_code == 404


def test_a_buyer_signs_another_browser_out(world: World) -> None:
    world.order()
    link = link_for(Buyer.objects.get(), expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET)
    here, there = Client(), Client(headers={"user-agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0"})
    for client in (here, there):
        client.get(link)
    assert "微信 8 · iPhone" in here.get("/sessions/").content.decode()
    key = BuyerSession.objects.get(browser__contains="iPhone").pk
    here.post(reverse("web:session_end", args=[key]))
    assert [client.get("/sessions/").status_code for client in (here, there)] == [200, 302]


def test_a_part_of_a_page_that_finds_nobody_signed_in_sends_the_whole_page_to_the_door(world: World) -> None:
    order = world.order()
    answer = Client().get(f"/orders/{order}/", headers={"hx-request": "true", "hx-current-url": f"http://testserver/orders/{order}/?a=1"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == f"/sign-in/?next=/orders/{order}/%3Fa%3D1"
    assert answer.content == b""


def test_an_erased_buyers_browsers_are_nobodys(world: World, buyer: Callable[..., Client]) -> None:
    world.order()
    client = buyer()
    Buyer.objects.update(erased_at=clock.now())
    assert client.get("/sessions/").status_code == 302
