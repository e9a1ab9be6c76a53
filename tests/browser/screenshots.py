"""`make screenshots`: every main page of a fresh demo in both languages, both widths and both themes, small.

Each language has a demo of its own: an English picture shows an English shop. `python -m tests.browser.screenshots NAME …` takes
those sights anew and leaves the other pictures.
"""

import io
import re
import subprocess
import sys
from collections.abc import Sequence
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
SHOT = re.compile(r"(.+)-(?:zh|en)-(?:phone|desk)-(?:light|dark)")
QUALITY = 70
TOTAL_MAX = 10_000_000


def main() -> None:
    """Write docs/screenshots/NAME-LANGUAGE-SIZE-THEME.webp. Raises SystemExit over 10 MB in all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = sys.argv[1:]
    for old in FOLDER.glob("*.webp"):
        if not names or SHOT.sub(r"\1", old.stem) in names:
            old.unlink()
    for language in LANGUAGES:
        # A process each: Django knows one installation only.
        subprocess.run([sys.executable, "-m", "tests.browser.screenshots", f"--{language}", *names], cwd=FOLDER.parents[1], check=True)
    total = sum(path.stat().st_size for path in FOLDER.glob("*"))
    print(f"{len(list(FOLDER.glob('*.webp')))} pictures, {total / 1e6:.1f} MB")
    if total > TOTAL_MAX:
        raise SystemExit(f"more than {TOTAL_MAX / 1e6:.0f} MB")


def shoot(browser: Browser, running: Demo, language: str, names: Sequence[str]) -> None:
    """Every pictured sight (of those named, when some are), by who may see it."""
    for sight in (sight for sight in SIGHTS if sight.pictured and (not names or sight.name in names)):
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


def take(language: str, names: Sequence[str]) -> None:
    """The pictures of one language."""
    with demo(language) as running, chromium() as browser:
        shoot(browser, running, language, names)


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].startswith("--"):
        take(sys.argv[1].removeprefix("--"), sys.argv[2:])
    else:
        main()
