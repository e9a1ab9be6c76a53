"""Sending back on the consumer's case: the courier by its number, the way that was chosen, pickups in words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.logistics.models import Parcel
from shouhou.web.shared.transport import told_pickups
from shouhou.web.tests.conftest import ADDRESS
from tests.world import World


@pytest.fixture
def case(world: World) -> str:
    return str(world.apply(world.order())["number"])


def test_a_number_whose_letters_say_it_needs_no_courier_chosen(world: World, buyer: Callable[..., Client], case: str) -> None:
    form = {"version": world.case(case)["version"], "carrier": "", "tracking_number": "yt 1234567890123"}
    assert buyer().post(reverse("web:move", args=[case, "ship"]), form).status_code == 302
    assert Parcel.objects.values_list("carrier", "tracking_number").get() == ("YTO", "YT1234567890123")


def test_a_number_that_only_looks_like_a_courier_is_asked_about_and_kept(
    world: World, buyer: Callable[..., Client], case: str
) -> None:
    form = {"version": world.case(case)["version"], "carrier": "", "tracking_number": "75312345678901"}
    answer = buyer().post(reverse("web:move", args=[case, "ship"]), form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "看起来像中通快递，请确认并选择快递公司。" in html
    assert 'value="75312345678901"' in html
    assert world.case(case)["status"] == "awaiting_goods"
    assert Parcel.objects.count() == 0


def test_the_hint_beside_the_number_names_the_courier(buyer: Callable[..., Client], case: str) -> None:
    address = reverse("web:courier", args=[case])
    assert 'data-courier="SF"' in buyer().get(address, {"tracking_number": "SF1234567890123"}).content.decode()
    assert 'data-courier-pick="ZTO"' in buyer().get(address, {"tracking_number": "75312345678901"}).content.decode()
    assert "认不出这个单号" in buyer().get(address, {"tracking_number": "QQQQQQ1234"}).content.decode()
    assert buyer().get(address, {"tracking_number": "SF"}).content.strip() == b""


def test_the_hint_is_for_the_cases_own_buyer(buyer: Callable[..., Client], case: str) -> None:
    address = reverse("web:courier", args=[case])
    assert buyer("somebody-else").get(address, {"tracking_number": "SF1234567890123"}).status_code == 404
    assert Client().get(address, {"tracking_number": "SF1234567890123"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "move"), [("pickup", "book_pickup"), ("ship_back", "ship"), ("drop_off", "drop_off")]
)
def test_the_one_next_action_follows_the_way_that_was_chosen(
    world: World, buyer: Callable[..., Client], method: str, move: str
) -> None:
    case = world.apply(world.order(address=ADDRESS), return_method=method, contact={"name": "林一", "phone": "13800000001"})["number"]
    if world.case(case)["status"] != "awaiting_goods":
        world.move(case, "cancel_pickup", actor=world.buyer())
    html = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert re.findall(r'action="/cases/[^/]+/moves/(\w+)/"', html) == [move]
    assert html.count('class="primary big"') == 1


def test_the_return_address_is_there_with_its_number_to_show(buyer: Callable[..., Client], case: str) -> None:
    html = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert f'data-copy="仓库 13900000000 广东省广州市仓库路 8 号 {case}"' in html
    assert "<svg" in html
    assert f'<strong class="num">{case}</strong>' in html


def test_a_pickup_that_failed_says_so_and_what_to_do() -> None:
    newest, older = told_pickups([{"state": "failed"}, {"state": "cancelled"}])
    assert (newest["tone"], newest["now"]) == ("bad", True)
    assert "请重新预约或自行寄回" in newest["sentence"]
    assert older["now"] is False
