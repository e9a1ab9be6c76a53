"""A shop's console: its numbers, its addresses, its notes, its people, and nothing of anybody else's."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.erasure import erase_buyer
from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant, Note, ReturnAddress
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import CONTACT, World

ADDRESS = {"label": "二号仓", "contact": "收货组", "phone": "0571-8800-1200", "region": "浙江省杭州市", "address": "星光街 88 号"}
PERSON = {"username": "yun-li", "name": "李云", "email": "li@example.com", "role": "merchant_operator", "language": "zh-hans"}
OTHER = {"code": "other", "channel": "third", "name": "另一家"}


@pytest.fixture
def shop(world: World, staff: Callable[..., Client]) -> Callable[[str], Client]:
    """A browser of 云裳's operator or manager; the shop has one order."""
    world.order(merchant=SHOP)
    return lambda role: staff(f"merchant_{role}", "yunshang")


def numbers_of(client: Client) -> dict[str, str]:
    """Label → count of the links on the page of today."""
    page = client.get(reverse("web:merchant")).content.decode()
    return {label: count for count, label in re.findall(r'<strong class="num">([^<]+)</strong><span>([^<]+)</span>', page)}


def test_todays_numbers_count_the_own_shops_cases_and_lead_to_them(world: World, shop: Callable[[str], Client]) -> None:
    mine = world.apply(world.order(merchant=SHOP), reason="quality", description="漏水", request_review=True)["number"]
    world.move(mine, "send_evidence", actor=world.buyer(), description="见照片")
    world.apply(world.order(merchant=OTHER))
    Case.objects.filter(number=mine).update(due_at=world.now - timedelta(hours=1))
    client = shop("operator")
    numbers = numbers_of(client)
    assert {label for label, count in numbers.items() if count == "1"} == {"已超时", "轮到我们", "待联系与协调"}
    assert {label for label, count in numbers.items() if count == "0"} == {
        "2 小时内到期", "24 小时内到期", "我处理的", "退款待复核", "待发出", "在我们手里维修",
    }  # fmt: skip
    page = client.get(reverse("web:merchant")).content.decode()
    assert f"/staff/cases/{mine}/" in page
    listed = client.get(reverse("web:queue") + "?due=overdue").content.decode()
    assert f"/staff/cases/{mine}/" in listed


def test_the_console_is_for_shops(world: World, staff: Callable[..., Client], shop: Callable[[str], Client]) -> None:
    paths = ["merchant", "merchant_addresses", "merchant_orders", "merchant_people", "merchant_settings"]
    for name in paths:
        assert staff("supervisor").get(reverse(f"web:{name}")).status_code == 403, name
        assert Client().get(reverse(f"web:{name}"))["Location"].startswith("/staff/sign-in/"), name
        assert shop("manager").get(reverse(f"web:{name}")).status_code == 200, name


def test_a_case_keeps_the_address_it_was_told(world: World, shop: Callable[[str], Client]) -> None:
    case = world.apply(world.order(merchant=SHOP))["number"]
    told = Case.objects.get(number=case).return_address
    assert told is not None
    client = shop("manager")
    client.post(reverse("web:merchant_address", args=[told.pk]), {**ADDRESS, "once": "k1"})
    now = ReturnAddress.objects.get(merchant__code="yunshang", active=True)
    assert (now.label, now.is_default) == ("二号仓", True)
    kept = Case.objects.get(number=case).return_address
    assert kept is not None
    assert (kept.pk, kept.address, kept.active) == (told.pk, "仓库路 8 号", False)
    assert Case.objects.get(number=world.apply(world.order(merchant=SHOP))["number"]).return_address_id == now.pk


def test_a_double_click_adds_one_address(world: World, shop: Callable[[str], Client]) -> None:
    client = shop("manager")
    for _ in range(2):
        assert client.post(reverse("web:merchant_address_new"), {**ADDRESS, "once": "k1"}).status_code == 302
    assert ReturnAddress.objects.filter(label="二号仓").count() == 1


def test_another_address_becomes_the_default_and_only_then_the_old_one_goes(world: World, shop: Callable[[str], Client]) -> None:
    client = shop("manager")
    client.post(reverse("web:merchant_address_new"), {**ADDRESS, "once": "k1"})
    old = ReturnAddress.objects.get(merchant__code="yunshang", is_default=True)
    new = ReturnAddress.objects.get(label="二号仓")
    answer = client.post(reverse("web:merchant_address_off", args=[old.pk]), {"once": "k2"})
    assert answer.status_code == 409
    assert "默认退货地址不能停用" in answer.content.decode()
    old.refresh_from_db()
    assert old.active
    client.post(reverse("web:merchant_address_default", args=[new.pk]))
    client.post(reverse("web:merchant_address_off", args=[old.pk]), {"once": "k3"})
    assert list(ReturnAddress.objects.filter(merchant__code="yunshang", active=True).values_list("pk", "is_default")) == [(new.pk, True)]


def test_only_a_manager_changes_addresses_and_only_the_own_shops(world: World, shop: Callable[[str], Client]) -> None:
    world.order(merchant=OTHER)
    mine = ReturnAddress.objects.get(merchant__code="yunshang")
    others = ReturnAddress.objects.get(merchant__code="other")
    before = list(ReturnAddress.objects.order_by("pk").values())
    operator, manager = shop("operator"), shop("manager")
    assert operator.post(reverse("web:merchant_address_new"), {**ADDRESS, "once": "k1"}).status_code == 403
    assert operator.post(reverse("web:merchant_address", args=[mine.pk]), {**ADDRESS, "once": "k2"}).status_code == 403
    assert operator.post(reverse("web:merchant_address_default", args=[mine.pk])).status_code == 403
    assert manager.post(reverse("web:merchant_address", args=[others.pk]), {**ADDRESS, "once": "k3"}).status_code == 404
    assert manager.post(reverse("web:merchant_address_off", args=[others.pk]), {"once": "k4"}).status_code == 404
    assert list(ReturnAddress.objects.order_by("pk").values()) == before


def test_a_wrong_phone_keeps_the_form(world: World, shop: Callable[[str], Client]) -> None:
    answer = shop("manager").post(reverse("web:merchant_address_new"), {**ADDRESS, "phone": "电话", "once": "k1"})
    assert answer.status_code == 422
    assert "请填写能接通的电话" in answer.content.decode()
    assert 'value="星光街 88 号"' in answer.content.decode()


def test_notes_are_seen_by_the_own_shop_only(world: World, staff: Callable[..., Client], shop: Callable[[str], Client]) -> None:
    order, others = world.order(merchant=SHOP), world.order(merchant=OTHER)
    operator = shop("operator")
    for _ in range(2):
        operator.post(reverse("web:merchant_note", args=[order]), {"text": "答应周五前回电", "about": "order", "once": "k1"})
    operator.post(reverse("web:merchant_note", args=[order]), {"text": "喜欢电话联系", "about": "buyer", "once": "k2"})
    assert Note.objects.count() == 2
    assert "答应周五前回电" in shop("manager").get(reverse("web:merchant_order", args=[order])).content.decode()
    again = world.order(merchant=SHOP)
    page = operator.get(reverse("web:merchant_order", args=[again])).content.decode()
    assert "喜欢电话联系" in page
    assert "答应周五前回电" not in page
    other = staff("merchant_manager", "other")
    assert other.get(reverse("web:merchant_order", args=[order])).status_code == 404
    assert "喜欢电话联系" not in other.get(reverse("web:merchant_order", args=[others])).content.decode()
    assert other.post(reverse("web:merchant_note", args=[order]), {"text": "x", "once": "k3"}).status_code == 404
    assert Note.objects.count() == 2
    assert order in operator.get(reverse("web:merchant_orders") + "?noted=1").content.decode()


def test_an_empty_note_is_refused_and_a_note_withdrawn_by_its_writer(world: World, shop: Callable[[str], Client]) -> None:
    order, operator = world.order(merchant=SHOP), shop("operator")
    answer = operator.post(reverse("web:merchant_note", args=[order]), {"text": "  ", "once": "k1"})
    assert answer.status_code == 422
    assert Note.objects.count() == 0
    shop("manager").post(reverse("web:merchant_note", args=[order]), {"text": "主管写的", "once": "k2"})
    written = Note.objects.get()
    assert operator.post(reverse("web:merchant_note_withdraw", args=[order, written.pk])).status_code == 403
    written.refresh_from_db()
    assert written.withdrawn_at is None
    shop("manager").post(reverse("web:merchant_note_withdraw", args=[order, written.pk]))
    assert "主管写的" not in operator.get(reverse("web:merchant_order", args=[order])).content.decode()


def test_notes_go_with_the_person(world: World, shop: Callable[[str], Client]) -> None:
    order = world.order(merchant=SHOP)
    shop("operator").post(reverse("web:merchant_note", args=[order]), {"text": "林一说下周搬家", "about": "buyer", "once": "k1"})
    removed = erase_buyer("u1", actor=world.staff("operations"), now=world.now)
    assert removed["shop_notes"] == 1
    assert Note.objects.count() == 0


def test_orders_are_masked_found_by_any_number_and_exported(world: World, shop: Callable[[str], Client]) -> None:
    order, others = world.order(merchant=SHOP), world.order(merchant=OTHER)
    case = world.apply(order)["number"]
    client = shop("operator")
    page = client.get(reverse("web:merchant_orders"), {"q": case}).content.decode()
    assert f"/merchant/orders/{order}/" in page
    assert "13800000001" not in page
    assert others not in client.get(reverse("web:merchant_orders")).content.decode()
    text = b"".join(client.get(reverse("web:merchant_orders_export", args=["csv"]))).decode()
    assert order in text
    assert others not in text
    assert "138****0001" in text
    assert "林一" not in text
    assert client.get(reverse("web:merchant_orders_export", args=["xlsx"])).status_code == 200
    assert client.get(reverse("web:merchant_orders_export", args=["pdf"])).status_code == 404


def test_pages_of_orders_follow_each_other_without_gap(world: World, shop: Callable[[str], Client]) -> None:
    client = shop("operator")
    made = {world.order(merchant=SHOP) for _ in range(44)} | {"T0001"}
    page = client.get(reverse("web:merchant_orders")).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    beyond = client.get(reverse("web:merchant_orders") + following[1].replace("&amp;", "&")).content.decode()
    first, second = (set(re.findall(r"/merchant/orders/(T\d+)/", each)) for each in (page, beyond))
    assert (len(first), len(second)) == (40, 5)
    assert first | second == made


def test_a_new_colleague_signs_in_with_the_password_shown_once(world: World, shop: Callable[[str], Client]) -> None:
    manager = shop("manager")
    answer = manager.post(reverse("web:merchant_person_new"), {**PERSON, "once": "k1"})
    password = re.search(r'<code class="secret">([^<]+)</code>', answer.content.decode())
    assert password
    assert "no-store" in answer["Cache-Control"]
    again = manager.post(reverse("web:merchant_person_new"), {**PERSON, "once": "k1"})
    assert password[1] not in again.content.decode()
    assert "不能再显示" in again.content.decode()
    assert User.objects.filter(username="yun-li").count() == 1
    made = Client()
    assert made.login(username="yun-li", password=password[1])
    assert made.get(reverse("web:merchant"))["Location"] == "/staff/account/password/own/?next=%2Fmerchant%2F"
    User.objects.filter(username="yun-li").update(password_temporary=False)
    assert made.get(reverse("web:merchant")).status_code == 200
    assert made.get(reverse("web:merchant_people")).status_code == 403


def test_a_taken_name_is_told_at_its_field(world: World, shop: Callable[[str], Client]) -> None:
    answer = shop("manager").post(reverse("web:merchant_person_new"), {**PERSON, "username": "merchant_manager-yunshang", "once": "k1"})
    assert answer.status_code == 422
    User.objects.create(username="elsewhere", role="agent")
    answer = shop("manager").post(reverse("web:merchant_person_new"), {**PERSON, "username": "elsewhere", "once": "k2"})
    assert "已被使用" in answer.content.decode()
    assert User.objects.get(username="elsewhere").role == "agent"


def test_switching_off_ends_the_persons_session_at_once(world: World, shop: Callable[[str], Client]) -> None:
    operator, manager = shop("operator"), shop("manager")
    person = User.objects.get(username="merchant_operator-yunshang")
    assert operator.get(reverse("web:merchant")).status_code == 200
    manager.post(reverse("web:merchant_person", args=[person.pk]), {"role": "merchant_operator", "active": "0"})
    assert operator.get(reverse("web:merchant")).status_code == 302
    manager.post(reverse("web:merchant_person", args=[person.pk]), {"role": "merchant_manager", "active": "1"})
    person.refresh_from_db()
    assert (person.is_active, person.role) == (True, "merchant_manager")


def test_a_manager_cannot_lock_themselves_out(world: World, shop: Callable[[str], Client]) -> None:
    manager = shop("manager")
    me = User.objects.get(username="merchant_manager-yunshang")
    for form in ({"role": "merchant_manager", "active": "0"}, {"role": "merchant_operator", "active": "1"}):
        answer = manager.post(reverse("web:merchant_person", args=[me.pk]), form)
        assert answer.status_code == 409
        assert "另一位主管" in answer.content.decode()
    assert manager.post(reverse("web:merchant_person_password", args=[me.pk]), {"once": "k1"}).status_code == 409
    me.refresh_from_db()
    assert (me.role, me.is_active) == ("merchant_manager", True)


def test_people_of_other_houses_are_out_of_reach(world: World, staff: Callable[..., Client], shop: Callable[[str], Client]) -> None:
    world.order(merchant=OTHER)
    staff("merchant_operator", "other")
    staff("agent")
    manager = shop("manager")
    for name in ("merchant_operator-other", "agent-operator"):
        person = User.objects.get(username=name)
        before = person.password
        off = {"role": "merchant_operator", "active": "0"}
        assert manager.post(reverse("web:merchant_person", args=[person.pk]), off).status_code == 404
        assert manager.post(reverse("web:merchant_person_password", args=[person.pk]), {"once": f"k-{name}"}).status_code == 404
        person.refresh_from_db()
        assert (person.is_active, person.password) == (True, before)
    mine = User.objects.get(username="merchant_manager-yunshang")
    assert manager.post(reverse("web:merchant_person", args=[mine.pk]), {"role": "operations", "active": "1"}).status_code == 422
    mine.refresh_from_db()
    assert mine.role == "merchant_manager"


def test_without_automatic_review_a_person_looks_at_everything(world: World, shop: Callable[[str], Client]) -> None:
    client = shop("manager")
    assert world.apply(world.order(merchant=SHOP), contact=CONTACT)["status"] == "awaiting_goods"
    client.post(reverse("web:merchant_settings"), {})
    assert not Merchant.objects.get(code="yunshang").auto_review
    assert world.apply(world.order(merchant=SHOP))["status"] == "submitted"
    assert shop("operator").post(reverse("web:merchant_settings"), {"auto_review": "on"}).status_code == 403
    assert not Merchant.objects.get(code="yunshang").auto_review


def test_the_console_is_whole_in_english(world: World, shop: Callable[[str], Client]) -> None:
    Merchant.objects.filter(code="yunshang").update(name="Yunshang")
    ReturnAddress.objects.update(label="Returns", contact="Depot", region="Hangzhou", address="88 Star Road")
    line = {"line": 1, "sku": "P1", "title": "Dress", "category": "apparel", "quantity": 1, "unit_price": 19900, "paid": 19900}
    order = world.order(merchant=SHOP, lines=[line], buyer={"id": "u2", "name": "Lin", "phone": "13800000002"})
    for_order = world.apply(order, actor=world.buyer("u2"))["number"]
    client = shop("manager")
    client.cookies["django_language"] = "en"
    client.post(reverse("web:merchant_note", args=[order]), {"text": "call back", "about": "buyer", "once": "k1"})
    address = ReturnAddress.objects.get(merchant__code="yunshang", active=True).pk
    places = ("", "addresses/", "addresses/new/", f"addresses/{address}/", f"orders/?q={order}", f"orders/{order}/", "people/",
              "people/new/", "settings/")  # fmt: skip
    paths = [f"/merchant/{place}" for place in places]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert CJK.findall(text_of(answer.content.decode())) == [], path
    assert for_order in client.get(f"/merchant/orders/{order}/").content.decode()
