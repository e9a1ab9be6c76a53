"""`make screenshots`: every main page of a fresh demo in both languages, both widths and both themes, small.

Each language has a demo of its own: an English picture shows an English shop.
"""

import io
import subprocess
import sys
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.browser.demo import Demo, demo
from tests.browser.sights import SIGHTS

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
LANGUAGES = {"zh-hans": "zh", "en": "en"}
SIZES = {"phone": (390, 844), "desk": (1280, 860)}
QUALITY = 80
TOTAL_MAX = 12_000_000


def main() -> None:
    """Write docs/screenshots/NAME-LANGUAGE-SIZE-THEME.webp. Raises SystemExit over 12 MB in all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    for language in LANGUAGES:
        # A process each: Django knows one installation only.
        subprocess.run([sys.executable, "-m", "tests.browser.screenshots", language], cwd=FOLDER.parents[1], check=True)
    total = sum(path.stat().st_size for path in FOLDER.glob("*"))
    print(f"{len(list(FOLDER.glob('*.webp')))} pictures, {total / 1e6:.1f} MB")
    if total > TOTAL_MAX:
        raise SystemExit(f"more than {TOTAL_MAX / 1e6:.0f} MB")


def shoot(browser: Browser, running: Demo, language: str) -> None:
    """Every pictured sight, by who may see it."""
    for sight in (sight for sight in SIGHTS if sight.pictured):
        for (name, size), theme in product(SIZES.items(), ("light", "dark")):
            context = running.window(browser, sight, language=language, theme=theme, size=size)
            page = context.new_page()
            page.goto(sight.address(running.facts))
            if not sight.is_at(page.url, running.facts):
                raise SystemExit(f"{sight.name}: sent to {page.url}")
            keep(page, f"{sight.name}-{LANGUAGES[language]}-{name}-{theme}")
            context.close()
        print(LANGUAGES[language], sight.name, flush=True)


def keep(page: Page, name: str) -> None:
    """What is seen without scrolling."""
    page.wait_for_load_state("load")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def take(language: str) -> None:
    """The pictures of one language."""
    with demo(language) as running, chromium() as browser:
        shoot(browser, running, language)


if __name__ == "__main__":
    take(sys.argv[1]) if sys.argv[1:] else main()
