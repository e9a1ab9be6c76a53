"""Buying a protection plan on a page: all is told before it is paid, nothing is chosen for anybody; and the list of sold plans (PLN-03)."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from shouhou.payments.models import Charge
from shouhou.plans.models import Plan, Purchase
from tests.stories.repairing import PHONE, pays
from tests.world import THIRD, World


def plans_page(client: Client, order: str) -> str:
    return client.get(reverse("web:plans", args=[order])).content.decode()


def test_price_cover_exclusions_and_period_are_told_and_nothing_is_preselected(world: World, buyer: Callable[..., Client]) -> None:
    client, order = buyer(), world.order(**PHONE)
    assert reverse("web:plans", args=[order]) in client.get(reverse("web:order", args=[order])).content.decode()
    html = plans_page(client, order)
    for told in ("碎屏保", "240.00", "不含机身损坏、进液、丢失与被盗", "付款当天起 12 个月", "按剩余天数退还", "损坏部位照片", "可购买至"):
        assert told in html
    assert len(re.findall(r'type="radio" name="kind"', html)) == 3 and "checked" not in html
    assert "厂家延长质保" not in html, "what has no price is not sold here"


def test_chosen_it_leads_to_the_payment_once_and_paid_it_stands_among_ones_plans(world: World, buyer: Callable[..., Client]) -> None:
    client, order = buyer(), world.order(**PHONE)
    key = re.search(r'name="once" value="([^"]+)"', plans_page(client, order))
    assert key is not None
    sent = {"once": key[1], "line": "1", "kind": "screen"}
    first, again = (client.post(reverse("web:plans", args=[order]), sent) for _ in range(2))
    charge = Charge.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == reverse("web:pay", args=[charge.number])
    shown = client.get(reverse("web:pay", args=[charge.number])).content.decode()
    assert "保障计划" in shown and reverse("web:plans", args=[order]) in shown
    pays(world, Purchase.objects.get().number)
    html = plans_page(client, order)
    assert Plan.objects.get().number in html and 'value="screen"' not in html
    assert "保障计划已生效" in client.get(reverse("web:pay", args=[charge.number])).content.decode()


def test_nothing_chosen_is_told_and_asks_for_nothing(world: World, buyer: Callable[..., Client]) -> None:
    client, order = buyer(), world.order(**PHONE)
    answer = client.post(reverse("web:plans", args=[order]), {"line": "1"})
    assert (answer.status_code, Charge.objects.count()) == (409, 0)
    assert 'role="alert"' in answer.content.decode()


def test_sold_plans_are_listed_by_state_and_a_shop_sees_its_own(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client]
) -> None:
    client, order = buyer(), world.order(**PHONE, **THIRD)
    world.order(merchant={"code": "m2", "channel": "third", "name": "别家"})
    client.post(reverse("web:plans", args=[order]), {"line": "1", "kind": "accident"})
    pays(world, Purchase.objects.get().number)
    number = Plan.objects.get().number
    listed = reverse("web:plans_sold")
    for reader, seen in ((staff("supervisor"), True), (staff("merchant_manager", "m1"), True), (staff("merchant_manager", "m2"), False)):
        assert (number in reader.get(listed).content.decode()) is seen
        assert (number in reader.get(reverse("web:plans_export", args=["csv"])).getvalue().decode()) is seen
    house = staff("supervisor")
    assert number not in house.get(f"{listed}?shown=ended").content.decode()
    assert number in house.get(f"{listed}?kind=accident&q={order}").content.decode()
    assert number not in house.get(f"{listed}?kind=screen").content.decode()
    assert staff("inspector").get(listed).status_code == 403
