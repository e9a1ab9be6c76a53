"""Unidentified parcels: recorded, found again, matched by hand or by itself, sent away only by two people."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.logistics.models import Parcel, UnknownParcel, UnknownParcelEntry
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_inspect import UNPACK
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import World

WAYBILL = "SF0000000000077"
SEEN: dict[str, Any] = {"contents": "电热水壶一只，银色", "place": "无主区 B-03"}


def keys(page: str) -> list[str]:
    return re.findall(r'name="once" value="([^"]+)"', page)


def record(client: Client, **fields: Any) -> Any:
    once = keys(client.get(reverse("web:inspect_unknown_new")).content.decode())[0]
    return client.post(reverse("web:inspect_unknown_new"), {"once": once, **SEEN, **fields})


def recorded(client: Client, **fields: Any) -> str:
    answer = record(client, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return str(UnknownParcel.objects.latest("id").number)


def act(client: Client, deed: str, number: str, **fields: Any) -> Any:
    page = client.get(reverse("web:inspect_unknown", args=[number])).content.decode()
    once = (keys(page) or ["spent"])[0]
    return client.post(reverse(f"web:inspect_unknown_{deed}", args=[number]), {"once": once, **fields})


def shown(client: Client, number: str) -> str:
    return str(client.get(reverse("web:inspect_unknown", args=[number])).content.decode())


def colleague(staff: Callable[..., Client]) -> Client:
    """A second inspector."""
    first = User.objects.get(username="inspector-operator")
    user = User.objects.create(username="second", role="inspector", organisation=first.organisation, first_name="Li")
    client = Client()
    client.force_login(user)
    return client


def shipped(world: World, waybill: str = WAYBILL) -> str:
    case: str = world.apply(world.order())["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number=waybill)
    return case


def test_the_bench_leads_from_an_unknown_number_to_its_record(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    bench = client.get(reverse("web:inspect_find"), {"q": "SF9999999999999"}).content.decode()
    assert "/inspect/unidentified/new/?waybill=SF9999999999999" in bench
    form = client.get("/inspect/unidentified/new/?waybill=SF9999999999999").content.decode()
    assert 'value="SF9999999999999"' in form
    assert re.search(r'value="SF" selected', form)


def test_what_is_recorded_is_kept_with_photos_and_stands_in_the_queue(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    number = recorded(client, waybill="sf 9999999999999", sender_name="林一一", sender_phone="13800001234", photos=png())
    kept = UnknownParcel.objects.get(number=number)
    assert (kept.waybill, kept.carrier, kept.state, kept.place) == ("SF9999999999999", "SF", "waiting", "无主区 B-03")
    assert kept.photos.count() == 1
    queue = client.get(reverse("web:inspect_unidentified")).content.decode()
    assert number in queue
    assert "138****1234" in queue
    assert "13800001234" not in queue
    assert "13800001234" in shown(client, number)


def test_a_photo_is_seen_by_colleagues_and_by_nobody_else(
    world: World, staff: Callable[..., Client], buyer: Callable[[str], Client]
) -> None:  # fmt: skip
    world.order(merchant=SHOP)
    number = recorded(staff("inspector"), photos=png())
    photo = UnknownParcel.objects.get(number=number).photos.get().upload.token
    assert staff("supervisor").get(f"/files/{photo}/").status_code == 200
    assert staff("merchant_operator", "yunshang").get(f"/files/{photo}/").status_code == 404
    assert buyer("u2").get(f"/files/{photo}/").status_code == 404


def test_the_same_form_twice_records_once_and_the_same_waybill_is_told(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    once = keys(client.get(reverse("web:inspect_unknown_new")).content.decode())[0]
    for _ in range(2):
        assert client.post(reverse("web:inspect_unknown_new"), {"once": once, **SEEN, "waybill": WAYBILL}).status_code == 302
    number = UnknownParcel.objects.get().number
    again = record(client, waybill=WAYBILL)
    assert again.status_code == 409
    assert number in again.content.decode()
    assert UnknownParcel.objects.count() == 1


def test_without_contents_and_place_nothing_is_recorded_and_the_rest_is_kept(world: World, staff: Callable[..., Client]) -> None:
    answer = record(staff("inspector"), contents="", waybill=WAYBILL, photos=png())
    assert answer.status_code == 422
    assert f'value="{WAYBILL}"' in answer.content.decode()
    assert 'name="taken"' in answer.content.decode()
    assert UnknownParcel.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"waybill": "SF0000000000078"}, "差 1 位"),
        ({"waybill": "SF0000000007007"}, "差 2 位"),
        ({"sender_phone": "13800000001"}, "电话一致"),
        ({"sender_phone": "0001"}, "电话尾号一致"),
        ({"sender_name": "林一"}, "寄件人同名"),
        ({"order_number": "T0001"}, "订单号或退货单号一致"),
    ],
)
def test_what_agrees_suggests_the_case(world: World, staff: Callable[..., Client], fields: dict[str, str], words: str) -> None:
    case, client = shipped(world), staff("inspector")
    page = shown(client, recorded(client, **fields))
    assert case in page
    assert words in page


def test_what_is_too_different_suggests_nothing(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    page = shown(client, recorded(client, waybill="SF0000000111177", sender_name="王五", sender_phone="9999"))
    assert case not in page
    assert "没有相符的售后单" in page


def test_the_likelier_case_stands_first(world: World, staff: Callable[..., Client]) -> None:
    named, near = shipped(world, "SF5555555555555"), shipped(world)
    client = staff("inspector")
    page = shown(client, recorded(client, waybill="SF0000000000078", sender_name="林一"))
    assert page.index(near) < page.index(named)


def test_matched_it_goes_on_to_unpacking_with_the_waybill_and_is_arrived(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    number = recorded(client, waybill="SF0000000000078")
    answer = act(client, "match", number, case=case.lower())
    assert answer["Location"] == reverse("web:inspect_case", args=[case])
    assert 'value="SF0000000000078"' in client.get(f"/inspect/{case}/unpack/").content.decode()
    kept = UnknownParcel.objects.get(number=number)
    assert (kept.state, kept.subject) == ("matched", case)
    assert Parcel.objects.get(tracking_number="SF0000000000078").phase == "delivered"
    assert number in world.case(case)["messages"][0]["text"]
    client.post(f"/inspect/{case}/unpack/", {**UNPACK, "received-1": 1})
    assert case in shown(client, number)


def test_a_case_that_does_not_exist_matches_nothing(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    number = recorded(client, waybill=WAYBILL)
    assert act(client, "match", number, case="SO-0000-0000-0").status_code == 404
    assert UnknownParcel.objects.get().state == "waiting"


def test_the_waybill_entered_later_matches_it_by_itself(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    number = recorded(client, waybill=WAYBILL)
    case = shipped(world)
    kept = UnknownParcel.objects.get(number=number)
    assert (kept.state, kept.subject, kept.ended_by) == ("matched", case, "clock")
    assert Parcel.objects.get(subject=case).phase == "delivered"
    assert Case.objects.get(number=case).status == "in_transit"
    assert case in client.get(reverse("web:inspect")).content.decode()
    note = world.case(case)["messages"][0]
    assert note["internal"] is True
    assert "无主区 B-03" in note["text"]


def test_another_waybill_entered_later_leaves_it(world: World, staff: Callable[..., Client]) -> None:
    number = recorded(staff("inspector"), waybill=WAYBILL)
    shipped(world, "SF0000000000078")
    assert UnknownParcel.objects.get(number=number).state == "waiting"


def test_sent_back_it_needs_a_second_person(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    number = recorded(client, waybill=WAYBILL)
    assert act(client, "ask", number, end="return", reason="").status_code == 422
    act(client, "ask", number, end="return", reason="寄件人来电要求退回")
    assert "须由另一位同事复核" in shown(client, number)
    own = act(client, "confirm", number)
    assert own.status_code == 403
    assert UnknownParcel.objects.get().state == "return_asked"
    second = colleague(staff)
    assert act(second, "confirm", number, carrier="SF", waybill="SF8888888888888").status_code == 302
    kept = UnknownParcel.objects.get()
    assert (kept.state, kept.sent_waybill, kept.ended_by == kept.asked_by) == ("returned", "SF8888888888888", False)
    assert list(UnknownParcelEntry.objects.order_by("id").values_list("deed", flat=True)) == ["recorded", "return_asked", "returned"]


def test_disposal_waits_for_the_books_term(world: World, staff: Callable[..., Client]) -> None:
    client = staff("inspector")
    number = recorded(client)
    early = act(client, "ask", number, end="dispose", reason="无人认领")
    assert early.status_code == 409
    assert "365 天" in early.content.decode()
    UnknownParcel.objects.update(found_at=world.now - timedelta(days=366))
    act(client, "ask", number, end="dispose", reason="无人认领")
    second = colleague(staff)
    act(second, "keep", number, reason="再等一个月")
    assert UnknownParcel.objects.get().state == "waiting"
    act(client, "ask", number, end="dispose", reason="无人认领")
    act(second, "confirm", number)
    assert UnknownParcel.objects.get().state == "disposed"
    assert act(client, "match", number, case="SO-0000-0000-0").status_code in (404, 409)


def test_filters_pages_and_export_show_the_same(world: World, staff: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouhou.web.inspect.unidentified.PAGE_SIZE", 2)
    client = staff("inspector")
    numbers = [recorded(client, waybill=f"SF000000000010{n}") for n in range(3)]
    first = client.get(reverse("web:inspect_unidentified")).content.decode()
    assert numbers[0] not in first
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = client.get("/inspect/unidentified/" + onward[1].replace("&amp;", "&")).content.decode()
    assert numbers[0] in second
    assert numbers[2] not in second
    found = client.get(reverse("web:inspect_unidentified"), {"q": "SF0000000000101"}).content.decode()
    assert numbers[1] in found
    assert numbers[2] not in found
    sheet = b"".join(client.get("/inspect/unidentified.csv?q=SF0000000000101")).decode()
    assert numbers[1] in sheet
    assert numbers[2] not in sheet
    assert client.get("/inspect/unidentified.pdf").status_code == 404
    assert client.get("/inspect/unidentified/?view=asked&after=x&since=y").status_code == 200


def test_a_shop_sees_only_what_stands_in_its_own_warehouse(world: World, staff: Callable[..., Client]) -> None:
    world.order(merchant=SHOP)
    house, shop = staff("inspector"), staff("merchant_operator", "yunshang")
    theirs, own = recorded(house, waybill=WAYBILL), recorded(shop)
    queue = shop.get(reverse("web:inspect_unidentified")).content.decode()
    assert own in queue
    assert theirs not in queue
    assert shop.get(f"/inspect/unidentified/{theirs}/").status_code == 404
    for deed in ("match", "ask", "confirm", "keep"):
        form = {"once": deed, "case": "x", "reason": "x", "end": "return"}
        assert shop.post(f"/inspect/unidentified/{theirs}/{deed}/", form).status_code == 404
    assert UnknownParcel.objects.get(number=theirs).state == "waiting"
    twice = record(shop, waybill=WAYBILL)
    assert twice.status_code == 409
    assert theirs not in twice.content.decode()
    assert staff("agent").get(reverse("web:inspect_unidentified")).status_code == 403


def test_the_pages_are_whole_in_english(world: World, staff: Callable[..., Client]) -> None:
    shipped(world)
    client = staff("inspector")
    client.cookies["django_language"] = "en"
    plain = {"contents": "kettle", "place": "B-03"}
    number = recorded(client, waybill="SF0000000000078", sender_phone="0001", **plain)
    UnknownParcel.objects.update(sender_name="")
    Case.objects.update(title="Kettle")
    paths = ["/inspect/unidentified/", "/inspect/unidentified/new/", "/inspect/unidentified/?q=nothing", f"/inspect/unidentified/{number}/"]

    def whole() -> list[str]:
        words = [re.sub("[林一*]", "", text_of(client.get(path).content.decode())) for path in paths]
        return [each for text in words for each in CJK.findall(text)]

    assert whole() == []
    act(client, "ask", number, end="return", reason="asked")
    assert whole() == []
    second = colleague(staff)
    act(second, "confirm", number)
    assert whole() == []
