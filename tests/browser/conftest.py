"""Browsers against the live server, with the clock of the pages."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.accounts.signin import link_for
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from tests.browser.chromium import chromium
from tests.world import World

Open = Callable[..., BrowserContext]
TIMEOUT_MS = 30_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    # The server's threads give their connections back, so that the database can be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return World(now=clock.now())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; the test's own look into the database is still synchronous.
    with pytest.MonkeyPatch.context() as patch, chromium() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@pytest.fixture
def open_browser(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """A browser window of somebody: `who` is "" for a stranger, "consumer" (the world's first buyer) or a role of staff."""
    opened: list[BrowserContext] = []

    def window(who: str = "", *, language: str = "zh-hans", theme: str = "", **options: object) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, locale="zh-CN", **options)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        opened.append(context)
        cookies = {"django_language": language, "theme": theme, **sign_in(who)}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items() if value])
        return context

    yield window
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_browser: Open) -> Page:
    """A consumer's phone: narrow, and without JavaScript, which no page needs."""
    return open_browser(viewport=PHONE, java_script_enabled=False).new_page()


@pytest.fixture
def desk(world: World, open_browser: Open) -> Page:
    """The inspector's desk in the warehouse; what the browser complains about on the console fails the test."""
    page = open_browser("inspector", viewport=DESK).new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    return page


def sign_in(who: str) -> dict[str, str]:
    """The session cookie of a buyer who came by the shop's link, or of a member of staff of the house."""
    if not who:
        return {}
    client = Client()
    if who == "consumer":
        client.get(shop_link())
    else:
        kind = "merchant" if who.startswith("merchant_") else "operator"
        house, _ = Organisation.objects.get_or_create(code=kind, defaults={"name": "平台", "kind": kind})
        if kind == "merchant":
            Merchant.objects.filter(code="self").update(organisation=house)
        user, _ = User.objects.get_or_create(username=f"the-{who}", defaults={"role": who, "organisation": house, "first_name": "陆工"})
        client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def shop_link(order: str = "") -> str:
    """The shop's signed link of the world's first buyer."""
    link = link_for(Buyer.objects.order_by("pk")[0], expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET)
    return link + (f"&order={order}" if order else "")
