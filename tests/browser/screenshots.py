"""Pictures of the running demo for the documentation: `make run` in one window, `make screenshots` in the other."""

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from shouhou.plumbing.embedded import data_folder, database
from tests.browser.chromium import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PHONE, DESK = (390, 844), (1280, 860)


@dataclass(frozen=True, slots=True)
class Demo:
    """How to get in: the shop's link of a buyer, the staff's password, and a case worth seeing."""

    link: str
    password: str
    order: str
    line: int
    case: str


def main(address: str) -> None:
    """Write docs/screenshots/*.png, few and small, of the demo that runs at `address`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    with database(data_folder()):
        demo = _look()
    FOLDER.mkdir(parents=True, exist_ok=True)
    # In a thread of its own: Playwright's loop and Django's connections do not share one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_shoot, address, demo).result()


def _look() -> Demo:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from shouhou.accounts.signin import link_for
    from shouhou.cases.models import Case
    from shouhou.demo.staff import demo_secrets
    from shouhou.orders.models import OrderLine
    from shouhou.plumbing import clock

    found = Case.objects.select_related("buyer").filter(closed_at=None, return_address__isnull=False).order_by("-version").first()
    if found is None:
        raise SystemExit("演示数据还没有售后单，请先 make run / the demo has no cases yet: make run first")
    lines = OrderLine.objects.filter(order__buyer=found.buyer, claimed_quantity=0).select_related("order")
    line = lines.order_by("-order__placed_at").first() or OrderLine.objects.filter(order=found.order).first()
    if line is None:
        raise SystemExit("没有订单行 / no order line")
    expires = clock.now() + timedelta(hours=1)
    demo = Demo(
        link_for(found.buyer, expires=expires, secret=settings.SHOP_LINK_SECRET), demo_secrets().password,
        line.order.number, line.line, found.number,
    )  # fmt: skip
    connections.close_all()
    return demo


def _shoot(address: str, demo: Demo) -> None:
    with chromium() as browser:
        for language in ("zh-hans", "en"):
            mine = _page(browser, address, language, PHONE)
            mine.goto(demo.link)
            for name, path in (
                ("order", f"/orders/{demo.order}/"), ("apply", f"/orders/{demo.order}/apply/?line={demo.line}"),
                ("case", f"/cases/{demo.case}/"),
            ):  # fmt: skip
                mine.goto(path)
                _keep(mine, f"consumer-{name}-{language}")
            desk = _page(browser, address, language, DESK)
            desk.goto("/staff/sign-in/")
            desk.locator("#id_username").fill("supervisor")
            desk.locator("#id_password").fill(demo.password)
            desk.locator("main button.primary").click()
            desk.wait_for_url("**/staff/")
            for name, path in (("queue", "/staff/"), ("case", f"/staff/cases/{demo.case}/")):
                desk.goto(path)
                _keep(desk, f"staff-{name}-{language}")


def _page(browser: Browser, address: str, language: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(base_url=address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    return context.new_page()


def _keep(page: Page, name: str) -> None:
    """What is seen without scrolling, in 128 colours: some tens of kilobytes."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(FOLDER / f"{name}.png", optimize=True)
    print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
