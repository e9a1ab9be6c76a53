"""The agent's page of a case: facts with their source, money to the last try, related cases; on behalf by phone with an exception."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund, RefundAttempt, RefundPart
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.test_languages import CJK, PARTS, WISH, text_of
from tests.world import DEAR, World

FRESH: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "B", "title": "蓝莓", "category": "fresh", "quantity": 1, "unit_price": 3000, "paid": 3000}],
    "payments": [{"tender": "card", "amount": 3000, "reference": "a"}],
}  # fmt: skip


def read(client: Client, name: str, *args: object, **more: Any) -> str:
    body = client.get(reverse(f"web:{name}", args=args), **more).content.decode()
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def paid(world: World) -> str:
    case: str = world.apply(world.order())["number"]
    world.goods_back(case)
    world.move(case, "accept", actor=world.staff("inspector"))
    world.pay(case)
    return case


def test_every_fact_says_where_it_comes_from(world: World, staff: Callable[..., Client]) -> None:
    text = read(staff("agent"), "staff_case", world.apply(world.order())["number"])
    assert re.search(r"收货日 (起决定作用 )?\d{4}-\d\d-\d\d 承运商：本人签收", text)
    assert re.search(r"销售渠道 (起决定作用 )?自营 订单快照", text)
    assert "未陈述，按完好计" in text


def test_the_ladder_shows_which_rung_gave_the_day_of_receipt(world: World, staff: Callable[..., Client]) -> None:
    order = world.order(shipments=[])
    client = staff("agent")
    day = (world.now - timedelta(days=1)).date().isoformat()
    form = {"received_on": day, "basis": ["carrier_inquiry"], "version": "1", "note": "已致电"}
    client.post(reverse("web:staff_receipt", args=[order, 1]), form)
    text = read(client, "staff_order", order)
    assert "没有签收记录" in text
    assert re.search(r"向承运商核实 · Wang · [\d: -]+ · 已致电 采用", text)


@pytest.mark.usefixtures("fake")
def test_the_money_shows_parts_tries_and_postings_that_sum_to_zero(world: World, staff: Callable[..., Client]) -> None:
    case = paid(world)
    text = read(staff("finance"), "staff_case", case)
    refund = Refund.objects.get(subject=case)
    assert refund.number in text
    assert "请求退款 → 已到账" in text
    assert "应付商家货款" in text
    assert "合计（恒为零） ¥0.00" in text
    assert trial_balance() == {"CNY": 0}


def test_a_refused_part_stands_in_the_list_of_stuck_refunds_with_what_can_be_done(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    world.goods_back(case)
    world.move(case, "accept", actor=world.staff("inspector"))
    part = RefundPart.objects.get(refund__subject=case)
    assert case not in read(staff("finance"), "stuck_refunds")
    now = world.now
    RefundAttempt.objects.create(part=part, kind="refund", outcome="refused", detail="ACCOUNT_CLOSED", started_at=now, ended_at=now)
    RefundPart.objects.filter(pk=part.pk).update(state="refused", refusal_code="ACCOUNT_CLOSED")
    Refund.objects.filter(pk=part.refund_id).update(state="failed")
    Case.objects.filter(number=case).update(status="refund_stuck")
    page = staff("finance").get(reverse("web:stuck_refunds")).content.decode()
    assert "ACCOUNT_CLOSED" in page and "账户已注销" in page
    assert reverse("web:staff_move", args=[case, "retry_refund"]) in page
    assert reverse("web:staff_move", args=[case, "settle_offline"]) in page
    assert reverse("web:staff_move", args=[case, "retry_refund"]) not in staff("agent").get(reverse("web:stuck_refunds")).content.decode()
    world.order(merchant=SHOP)
    assert case not in read(staff("merchant_manager", SHOP["code"]), "stuck_refunds")


def test_a_waiting_refund_says_how_much_why_and_who_was_first(world: World, staff: Callable[..., Client]) -> None:
    case = world.received(order=DEAR)
    world.move(case, "accept", actor=world.staff("inspector"))
    text = read(staff("finance"), "approvals")
    assert case in text
    assert "¥8,000.00" in text
    assert "限额 ¥5,000.00" in text
    assert "七天无理由" in text


def test_a_long_history_costs_the_page_no_more_statements(world: World, staff: Callable[..., Client]) -> None:
    case = paid(world)
    client, address = staff("agent"), reverse("web:staff_case", args=[case])
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    for place in range(5):
        client.post(reverse("web:staff_message", args=[case]), {"once": f"k{place}", "text": f"第 {place} 次跟进", "internal": "on"})
        world.apply(world.order())
    with CaptureQueriesContext(connection) as after:
        client.get(address)
    assert len(after) == len(before)
    assert len(after) <= 60


@pytest.mark.usefixtures("fake")
def test_related_cases_are_counted_within_what_the_reader_may_see(world: World, staff: Callable[..., Client]) -> None:
    first, second = paid(world), world.apply(world.order())["number"]
    foreign = world.apply(world.order(merchant=SHOP))["number"]
    text = read(staff("agent"), "staff_related", second)
    assert "同一买家 2" in text
    assert first in text
    assert foreign in text
    assert "已退款 1" in text
    own = read(staff("merchant_manager", SHOP["code"]), "staff_related", foreign)
    assert "同一买家 0" in own
    assert first not in own


def test_the_part_for_the_case_page_comes_without_the_frame(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    address = reverse("web:staff_related", args=[case])
    assert "<html" in staff("agent").get(address).content.decode()
    assert "<html" not in staff("agent").get(address, headers={"HX-Request": "true"}).content.decode()


def test_an_order_is_found_by_the_end_of_the_phone_and_shows_what_is_in_it(world: World, staff: Callable[..., Client]) -> None:
    order = world.order()
    world.apply(order)
    text = read(staff("agent"), "staff_apply", data={"q": "0001"})
    assert order in text
    assert "电热水壶 × 1" in text
    assert "已有 1 张售后单" in text
    assert "13800000001" not in text


def test_what_the_policy_refuses_is_accepted_by_phone_only_as_a_named_exception(world: World, staff: Callable[..., Client]) -> None:
    order = world.order(**FRESH)
    client, address = staff("agent"), reverse("web:staff_apply_order", args=[order])
    page = client.get(address + "?line=1&service=return").content.decode()
    assert "特批受理的理由" not in page
    keys = {name: hidden(page, name) for name in ("once", "shown_at")}
    form = {
        **keys, "service": "return", "line": "1", "q1": "1", "c1-opened": "no", "reason": "no_reason", "description": "",
        "return_method": "ship_back", "name": "林一", "phone": "13800000001", "channel": "phone", "call_note": "来电说误拍",
    }  # fmt: skip
    refused = client.post(address, {**form, "act": "preview"}).content.decode()
    assert "特批受理的理由" in refused
    assert "鲜活易腐" in refused
    assert Case.objects.count() == 0
    shown = client.post(address, {**form, "override_reason": "goodwill", "act": "preview"}).content.decode()
    assert "特批受理" in shown
    assert "来电说误拍" in shown
    sent = {**form, "override_reason": "goodwill", "acknowledged": "std-1 1", "act": "submit"}
    landings = {client.post(address, sent)["Location"] for _ in range(2)}
    case = Case.objects.get()
    assert landings == {reverse("web:staff_case", args=[case.number])}
    assert (case.override_reason, case.call_note, case.source) == ("goodwill", "来电说误拍", "phone")
    assert case.on_behalf_of == f"buyer:{case.buyer_id}"
    assert "特批受理，理由：善意补偿" in read(client, "staff_case", case.number)


def test_a_clerk_takes_applications_but_makes_no_exceptions(world: World, staff: Callable[..., Client]) -> None:
    order = world.order(**FRESH)
    client, address = staff("clerk"), reverse("web:staff_apply_order", args=[order])
    page = client.get(address + "?line=1&service=return").content.decode()
    form = {
        "once": hidden(page, "once"), "shown_at": hidden(page, "shown_at"), "service": "return", "line": "1", "q1": "1", "c1-opened": "no",
        "reason": "no_reason", "return_method": "ship_back", "phone": "13800000001", "channel": "phone", "call_note": "来电",
        "override_reason": "goodwill", "act": "preview",
    }  # fmt: skip
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "特批受理的理由" not in answer.content.decode()
    assert Case.objects.count() == 0


def test_the_pages_of_the_desk_have_no_chinese_left_in_english(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(**PARTS), **WISH)["number"]
    world.goods_back(case)
    world.move(case, "accept", actor=world.staff("inspector"), note="fine")
    client = staff("supervisor")
    client.cookies["django_language"] = "en"
    pages: tuple[tuple[str, list[str]], ...] = (
        ("staff_case", [case]), ("staff_clock", [case, "refund_due"]), ("staff_clock", [case, "ship_back"]), ("staff_related", [case]),
        ("stuck_refunds", []), ("approvals", []), ("staff_move", [case, "approve_refund"]), ("staff_apply", []),
    )  # fmt: skip
    for name, args in pages:
        text = text_of(client.get(reverse(f"web:{name}", args=args)).content.decode())
        assert re.findall(rf".{{0,9}}{CJK.pattern}+", text) == [], name


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return html.unescape(found[1])
