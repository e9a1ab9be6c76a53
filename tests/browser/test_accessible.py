"""Every type of page for everybody: axe finds nothing, nothing scrolls sideways, keys reach everything, motion can be off."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.ground import lay
from tests.browser.sights import DOORS, Facts, Sight, sights_of
from tests.conftest import Fake
from tests.world import World

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the second theme only the colours are others.
RULES = {
    "light": {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]},
}
PHONE_WIDTH, ZOOMED_WIDTH, REFLOW_WIDTH = 390, 640, 320


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_type_of_page(world: World, fake: Fake, open_browser: Open, theme: str) -> None:
    found = []
    for sight, page in walk(open_browser, lay(world), theme=theme):
        for rule in Axe().run(page, options=RULES[theme]).response["violations"]:
            found += [f"{sight.name}: {rule['id']} {node['target']} {node['failureSummary']}" for node in rule["nodes"][:4]]
    assert not found, "\n".join(found)


def test_nothing_scrolls_sideways_on_a_phone_at_two_hundred_percent_and_at_320_pixels(
    world: World, fake: Fake, open_browser: Open
) -> None:
    wide = {}
    for sight, page in walk(open_browser, lay(world), language="en"):
        for width in (PHONE_WIDTH, ZOOMED_WIDTH, REFLOW_WIDTH):
            page.set_viewport_size({"width": width, "height": 700})
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[sight.name, width] = needed
    assert wide == {}


def test_the_first_key_jumps_to_the_content_and_focus_is_always_seen(world: World, fake: Fake, open_browser: Open) -> None:
    page = open_browser("supervisor", viewport=DESK).new_page()
    page.goto(f"/staff/cases/{lay(world).case}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    unseen = []
    for _ in range(40):
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none":
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        page.keyboard.press("Tab")
    assert unseen == []


def test_who_wants_no_motion_gets_none(open_browser: Open, transactional_db: None) -> None:
    page = open_browser(viewport=DESK, reduced_motion="reduce").new_page()
    page.goto("/design/")
    moving = """[...document.querySelectorAll("*")].filter(e => { const s = getComputedStyle(e);
      return s.animationName !== "none" || s.transitionDuration.split(",").some(d => parseFloat(d) > 0) }).length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0


def test_a_dialog_keeps_the_keys_inside_and_gives_the_focus_back(open_browser: Open, transactional_db: None) -> None:
    page = open_browser(viewport=DESK).new_page()
    page.goto("/design/")
    opener = page.locator("[data-dialog-open=light-dialog]")
    opener.press("Enter")
    assert page.locator("#light-dialog").is_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    assert not page.locator("#light-dialog").is_visible()
    assert opener.evaluate("e => e === document.activeElement")


def _hear_errors(page: Page, complaints: list[str]) -> None:
    """What the page complains of on the console goes into the list."""

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(said.text)

    page.on("console", hear)


def walk(open_browser: Open, facts: Facts, *, theme: str = "light", language: str = "zh-hans") -> Iterator[tuple[Sight, Page]]:
    """Every sight, opened by who may see it; a page that is not there, or complains on the console, fails here."""
    for who in DOORS:
        size = PHONE if who in ("", "consumer") else DESK
        page = open_browser(who, theme=theme, language=language, viewport=size).new_page()
        complaints: list[str] = []
        _hear_errors(page, complaints)
        for sight in sights_of(who):
            complaints.clear()
            answer = page.goto(sight.address(facts))
            expected = 404 if sight.name == "nothing" else 200
            assert answer is not None
            assert answer.status == expected, f"{sight.name}: {answer.status}"
            assert expected == 404 or complaints == [], f"{sight.name}: {complaints}"
            yield sight, page
