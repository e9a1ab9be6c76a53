"""Counters near where the buyer stands, and the same counters on the agent's form."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.logistics.actions.points import switch_point
from shouhou.plumbing.actor import SYSTEM
from shouhou.web.models import Draft
from shouhou.web.permissions import HEADER
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_points_pages import CENTRE, COUNTER, FAR, put
from tests.world import World

Browser = Callable[..., Client]
CONTACT = {"name": "林一", "phone": "13800000001", "region": ADDRESS["region"], "address": ADDRESS["address"], "return_method": "drop_off"}
SHANGHAI = "31.201,121.499"


def way_of(client: Client, order: str) -> str:
    """The address of the step, after the one before it."""
    why = {"line": "1", "q1": "1", "service": "return", "reason": "quality", "description": "坏了"}
    client.post(reverse("web:apply", args=[order]), why)
    return reverse("web:apply_way", args=[order])


def codes(page: str) -> list[str]:
    return re.findall(r'id="place-([A-Z0-9-]+)"', page)


def test_counters_by_position_are_nearest_first_and_the_position_is_kept_nowhere(world: World, buyer: Browser) -> None:
    put(CENTRE, COUNTER, FAR)
    client = buyer()
    way = way_of(client, world.order(address=ADDRESS))
    assert codes(client.get(way).content.decode())[0] == "CD-01"
    page = client.post(way, CONTACT | {"act": "find", "near": SHANGHAI}).content.decode()
    assert codes(page) == ["SH-01"]
    assert "公里" in page or "米" in page
    assert SHANGHAI not in page
    kept = [str(Draft.objects.get().fields), *(str(each.get_decoded()) for each in Session.objects.all())]
    assert not [text for text in kept if "31.20" in text]
    # What was chosen there holds, although it is not near the order's address.
    assert client.post(way, CONTACT | {"place": "SH-01"})["Location"].endswith("/confirm/")
    assert "浦东服务中心" in client.get(reverse("web:apply_confirm", args=[Draft.objects.get().order.number])).content.decode()


def test_a_position_that_is_none_and_one_without_counters_say_so_or_fall_back(world: World, buyer: Browser) -> None:
    put(CENTRE)
    client = buyer()
    way = way_of(client, world.order(address=ADDRESS))
    for near in ("", "x", "91,0", "1e9,1", "30.6", "9" * 5000):
        assert codes(client.post(way, CONTACT | {"act": "find", "near": near}).content.decode()) == ["CD-01"], near[:9]
    assert "您附近没有受理这些商品的网点" in client.post(way, CONTACT | {"act": "find", "near": "0.0,0.0"}).content.decode()


def test_a_chosen_counter_must_take_the_goods(world: World, buyer: Browser) -> None:
    put(CENTRE, FAR, FAR | {"code": "SH-02", "capacity_per_day": 0}, FAR | {"code": "SH-03", "categories": "phone"})
    client = buyer()
    way = way_of(client, world.order(address=ADDRESS))
    switch_point("SH-01", active=False, actor=SYSTEM, now=world.now)
    for code in ("SH-01", "SH-02", "SH-03", "NONE"):
        assert client.post(way, CONTACT | {"place": code}).status_code == 422, code


def test_only_this_page_may_ask_for_the_position_and_only_the_benches_for_the_camera(
    world: World, buyer: Browser, staff: Browser
) -> None:
    client = buyer()
    way = way_of(client, world.order(address=ADDRESS))
    assert client.get(way)[HEADER] == "geolocation=(self), camera=(), microphone=()"
    assert client.get("/orders/")[HEADER] == "camera=(), geolocation=(), microphone=()"
    assert client.get("/nothing/")[HEADER] == "camera=(), geolocation=(), microphone=()"
    assert staff("inspector").get("/inspect/")[HEADER] == "camera=(self), geolocation=(), microphone=()"


def form_of(page: str, **more: str) -> dict[str, Any]:
    """What a browser would send back of the agent's form."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    checked = dict(re.findall(r'<input type="radio" name="(c1-[^"]+)" value="([^"]*)"[^>]* checked', page))
    return {name: value for name, value in hidden.items() if name in ("once", "shown_at", "service", "line", "q1")} | {
        **checked, **CONTACT, "reason": "quality", "description": "坏了", "channel": "phone", "call_note": "来电", **more,
    }  # fmt: skip


def test_an_agent_chooses_a_counter_as_the_buyer_does(world: World, staff: Browser) -> None:
    put(CENTRE, COUNTER, FAR)
    client, order = staff("agent"), world.order(address=ADDRESS)
    apply = f"{reverse('web:staff_apply_order', args=[order])}?line=1"
    page = client.get(apply).content.decode()
    assert codes(page) == ["CD-01", "CD-02"]
    found = client.post(apply, form_of(page, act="find", find="上海浦东新区"))
    told = found.content.decode()
    assert found.status_code == 200
    assert codes(told) == ["SH-01"]
    assert "errorlist" not in told
    assert "坏了" in told
    assert client.post(apply, form_of(page, act="preview", place="CD-99")).status_code == 422
    assert not Case.objects.exists()
    shown = client.post(apply, form_of(page, act="preview", place="SH-01", find="上海浦东新区"))
    assert shown.status_code == 200
    assert "送到网点 · 浦东服务中心" in shown.content.decode()
    sent = form_of(page, act="submit", place="SH-01", find="上海浦东新区", acknowledged="1")
    for _ in range(2):
        assert client.post(apply, sent).status_code == 302
    assert [case.contact["place"] for case in Case.objects.all()] == ["SH-01"]


def test_an_agent_may_leave_the_counter_open_and_finds_their_photos_again_after_looking(world: World, staff: Browser) -> None:
    put(CENTRE)
    client, order = staff("agent"), world.order(address=ADDRESS)
    apply = f"{reverse('web:staff_apply_order', args=[order])}?line=1"
    page = client.get(apply).content.decode()
    told = client.post(apply, form_of(page, act="find", find="") | {"photos": [png()]}).content.decode()
    (token,) = re.findall(r'name="evidence" value="([^"]+)"', told)
    sent = form_of(page, act="submit", place="", acknowledged="1") | {"evidence": token}
    assert client.post(apply, sent).status_code == 302
    case = Case.objects.get()
    assert (case.return_method, case.contact.get("place"), case.attachments.count()) == ("drop_off", None, 1)
