"""What every type of page weighs and whether it jumps: HTML, CSS and JS as sent, and the layout shift, against budgets.

`python -m bench.pages` starts a demo of its own, prints a line a page and fails when one is over its budget.
"""

import gzip
import json
import sys
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
  window.shifted = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value; })
    .observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """Compressed bytes by kind, and the worst layout shift of the widths."""

    html: int
    css: int
    js: int
    shift: float

    @property
    def total(self) -> int:
        return self.html + self.css + self.js

    @property
    def within(self) -> bool:
        return self.total <= BYTES_MAX and self.shift <= SHIFT_MAX


def main() -> int:
    """0 when every page is within its budgets."""
    with demo() as running, chromium() as browser:
        return measure(browser, running)


def measure(browser: Browser, running: Demo) -> int:
    """A line a page, the sum last."""
    over, heaviest = 0, 0
    for sight in SIGHTS:
        weight = weigh(browser, running, sight)
        over, heaviest = over + (not weight.within), max(heaviest, weight.total)
        print(
            f"{'✓' if weight.within else '✗'} {sight.name:20} {weight.total / 1000:6.1f} kB "
            f"(html {weight.html / 1000:5.1f}, css {weight.css / 1000:4.1f}, js {weight.js / 1000:4.1f})  shift {weight.shift:.4f}",
            flush=True,
        )
    print(json.dumps({"bench": "pages", "pages": len(SIGHTS), "over": over, "heaviest": heaviest, "limit": BYTES_MAX,
                      "ratio": round(heaviest / BYTES_MAX, 3)}))  # fmt: skip
    return 1 if over else 0


def weigh(browser: Browser, running: Demo, sight: Sight) -> Weight:
    """The page in a browser that has nothing in its cache, at both widths."""
    worst, sizes = 0.0, {"document": 0, "stylesheet": 0, "script": 0}
    for size in SIZES:
        context = running.window(browser, sight, language="zh-hans", theme="light", size=size)
        page = context.new_page()
        page.add_init_script(OBSERVER)
        answers: list[Response] = []
        page.on("response", answers.append)
        answer = page.goto(sight.address(running.facts))
        if answer is None or (answer.status != 200 and sight.name != "nothing"):
            raise SystemExit(f"{sight.name}: {answer.status if answer else 'no answer'}")
        page.wait_for_load_state("load")
        worst = max(worst, shift(page))
        if size == SIZES[0]:
            for answer in answers:
                if answer.request.resource_type in COUNTED:
                    sizes[answer.request.resource_type] += len(gzip.compress(answer.body(), GZIP_LEVEL))
        context.close()
    return Weight(sizes["document"], sizes["stylesheet"], sizes["script"], worst)


def shift(page: Page) -> float:
    """The layout shift of what is seen first and of the way down."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(150)
    return float(page.evaluate("window.shifted"))


if __name__ == "__main__":
    sys.exit(main())
