"""The hard days of a browser: a slow line, impatient fingers, the back button, keys alone, a session that has run out."""

from playwright.sync_api import Page, expect

from shouhou.cases.models import Case, Message
from shouhou.web.models import Draft
from tests.browser.conftest import DESK, PHONE, Open, shop_link
from tests.browser.test_return import say_why
from tests.world import World

# A train in the mountains: 600 ms there and back, 40 kB a second.
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 40_000, "uploadThroughput": 40_000}
KEYS_MAX = 150


def test_on_a_slow_line_an_impatient_buyer_says_it_once(world: World, open_browser: Open) -> None:
    number = world.apply(world.order())["number"]
    context = open_browser("consumer", viewport=PHONE)
    page = context.new_page()
    page.goto(f"/cases/{number}/")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.locator("#messages textarea").fill("什么时候能寄？")
    clicks = """() => { const send = [...document.querySelectorAll("#messages form button")].pop();
      send.click(); send.click(); return send.getAttribute("aria-busy"); }"""
    assert page.evaluate(clicks) == "true"
    expect(page.locator("#messages .said")).to_have_count(1)
    assert Message.objects.count() == 1


def test_a_message_whose_form_token_ran_out_is_kept_and_sent_with_one_click(world: World, open_browser: Open) -> None:
    number = world.apply(world.order())["number"]
    context = open_browser("consumer", viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/cases/{number}/")
    page.locator("#messages textarea").fill("壶盖少了一颗螺丝")
    context.clear_cookies(name="csrftoken")
    page.locator("#messages").get_by_role("button", name="发送").click()
    expect(page.locator("main")).to_contain_text("壶盖少了一颗螺丝")
    assert Message.objects.count() == 0
    page.get_by_role("button", name="确认并重新提交").click()
    expect(page.locator("#messages .said")).to_contain_text("壶盖少了一颗螺丝")
    assert Message.objects.count() == 1


def test_a_half_filled_application_outlives_the_session(world: World, open_browser: Open) -> None:
    order = world.order()
    context = open_browser("consumer", viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    fill_why(page, order)
    page.get_by_role("button", name="下一步：退回方式").click()
    page.wait_for_url("**/apply/way/")
    context.clear_cookies()
    page.reload()
    assert page.url.endswith(f"/sign-in/?next=/orders/{order}/apply/way/")
    assert Draft.objects.count() == 1
    page.goto(shop_link(order))
    page.goto(f"/orders/{order}/apply/")
    expect(page.locator("input[name=reason][value=not_as_expected]")).to_be_checked()
    assert Case.objects.count() == 0


def test_the_back_button_shows_the_step_before_as_it_was_filled_in(world: World, open_browser: Open) -> None:
    order = world.order()
    page = open_browser("consumer", viewport=PHONE, java_script_enabled=False).new_page()
    fill_why(page, order)
    page.get_by_role("button", name="下一步：退回方式").click()
    page.wait_for_url("**/apply/way/")
    page.go_back()
    expect(page.locator("input[name=reason][value=not_as_expected]")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("button", name="下一步：核对并提交")).to_be_visible()
    assert Case.objects.count() == 0


def test_keys_alone_say_something_on_a_case(world: World, open_browser: Open) -> None:
    number = world.apply(world.order())["number"]
    page = open_browser("consumer", viewport=DESK).new_page()
    page.goto(f"/cases/{number}/")
    tab_to(page, "#messages textarea")
    page.keyboard.type("只用键盘")
    tab_to(page, "#messages form button:not([type=button])")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .said")).to_contain_text("只用键盘")
    assert Message.objects.get().text == "只用键盘"


def fill_why(page: Page, order: str) -> None:
    """Until the end of the first step, not yet sent on."""
    page.goto(f"/orders/{order}/apply/?line=1&q1=1")
    say_why(page)


def tab_to(page: Page, selector: str) -> None:
    """Tab until the focus is there. Raises AssertionError when it cannot be reached."""
    for _ in range(KEYS_MAX):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")
