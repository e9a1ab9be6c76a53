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
    """How to get in – the shop's links of two buyers, the staff's password – and what is worth seeing there."""

    order_link: str
    order: str
    case_link: str
    case: str
    password: str
    staff_case: str


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

    from shouhou.accounts.models import Buyer
    from shouhou.accounts.signin import link_for
    from shouhou.cases.models import Case
    from shouhou.demo.staff import demo_secrets
    from shouhou.orders.models import OrderLine
    from shouhou.plumbing import clock

    waiting = Case.objects.select_related("buyer").filter(closed_at=None)
    # What asks most of its reader: a deduction to agree to, an application to review, an order inside its windows.
    found = waiting.filter(waits_on="consumer").order_by("-deduction_minor", "-version").first()
    reviewed = waiting.filter(waits_on="reviewer").order_by("due_at").first() or found
    lines = OrderLine.objects.filter(received_on__isnull=False).exclude(order__lines__claimed_quantity__gt=0)
    line = lines.select_related("order__buyer").order_by("-order__placed_at").first()
    if found is None or reviewed is None or line is None:
        raise SystemExit("演示数据还没有售后单，请先 make run / the demo has no cases yet: make run first")
    expires = clock.now() + timedelta(hours=1)

    def link(buyer: Buyer) -> str:
        return link_for(buyer, expires=expires, secret=settings.SHOP_LINK_SECRET)

    demo = Demo(
        link(line.order.buyer), line.order.number, link(found.buyer), found.number, demo_secrets().password, reviewed.number
    )
    connections.close_all()
    return demo


def _shoot(address: str, demo: Demo) -> None:
    with chromium() as browser:
        for name, language, link, path in (
            ("consumer-order", "zh-hans", demo.order_link, f"/orders/{demo.order}/"),
            ("consumer-case", "en", demo.case_link, f"/cases/{demo.case}/"),
        ):
            mine = _page(browser, address, language, PHONE)
            mine.goto(link)
            mine.goto(path)
            _keep(mine, f"{name}-{language}")
        for name, language, path in (("staff-queue", "zh-hans", "/staff/"), ("staff-case", "en", f"/staff/cases/{demo.staff_case}/")):
            desk = _page(browser, address, language, DESK)
            desk.goto("/staff/sign-in/")
            desk.locator("#id_username").fill("supervisor")
            desk.locator("#id_password").fill(demo.password)
            desk.locator("main button.primary").click()
            desk.wait_for_url("**/staff/")
            desk.goto(path)
            _keep(desk, f"{name}-{language}")


def _page(browser: Browser, address: str, language: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(base_url=address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    return context.new_page()


def _keep(page: Page, name: str) -> None:
    """What is seen without scrolling, in 128 colours: some tens of kilobytes."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(FOLDER / f"{name}.png", optimize=True)
    print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
