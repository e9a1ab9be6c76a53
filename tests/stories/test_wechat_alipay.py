"""Returns and repairs whose money goes through WeChat Pay or Alipay: real moves, servers of their protocols that tell us."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from shouhou.ledger.queries import trial_balance
from shouhou.payments.channels.alipay.fake import desk as alipay_desk
from shouhou.payments.models import CallbackReceipt, Charge, ChargeReceipt, Refund
from shouhou.payments.tests.chinese_houses import AlipayHouse, WeChatHouse, alipay_house, wechat_house
from shouhou.payments.tests.conftest import work
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.plumbing.models import Event
from tests.stories.repairing import PHONE, diagnosed, home, on_bench, repaired, technician
from tests.stories.test_charges import spoken
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db(transaction=True)
Both = WeChatHouse | AlipayHouse
MAKERS: dict[str, Callable[[Path], AbstractContextManager[Both]]] = {"wechat": wechat_house, "alipay": alipay_house}
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module", params=sorted(MAKERS))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with MAKERS[request.param](tmp_path_factory.mktemp(request.param)) as house:
        yield house


@pytest.fixture
def house(running: Both, settings: Settings, live_server: LiveServer) -> Both:
    """The tender of this name goes through it, and it tells us at the address that it was given."""
    name = name_of(running)
    running.server.script.clear()
    settings.BASE_URL = live_server.url
    settings.PAYMENT_CHANNELS = {name: running.server.settings()}
    settings.TENDER_CHANNELS, settings.CHARGE_CHANNEL = {name: name}, name
    running.server.callback = f"{live_server.url}/api/v1/callbacks/payments/{name}"
    return running


def name_of(house: Both) -> str:
    return "wechat" if isinstance(house, WeChatHouse) else "alipay"


def until(what: Callable[[], bool]) -> None:
    """They tell when they like."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < limit, "nobody told us"
        time.sleep(0.05)


def goods_accepted(world: World, house: Both, channel: dict[str, Any]) -> Refund:
    """A return of a kettle that had been paid there, its refund on the way."""
    payment = {"tender": name_of(house), "amount": 19900, "reference": house.paid(19900).reference}
    number = world.received(order={"payments": [payment], **channel})
    staff = world.staff("merchant_operator", "user:7", merchant="m1") if channel else world.staff("inspector")
    assert world.move(number, "accept", actor=staff)["status"] == "refunding"
    return Refund.objects.get(subject=number)


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_return_ends_with_the_money_back_where_it_came_from(world: World, house: Both, channel: dict[str, Any]) -> None:
    before, refund = len(house.refunds()), goods_accepted(world, house, channel)
    if isinstance(house, WeChatHouse):
        # As it mostly is: accepted now, there in a minute, and told.
        house.server.behave("processing")
        assert work(refund, now=world.now) == [False]
        house.server.finish(refund.parts.get().idempotency_key.hex, "SUCCESS")
        until(lambda: CallbackReceipt.objects.count() == 1)
    else:
        assert work(refund, now=world.now) == [True]
    assert (world.case(refund.subject)["status"], house.refunds()[before:]) == ("refunded", [19900])
    assert work(refund, now=world.now) == [None] and trial_balance() == {"CNY": 0}
    assert Event.objects.filter(type="refund.settled").count() == 1


def test_four_workers_while_answers_are_lost_pay_once(world: World, house: Both) -> None:
    before, refund = len(house.refunds()), goods_accepted(world, house, {})
    house.server.behave("lost", "error", "lost")
    at_once(lambda place: work(Refund.objects.get(), now=world.now))
    while refund.state != "settled":
        work(refund, now=world.now)
    assert house.refunds()[before:] == [19900] and Event.objects.filter(type="refund.settled").count() == 1


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_repair_is_paid_by_scanning_told_done_and_earned(world: World, house: Both, channel: dict[str, Any]) -> None:
    before, number = len(house.received()), on_bench(world, PHONE, channel)
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    lines = [{"what": "屏幕", "amount": 12000}]
    world.move(number, "quote", actor=technician(world, number), parts_fee=12000, labour_fee=6000, lines=lines)
    world.move(number, "accept_quote", actor=world.buyer())
    charge = spoken(world, Charge.objects.get())
    assert charge.pay_url.startswith(("weixin://", "https://qr.alipay.com/"))
    if isinstance(house, AlipayHouse):
        alipay_desk.scan(house.server.trades, charge.channel_key.hex)
    house.pay(charge.channel_key, charge.pay_url)
    # Nobody asks: it is told.
    until(lambda: Charge.objects.get().state == "paid")
    house.pay(charge.channel_key, charge.pay_url)
    until(lambda: ChargeReceipt.objects.count() == 2)
    assert world.case(number)["status"] == "repairing" and Event.objects.filter(type="charge.paid").count() == 1
    repaired(world, number)
    home(world, number)
    assert world.move(number, "confirm_repair", actor=world.buyer())["outcome"] == "repaired"
    assert Charge.objects.get().earned_at == world.now and set(trial_balance().values()) <= {0}
    assert house.received()[before:] == [18000]
