"""Fields whose choices are the case's own: what the page as sold names, which difference of an exchange is meant."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.payments.models import Charge
from tests.conftest import Fake, Shop, shop
from tests.stories.test_as_sold import LAPTOP, NOT_AS_DESCRIBED
from tests.stories.test_difference_in_parts import back, returned, upgraded
from tests.world import World

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def test_what_the_page_named_is_chosen_and_not_typed(world: World, staff: Browser) -> None:
    number = world.apply(world.order(**LAPTOP), **NOT_AS_DESCRIBED)["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="系统信息截图")
    client, address = staff("reviewer"), reverse("web:staff_move", args=[number, "compare_page"])
    page = client.get(address).content.decode()
    assert all(f'<option value="{spec}">{spec}</option>' in page for spec in ("内存", "硬盘"))
    sent = {"version": world.case(number)["version"], "spec": "颜色", "found": "8 GB"}
    assert client.post(address, sent).status_code == 422 and "compared" not in Case.objects.get().details
    assert client.post(address, {**sent, "spec": "内存", "act": "confirm"}).status_code == 302
    assert [(each["spec"], each["differs"]) for each in Case.objects.get().details["compared"]] == [("内存", True)]


def test_the_one_difference_is_named_and_need_not_be_chosen(world: World, shop: Shop, fake: Fake, staff: Browser) -> None:
    number = returned(world, upgraded(world, shop, units=2), 1)
    client, address = staff("supervisor"), reverse("web:staff_move", args=[number, "settle_difference"])
    page = client.get(address).content.decode()
    assert f"电热水壶（补差价单 {Charge.objects.get().number}）" in page and "退回的商品中，换得的有几件" in page
    form = {"version": world.case(number)["version"], "units": "1", "note": "包装上印着大号", "act": "confirm"}
    answer = client.post(address, form)
    assert (answer.status_code, back()) == (302, [6001])
