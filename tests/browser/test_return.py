"""A return through the pages alone: applied for on a phone, inspected at a desk, refunded once."""

from datetime import timedelta

from django.conf import settings
from playwright.sync_api import Page, expect

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.accounts.signin import link_for
from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from shouhou.plumbing import clock
from tests.conftest import Fake
from tests.world import World

LINE = {"line": 1, "sku": "K", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 17900}
TENDERS = [{"tender": "card", "amount": 12900, "reference": "c"}, {"tender": "wallet", "amount": 5000, "reference": "w"}]


def test_a_return_is_applied_for_and_refunded_once_through_the_pages(
    world: World, fake: Fake, phone: Page, desk: Page
) -> None:
    order = world.order(lines=[LINE], payments=TENDERS)
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    User.objects.create_user("lu", password="a-long-password", role="inspector", organisation=house, first_name="陆工")

    number = apply_on_the_phone(phone, order)
    send_on_the_phone(phone)
    inspect_at_the_desk(desk, number)

    assert world.pay(number) == [True, True]
    phone.reload()
    expect(phone.locator("h1 + .tag")).to_have_text("已退款")
    expect(phone.locator("li[aria-current=step]")).to_contain_text("评价")
    rate_on_the_phone(phone)
    assert sorted(movement["amount"] for movement in fake.movements()) == [5000, 12900]
    assert world.pay(number) == [None, None]
    assert len(fake.movements()) == 2
    assert trial_balance() == {"CNY": 0}
    assert Case.objects.get().rating.grade == 5


def apply_on_the_phone(phone: Page, order: str) -> str:
    """From the shop's link to the case; two clicks on the last button, and the back button, make one case."""
    expires = clock.now() + timedelta(hours=1)
    phone.goto(link_for(Buyer.objects.get(), expires=expires, secret=settings.SHOP_LINK_SECRET) + f"&order={order}")
    expect(phone.locator(".services li", has_text="退货").first).to_contain_text("可以办理")
    phone.get_by_role("button", name="申请退货").click()
    phone.get_by_label("已打开").check()
    phone.get_by_label("申请原因").select_option("not_as_expected")
    phone.get_by_label("自行寄回").check()
    phone.get_by_role("button", name="下一步").click()
    expect(phone.locator("body")).to_contain_text("¥179.00")
    expect(phone.locator("body")).to_contain_text("¥129.00")
    assert Case.objects.count() == 0
    phone.get_by_label("我已阅读").check()
    phone.get_by_role("button", name="提交申请").dblclick()
    phone.wait_for_url("**/cases/SO-*/")
    address = phone.url
    phone.go_back()
    phone.goto(address)
    assert Case.objects.count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    return Case.objects.get().number


def send_on_the_phone(phone: Page) -> None:
    expect(phone.get_by_role("heading", name="退货地址")).to_be_visible()
    phone.get_by_label("快递公司").select_option("SF")
    phone.get_by_label("运单号").fill("SF0000000000001")
    phone.get_by_role("button", name="填写运单号").click()
    expect(phone.locator("h1 + .tag")).to_have_text("退货运输中")


def inspect_at_the_desk(desk: Page, number: str) -> None:
    desk.goto("/staff/sign-in/")
    desk.locator("#id_username").fill("lu")
    desk.locator("#id_password").fill("a-long-password")
    desk.get_by_role("button", name="登录").click()
    desk.get_by_role("searchbox").fill("SF0000000000001")
    desk.get_by_role("button", name="查询").click()
    desk.get_by_role("link", name=number).click()
    desk.get_by_role("link", name="收货登记").click()
    for part in ("包装", "外观", "配件与赠品"):
        desk.get_by_role("group", name=part).get_by_label("完好").check()
    desk.get_by_role("button", name="预览结果").click()
    expect(desk.locator("main")).to_contain_text("收货待验收".removeprefix("收货"))
    desk.get_by_role("button", name="收货登记").click()
    desk.get_by_role("link", name="验收通过").click()
    desk.get_by_role("button", name="预览结果").click()
    expect(desk.locator("main")).to_contain_text("¥179.00")
    desk.get_by_role("button", name="验收通过").click()
    expect(desk.locator("h1 + .tag")).to_have_text("退款中")


def rate_on_the_phone(phone: Page) -> None:
    phone.get_by_label("非常满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("[role=status]").first).to_contain_text("感谢您的评价")
