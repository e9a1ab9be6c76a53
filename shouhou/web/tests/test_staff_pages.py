"""The people's side of the house: queue, moves with preview, approvals, receipt dates, sign-in."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Organisation, User
from shouhou.cases.models import Case, HistoryEntry
from shouhou.orders.models import OrderLine
from shouhou.web.tests.conftest import SHOP
from tests.world import World


def numbers(client: Client, query: str) -> list[str]:
    html = client.get(reverse("web:queue") + query).content.decode()
    return re.findall(r'href="/staff/cases/([A-Z]+-[^/]+)/"', html)


def test_the_preview_changes_nothing_and_the_confirmation_does(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    client, address = staff("reviewer"), reverse("web:staff_move", args=[case, "approve"])
    form = {"version": world.case(case)["version"], "fault": "seller", "note": "证据充分"}
    html = client.post(address, {**form, "act": "preview"}).content.decode()
    assert "待寄回商品" in html
    assert 'name="note" value="证据充分"' in html
    assert world.case(case)["status"] == "submitted"
    assert client.post(address, {**form, "act": "confirm"})["Location"] == reverse("web:staff_case", args=[case])
    assert world.case(case)["status"] == "awaiting_goods"
    assert world.case(case)["fault"] == "seller"


def test_a_rejection_needs_ground_clause_and_words(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水")["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
    client, address = staff("reviewer"), reverse("web:staff_move", args=[case, "reject"])
    answer = client.post(address, {"version": world.case(case)["version"], "note": "说明", "act": "confirm"})
    assert answer.status_code == 422
    assert answer.content.decode().count('class="errorlist"') == 2
    assert "说明" in answer.content.decode()
    assert world.case(case)["status"] == "submitted"


def test_a_move_of_another_role_is_refused(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    answer = staff("finance").get(reverse("web:staff_move", args=[case, "cancel"]))
    assert answer.status_code == 403
    assert "MOVE_NOT_YOURS" in answer.content.decode()


def test_goods_are_received_and_inspected_through_item_forms(world: World, staff: Callable[..., Client]) -> None:
    line = {"line": 1, "sku": "K", "title": "毛巾", "category": "generic", "quantity": 3, "unit_price": 1000, "paid": 3000}
    case = world.apply(world.order(lines=[line], payments=[{"tender": "card", "amount": 3000, "reference": "a"}]), items={1: 3})["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000088")
    client = staff("inspector")
    form = {"version": world.case(case)["version"], "packing": "ok", "appearance": "ok", "accessories": "ok",
            "items-1-received": "2", "items-1-serials": "", "act": "confirm"}  # fmt: skip
    assert client.post(reverse("web:staff_move", args=[case, "receive"]), form).status_code == 302
    assert world.case(case)["items"][0]["received"] == 2
    form = {"version": world.case(case)["version"], "items-1-accepted": "1", "items-1-grade": "B", "items-1-disposition": "open_box",
            "checklist": ["function", "serial"], "act": "confirm"}  # fmt: skip
    assert client.post(reverse("web:staff_move", args=[case, "accept"]), form).status_code == 302
    item = world.case(case)["items"][0]
    assert (item["accepted"], item["grade"], item["disposition"]) == (1, "B", "open_box")
    assert world.case(case)["refund"]["amount"] == 1000
    assert "功能正常；序列号一致" in client.get(reverse("web:staff_case", args=[case])).content.decode()


def test_a_large_refund_waits_for_another_person(world: World, staff: Callable[..., Client]) -> None:
    line = {"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 899900, "paid": 899900}
    case = world.apply(world.order(lines=[line], payments=[{"tender": "card", "amount": 899900, "reference": "a"}]))["number"]
    world.goods_back(case)
    world.move(case, "accept", actor=world.staff("inspector"))
    html = staff("finance").get(reverse("web:approvals")).content.decode()
    assert case in html
    assert "¥8,999.00" in html
    form = {"version": world.case(case)["version"], "note": "", "act": "confirm"}
    assert staff("finance").post(reverse("web:staff_move", args=[case, "approve_refund"]), form).status_code == 302
    assert world.case(case)["status"] == "refunding"
    assert case not in staff("finance").get(reverse("web:approvals")).content.decode()


def test_a_case_is_taken_handed_over_and_put_back(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    before = world.case(case)["version"], HistoryEntry.objects.count()
    agent, supervisor = staff("agent"), staff("supervisor")
    for client, others in ((agent, supervisor), (supervisor, agent)):
        assert client.post(reverse("web:staff_claim", args=[case]))["Location"] == reverse("web:staff_case", args=[case])
        assert (numbers(client, "?mine=1"), numbers(others, "?mine=1")) == ([case], [])
    assert "接手" in agent.get(reverse("web:staff_case", args=[case])).content.decode()
    assert supervisor.post(reverse("web:staff_release", args=[case])).status_code == 302
    assert Case.objects.get().assigned_to is None
    assert (world.case(case)["version"], HistoryEntry.objects.count()) == before


def test_neither_a_stranger_nor_the_auditor_takes_a_case(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    world.order(merchant=SHOP)
    assert staff("merchant_operator", SHOP["code"]).post(reverse("web:staff_claim", args=[case])).status_code == 404
    assert staff("auditor").post(reverse("web:staff_claim", args=[case])).status_code == 403
    assert Case.objects.get().assigned_to is None


def test_the_receipt_date_is_found_only_with_a_basis(world: World, staff: Callable[..., Client]) -> None:
    order = world.order(shipments=[])
    client, address = staff("agent"), reverse("web:staff_receipt", args=[order, 1])
    form = {"received_on": (world.now - timedelta(days=1)).date().isoformat(), "version": "1", "note": ""}
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "没有依据不能认定" in answer.content.decode()
    assert OrderLine.objects.get().received_on is None
    assert client.post(address, {**form, "basis": ["carrier_inquiry"]}).status_code == 302
    assert OrderLine.objects.get().receipt_source == "manual"


def test_guessing_passwords_locks_the_name_for_a_while(db: None) -> None:
    operator = Organisation.objects.create(code="operator", name="平台", kind="operator")
    user = User.objects.create_user("wang", password="a-long-password", role="agent", organisation=operator)
    client, address = Client(), reverse("web:staff_sign_in")
    for _ in range(8):
        assert client.post(address, {"username": "wang", "password": "wrong"}).status_code == 422
    answer = client.post(address, {"username": "wang", "password": "a-long-password"})
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session
    assert user.is_active


def test_staff_sign_in_leads_on_only_inside_the_house(db: None) -> None:
    operator = Organisation.objects.create(code="operator", name="平台", kind="operator")
    User.objects.create_user("wang", password="a-long-password", role="agent", organisation=operator)
    form = {"username": "wang", "password": "a-long-password"}
    landings = {"/staff/refunds/": "/staff/refunds/", "https://evil.example/staff/": "/staff/", "//evil.example": "/staff/"}
    for onward, landing in landings.items():
        assert Client().post(reverse("web:staff_sign_in"), {**form, "next": onward})["Location"] == landing
