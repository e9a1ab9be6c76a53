"""A return through the pages alone: applied for on a phone, inspected at a desk, refunded once."""

from playwright.sync_api import Page, expect

from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from tests.browser.conftest import shop_link
from tests.conftest import Fake
from tests.world import World

LINE = {"line": 1, "sku": "K", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 17900}
TENDERS = [{"tender": "card", "amount": 12900, "reference": "c"}, {"tender": "wallet", "amount": 5000, "reference": "w"}]


def test_a_return_is_applied_for_and_refunded_once_through_the_pages(
    world: World, fake: Fake, phone: Page, desk: Page
) -> None:
    order = world.order(lines=[LINE], payments=TENDERS)
    number = apply_on_the_phone(phone, order)
    send_on_the_phone(phone)
    inspect_at_the_desk(desk, number)

    assert world.pay(number) == [True, True]
    phone.reload()
    expect(phone.locator(".case-head .tag")).to_have_text("已退款")
    expect(phone.locator("li[aria-current=step]")).to_contain_text("评价")
    rate_on_the_phone(phone)
    assert sorted(movement["amount"] for movement in fake.movements()) == [5000, 12900]
    assert world.pay(number) == [None, None]
    assert len(fake.movements()) == 2
    assert trial_balance() == {"CNY": 0}
    assert Case.objects.get().rating.grade == 5


def apply_on_the_phone(phone: Page, order: str) -> str:
    """From the shop's link to the case; two clicks on the last button, and the back button, make one case."""
    phone.goto(shop_link(order))
    expect(phone.locator("main")).to_contain_text("可以办理")
    phone.get_by_role("button", name="申请售后").click()
    phone.locator("a.service[href*='service=return']").click()
    say_why(phone)
    phone.get_by_role("button", name="下一步：退回方式").click()
    phone.locator("input[value=ship_back]").check()
    phone.get_by_role("button", name="下一步：核对并提交").click()
    expect(phone.locator("main")).to_contain_text("¥179.00")
    expect(phone.locator("main")).to_contain_text("¥129.00")
    assert Case.objects.count() == 0
    phone.get_by_label("我已阅读").check()
    phone.get_by_role("button", name="提交申请").dblclick()
    phone.wait_for_url("**/cases/R-*/applied/")
    phone.go_back()
    assert Case.objects.count() == 1
    number = Case.objects.get().number
    phone.goto(f"/cases/{number}/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    return number


def say_why(phone: Page) -> None:
    """Reason in two levels, then the state of the goods."""
    reason = phone.locator("input[name=reason][value=not_as_expected]")
    phone.locator("details.family", has=reason).locator("summary").click()
    phone.locator("label.chip", has=reason).click()
    phone.get_by_label("已打开").check()


def send_on_the_phone(phone: Page) -> None:
    expect(phone.get_by_role("heading", name="退货地址")).to_be_visible()
    phone.get_by_role("textbox", name="运单号").fill("SF0000000000001")
    phone.get_by_role("button", name="填写运单号").click()
    expect(phone.locator(".case-head .tag")).to_have_text("退货运输中")


def inspect_at_the_desk(desk: Page, number: str) -> None:
    """The waybill is scanned, every step answered by its first choice, and all of it sent at once."""
    desk.goto("/inspect/")
    desk.locator("#scan").fill("SF0000000000001")
    desk.keyboard.press("Enter")
    for step in ("unpack", "check", "grade", "verdict"):
        desk.wait_for_url(f"**/inspect/{number}/{step}/")
        for group in desk.locator("fieldset.big").all():
            group.locator("label.big-choice").first.click()
        desk.locator("button.primary", has_text="下一步").click()
    desk.wait_for_url(f"**/inspect/{number}/review/")
    expect(desk.locator("main")).to_contain_text("¥179.00")
    assert Case.objects.get().status == "in_transit"
    desk.locator("button[name=act][value=all]").click()
    expect(desk.locator("[role=status]").first).to_contain_text("请扫描下一件")
    assert Case.objects.get().status == "refunding"


def rate_on_the_phone(phone: Page) -> None:
    phone.get_by_label("非常满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("[role=status]").first).to_contain_text("感谢您的评价")
