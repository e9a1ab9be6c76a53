"""What has to go out: by remaining time, scanned and shipped row by row, each once; nothing leaves with a wrong scan."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.cases.workflows import WORKFLOWS
from shouhou.logistics.models import Parcel
from shouhou.orders.models import Reservation
from shouhou.web.inspect.outgoing import _sends
from shouhou.web.tests.conftest import SHOP
from tests.world import QUALITY, World

LIST, SHIP = "web:outgoing", "web:outgoing_ship"


def owed(world: World, **order: Any) -> str:
    """An exchange whose replacement is held and has to go out."""
    wish = {"service": "exchange", **QUALITY, "answers": {"wanted": "same"}}
    case: str = world.apply(world.order(**order), **wish)["number"]
    world.move(case, "send_evidence", actor=world.buyer(), description="视频见附件")
    shop = "yunshang" if order else None
    world.move(case, "approve", actor=world.staff("merchant_manager" if shop else "reviewer", "user:8", merchant=shop), fault="seller")
    world.goods_back(case)
    world.later(days=-2)
    world.move(case, "accept", actor=world.staff("merchant_operator" if shop else "inspector", "user:7", merchant=shop))
    Reservation.objects.filter(subject=case, state="asking").update(state="held")
    world.move(case, "stock_held", actor=world.staff("system", "system"), sku="KETTLE")
    return case


def filled(client: Client, **fields: str) -> dict[str, Any]:
    """The list's form as it stands, with some fields filled in."""
    page = client.get(reverse(LIST)).content.decode()
    form: dict[str, Any] = {"number": re.findall(r'name="number" value="([^"]+)"', page)}
    form |= dict(re.findall(r'name="([^"]+-(?:version|move))" value="([^"]+)"', page))
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    return {**form, "once": once[1], **fields}


def test_several_go_out_in_one_go_and_a_wrong_scan_stops_only_its_own(world: World, staff: Callable[..., Client]) -> None:
    right, wrong, later = owed(world), owed(world), owed(world)
    client = staff("inspector")
    form = filled(client, **{
        f"{right}-tracking_number": "SF0000000000501", f"{right}-carrier": "SF", f"{right}-scanned": "KETTLE",
        f"{wrong}-tracking_number": "SF0000000000502", f"{wrong}-carrier": "SF", f"{wrong}-scanned": "CUP",
    })  # fmt: skip
    answer = client.post(reverse(SHIP), form)
    assert answer.status_code == 422
    assert "SF0000000000502" in answer.content.decode()  # what was typed is kept
    assert [world.case(case)["status"] for case in (right, wrong, later)] == [
        "replacement_shipped", "replacement_reserved", "replacement_reserved",
    ]  # fmt: skip
    assert not Parcel.objects.filter(tracking_number="SF0000000000502").exists()


def test_the_same_form_twice_ships_once(world: World, staff: Callable[..., Client]) -> None:
    case, client = owed(world), staff("inspector")
    form = filled(client, **{f"{case}-tracking_number": "SF0000000000501", f"{case}-carrier": "SF", f"{case}-scanned": "KETTLE"})
    for _ in range(2):
        answer = client.post(reverse(SHIP), form)
        assert answer.status_code == 200
        assert "已发出" in answer.content.decode()
    assert Parcel.objects.filter(tracking_number="SF0000000000501").count() == 1


def test_nothing_filled_in_sends_nothing_and_says_so(world: World, staff: Callable[..., Client]) -> None:
    case, client = owed(world), staff("inspector")
    assert "没有填写运单号" in client.post(reverse(SHIP), filled(client)).content.decode()
    assert world.case(case)["status"] == "replacement_reserved"


def test_a_shop_ships_its_own_and_sees_no_other(world: World, staff: Callable[..., Client]) -> None:
    case = owed(world, merchant=SHOP)
    own = staff("merchant_operator", shop="yunshang")
    assert case in own.get(reverse(LIST)).content.decode()
    world.order(merchant={"code": "other", "channel": "third", "name": "别家"})
    other = staff("merchant_operator", shop="other")
    assert case not in other.get(reverse(LIST)).content.decode()
    form = {"number": [case], f"{case}-tracking_number": "SF0000000000501", f"{case}-version": "1", "once": "k"}
    assert other.post(reverse(SHIP), form).status_code == 404
    assert world.case(case)["status"] == "replacement_reserved"
    assert staff("agent").get(reverse(LIST)).status_code == 403
    text = b"".join(own.get(reverse("web:outgoing_export", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert case in text


def test_what_only_comes_in_after_a_refund_is_nothing_to_send() -> None:
    sending = {move.name for workflow in WORKFLOWS.values() for move in workflow.moves if _sends(move)}
    assert {"send_back", "ship_repaired", "ship_replacement", "send_missing"} <= sending
    assert any(move.name == "goods_came_late" for workflow in WORKFLOWS.values() for move in workflow.moves)
    assert not {"goods_came_late", "receive", "ship"} & sending
