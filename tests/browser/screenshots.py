"""`make screenshots`: every main page of a fresh demo in both languages, both widths and both themes, small."""

import io
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
    with demo() as running, chromium() as browser:
        shoot(browser, running)
    total = sum(path.stat().st_size for path in FOLDER.glob("*"))
    print(f"{len(list(FOLDER.glob('*.webp')))} pictures, {total / 1e6:.1f} MB")
    if total > TOTAL_MAX:
        raise SystemExit(f"more than {TOTAL_MAX / 1e6:.0f} MB")


def shoot(browser: Browser, running: Demo) -> None:
    """Every pictured sight, by who may see it."""
    for sight in (sight for sight in SIGHTS if sight.pictured):
        for (language, short), (name, size), theme in product(LANGUAGES.items(), SIZES.items(), ("light", "dark")):
            context = running.window(browser, sight, language=language, theme=theme, size=size)
            page = context.new_page()
            page.goto(sight.address(running.facts))
            keep(page, f"{sight.name}-{short}-{name}-{theme}")
            context.close()
        print(sight.name, flush=True)


def keep(page: Page, name: str) -> None:
    """What is seen without scrolling."""
    page.wait_for_load_state("load")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
