"""A faulty kettle goes back through three pairs of hands: the buyer's phone, the shop's desk, the inspector's bench."""

from playwright.sync_api import Page, expect

from shouhou.cases.models import Case
from shouhou.ledger.queries import trial_balance
from tests.browser.conftest import DESK, Open, shop_link
from tests.browser.test_apply import PICTURE
from tests.browser.test_return import LINE, TENDERS, inspect_at_the_desk, send_on_the_phone
from tests.conftest import Fake
from tests.world import World

SHOP = {"code": "self", "channel": "third", "name": "老王百货"}


def test_buyer_merchant_and_inspector_bring_a_faulty_kettle_home(
    world: World, fake: Fake, phone: Page, desk: Page, open_browser: Open
) -> None:
    order = world.order(lines=[LINE], payments=TENDERS, merchant=SHOP)
    number = complain_on_the_phone(phone, order)
    agree_at_the_shop(open_browser("merchant_operator", viewport=DESK).new_page(), number)
    phone.reload()
    send_on_the_phone(phone)
    inspect_at_the_desk(desk, number)

    assert world.pay(number) == [True, True]
    phone.reload()
    expect(phone.locator(".case-head .tag")).to_have_text("已退款")
    assert sorted(movement["amount"] for movement in fake.movements()) == [5000, 12900]
    assert trial_balance() == {"CNY": 0}
    roles = list(Case.objects.get().history.order_by("version").values_list("role", flat=True))
    assert [roles[0], *(role for role in ("merchant_operator", "inspector") if role in roles)] == [
        "consumer", "merchant_operator", "inspector",
    ]  # fmt: skip


def complain_on_the_phone(phone: Page, order: str) -> str:
    """With a description and a photo of the fault; without JavaScript the photo goes up with the form."""
    phone.goto(shop_link(order))
    phone.get_by_role("button", name="申请售后").click()
    phone.locator("a.service[href*='service=return']").click()
    reason = phone.locator("input[name=reason][value=defect_other]")
    phone.locator("details.family", has=reason).locator("summary").click()
    phone.locator("label.chip", has=reason).click()
    phone.get_by_label("问题描述").fill("插电后不加热")
    phone.get_by_label("照片、视频或 PDF").set_input_files([PICTURE])
    phone.get_by_role("button", name="下一步：退回方式").click()
    phone.locator("input[value=ship_back]").check()
    phone.get_by_role("button", name="下一步：核对并提交").click()
    phone.get_by_label("我已阅读").check()
    phone.get_by_role("button", name="提交申请").click()
    phone.wait_for_url("**/cases/R-*/applied/")
    number = Case.objects.get().number
    phone.goto(f"/cases/{number}/")
    return number


def agree_at_the_shop(seller: Page, number: str) -> None:
    """Today's list leads to the case; the preview says what follows before anything happens."""
    seller.goto("/merchant/")
    seller.get_by_role("link", name=number).first.click()
    expect(seller.locator("main")).to_contain_text("插电后不加热")
    seller.get_by_role("link", name="同意", exact=True).click()
    seller.locator("button[name=act][value=preview]").click()
    assert Case.objects.get().status == "submitted"
    seller.locator("button[name=act][value=confirm]").click()
    seller.wait_for_url(f"**/staff/cases/{number}/")
    assert Case.objects.get().status == "awaiting_goods"
