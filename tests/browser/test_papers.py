"""Paper forms on the screen: the scan beside what it is keyed into, on a desk and on a phone, in both languages."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from shouhou.cases.models import Case
from shouhou.documents.actions import take_scan
from shouhou.documents.filling import order_pdf
from shouhou.plumbing.actor import Actor
from tests.browser.conftest import DESK, PHONE, Open
from tests.world import World

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def scanned(world: World) -> tuple[str, str]:
    """A printed and scanned form of an order: the scan's number, the order's."""
    order = world.order(address={"contact": "林一", "phone": "13800000001", "region": "四川省成都市", "address": "春熙路 1 号"})
    paper = order_pdf(world.buyer(), order, "return", language="zh-hans", at=world.now)
    taker = Actor(role="agent", who="user:0", name="小收")
    return take_scan(io.BytesIO(paper), name="form.pdf", actor=taker, now=world.now).number, order


def faults(page: Page) -> list[str]:
    found = [each["id"] for each in Axe().run(page, options=RULES).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"scrolls sideways by {wide}"] if wide > 0 else [])]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_of_a_scan_can_be_used_by_everybody(world: World, open_browser: Open, language: str, size: dict[str, int]) -> None:
    scan, order = scanned(world)
    page = open_browser("agent", language=language, viewport=size).new_page()
    for address in (
        reverse("web:scans"), reverse("web:scan", args=[scan]),
        reverse("web:scan_key", args=[scan, order]) + "?line=1&service=return",
    ):  # fmt: skip
        page.goto(address)
        assert faults(page) == []


def test_a_scanned_form_is_keyed_in_beside_its_picture(world: World, open_browser: Open) -> None:
    scan, _order = scanned(world)
    page = open_browser("agent", viewport=DESK).new_page()
    page.goto(reverse("web:scan", args=[scan]))
    picture = page.get_by_role("img", name="扫描件第 1 页")
    expect(picture).to_be_visible()
    before = picture.bounding_box()
    page.get_by_role("button", name="放大").click()
    after = picture.bounding_box()
    assert before is not None and after is not None and after["width"] > before["width"] * 1.3
    page.get_by_role("link", name="向右转").click()
    assert "turn=90" in page.url
    page.get_by_role("button", name="开始录入").click()
    page.locator("#id_reason").select_option("defect_other")
    page.locator("#id_description").fill("打开后不加热")
    page.get_by_role("button", name="下一步：核对并提交").click()
    page.locator("#ack").check()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/staff/cases/**")
    case = Case.objects.get()
    assert (case.source, case.attachments.get().kind) == ("form", "form")
