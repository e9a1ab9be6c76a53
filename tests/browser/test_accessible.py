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
# One page of every kind: a start, a form, a list, a long case, a table.
TABBED = frozenset("""
    sign-in staff-sign-in code order apply apply-way apply-confirm case search queue staff-case staff-move account inspect
    inspect-case today merchant-address merchant-people operations ops-audit ops-person apply-refund-only apply-compensation case-repair pay
    scan-key staff-case-repair staff-charge unidentified-one outgoing workshop workshop-order workshop-day counter counter-repair
    ops-point ops-pickups process forms
""".split())
STOPS_MAX = 300
# After each Tab: what is wrong with the stop ("" for nothing), or "end" when the keys have left the page.
STEPPING = """() => { let before = null; window.step = () => {
  const at = document.activeElement, name = at.outerHTML.slice(0, 90);
  if (at === document.body || at === document.documentElement) return "end";
  if (at === before) return "";  // the parts of a date
  const same = before && at.type === "radio" && before.name === at.name;
  const late = before && !same && !(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (late && at.matches(".skip")) return "end";
  before = at;
  if (late) return "out of order: " + name;
  const box = at.getBoundingClientRect(), look = getComputedStyle(at);
  const face = at.labels && at.labels[0] ? at.labels[0] : at, shown = face.getBoundingClientRect();
  const rings = [look, getComputedStyle(face), ...(at.parentElement ? [getComputedStyle(at.parentElement)] : [])];
  if (!rings.some(s => s.outlineStyle !== "none" || s.boxShadow !== "none")) return "no focus to be seen: " + name;
  if (shown.bottom <= 0 || shown.top >= innerHeight || shown.right <= 0 || shown.left >= innerWidth) return "out of sight: " + name;
  return "";
} }"""
MOVING = """() => [...document.querySelectorAll("*")].filter(e => { const s = getComputedStyle(e);
  return s.animationName !== "none" || s.transitionDuration.split(",").some(d => parseFloat(d) > 0) })
  .slice(0, 4).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("who", DOORS)
def test_axe_finds_nothing_on_any_type_of_page(world: World, fake: Fake, open_browser: Open, who: str, theme: str) -> None:
    found = []
    for sight, page in walk(open_browser, lay(world), who, theme=theme):
        # What lies under the bar of buttons is scrolled free of it (and keys scroll it free: below); at the end nothing is under it.
        page.evaluate("document.querySelector('.actions.sticky') && scrollTo(0, document.body.scrollHeight)")
        for rule in Axe().run(page, options=RULES[theme]).response["violations"]:
            found += [f"{sight.name}: {rule['id']} {node['target']} {node['failureSummary']}" for node in rule["nodes"][:4]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", DOORS)
def test_nothing_scrolls_sideways_on_a_phone_at_two_hundred_percent_and_at_320_pixels(
    world: World, fake: Fake, open_browser: Open, who: str
) -> None:
    wide = {}
    for sight, page in walk(open_browser, lay(world), who, language="en"):
        for width in (PHONE_WIDTH, ZOOMED_WIDTH, REFLOW_WIDTH):
            page.set_viewport_size({"width": width, "height": 700})
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[sight.name, width] = needed
    assert wide == {}


def test_the_first_key_jumps_to_the_content(world: World, fake: Fake, open_browser: Open) -> None:
    page = open_browser("supervisor", viewport=DESK).new_page()
    page.goto(f"/staff/cases/{lay(world).case}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("who", DOORS)
def test_keys_walk_every_main_page_in_its_order_seen_and_out_again(
    world: World, fake: Fake, open_browser: Open, who: str
) -> None:
    """From the top to the end of the page: each stop is seen, comes after the one before, and none holds the keys."""
    wrong = []
    for sight, page in walk(open_browser, lay(world), who, only=TABBED):
        page.evaluate(STEPPING)
        for _ in range(STOPS_MAX):
            page.keyboard.press("Tab")
            said = page.evaluate("window.step()")
            if said == "end":
                break
            wrong += [f"{sight.name}: {said}"] if said else []
        else:
            wrong.append(f"{sight.name}: the keys do not get out")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", DOORS)
def test_on_no_page_moves_anything_for_who_wants_no_motion(world: World, fake: Fake, open_browser: Open, who: str) -> None:
    moving = {}
    for sight, page in walk(open_browser, lay(world), who, reduced_motion="reduce"):
        if found := page.evaluate(MOVING):
            moving[sight.name] = found
    assert moving == {}


def test_who_wants_no_motion_gets_none(open_browser: Open, transactional_db: None) -> None:
    page = open_browser(viewport=DESK, reduced_motion="reduce").new_page()
    page.goto("/design/")
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []


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


def walk(
    open_browser: Open, facts: Facts, who: str, *, only: frozenset[str] = frozenset(), **options: str
) -> Iterator[tuple[Sight, Page]]:  # fmt: skip
    """The door's sights (or `only` some); a page that is not there, is another, or complains on the console, fails here."""
    size = PHONE if who in ("", "asked", "consumer") else DESK
    page = open_browser(who, viewport=size, **options).new_page()
    complaints: list[str] = []
    _hear_errors(page, complaints)
    for sight in sights_of(who):
        if only and sight.name not in only:
            continue
        complaints.clear()
        answer = page.goto(sight.address(facts))
        assert answer is not None
        assert answer.status == sight.status, f"{sight.name}: {answer.status}"
        assert sight.is_at(page.url, facts), f"{sight.name}: {page.url}"
        assert sight.status == 404 or complaints == [], f"{sight.name}: {complaints}"
        yield sight, page
