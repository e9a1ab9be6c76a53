"""What every type of page weighs and whether it jumps: HTML, CSS and JS as sent, and the layout shift, against budgets.

`python -m bench.pages [NAME …]` starts a demo of its own, prints a line a page (of all sights, or of those named) and fails when
one is over its budget.
"""

import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Response

from tests.browser.chromium import chromium
from tests.browser.demo import Demo, demo
from tests.browser.sights import SIGHTS, Sight

BYTES_MAX = 150_000
SHIFT_MAX = 0.0
COUNTED = ("document", "stylesheet", "script")
SIZES = ((390, 844), (1280, 860))
GZIP_LEVEL = 6
# Runs before the page: everything that moves without the reader having done something is added up.
OBSERVER = """
  window.shifted = 0; window.moved = [];
  const named = node => node && (node.nodeType === 1 ? node : node.parentElement);
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) {
    window.shifted += e.value;
    for (const s of e.sources) if (named(s.node)) window.moved.push(named(s.node).outerHTML.slice(0, 60));
  } }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """Compressed bytes by kind, the worst layout shift of the widths, and what moved."""

    html: int
    css: int
    js: int
    shift: float
    moved: list[tuple[int, str]]

    @property
    def total(self) -> int:
        return self.html + self.css + self.js

    @property
    def within(self) -> bool:
        return self.total <= BYTES_MAX and self.shift <= SHIFT_MAX


def main() -> int:
    """0 when every page is within its budgets."""
    with demo() as running, chromium() as browser:
        return measure(browser, running, [sight for sight in SIGHTS if sight.name in sys.argv[1:] or not sys.argv[1:]])


def measure(browser: Browser, running: Demo, sights: Sequence[Sight]) -> int:
    """A line a page, the sum last."""
    over, heaviest, total = 0, 0, 0
    for sight in sights:
        weight = weigh(browser, running, sight)
        over, heaviest, total = over + (not weight.within), max(heaviest, weight.total), total + weight.total
        print(
            f"{'✓' if weight.within else '✗'} {sight.name:20} {weight.total / 1000:6.1f} kB "
            f"(html {weight.html / 1000:5.1f}, css {weight.css / 1000:4.1f}, js {weight.js / 1000:4.1f})  shift {weight.shift:.4f}",
            *(f"\n    moved {width} px: {each}" for width, each in weight.moved), flush=True,
        )  # fmt: skip
    print(json.dumps({"bench": "pages", "pages": len(sights), "over": over, "heaviest": heaviest, "total": total, "limit": BYTES_MAX,
                      "ratio": round(heaviest / BYTES_MAX, 3)}))  # fmt: skip
    return 1 if over else 0


def weigh(browser: Browser, running: Demo, sight: Sight) -> Weight:
    """The page in a browser that has nothing in its cache, at both widths."""
    worst, moved, sizes = 0.0, [], {"document": 0, "stylesheet": 0, "script": 0}
    for size in SIZES:
        context = running.window(browser, sight, language="zh-hans", theme="light", size=size)
        page = context.new_page()
        page.add_init_script(OBSERVER)
        answers: list[Response] = []
        _hear(page, answers)
        answer = page.goto(sight.address(running.facts))
        if answer is None or answer.status != sight.status:
            raise SystemExit(f"{sight.name}: {answer.status if answer else 'no answer'}")
        if not sight.is_at(page.url, running.facts):
            raise SystemExit(f"{sight.name}: sent to {page.url}")
        page.wait_for_load_state("load")
        worst = max(worst, shift(page))
        moved += [(size[0], each) for each in page.evaluate("window.moved")]
        if size == SIZES[0]:
            for answer in answers:
                if answer.request.resource_type in COUNTED and not 300 <= answer.status < 400:
                    sizes[answer.request.resource_type] += len(gzip.compress(answer.body(), GZIP_LEVEL))
        context.close()
    return Weight(sizes["document"], sizes["stylesheet"], sizes["script"], worst, moved)


def _hear(page: Page, answers: list[Response]) -> None:
    """What the server answers goes into the list."""

    def hear(answer: Response) -> None:
        answers.append(answer)

    page.on("response", hear)


def shift(page: Page) -> float:
    """The layout shift of what is seen first and of the way down."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(150)
    return float(page.evaluate("window.shifted"))


if __name__ == "__main__":
    sys.exit(main())
