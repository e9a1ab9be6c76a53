"""The camera at the inspector's bench: a browser that reads no codes itself shows the server what its camera sees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import chromium
from tests.browser.ground import sign_in
from tests.world import World

WIDTH, HEIGHT, SCALE = 640, 480, 10
WHITE, BLACK, GREY = b"\xeb", b"\x10", b"\x80"


def film(text: str) -> bytes:
    """Two pictures of a QR code as Y4M: what Chromium takes for a camera."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(scale=SCALE, border=4)]
    assert len(rows) <= HEIGHT
    top, left = (HEIGHT - len(rows)) // 2, (WIDTH - len(rows)) // 2
    plane = bytearray(WHITE * (WIDTH * HEIGHT))
    for y, row in enumerate(rows):
        start = (top + y) * WIDTH + left
        plane[start : start + len(row)] = b"".join(BLACK if dark else WHITE for dark in row)
    frame = b"FRAME\n" + bytes(plane) + GREY * (WIDTH * HEIGHT // 2)
    return b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT) + frame * 2


@pytest.fixture
def with_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Browser, Path]]:
    """A browser whose camera shows the file."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    path = tmp_path / "code.y4m"
    path.write_bytes(film("R-0000-0000-0"))
    arguments = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}", "--use-fake-ui-for-media-stream")
    with chromium(*arguments) as browser:
        yield browser, path


def test_the_camera_reads_the_slip_and_the_case_opens(
    world: World, live_server: LiveServer, with_camera: tuple[Browser, Path]
) -> None:  # fmt: skip
    case = str(world.apply(world.order())["number"])
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000078")
    browser, path = with_camera
    path.write_bytes(film(case))
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1024, "height": 768}, permissions=["camera"], locale="zh-CN")
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in sign_in("inspector").items()])
    page = context.new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    page.goto("/inspect/")
    page.get_by_role("button", name="摄像头").click()
    expect(page).to_have_url(f"{live_server.url}/inspect/{case}/unpack/")
    context.close()
