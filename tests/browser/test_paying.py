"""A consumer pays in a browser: at the channel and back, declined and again without JavaScript, and inside WeChat, whose cashier
opens by itself once (`pay.js`)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from shouhou.payments.models import Charge
from shouhou.payments.tests.chinese_houses import WeChatHouse, wechat_house
from shouhou.web.tests.test_paying import INSIDE, spoken
from shouhou.web.tests.test_paying import PHONE as ON_PHONE
from tests.browser.conftest import PHONE, Open
from tests.conftest import Fake, Shop
from tests.stories.test_charges import wanting
from tests.world import World

# Only the app has this: it hands what our page says to WeChat, which answers by the callback. `?late`: it comes after the page.
BRIDGE = """(() => {
  window.asked = [];
  const bridge = { invoke: (name, told, answer) => {
    window.asked.push(name);
    window.wechat(told).then((said) => answer({ err_msg: said }));
  } };
  const come = () => { window.WeixinJSBridge = bridge; document.dispatchEvent(new Event("WeixinJSBridgeReady")); };
  if (LATE) window.addEventListener("load", () => setTimeout(come, 300)); else window.WeixinJSBridge = bridge;
})();"""


@pytest.fixture
def wechat(settings: Settings, tmp_path: Path) -> Iterator[WeChatHouse]:
    with wechat_house(tmp_path) as found:
        settings.PAYMENT_CHANNELS, settings.CHARGE_CHANNEL = {"wechat": found.server.settings()}, "wechat"
        yield found


@pytest.fixture
def ask(world: World, shop: Shop, settings: Settings, live_server: LiveServer) -> Callable[[], Charge]:
    """60.00 that a dearer replacement costs more, made out by the channel that is set up."""
    settings.BASE_URL = live_server.url
    world.later(days=-3)

    def asked() -> Charge:
        wanting(world, shop, 25900)
        return spoken(Charge.objects.get(), world)

    return asked


def test_who_pays_at_the_channel_comes_back_and_the_page_says_so_by_itself(
    world: World, fake: Fake, ask: Callable[[], Charge], open_browser: Open
) -> None:
    charge = ask()
    page = open_browser("consumer", viewport=PHONE).new_page()
    page.goto(f"/cases/{charge.subject}/")
    page.locator(f'a[href="/pay/{charge.number}/"]').first.click()
    page.get_by_role("link", name="支付 ¥60.00").click()
    page.get_by_role("button", name="支付 Pay").click()
    page.wait_for_url(f"**/pay/{charge.number}/")
    spoken(charge, world)
    expect(page.locator(".pay")).to_contain_text("已收到您的付款")
    assert (charge.state, [each["amount"] for each in fake.server.till.received]) == ("paid", [6000])
    expect(page.get_by_role("link", name="支付 ¥60.00")).to_have_count(0)


def test_without_javascript_a_declined_payment_is_tried_again_and_paid_once(
    world: World, fake: Fake, ask: Callable[[], Charge], open_browser: Open
) -> None:
    charge = ask()
    page = open_browser("consumer", viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"/pay/{charge.number}/")
    page.get_by_role("link", name="支付 ¥60.00").click()
    page.get_by_role("button", name="放弃 Decline").click()
    check(page, charge, world)
    expect(page.locator(".pay")).to_contain_text("上一次付款未成功，没有扣款")
    page.get_by_role("button", name="重新支付").click()
    spoken(charge, world)
    page.goto(f"/pay/{charge.number}/")
    page.get_by_role("link", name="支付 ¥60.00").click()
    page.get_by_role("button", name="支付 Pay").click()
    check(page, charge, world)
    expect(page.locator(".pay")).to_contain_text("已收到您的付款")
    assert [each["amount"] for each in fake.server.till.received] == [6000]


def check(page: Page, charge: Charge, world: World) -> None:
    """Back at our page the consumer asks what became of it, and the job hears it."""
    page.wait_for_url(f"**/pay/{charge.number}/")
    button = page.get_by_role("button", name="我已支付，核对结果")
    if button.count():
        button.click()
    spoken(charge, world)
    page.goto(f"/pay/{charge.number}/")


@pytest.mark.parametrize("late", [False, True])
def test_inside_wechat_the_cashier_opens_by_itself_once_and_the_button_opens_it_again(
    world: World, wechat: WeChatHouse, ask: Callable[[], Charge], open_browser: Open, late: bool
) -> None:
    charge, gave_up = ask(), [True]
    page = open_browser("consumer", viewport=PHONE, user_agent=INSIDE["User-Agent"]).new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)

    def app(told: dict[str, str]) -> str:
        """The consumer closes the cashier the first time, and pays the second time."""
        if gave_up and gave_up.pop():
            return "get_brand_wcpay_request:cancel"
        return str(httpx.post(f"{wechat.server.url}/_bridge", json=told).json()["err_msg"])

    page.expose_function("wechat", app)
    page.add_init_script(BRIDGE.replace("LATE", "true" if late else "false"))
    page.goto(f"/pay/{charge.number}/")
    page.get_by_role("link", name="微信支付").click()
    page.wait_for_url(f"**/pay/{charge.number}/?go=*")
    expect(page.locator(".pay")).to_contain_text("付款链接准备中")
    spoken(charge, world)
    spoken(charge, world)
    button = page.locator("[data-cashier] button")
    expect(button).to_be_visible()
    page.wait_for_function("window.asked.length === 1")
    # The page asks for itself once a second: nothing opens again what the consumer has closed.
    page.wait_for_timeout(2500)
    assert page.evaluate("window.asked") == ["getBrandWCPayRequest"] and wechat.received() == []
    button.click()
    expect(page.locator("main")).to_contain_text("正在与支付渠道核对")
    assert wechat.received() == [6000]
    spoken(charge, world)
    page.goto(f"/pay/{charge.number}/")
    expect(page.locator(".pay")).to_contain_text("已收到您的付款")
    assert charge.state == "paid"


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_wechats_page_opens_by_itself_or_by_its_button(
    world: World, wechat: WeChatHouse, ask: Callable[[], Charge], open_browser: Open, script: bool
) -> None:
    charge = ask()
    page = open_browser("consumer", viewport=PHONE, user_agent=ON_PHONE["User-Agent"], java_script_enabled=script).new_page()
    page.goto(f"/pay/{charge.number}/")
    page.get_by_role("button", name="微信支付").click()
    page.wait_for_url(f"**/pay/{charge.number}/?go=*")
    spoken(charge, world)
    spoken(charge, world)
    if not script:
        page.get_by_role("link", name="刷新").click()
        page.get_by_role("link", name="打开微信付款").click()
    page.wait_for_url(f"{wechat.server.url}/**")
    page.locator("button").first.click()
    page.wait_for_url(f"**/pay/{charge.number}/")
    assert wechat.received() == [6000]
    spoken(charge, world)
    page.goto(f"/pay/{charge.number}/")
    expect(page.locator(".pay")).to_contain_text("已收到您的付款")
