"""The buyer's header on a phone: one row for what one looks for, one for the places, in both languages, with nothing hidden for good."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.world import World

ROWS = """() => [...new Set([...document.querySelectorAll('.bar a, .bar button, .bar summary')]
    .filter((each) => each.offsetParent && !each.closest('.menu-sheet')).map((each) => each.getBoundingClientRect())
    .map((box) => Math.round((box.top + box.height / 2) / 30)))].length"""


@pytest.mark.parametrize("width", [320, 390, 700])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_phones_header_has_two_rows_at_most(world: World, open_browser: Open, language: str, width: int) -> None:
    world.order()
    page = open_browser("consumer", language=language, viewport={"width": width, "height": 844}).new_page()
    page.goto("/orders/")
    assert page.evaluate(ROWS) <= 2
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto("/help/")
    assert page.evaluate(ROWS) <= 2


def test_name_browsers_and_the_way_out_stand_under_one_sign_without_javascript(world: World, open_browser: Open) -> None:
    world.order()
    page = open_browser("consumer", viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    page.goto("/orders/")
    sheet = page.locator(".menu.own .menu-sheet")
    expect(sheet).not_to_be_visible()
    page.locator(".menu.own > summary").click()
    expect(sheet).to_contain_text("林一")
    expect(sheet.get_by_role("link", name="已登录的浏览器")).to_be_visible()
    sheet.get_by_role("button", name="退出").click()
    page.goto("/orders/")
    assert "/sign-in/" in page.url
