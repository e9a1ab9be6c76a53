"""A complaint through three pairs of hands: the buyer's phone, the agent's desk, the shop's answer; and what the buyer thought of it."""

from playwright.sync_api import Page, expect

from shouhou.cases.models import Case
from shouhou.support.satisfaction.models import FollowUp
from tests.browser.conftest import DESK, Open, shop_link
from tests.world import World

SHOP = {"code": "self", "channel": "third", "name": "老王百货"}


def test_buyer_agent_and_shop_bring_a_complaint_to_its_answer_and_the_poor_grade_to_a_call(
    world: World, phone: Page, open_browser: Open
) -> None:
    order = world.order(merchant=SHOP)
    number = complain(phone, order)
    agent = open_browser("agent", viewport=DESK).new_page()
    move(agent, number, "hear_shop", {"请商家说明什么": "为什么拖了一周？"})
    shop = open_browser("merchant_operator", viewport=DESK).new_page()
    shop.goto(f"/staff/cases/{number}/")
    expect(shop.locator("main")).to_contain_text("为什么拖了一周？")
    move(shop, number, "shop_answers", {"情况说明": "仓库盘点，已道歉。"})
    move(agent, number, "reply", {
        "答复": "已核实，商家确有拖延。", "解决方案": "补偿运费券。", "依据（条款或规则）": "MER-02",
    }, choices={"finding": "partly", "against": "platform"})  # fmt: skip
    phone.goto(f"/cases/{number}/")
    expect(phone.locator(".turn-card .told-now").first).to_contain_text("部分属实")
    expect(phone.locator("main")).to_contain_text("仓库盘点，已道歉。")
    phone.get_by_role("button", name="同意，结束投诉").click()
    phone.wait_for_url(f"**/cases/{number}/")
    assert Case.objects.get().status == "closed"
    phone.locator("label", has=phone.locator("input[name=grade][value='1']")).click()
    phone.locator("form[action$='/rating/'] button").last.click()
    expect(phone.locator("main")).to_contain_text("感谢您的评价")

    agent.goto("/staff/follow-ups/")
    agent.get_by_role("link", name=number).click()
    agent.get_by_role("button", name="由我回访").click()
    expect(agent.locator("main")).to_contain_text("13800000001")
    agent.get_by_label("已联系，问题解决").check()
    agent.get_by_label("记录").fill("已道歉，消费者接受。")
    agent.get_by_role("button", name="保存记录").click()
    expect(agent.locator("main")).to_contain_text("已回访")
    assert FollowUp.objects.get().outcome == "solved"
    roles = list(Case.objects.get().history.order_by("version").values_list("role", flat=True))
    assert roles == ["consumer", "agent", "merchant_operator", "agent", "consumer"]


def complain(phone: Page, order: str) -> str:
    """From the order, on the phone: what about, what happened."""
    phone.goto(shop_link(order))
    phone.goto(f"/complain/?order={order}")
    phone.get_by_label("投诉或反馈的主题").select_option("about_shop")
    phone.get_by_label("发生了什么").fill("说好两天发货，拖了一周。")
    phone.get_by_role("button", name="确认提交", exact=True).click()
    phone.wait_for_url("**/cases/C-*/")
    expect(phone.locator("main")).to_contain_text("待受理")
    return Case.objects.get().number


def move(page: Page, number: str, name: str, words: dict[str, str], *, choices: dict[str, str] | None = None) -> None:
    """Fill in, look at what it would come to, confirm."""
    page.goto(f"/staff/cases/{number}/moves/{name}/")
    for label, text in words.items():
        page.get_by_label(label).fill(text)
    for field, value in (choices or {}).items():
        box = page.locator(f"[name={field}]").first
        if box.evaluate("each => each.tagName") == "SELECT":
            box.select_option(value)
        else:
            page.locator(f"input[name={field}][value={value}]").check()
    page.locator("button[name=act][value=preview]").click()
    page.locator("button[name=act][value=confirm]").click()
    page.wait_for_url(f"**/staff/cases/{number}/")
