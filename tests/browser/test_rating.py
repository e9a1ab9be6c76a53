"""Rating in a browser: the reasons follow the grade, two clicks rate once; and a long title at 320 pixels."""

from playwright.sync_api import expect

from shouhou.cases.models import Rating
from tests.browser.conftest import PHONE, Open
from tests.conftest import Fake
from tests.world import World

LONG = "【官方旗舰】电热水壶家用大容量 304 不锈钢双层防烫自动断电保温一体 KX-17-PRO-MAX-2026 限量版（赠品：杯刷、除垢剂、延保卡）送货上门"


def finished(world: World) -> str:
    case = world.received()
    world.move(case, "accept", actor=world.staff("inspector"))
    world.pay(case)
    return case


def test_the_reasons_follow_the_grade_and_two_clicks_rate_once(world: World, fake: Fake, open_browser: Open) -> None:
    case = finished(world)
    page = open_browser("consumer", viewport=PHONE).new_page()
    page.goto(f"/cases/{case}/")
    expect(page.get_by_text("处理快")).to_be_hidden()
    page.get_by_label("非常满意", exact=True).check()
    page.get_by_label("处理快", exact=True).check()
    expect(page.get_by_text("处理慢")).to_be_hidden()
    page.get_by_label("非常不满意", exact=True).check()
    expect(page.get_by_text("处理快")).to_be_hidden()
    page.get_by_label("处理慢", exact=True).check()
    page.evaluate("() => { const send = document.querySelector('#rate button.primary'); send.click(); send.click(); }")
    expect(page.locator("main")).to_contain_text("感谢您的评价")
    rating = Rating.objects.get()
    assert (rating.grade, rating.reasons, rating.amended_at) == (1, ["slow"], None)


def test_without_javascript_every_reason_is_there_to_tick(world: World, fake: Fake, open_browser: Open) -> None:
    case = finished(world)
    page = open_browser("consumer", viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"/cases/{case}/")
    page.get_by_label("满意", exact=True).check()
    page.get_by_label("退款慢", exact=True).check()
    page.get_by_label("态度好", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    assert Rating.objects.values_list("grade", "reasons").get() == (4, ["kind", "late"])


def test_a_long_title_and_a_large_amount_fit_into_320_pixels(world: World, open_browser: Open) -> None:
    lines = [
        {"line": at, "sku": f"S{at}", "title": LONG, "category": "generic", "quantity": 1, "unit_price": 123456789, "paid": 123456789}
        for at in (1, 2, 3, 4)
    ]
    order = world.order(lines=lines, payments=[{"tender": "card", "amount": 4 * 123456789, "reference": "c"}])
    case = world.apply(order)["number"]
    page = open_browser("consumer", language="en", viewport={"width": 320, "height": 640}).new_page()
    for path in ("/orders/", f"/orders/{order}/", f"/orders/{order}/apply/?line=2", "/cases/", f"/cases/{case}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
