"""Saying which unit goes back, on the pages: before the slip, at the desk, on the inspector's table (APP-15)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.web.tests.test_inspect import checks
from tests.world import World

Browser = Callable[..., Client]
PHONE: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "PH", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 19900, "paid": 19900,
               "serials": ["860001"]}],
}  # fmt: skip


@pytest.fixture
def case(world: World) -> str:
    return str(world.apply(world.order(**PHONE))["number"])


def form(world: World, case: str, **changes: Any) -> dict[str, Any]:
    return {"version": world.case(case)["version"], "items-1-sold": ["860001"], "items-1-serials": "", "accessories": "complete"} | changes


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def test_the_case_asks_for_the_unit_first_and_offers_no_slip(buyer: Browser, case: str) -> None:
    assert "确认要寄回的商品" in text_of(buyer().get(reverse("web:cases")))
    page = buyer().get(reverse("web:case", args=[case])).content.decode()
    assert f'action="{reverse("web:move", args=[case, "confirm_sending"])}"' in page
    assert reverse("web:move", args=[case, "ship"]) in page
    assert reverse("web:slip", args=[case]) not in page
    for address in (reverse("web:slip", args=[case]), reverse("web:case_form", args=[case, "slip"])):
        assert buyer().get(address)["Location"] == reverse("web:move", args=[case, "confirm_sending"])


def test_after_the_word_the_slip_names_the_unit_and_the_next_step_is_the_waybill(world: World, buyer: Browser, case: str) -> None:
    client = buyer()
    assert client.post(reverse("web:move", args=[case, "confirm_sending"]), form(world, case)).status_code == 302
    assert "填写运单号" in text_of(client.get(reverse("web:cases")))
    page = client.get(reverse("web:case", args=[case])).content.decode()
    assert f'<form method="post" action="{reverse("web:move", args=[case, "ship"])}"' in page
    assert "寄出前确认的商品" in page
    assert "860001" in client.get(reverse("web:slip", args=[case])).content.decode()
    assert client.get(reverse("web:case_form", args=[case, "slip"]))["Content-Type"] == "application/pdf"


def test_without_a_serial_the_form_comes_back_with_what_was_filled_in(world: World, buyer: Browser, case: str) -> None:
    sent = form(world, case, **{"items-1-sold": [], "note": "盒子还在"})
    answer = buyer().post(reverse("web:move", args=[case, "confirm_sending"]), sent)
    assert answer.status_code == 422
    assert "请勾选与手中商品一致的序列号" in text_of(answer)
    assert "盒子还在" in text_of(answer)
    assert "confirmed" not in world.case(case)["details"]


def test_two_units_need_two_serials(world: World, buyer: Browser) -> None:
    two: dict[str, Any] = {"lines": [{**PHONE["lines"][0], "quantity": 2, "paid": 39800, "serials": ["860001", "860002"]}]}
    case = str(world.apply(world.order(**two), items={1: 2})["number"])
    answer = buyer().post(reverse("web:move", args=[case, "confirm_sending"]), form(world, case))
    assert answer.status_code == 422
    assert "请确认每件的序列号（现有 1 个）" in text_of(answer)
    assert "confirmed" not in world.case(case)["details"]


def test_another_number_is_kept_told_and_can_be_corrected(world: World, buyer: Browser, staff: Browser, case: str) -> None:
    client = buyer()
    client.post(reverse("web:move", args=[case, "confirm_sending"]), form(world, case, **{"items-1-sold": [], "items-1-serials": "860009"}))
    for reader, address in ((client, reverse("web:case", args=[case])), (staff("agent"), reverse("web:staff_case", args=[case]))):
        said = text_of(reader.get(address))
        assert "不是本单售出的序列号" in said
        assert "消费者寄出前确认的序列号 860009 不是本单售出的" in said
    again = client.get(reverse("web:move", args=[case, "confirm_sending"])).content.decode()
    assert 'value="860009"' in again
    client.post(reverse("web:move", args=[case, "confirm_sending"]), form(world, case))
    assert world.case(case)["details"]["confirmed"]["items"] == {"1": ["860001"]}


def test_whoever_unpacks_sees_what_was_confirmed_and_what_came_instead(world: World, buyer: Browser, staff: Browser, case: str) -> None:
    buyer().post(reverse("web:move", args=[case, "confirm_sending"]), form(world, case, accessories="missing", note="充电线丢了"))
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000099")
    bench = staff("inspector")
    unpack = text_of(bench.get(f"/inspect/{case}/unpack/"))
    assert re.search(r"消费者寄出前确认\s*：\s*860001", unpack)
    assert "充电线丢了" in unpack
    bench.post(
        f"/inspect/{case}/unpack/",
        {"packing": "ok", "appearance": "ok", "accessories": "ok", "received-1": "1", "serials-1": "860777"},
    )  # fmt: skip
    bench.post(f"/inspect/{case}/check/", checks("phone"))
    assert "与寄出前确认的不同" in text_of(bench.get(f"/inspect/{case}/grade/"))


def test_a_stranger_confirms_nothing(world: World, buyer: Browser, case: str) -> None:
    address = reverse("web:move", args=[case, "confirm_sending"])
    assert buyer("somebody-else").post(address, form(world, case)).status_code == 404
    assert "confirmed" not in world.case(case)["details"]
