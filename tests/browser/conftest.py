"""Browsers against the live server, with the clock of the pages."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from shouhou.plumbing import clock
from tests.browser.chromium import chromium
from tests.world import World


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    # The server's threads give their connections back, so that the database can be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return World(now=clock.now())


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; the test's own look into the database is still synchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium() as started:
        yield started


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Page:
    """A consumer's phone: narrow, and without JavaScript, which no page needs."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False
    )
    return context.new_page()


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer) -> Page:
    """A desk in the warehouse; what the browser complains about on the console fails the test."""
    page = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    return page
