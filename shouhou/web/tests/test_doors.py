"""The doors: codes, the shop's link, signing out, and the pages for what goes wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer
from shouhou.accounts.signin import link_for
from shouhou.plumbing import clock
from shouhou.web.who import BUYER_KEY
from tests.world import World


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[ports.CodeToSend]:
    """The codes that would go to phones; delivery itself is another floor's."""
    codes: list[ports.CodeToSend] = []
    monkeypatch.setattr(ports, "send_code", codes.append)
    return codes


def test_order_number_and_code_sign_the_buyer_in(world: World, sent: list[ports.CodeToSend]) -> None:
    order, client = world.order(), Client()
    address = reverse("web:sign_in")
    assert client.post(address, {"order": order, "phone": "138 0000 0001", "next": f"/orders/{order}/"})["Location"] == "/sign-in/code/"
    assert "138****0001" in client.get("/sign-in/code/").content.decode()
    answer = client.post("/sign-in/code/", {"code": sent[0].code})
    assert answer["Location"] == f"/orders/{order}/"
    assert client.get(answer["Location"]).status_code == 200


def test_a_wrong_phone_gets_the_same_page_and_no_code(world: World, sent: list[ports.CodeToSend]) -> None:
    order, client = world.order(), Client()
    assert client.post(reverse("web:sign_in"), {"order": order, "phone": "13900000000"})["Location"] == "/sign-in/code/"
    answer = client.post("/sign-in/code/", {"code": "123456"})
    assert answer.status_code == 422
    assert "验证码不正确" in answer.content.decode()
    assert sent == []
    assert BUYER_KEY not in client.session


def test_too_many_codes_are_refused_in_words(world: World, sent: list[ports.CodeToSend]) -> None:
    form = {"order": world.order(), "phone": "13800000001"}
    for _ in range(5):
        assert Client().post(reverse("web:sign_in"), form).status_code == 302
    answer = Client().post(reverse("web:sign_in"), form)
    assert answer.status_code == 429
    assert "操作过于频繁" in answer.content.decode()
    # Asked again within the minute, the first one still goes: nobody is sent five.
    assert len(sent) == 1


def test_the_shops_link_lets_its_buyer_in_and_a_false_one_nobody(world: World) -> None:
    order = world.order()
    link = link_for(Buyer.objects.get(), expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET)
    assert Client().get(f"{link}&order={order}")["Location"] == f"/orders/{order}/"
    client = Client()
    assert client.get(link.replace("buyer=u1", "buyer=u2")).status_code == 403
    assert BUYER_KEY not in client.session


def test_signing_in_leaves_nothing_of_who_was_there_before(world: World, buyer: Callable[..., Client]) -> None:
    world.order()
    client = buyer("somebody-else")
    before = client.session.session_key
    client.get(link_for(Buyer.objects.get(external_id="u1"), expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET))
    assert client.session.session_key != before
    assert client.session[BUYER_KEY] == Buyer.objects.get(external_id="u1").pk


def test_an_erased_buyer_is_signed_out(world: World, buyer: Callable[..., Client]) -> None:
    world.order()
    client = buyer()
    Buyer.objects.update(erased_at=clock.now())
    assert client.get(reverse("web:orders")).status_code == 302


def test_signing_out_needs_a_post(world: World, buyer: Callable[..., Client]) -> None:
    world.order()
    client = buyer()
    assert client.get(reverse("web:sign_out")).status_code == 405
    client.post(reverse("web:sign_out"))
    assert client.get(reverse("web:orders")).status_code == 302


def test_a_lost_form_token_keeps_the_form(world: World, buyer: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    client = Client(enforce_csrf_checks=True)
    client.cookies = buyer().cookies
    form = {"text": "请尽快处理", "once": "k1"}
    answer = client.post(reverse("web:message", args=[case]), form, headers={"origin": "http://testserver"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert 'name="text" value="请尽快处理"' in html
    elsewhere = client.post(reverse("web:message", args=[case]), form, headers={"origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert "请尽快处理" not in elsewhere.content.decode()
    assert world.case(case)["messages"] == []


def test_a_page_that_does_not_exist_is_told_kindly(db: None) -> None:
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_a_failure_of_ours_is_told_in_both_languages_without_details(
    world: World, buyer: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.order()
    client = buyer()
    client.raise_request_exception = False
    monkeypatch.setattr("shouhou.accounts.sessions.LISTED_MOST", "not a number")
    answer = client.get(reverse("web:sessions"))
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出错了" in html
    assert "Something went wrong" in html
    assert "Traceback" not in html
