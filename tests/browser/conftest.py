"""Browsers against the live server, with the clock of the pages."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from shouhou.plumbing import clock
from tests.browser.chromium import chromium
from tests.browser.ground import shop_link, sign_in
from tests.world import World

__all__ = ["shop_link"]
Open = Callable[..., BrowserContext]
TIMEOUT_MS = 30_000
# A machine of two cores that also does something else: what is expected is waited for as long as a page is.
expect.set_options(timeout=TIMEOUT_MS)
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
    """A window of somebody: `who` is "" for a stranger, "asked" for one waiting for a code, "consumer" (the world's first
    buyer) or a role of staff."""
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
