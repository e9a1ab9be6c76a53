"""Applying for any service: choosing among them, what each asks, what it comes to; for the buyer and in the buyer's name."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.orders.shop.fake.server import Shop
from shouhou.orders.tests.conftest import shop
from shouhou.web.models import Draft
from shouhou.web.page import said
from shouhou.web.shared.service_asks import SPOILED
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.test_apply import TOWELS, WAY, WHY, looked_at, send, way, why
from tests.stories.repairing import diagnosed, on_bench, technician
from tests.world import World

__all__ = ["shop"]
QUALITY = {"reason": "defect_other", "description": "不加热"}


def chooser(client: Client, order: str, query: str = "line=1&q1=1") -> str:
    return client.get(reverse("web:apply_service", args=[order]) + f"?{query}").content.decode()


def page_of(client: Client, order: str, service: str) -> str:
    answer = client.get(reverse("web:apply", args=[order]) + f"?service={service}&line=1&q1=1")
    assert answer.status_code == 200
    return answer.content.decode()


def contact(**more: Any) -> dict[str, Any]:
    return {**{name: WAY[name] for name in ("name", "phone", "region", "address")}, **more}


def test_every_service_is_shown_with_what_holds_and_the_possible_first(world: World, buyer: Callable[..., Client]) -> None:
    html = chooser(buyer(), world.order())
    for workflow in WORKFLOWS.values():
        assert said(workflow.label) in html
    possible, impossible = html.split("现在不能办理的")
    assert "service=return" in possible
    assert "可申请至" in possible
    assert "寄回运费" in possible
    assert "service=cancel" in impossible


def test_units_that_are_taken_leave_only_what_does_not_need_them(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    world.apply(order)
    possible, impossible = chooser(buyer(), order).split("现在不能办理的")
    assert "service=return" not in possible
    assert "全部数量都已在售后中" in impossible
    assert "service=compensation" in possible


def test_a_stranger_does_not_learn_of_the_order(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    assert buyer("somebody-else").get(reverse("web:apply_service", args=[order]) + "?line=1").status_code == 404
    assert chooser(buyer(), order, "line=7").count('role="alert"') == 1


@pytest.mark.parametrize("service", [name for name, each in WORKFLOWS.items() if each.applying.about_goods])
def test_each_service_has_its_form_with_its_reasons_and_questions(world: World, buyer: Callable[..., Client], service: str) -> None:
    html, workflow = page_of(buyer(), world.order(address=ADDRESS), service), WORKFLOWS[service]
    assert f'name="service" value="{service}"' in html
    for ask in workflow.applying.asks:
        # A kettle does not spoil: the share is asked for fresh goods alone.
        assert (f'name="a-{ask.field}' in html) == (ask.field != SPOILED), ask.field
    assert ("下一步：退回方式" in html) == workflow.applying.goods
    assert ("商品状况" in html) == (workflow.applying.verdict is not None)


def test_an_exchange_offers_the_shops_variants_with_the_difference(
    world: World, buyer: Callable[..., Client], shop: Shop
) -> None:
    order, client = world.order(), buyer()
    shop.stock.take({"key": "v1", "of": "KETTLE", "sku": "KETTLE-L", "title": "电热水壶 大号", "price": 24900, "quantity": 3,
                     "kind": "variant", "condition": "new"})  # fmt: skip
    html = page_of(client, order, "exchange")
    for words in ("电热水壶 大号", "需补 ¥50.00", "有货"):
        assert words in html
    asked = {"service": "exchange", "a-wanted": "variant", **QUALITY}
    assert why(client, order, **asked).status_code == 422
    assert why(client, order, **asked, **{"a-wanted_sku": "KETTLE-L"})["Location"] == reverse("web:apply_way", args=[order])
    way(client, order)
    seen = client.get(reverse("web:apply_confirm", args=[order])).content.decode()
    assert "需补 ¥50.00，验收通过后支付" in seen
    assert "退款预估" not in seen
    send(client, order, looked_at(client, order))
    case = Case.objects.get()
    assert (case.service, case.details["wanted"], case.details["wanted_sku"]) == ("exchange", "variant", "KETTLE-L")


def test_a_shop_that_does_not_answer_leaves_a_field_to_type_in(
    world: World, buyer: Callable[..., Client], shop: Shop
) -> None:
    order, client = world.order(), buyer()
    shop.behave(always="dead")
    assert 'type="text" name="a-wanted_sku"' in page_of(client, order, "exchange")
    why(client, order, service="exchange", **{"a-wanted": "variant", "a-wanted_sku": "K-2"}, **QUALITY)
    assert Draft.objects.get().fields["a-wanted_sku"] == ["K-2"]


def test_a_repair_warns_first_and_has_no_way_back_to_choose(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    html = page_of(client, order, "repair")
    assert "请勿自行拆卸" in html
    sent = why(client, order, service="repair", **QUALITY, **contact(), **{"a-mode": "mail_in", "a-fault_code": "no_heat"})
    assert sent["Location"] == reverse("web:apply_confirm", args=[order])
    assert client.get(reverse("web:apply_way", args=[order]))["Location"] == reverse("web:apply_confirm", args=[order])
    seen = client.get(reverse("web:apply_confirm", args=[order])).content.decode()
    for words in ("维修怎么进行", "寄修", "不加热", "请勿自行拆卸"):
        assert words in seen
    applied = send(client, order, looked_at(client, order))
    case = Case.objects.get()
    assert (case.service, case.details["mode"], case.details["fault_code"]) == ("repair", "mail_in", "no_heat")
    assert case.contact["address"] == WAY["address"]
    assert client.get(applied["Location"]).status_code == 200
    assert "维修进度" in client.get(reverse("web:case", args=[case.number])).content.decode()


def test_more_than_one_unit_to_repair_is_sent_back_in_words_and_nothing_opens(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**TOWELS), buyer()
    why(client, order, service="repair", q1="2", **QUALITY, **contact())
    answer = client.get(reverse("web:apply_confirm", args=[order]))
    assert answer["Location"] == reverse("web:order", args=[order])
    assert "只能选择一件" in client.get(answer["Location"]).content.decode()
    assert (Case.objects.count(), Draft.objects.count()) == (0, 1)


def test_what_is_missing_is_applied_for_without_sending_anything(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    asked = {"service": "resend", "reason": "missing_accessory", "description": "少了底座", **contact()}
    assert why(client, order, **asked).status_code == 422
    why(client, order, **asked, **{"a-missing": "accessory", "a-part_name": "底座"})
    send(client, order, looked_at(client, order))
    case = Case.objects.get()
    assert (case.service, case.details["missing"], case.details["part_name"]) == ("resend", "accessory", "底座")


def test_changing_ones_mind_keeps_what_the_new_service_can_use(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order, **QUALITY)
    way(client, order)
    html = client.get(reverse("web:apply", args=[order]) + "?service=repair&line=1&q1=1").content.decode()
    assert "不加热" in html
    why(client, order, service="repair", **QUALITY, **contact())
    fields = Draft.objects.get().fields
    assert fields["service"] == ["repair"]
    assert "return_method" not in fields


def test_a_service_that_does_not_exist_is_a_return(world: World, buyer: Callable[..., Client]) -> None:
    assert 'name="service" value="return"' in page_of(buyer(), world.order(), "nonsense")


@pytest.mark.parametrize("service", ["exchange", "repair", "resend"])
def test_an_agent_applies_for_any_service_in_the_buyers_name(world: World, staff: Callable[..., Client], service: str) -> None:
    order, client = world.order(), staff("agent")
    address = reverse("web:staff_apply_order", args=[order])
    html = client.get(address + f"?line=1&service={service}").content.decode()
    assert f'href="?service={service}&amp;line=1" aria-current="page"' in html
    hidden = dict(re.findall(r'<input type="hidden" name="(service|once|shown_at|line)" value="([^"]*)"', html))
    reason = {"exchange": "other_variant", "repair": "defect_other", "resend": "missing_accessory"}[service]
    form = {
        **WHY, **WAY, **hidden, "reason": reason, "description": "来电说有问题", "channel": "phone", "call_note": "来电", "act": "submit",
        "acknowledged": "std-1 1", "a-wanted": "same", "a-missing": "accessory", "a-part_name": "底座", "a-mode": "mail_in",
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    # A part that is sent after leaves the unit free for whatever else is wrong with it.
    assert (Case.objects.get().service, OrderLine.objects.get().claimed_quantity) == (service, 0 if service == "resend" else 1)


@pytest.mark.parametrize(
    ("service", "reason", "answers", "shown"),
    [
        ("exchange", "other_variant", {"wanted": "variant", "wanted_sku": "K-2"}, "K-2"),
        ("repair", "defect_other", {"mode": "walk_in", "fault_code": "no_heat", "serial": "SN1"}, "不加热"),
        ("refund_only", "quality", {"amount_wanted": 5000}, "¥50.00"),
        ("resend", "missing_accessory", {"missing": "accessory", "part_name": "底座"}, "底座"),
        ("price_protection", "price_drop", {"seen_price": 9900}, "¥99.00"),
        ("compensation", "unclear_page", {"wish": "points"}, "积分"),
    ],
)
def test_a_case_of_any_service_shows_what_was_asked_for_to_both_sides(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client], service: str, reason: str, answers: dict[str, Any], shown: str
) -> None:  # fmt: skip
    number = world.apply(
        world.order(), service=service, reason=reason, description="如图", answers=answers, request_review=True
    )["number"]
    for client, name in ((buyer(), "web:case"), (staff("supervisor"), "web:staff_case")):
        answer = client.get(reverse(name, args=[number]))
        assert answer.status_code == 200
        assert shown in answer.content.decode()
    assert buyer().get(reverse("web:applied", args=[number])).status_code == 200


def test_a_case_that_was_converted_shows_both_lives(world: World, buyer: Callable[..., Client], staff: Callable[..., Client]) -> None:
    number = world.apply(world.order(), service="exchange", reason="no_reason", answers={"wanted": "same"})["number"]
    client = buyer()
    before = client.get(reverse("web:case", args=[number])).content.decode()
    assert "改为其他服务" in before
    assert "改为退货退款" in before
    assert client.get(reverse("web:move", args=[number, "change_to_return"])).status_code == 200
    world.move(number, "change_to_return", actor=world.buyer())
    for html in (
        client.get(reverse("web:case", args=[number])).content.decode(),
        staff("agent").get(reverse("web:staff_case", args=[number])).content.decode(),
    ):
        for words in ("退货", "改为退货退款", "最初申请", "换货", "同款同规格新品"):
            assert words in html
    assert Text("换货", "Exchange").zh in html


def test_an_exchange_shows_its_replacement_and_asks_to_confirm_it(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client], shop: Shop
) -> None:
    number = world.apply(world.order(), service="exchange", answers={"wanted": "same"})["number"]
    client, desk, hands = buyer(), staff("supervisor"), world.staff("inspector")

    def seen() -> str:
        assert desk.get(reverse("web:staff_case", args=[number])).status_code == 200
        return client.get(reverse("web:case", args=[number])).content.decode()

    world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    world.move(number, "accept", actor=hands)
    assert "正在为您预留新品" in seen()
    world.shop_answers(number)
    for words in ("新品已预留，即将发出", "换新商品", "已预留", "KETTLE × 1"):
        assert words in seen()
    world.move(number, "ship_replacement", actor=hands, carrier="SF", tracking_number="SF8800000000001", scanned="KETTLE")
    for words in ("新品已发出", "SF8800000000001"):
        assert words in seen()
    world.move(number, "confirm_replacement", actor=world.buyer())
    assert "本次售后已完成" in seen()
    assert "将按原支付方式退款" not in seen()


def test_a_quote_stands_beside_the_choice_to_take_it_or_not(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client]
) -> None:
    number = on_bench(world)
    diagnosed(world, number, cause="human")
    world.move(number, "quote", actor=technician(world, number), parts_fee=30000, labour_fee=12000, note="屏幕总成")
    html = buyer().get(reverse("web:case", args=[number])).content.decode()
    for words in ("有一份维修报价，由您决定", "¥300.00", "¥120.00", "¥420.00", "屏幕总成", "接受报价", "不接受报价"):
        assert words in html
    assert "¥420.00" in staff("technician").get(reverse("web:staff_case", args=[number])).content.decode()


def test_a_service_whose_last_day_has_passed_says_so_and_stands_behind_those_that_run(world: World, buyer: Callable[..., Client]) -> None:
    signed = (world.now - timedelta(days=40)).isoformat()
    order = world.order(
        placed_at=(world.now - timedelta(days=42)).isoformat(),
        shipments=[{"carrier": "jd", "number": "JD0000000777", "shipped_at": signed, "signed_at": signed}],
    )
    possible = chooser(buyer(), order).split("现在不能办理的")[0]
    services = re.findall(r"service=(\w+).*?(可申请至|期限已过)", possible, re.DOTALL)
    assert services == [("repair", "可申请至"), ("return", "期限已过"), ("exchange", "期限已过")]
