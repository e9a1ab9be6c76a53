"""Applying in the browser with everything on: buttons, files on their way, what is kept by itself, axe at every step."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from shouhou.cases.models import Case
from shouhou.web.models import Draft
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_apply import TOWELS
from tests.browser.conftest import PHONE, Open
from tests.browser.test_accessible import RULES
from tests.world import World

PICTURE: FilePayload = {"name": "leak.png", "mimeType": "image/png", "buffer": png().read()}
LETTER: FilePayload = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"no picture"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_step_passes_axe_and_two_clicks_send_one_application(world: World, open_browser: Open, theme: str) -> None:
    order = world.order(address=ADDRESS, **TOWELS)
    page = open_browser("consumer", viewport=PHONE, theme=theme).new_page()
    found: list[str] = []

    def look(step: str) -> None:
        for rule in Axe().run(page, options=RULES[theme]).response["violations"]:
            found.extend(f"{step}: {rule['id']} {node['target']} {node['failureSummary']}" for node in rule["nodes"][:3])
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.append(f"{step}: scrolls sideways")

    choose(page, order)
    look("order")
    page.get_by_role("button", name="申请售后").click()
    page.locator("a.service[href*='service=return']").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("请选择原因")).to_be_visible()
    look("wrong")
    give_a_reason(page)
    look("why")
    page.get_by_role("button", name="下一步").click()
    look("way")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("main")).to_contain_text("¥20.00")
    look("confirm")
    assert Case.objects.count() == 0
    page.get_by_label("我已阅读").check()
    page.get_by_role("button", name="提交申请").dblclick()
    page.wait_for_url("**/applied/")
    look("applied")
    page.go_back()
    page.go_forward()
    case = Case.objects.get()
    assert (case.units, case.attachments.count(), case.reason_detail) == (2, 1, "defect_other")
    assert Draft.objects.count() == 0
    assert found == [], "\n".join(found)


def test_what_is_typed_is_kept_without_a_button_and_found_again(world: World, open_browser: Open) -> None:
    order = world.order(**TOWELS)
    page = open_browser("consumer", viewport=PHONE).new_page()
    choose(page, order)
    page.get_by_role("button", name="申请售后").click()
    page.locator("a.service[href*='service=return']").click()
    give_a_reason(page)
    expect(page.get_by_text("已自动保存")).to_be_visible()
    expect(page.locator("output")).to_have_text("4 / 2000")
    page.goto(f"/orders/{order}/")
    page.get_by_role("link", name="继续上次填写").click()
    expect(page.get_by_label("其他质量问题")).to_be_checked()
    expect(page.get_by_label("问题描述")).to_have_value("边缘开线")
    expect(page.locator("[data-uploads] img")).to_have_count(1)
    page.get_by_role("button", name="移除 leak.png").click()
    expect(page.locator("[data-uploads] li")).to_have_count(0)


def test_what_was_typed_in_the_moment_of_leaving_is_kept_too(world: World, open_browser: Open) -> None:
    order = world.order(**TOWELS)
    page = open_browser("consumer", viewport=PHONE).new_page()
    choose(page, order)
    page.get_by_role("button", name="申请售后").click()
    page.locator("a.service[href*='service=return']").click()
    page.locator("summary", has_text="质量问题").click()
    page.locator("label.chip", has_text="其他质量问题").click()
    page.get_by_label("问题描述").fill("话说到一半")
    page.goto(f"/orders/{order}/")
    for _ in range(50):
        page.wait_for_timeout(100)
        if Draft.objects.exists():
            break
    page.reload()
    page.get_by_role("link", name="继续上次填写").click()
    expect(page.get_by_label("问题描述")).to_have_value("话说到一半")


def choose(page: Page, order: str) -> None:
    """Two of three towels, by the buttons beside the number."""
    page.goto(f"/orders/{order}/")
    number = page.get_by_label("数量")
    expect(number).to_have_value("3")
    expect(page.get_by_role("button", name="增加")).to_be_disabled()
    page.get_by_role("button", name="减少").click()
    expect(number).to_have_value("2")


def give_a_reason(page: Page) -> None:
    """A reason in two levels, words, a picture that goes up, and a letter that is refused and taken out again."""
    page.locator("summary", has_text="质量问题").click()
    page.locator("label.chip", has_text="其他质量问题").click()
    page.get_by_label("问题描述").fill("边缘开线")
    page.get_by_label("照片、视频或 PDF").set_input_files([PICTURE, LETTER])
    expect(page.locator("[data-uploads] img")).to_have_count(1)
    expect(page.locator("[data-uploads] .problem")).to_contain_text("不支持此类文件")
    page.get_by_role("button", name="移除 letter.txt").click()
    expect(page.locator("[data-uploads] li")).to_have_count(1)
