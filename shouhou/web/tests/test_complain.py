"""Complaining on pages: about an order, a case, a shop or nothing; by a buyer, a guest, a visitor, on the phone and on paper."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer
from shouhou.accounts.ports import CodeToSend
from shouhou.accounts.visitors import find_visitor, request_visitor_code, visitor
from shouhou.cases.models import Attachment, Case
from shouhou.documents.models import PaperScan
from shouhou.foundation.refusals import Refused
from shouhou.orders.models import Order
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_scans import taken
from shouhou.web.who import BUYER_KEY, GUEST_KEY
from tests.world import World

Browser = Callable[..., Client]
SAID = {"reason": "about_presale", "description": "客服说含充电器，页面没写。", "phone": "13800000001", "name": "林一", "once": "k1"}


def sent(client: Client, door: str = "complain", *args: str, **more: Any) -> str:
    """The number of the new case."""
    answer = client.post(reverse(f"web:{door}", args=args), {**SAID, **more})
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.content.decode())[:3000]
    return str(answer["Location"].rstrip("/").rpartition("/")[2])


def read(client: Client, door: str, *args: str) -> str:
    answer = client.get(reverse(f"web:{door}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> list[CodeToSend]:
    """What was sent to phones."""
    texts: list[CodeToSend] = []
    monkeypatch.setattr(ports, "send_code", texts.append)
    return texts


def test_about_nothing_bought_it_is_sent_once_and_shown_on_every_page(world: World, buyer: Browser, staff: Browser) -> None:
    world.order()
    lin, agent = buyer(), staff("agent")
    assert "24" in read(lin, "complain")
    number = sent(lin, photos=[png()])
    assert sent(lin) == number
    assert Case.objects.get().order_id is None
    assert Attachment.objects.get().kind == "evidence"
    for page in (read(lin, "case", number), read(lin, "cases"), read(agent, "staff_case", number), read(agent, "queue"),
                 read(agent, "staff_related", number)):  # fmt: skip
        assert number in page
    for address in ("cases_export", "queue_export"):
        client = lin if address == "cases_export" else agent
        assert number in b"".join(client.get(reverse(f"web:{address}", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert number in agent.get(reverse("web:staff_search"), {"q": number}, follow=True).content.decode()
    world.move(number, "reply", actor=world.staff("agent"), finding="not_substantiated", against="nobody", reply="页面写明不含。",
               solution="说明情况。", clause="CMP-02")  # fmt: skip
    page = read(lin, "case", number)
    assert "页面写明不含。" in page
    assert "12315" in page
    assert buyer("u2").get(reverse("web:case", args=[number])).status_code == 404


def test_what_is_missing_is_told_at_its_field_and_nothing_is_kept(world: World, buyer: Browser) -> None:
    world.order()
    answer = buyer().post(reverse("web:complain"), {**SAID, "description": "", "phone": ""})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_of_an_order_with_its_lines_from_the_choice_of_services(world: World, buyer: Browser) -> None:
    order = world.order()
    lin = buyer()
    onward = lin.get(reverse("web:apply", args=[order]), {"service": "feedback", "line": "1", "q1": "1"})
    assert onward.status_code == 302
    assert order in lin.get(onward["Location"]).content.decode()
    number = sent(lin, service="feedback", reason="suggestion", order=order, lines="1:1")
    case = Case.objects.get(number=number)
    assert (case.service, case.order and case.order.number, case.items.count()) == ("feedback", order, 1)
    assert lin.post(reverse("web:complain"), {**SAID, "order": world.order(buyer={"id": "u9"}), "once": "k2"}).status_code == 404


def test_of_a_case_chosen_from_the_list_or_reached_from_its_page(world: World, buyer: Browser) -> None:
    order = world.order()
    returned = world.apply(order)["number"]
    lin = buyer()
    assert f"?case={returned}" in read(lin, "case", returned)
    first = sent(lin, case=returned, reason="about_return")
    second = sent(lin, about=f"case:{returned}", reason="about_people", once="k2")
    for number in (first, second):
        case = Case.objects.get(number=number)
        assert (case.order and case.order.number, case.details["about_case"]) == (order, returned)


def test_a_guest_complains_of_the_order_they_proved(world: World, buyer: Browser) -> None:
    mine, _other = Order.objects.get(number=world.order()), world.order()
    guest = buyer()
    session = guest.session
    session[GUEST_KEY] = mine.pk
    session.save()
    number = sent(guest, about=f"order:{mine.number}")
    assert Case.objects.get(number=number).order_id == mine.pk
    assert number in read(guest, "case", number)


def test_a_visitor_proves_a_phone_and_sees_only_what_they_wrote(world: World, code: list[CodeToSend]) -> None:
    order = world.order()
    stranger = Client()
    assert stranger.get(reverse("web:complain")).status_code == 302
    onward = {"phone": "138 0000 0001", "next": "/complain/"}
    assert stranger.post(reverse("web:visitor"), onward)["Location"] == reverse("web:visitor_code")
    assert stranger.post(reverse("web:visitor_code"), {"code": "000000x"}).status_code == 422
    assert stranger.post(reverse("web:visitor_code"), {"code": code[0].code})["Location"] == "/complain/"
    number = sent(stranger)
    assert number in read(stranger, "cases")
    assert order not in read(stranger, "orders")
    assert stranger.get(reverse("web:order", args=[order])).status_code == 404
    assert Case.objects.get().buyer.external_id.startswith("visitor:")
    assert GUEST_KEY not in stranger.session
    assert stranger.session[BUYER_KEY] == Case.objects.get().buyer_id


def test_codes_to_any_phone_are_few(world: World, code: list[CodeToSend]) -> None:
    for each in range(10):
        request_visitor_code(f"1380000{each:04d}", address="9.9.9.9", now=world.now)
    with pytest.raises(Refused) as no:
        request_visitor_code("13800009999", address="9.9.9.9", now=world.now)
    assert no.value.code == "RATE_LIMITED"
    request_visitor_code("13800000000", address="8.8.8.8", now=world.now + timedelta(seconds=30))
    assert len(code) == 10, "one was sent a moment ago"
    with pytest.raises(Refused):
        request_visitor_code("12", address="8.8.8.8", now=world.now)


def test_an_erased_visitor_stays_erased_and_the_number_begins_anew(world: World) -> None:
    first = visitor("13800000001", name="林一")
    Buyer.objects.filter(pk=first.pk).update(erased_at=world.now, phone="", name="")
    assert find_visitor("13800000001") is None
    second = visitor("+86 138-0000-0001")
    assert second.pk != first.pk
    assert visitor("13800000001").pk == second.pk


def test_on_the_phone_an_agent_writes_it_down_with_or_without_an_order(world: World, staff: Browser) -> None:
    order, agent = world.order(merchant=SHOP), staff("agent")
    assert "channel" in read(agent, "staff_complain")
    number = sent(agent, "staff_complain", channel="phone", shop="yunshang")
    case = Case.objects.get(number=number)
    assert (case.source, case.order_id, case.merchant and case.merchant.code) == ("phone", None, "yunshang")
    assert case.created_by.startswith("user:")
    assert case.on_behalf_of == f"buyer:{case.buyer_id}"
    number = sent(agent, "staff_complain", channel="chat", about=order, once="k2")
    assert Case.objects.get(number=number).order_id == Order.objects.get(number=order).pk
    assert number in staff("merchant_operator", shop="yunshang").get(reverse("web:staff_case", args=[number])).content.decode()
    assert staff("finance").get(reverse("web:staff_complain")).status_code == 403
    assert agent.get(reverse("web:staff_apply_order", args=[order]), {"service": "complaint"}).status_code == 302


def test_a_paper_form_becomes_such_a_case_with_the_scan_on_it(world: World, staff: Browser) -> None:
    agent = staff("agent")
    scan = taken(agent)[0]
    assert reverse("web:scan_complain", args=[scan.number]) in read(agent, "scan", scan.number)
    assert scan.number in read(agent, "scan_complain", scan.number)
    number = sent(agent, "scan_complain", scan.number, channel="form")
    assert sent(agent, "scan_complain", scan.number, channel="form") == number
    assert Attachment.objects.get(case__number=number).kind == "form"
    assert PaperScan.objects.get().state == "keyed"


def test_the_shop_is_asked_answers_and_the_consumer_reads_it(world: World, buyer: Browser, staff: Browser) -> None:
    order = world.order(merchant=SHOP)
    number = sent(buyer(), order=order, reason="about_shop")
    agent, shop = staff("agent"), staff("merchant_operator", shop="yunshang")
    world.move(number, "hear_shop", actor=world.staff("agent"), question="为什么没发货？")
    assert "为什么没发货？" in read(shop, "staff_case", number)
    assert "为什么没发货？" not in read(buyer(), "case", number)
    form = {"version": Case.objects.get(number=number).version, "explanation": "缺货，已道歉。", "act": "confirm"}
    assert shop.post(reverse("web:staff_move", args=[number, "shop_answers"]), form).status_code == 302
    assert Case.objects.get(number=number).status == "investigating"
    assert "缺货，已道歉。" in read(buyer(), "case", number)
    assert "缺货，已道歉。" in read(agent, "staff_case", number)


def test_back_and_sent_again_is_one_complaint_and_other_words_or_another_day_are_another(
    world: World, buyer: Browser, staff: Browser
) -> None:
    world.order()
    lin = buyer()
    first = sent(lin, once="k1")
    assert sent(lin, once="k2") == first
    assert sent(lin, once="k3", description="还有一件事：客服没有回电话。") != first
    Case.objects.filter(number=first).update(closed_at=Case.objects.get(number=first).submitted_at)
    again = sent(lin, once="k4")
    assert again != first
    proven = sent(lin, once="k5", photos=[png()])
    assert Attachment.objects.get().case.number == proven != again
    assert sent(lin, once="k4") == again
    assert Case.objects.count() == 4
