"""A plan that a buyer buys is told to them, and what was sold to the shop's people; each once, in their language."""

from typing import Any

import httpx
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.cases.plan_sales import buy_plan
from shouhou.merchants.models import Merchant
from shouhou.notifications.handlers import on_event
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.payments.actions import try_charge_again
from shouhou.payments.actions.charge_sending import begin_charge
from shouhou.payments.models import Charge
from shouhou.plumbing.events import EVENT_TYPES, publish
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from tests.conftest import Fake
from tests.stories.repairing import PHONE, pays
from tests.stories.test_charges import spoken
from tests.world import QUALITY, THIRD, World

pytestmark = pytest.mark.django_db


def asked(world: World, kind: str = "screen", **order: Any) -> str:
    """The number of the purchase, asked for and not yet paid."""
    number = world.order(**PHONE, **order)
    return buy_plan(number, line=1, kind=kind, actor=world.buyer(), now=world.later(days=2).now).number


def told(world: World) -> list[tuple[str, str]]:
    tell_all(world.now)
    tell_all(world.now)
    return list(Notice.objects.filter(channel="site").order_by("id").values_list("template", "recipient"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_was_bought_is_told_with_what_it_covers_until_when_and_where_it_stands(world: World, fake: Fake, language: str) -> None:
    number = asked(world, **THIRD)
    me = Buyer.objects.get()
    Buyer.objects.update(language=language)
    house = Organisation.objects.create(code="m1-org", name="老王百货", kind="merchant")
    Merchant.objects.filter(code="m1").update(organisation=house)
    seller = User.objects.create(username="seller", role="merchant_manager", organisation=house)
    User.objects.create(username="other", role="merchant_manager", organisation=Organisation.objects.create(code="x", kind="merchant"))
    pays(world, number)
    assert told(world) == [("plan_bought", f"buyer:{me.id}"), ("shop_plan_bought", f"user:{seller.id}")]
    notice = Notice.objects.get(template="plan_bought", channel="site")
    order = Charge.objects.get().order.number
    said = {
        "zh-hans": ["碎屏保", "240.00 元", number, "屏幕因意外碎裂时免费换屏一次", "2026 年 3 月 12 日 至 2027 年 3 月 12 日"],
        "en": ["Screen cover", "CNY 240.00", number, "One new screen after an accident", "12 Mar 2026 to 12 Mar 2027"],
    }[language]
    assert all(each in notice.body for each in said), notice.body
    assert f"/orders/{order}/plans/" in notice.body and "…" not in notice.title + notice.body
    assert f"/staff/plans/?q={number}" in Notice.objects.get(template="shop_plan_bought", channel="site").body


def test_an_extended_warranty_says_that_it_begins_when_the_other_ends(world: World, fake: Fake) -> None:
    pays(world, asked(world, "extended"))
    told(world)
    assert "基本保修期满之日起 12 个月" in Notice.objects.get(template="plan_bought", channel="site").body


def test_a_payment_that_failed_says_until_when_it_can_be_tried_again_and_where(world: World, fake: Fake) -> None:
    asked(world)
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "decline"})
    charge = spoken(world, charge)
    assert [template for template, _ in told(world)] == ["plan_payment_failed"]
    body = Notice.objects.get(channel="site").body
    assert f"/pay/{charge.number}/" in body and "2026 年 3 月 13 日" in body
    try_charge_again(charge.number, now=world.now)
    charge = spoken(world, charge)
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    assert [template for template, _ in told(world)] == ["plan_payment_failed", "plan_bought"]


def test_what_was_not_paid_in_time_was_not_bought(world: World, fake: Fake) -> None:
    asked(world)
    begin_charge(Charge.objects.get().id, now=world.later(hours=25).now)
    assert [template for template, _ in told(world)] == ["plan_unpaid"]


def test_goods_that_went_into_a_case_first_send_the_money_back_and_say_so(world: World, fake: Fake) -> None:
    number = asked(world)
    world.apply(Charge.objects.get().order.number, **QUALITY)
    pays(world, number)
    assert "plan_goods_gone" in [template for template, _ in told(world)]
    assert "240.00 元" in Notice.objects.get(template="plan_goods_gone", channel="site").body


@pytest.mark.parametrize(("kind", "data"), [
    ("plan.bought", {}), ("plan.payment_failed", {}), ("plan.not_bought", {"because": "unpaid"}),
    ("conversation.unread", {"side": "consumer"}),
])  # fmt: skip
def test_what_belongs_to_no_case_is_taken_up_from_the_feed(world: World, kind: str, data: dict[str, Any]) -> None:
    publish(EVENT_TYPES[kind], subject="PP-1", now=world.now, data=data)
    row = Event.objects.latest("id")
    on_event(FeedEvent(row.id, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data))
    assert ProcrastinateJob.objects.filter(task_name="notifications.notify", args__event_seq=row.id).count() == 1
