"""At one glance: whose turn, until when and what then, what money; and nothing on the buyer's page speaks past the buyer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.plumbing.actor import SYSTEM
from shouhou.web.shared.plain_words import OVERDUE
from shouhou.web.shared.service_words import limit_words
from tests.stories.carrying import UNSENT
from tests.stories.repairing import diagnosed, on_bench, technician
from tests.world import QUALITY, World

REFUSED: dict[str, Any] = {"reason_code": "NO_USED_BEYOND_INSPECTION", "clause": "CON-04", "note": "有明显水垢", "fault": "customer"}
# The label of the term delay_alarm_days.
ALARM = ("拖延警戒线", "Alarm before")
Buyer = Callable[..., Client]


def page(client: Client, number: str, language: str = "zh-hans") -> str:
    client.cookies["django_language"] = language
    return client.get(reverse("web:case", args=[number])).content.decode()


def text(html: str) -> str:
    """What is read: the tags and the space between them gone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def top(html: str) -> str:
    """The card that says whose turn it is."""
    found = html[html.index('aria-labelledby="turn"') :]
    return text(found[: found.index("</section>")])


def shown_with_photos(world: World, **wish: Any) -> str:
    number: str = world.apply(world.order(), **{**QUALITY, **wish})["number"]
    if Case.objects.get(number=number).status == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="照片见附件")
    return number


def unrepairable(world: World) -> str:
    number = on_bench(world, after_days=0)
    diagnosed(world, number, "unrepairable")
    return number


def quoted(world: World) -> str:
    number = on_bench(world, after_days=0)
    diagnosed(world, number, "faulty", "human")
    world.move(
        number, "quote", actor=technician(world, number), parts_fee=46000, labour_fee=8000,
        lines=[{"what": "屏幕总成 / screen", "amount": 46000}, {"what": "拆装", "amount": 8000}],
    )  # fmt: skip
    return number


@pytest.mark.parametrize("service", list(WORKFLOWS))
def test_every_limit_that_moves_the_case_says_what_comes_by_itself(service: str) -> None:
    workflow = WORKFLOWS[service]
    silent = [
        (state.name, limit.on_breach) for state in workflow.states for limit in state.limits
        if (move := workflow.move(limit.on_breach)) and (move.target or move.to_service) and limit_words(service, move.name) is OVERDUE
    ]  # fmt: skip
    assert silent == []


def test_what_cannot_be_repaired_asks_for_a_choice_and_nothing_to_be_sent(world: World, buyer: Buyer) -> None:
    number = unrepairable(world)
    html = page(buyer(), number)
    said = top(html)
    assert said.index("请选择") < said.index("改为换货") < said.index("改为退货退款") < said.index("您也可以") < said.index("原样取回")
    assert said.count("不用再寄") == 2
    assert "需要寄回" not in text(html)
    assert "无法修复：您可以换货、退款，或原样取回。" in html
    assert "在保的直接维修" not in html
    assert "待交还" not in text(html)


def test_the_way_on_is_told_without_new_shipping_on_the_moves_own_page_too(world: World, buyer: Buyer) -> None:
    number = unrepairable(world)
    assert "不用再寄" in buyer().get(reverse("web:move", args=[number, "take_exchange"])).content.decode()


def test_goods_still_at_home_have_to_be_sent(world: World, buyer: Buyer) -> None:
    said = text(page(buyer(), shown_with_photos(world, service="exchange", answers={"wanted": "same"})))
    assert "需要寄回" in said and "不用再寄" not in said


def test_a_quote_tells_each_amount_once_and_the_total(world: World, buyer: Buyer) -> None:
    said = top(page(buyer(), quoted(world), "en"))
    assert (said.count("¥460.00"), said.count("¥540.00")) == (2, 1)
    assert "Made up of: screen ¥460.00" in said
    assert "屏幕" not in said


def test_the_amount_stands_at_the_top(world: World, buyer: Buyer) -> None:
    assert "退款预估 ¥199.00" in top(page(buyer(), str(world.apply(world.order())["number"])))


def test_a_partial_offer_stands_at_the_top_and_the_whole_is_called_what_was_asked(world: World, buyer: Buyer) -> None:
    number = shown_with_photos(world, service="refund_only")
    world.move(number, "offer_partial", actor=world.staff("reviewer"), amount=5000, note="留用并补偿")
    html = page(buyer(), number)
    assert "¥50.00" in top(html) and "¥199.00" not in top(html)
    assert "到期未确认不会生效" in top(html)
    assert "您申请的退款" in html and "退款预估" not in html
    assert "等待您确认" in html and "消费者确认" not in html


def test_a_substitute_is_described_where_it_is_answered(world: World, buyer: Buyer) -> None:
    number = shown_with_photos(world, service="exchange", answers={"wanted": "same"})
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.move(number, "stock_unavailable", actor=SYSTEM)
    staff = world.staff("merchant_operator", merchant="self")
    world.move(number, "offer_substitute", actor=staff, sku="K2", title="翻新水壶", condition="refurbished")
    html = page(buyer(), number)
    assert "翻新水壶 (翻新)" in top(html)
    assert html.count("翻新水壶 (翻新)") == 1


def test_a_price_that_is_not_covered_says_why_beside_the_answer(world: World, buyer: Buyer) -> None:
    number = world.apply(world.order(), service="price_protection", reason="price_drop")["number"]
    world.move(number, "prices_told", actor=SYSTEM, prices=[{"sku": "KETTLE", "prices": [{"price": 100, "kind": "flash"}]}])
    assert "更低价为秒杀或限购促销价" in top(page(buyer(), number))


def test_a_stage_that_was_passed_by_is_no_step(world: World, buyer: Buyer) -> None:
    number = world.apply(world.order(**UNSENT), service="cancel", reason="changed_mind")["number"]
    client = buyer()
    steps = page(client, number)
    assert "拦截" in steps[steps.index('class="steps"') : steps.index("</ol>")]
    world.move(number, "stop_overdue", actor=SYSTEM)
    world.move(number, "confirm_stopped", actor=world.staff("merchant_operator", merchant="self"))
    steps = page(client, number)
    assert "拦截" not in steps[steps.index('class="steps"') : steps.index("</ol>")]


def test_an_application_that_lapsed_claims_no_step_that_was_never_made(world: World, buyer: Buyer) -> None:
    number = world.apply(world.order())["number"]
    world.later(days=9).ring()
    assert world.case(number)["status"] == "lapsed"
    html = page(buyer(), number)
    steps = html[html.index('class="steps"') : html.index("</ol>")]
    assert re.findall(r'<li class="(\w+)"[^>]*>([^<]+)', steps) == [("done", "申请"), ("done", "审核"), ("here", "已失效")]


def test_a_parcel_says_which_way_it_goes(world: World, buyer: Buyer) -> None:
    number = world.received()
    world.move(number, "not_accept", actor=world.staff("inspector"), **REFUSED)
    world.move(number, "send_back", actor=world.staff("inspector"), carrier="SF", tracking_number="SF4440000000001")
    said = text(page(buyer(), number))
    assert said.count("寄回的包裹") == said.count("寄给您的包裹") == 1


def test_the_list_asks_for_a_choice_or_a_payment_and_tells_no_refund_of_nothing(world: World, buyer: Buyer) -> None:
    unrepairable(world)
    world.move(quoted(world), "accept_quote", actor=world.buyer())
    said = text(buyer().get(reverse("web:cases")).content.decode())
    assert "去选择" in said and "去付款" in said
    assert "改为换货" not in said and "不接受报价" not in said
    assert "¥0.00" not in said


def test_an_order_offers_its_forms_to_its_buyer_and_its_shop(world: World, buyer: Buyer, staff: Callable[..., Client]) -> None:
    number = world.order()
    mine = reverse("web:order_form", args=[number, "return"])
    client = buyer()
    assert mine in client.get(reverse("web:order", args=[number])).content.decode()
    assert client.get(mine)["Content-Type"] == "application/pdf"
    theirs = reverse("web:staff_order_form", args=[number, "return"])
    shop = staff("merchant_manager", "self")
    assert theirs in shop.get(reverse("web:merchant_order", args=[number])).content.decode()
    assert shop.get(theirs)["Content-Type"] == "application/pdf"


def test_the_houses_own_alarm_is_no_promise_to_the_buyer(world: World, buyer: Buyer, staff: Callable[..., Client]) -> None:
    number = world.apply(world.order())["number"]
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    assert Case.objects.get(number=number).deadlines.filter(name="refund_alarm", state="open").exists()
    for language, words in (("zh-hans", ALARM[0]), ("en", ALARM[1])):
        assert words not in text(page(buyer(), number, language))


@pytest.mark.parametrize("address", ["order", "apply"])
def test_a_page_that_weighs_several_reasons_reads_the_order_once(world: World, buyer: Buyer, address: str) -> None:
    place, client = reverse(f"web:{address}", args=[world.order()]), buyer()
    client.get(place, {"line": "1"})
    with CaptureQueriesContext(connection) as queries:
        assert client.get(place, {"line": "1"}).status_code == 200
    assert len([query for query in queries if "SELECT o.id, o.number" in query["sql"]]) == 1
