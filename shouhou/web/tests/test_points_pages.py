"""The service network on pages: kept by operations, chosen by buyers; couriers switched off are offered to nobody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.logistics.actions.couriers import switch_courier
from shouhou.logistics.actions.points import put_point
from shouhou.logistics.imports import take_points
from shouhou.logistics.models import CarrierSetting, ServicePoint
from shouhou.plumbing import clock
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.web.models import Draft
from shouhou.web.tests.conftest import ADDRESS
from tests.world import World

CENTRE: dict[str, Any] = {
    "code": "CD-01", "name_zh": "锦江服务中心", "name_en": "Jinjiang centre", "kind": "both", "region_code": "510104",
    "address_zh": "春熙路 8 号", "phone": "028-1000-0001", "latitude": "30.657", "longitude": "104.081", "hours": "1-7 00:00-24:00",
}  # fmt: skip
COUNTER = CENTRE | {"code": "CD-02", "name_zh": "武侯寄件点", "name_en": "Wuhou counter", "kind": "drop_off", "region_code": "510107"}
FAR = CENTRE | {"code": "SH-01", "name_zh": "浦东服务中心", "region_code": "310115", "latitude": "31.2", "longitude": "121.5"}
FORM = {"name_zh": "新网点", "kind": "drop_off", "region_code": "510104", "address_zh": "一路 1 号", "hours": "1-5 09:00-18:00"}
Browser = Callable[..., Client]


def put(*points: dict[str, Any]) -> None:
    for point in points:
        put_point(point, actor=SYSTEM, now=clock.now())


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_operations_make_a_point_once_however_often_the_button_is_pressed(world: World, staff: Browser) -> None:
    client, form = staff("operations"), FORM | {"code": "cd-09", "once": "k1"}
    for _ in range(2):
        assert client.post("/operations/points/new/", form)["Location"] == "/operations/points/CD-09/"
    row = ServicePoint.objects.get()
    assert (row.code, row.services, row.version) == ("CD-09", ["drop_off"], 1)
    assert "新网点" in text(client, "/operations/points/CD-09/")
    assert LogEntry.objects.filter(object_id="point.created").count() == 1


def test_a_wrong_form_comes_back_with_the_fields_marked_and_nothing_is_stored(world: World, staff: Browser) -> None:
    answer = staff("operations").post("/operations/points/new/", FORM | {"code": "A", "hours": "9-18", "once": "k"})
    assert answer.status_code == 422
    assert "格式如 1-5 09:00-12:00" in answer.content.decode()
    assert 'value="新网点"' in answer.content.decode()
    assert not ServicePoint.objects.exists()


def test_two_who_change_the_same_point_do_not_overwrite_each_other(world: World, staff: Browser) -> None:
    put(CENTRE)
    client = staff("operations")
    form = {**{name: CENTRE[name] for name in ("name_zh", "kind", "region_code", "address_zh", "hours")}, "version": 1}
    assert client.post("/operations/points/CD-01/", form | {"phone": "1", "once": "a"}).status_code == 302
    assert client.post("/operations/points/CD-01/", form | {"phone": "2", "once": "b"}).status_code == 409
    assert ServicePoint.objects.get().phone == "1"


def test_the_list_is_filtered_by_the_address_and_exported_so_that_it_can_come_back(world: World, staff: Browser) -> None:
    put(CENTRE, COUNTER, FAR)
    client = staff("operations")
    client.post("/operations/points/SH-01/switch/", {"once": "k"})
    for query in ("", "region=5101", "region=四川省成都市", "service=walk_in_repair", "q=锦江", "shown=all"):
        assert "CD-01" in text(client, f"/operations/points/?{query}"), query
    for query in ("q=nobody", "region=31", "shown=off", "region=nowhere", "service=on_site"):
        assert "CD-01" not in text(client, f"/operations/points/?{query}"), query
    content = b"".join(client.get("/operations/points.csv?shown=all"))
    assert content.count(b"\n") == 4
    again = take_points(content, name="points.csv", actor=SYSTEM, now=clock.now())
    assert dict(again.rows) == {"unchanged": 3}
    assert b"".join(client.get("/operations/points.xlsx"))[:2] == b"PK"


def test_an_import_tells_what_became_of_every_row(world: World, staff: Browser) -> None:
    lines = "code,name_zh,kind,region_code,address_zh,hours\nA1,甲,drop_off,510104,一路,1-7 09:00-18:00\nA2,乙,shop,510104,二路,\n"
    client = staff("operations")
    for _ in range(2):
        file = SimpleUploadedFile("points.csv", lines.encode())
        answer = client.post("/operations/points/import/", {"file": file, "once": "k1"})
        assert answer.status_code == 200
        assert "kind: 须为其一" in answer.content.decode()
    assert list(ServicePoint.objects.values_list("code", "version")) == [("A1", 1)]
    bad = client.post("/operations/points/import/", {"file": SimpleUploadedFile("a.csv", b"x,y\n1,2\n"), "once": "k2"})
    assert bad.status_code == 422


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_readers_see_points_and_change_none(world: World, staff: Browser, role: str) -> None:
    put(CENTRE)
    client = staff(role)
    assert "锦江服务中心" in text(client, "/operations/points/")
    assert "保存" not in text(client, "/operations/points/CD-01/")
    posts = {
        "/operations/points/new/": FORM | {"code": "X", "once": "a"}, "/operations/points/CD-01/switch/": {"once": "b"},
        "/operations/points/CD-01/": FORM | {"version": 1, "once": "c"}, "/operations/carriers/SF/switch/": {"once": "d"},
        "/operations/points/import/": {"file": SimpleUploadedFile("a.csv", b"code\nB1\n"), "once": "e"},
        "/operations/carriers/SF/link/": {"tracking_url": "https://a.example/{number}", "once": "f"},
    }  # fmt: skip
    for path, form in posts.items():
        client.post(path, form)
    assert list(ServicePoint.objects.values_list("code", "active", "version")) == [("CD-01", True, 1)]
    assert not CarrierSetting.objects.exists()


def test_a_courier_is_switched_off_and_the_log_tells_it(world: World, staff: Browser) -> None:
    client = staff("operations")
    for _ in range(2):
        client.post("/operations/carriers/SF/switch/", {"once": "k"})
    client.post("/operations/carriers/ZTO/link/", {"tracking_url": "https://z.example/?no={number}", "once": "l"})
    assert dict(CarrierSetting.objects.values_list("code", "active")) == {"SF": False, "ZTO": True}
    assert "停用快递" in text(client, "/operations/audit/?what=carrier.switched_off")
    assert "https://z.example/?no={number}" in text(client, "/operations/carriers/")


def test_a_buyer_is_offered_couriers_that_are_on_and_told_of_one_that_is_off(world: World, buyer: Browser) -> None:
    case = world.apply(world.order())["number"]
    switch_courier("SF", active=False, actor=Actor(role="operations", who="key:1"), now=clock.now())
    client, address = buyer(), reverse("web:move", args=[case, "ship"])
    page = text(client, address)
    assert 'value="SF"' not in page
    assert 'value="ZTO"' in page
    assert "目前不接受顺丰速运的新运单" in text(client, f"/cases/{case}/courier/?tracking_number=SF0000000000001")
    version = Case.objects.get().version
    answer = client.post(address, {"tracking_number": "SF0000000000001", "version": version})
    assert answer.status_code == 422
    assert "目前不接受" in answer.content.decode()
    assert Case.objects.get().status == "awaiting_goods"


def start(client: Client, order: str) -> str:
    why = {"step": "why", "line": "1", "q1": "1", "reason": "no_reason", "service": "return", "c1-intact": "yes"}
    page = text(client, f"/orders/{order}/apply/?line=1")
    names = {name: "yes" for name in ("c1-opened",) if name in page}
    assert client.post(f"/orders/{order}/apply/", why | names).status_code == 302
    return f"/orders/{order}/apply/way/"


def test_the_way_step_offers_the_nearest_counters_and_keeps_the_one_chosen(world: World, buyer: Browser) -> None:
    put(CENTRE, COUNTER, FAR)
    order, client = world.order(address=ADDRESS), buyer()
    way = start(client, order)
    page = text(client, way)
    assert page.index("锦江服务中心") < page.index("武侯寄件点")
    assert "浦东服务中心" not in page
    assert "24 小时营业" in page
    assert "geo:30.657000,104.081000" in page
    contact = {"step": "way", "return_method": "drop_off", "name": "林一", "phone": "13800000001", "region": ADDRESS["region"]}
    refused = client.post(way, contact | {"place": "SH-99"})
    assert refused.status_code == 422
    assert "请选择一个网点" in refused.content.decode()
    found = client.post(way, contact | {"act": "find", "find": "上海浦东新区"})
    assert found.status_code == 200
    assert "浦东服务中心" in found.content.decode()
    assert Draft.objects.get().fields["find"] == ["上海浦东新区"]
    assert client.post(way, contact | {"place": "CD-02", "find": ""})["Location"].endswith("/confirm/")
    confirm = text(client, f"/orders/{order}/apply/confirm/")
    assert "武侯寄件点" in confirm
    seal = confirm.split('name="seal" value="')[1].split('"')[0]
    form = {"acknowledged": "on", "seal": seal, "once": "k", "shown_at": clock.now().isoformat()}
    sent = client.post(f"/orders/{order}/apply/confirm/", form)
    assert sent.status_code == 302
    case = Case.objects.get()
    assert (case.return_method, case.contact["place"]) == ("drop_off", "CD-02")
    assert "武侯寄件点" in text(client, f"/cases/{case.number}/")


def test_without_any_counter_dropping_off_is_not_offered(world: World, buyer: Browser) -> None:
    order, client = world.order(address=ADDRESS), buyer()
    page = text(client, start(client, order))
    assert 'value="drop_off"' not in page


def test_the_move_takes_a_counter_of_the_list_or_another_place_in_words(world: World, buyer: Browser) -> None:
    put(CENTRE, COUNTER)
    client = buyer()
    for given, shown in (({"place": "CD-02"}, "武侯寄件点"), ({"place": "", "place-other": "小区代收点"}, "小区代收点")):
        contact = {**ADDRESS, "name": "林一", "place": "CD-01"}
        case = world.apply(world.order(address=ADDRESS), return_method="drop_off", contact=contact)["number"]
        address, version = reverse("web:move", args=[case, "drop_off"]), Case.objects.get(number=case).version
        chosen = re.search(r'<input[^>]*value="CD-01"[^>]*>', text(client, address))
        assert chosen is not None
        assert "checked" in chosen[0]
        empty = client.post(address, {"place": "", "place-other": "", "version": version})
        assert empty.status_code == 422
        assert Case.objects.get(number=case).status == "awaiting_goods"
        assert client.post(address, {**given, "version": version}).status_code == 302
        assert Case.objects.get(number=case).status == "in_transit"
        assert shown in text(client, f"/cases/{case}/")
    assert [each.contact["place"] for each in Case.objects.order_by("id")] == ["CD-02", "CD-01"]
