"""What was answered in a move reads as words on the case's page: money as money, checks by name, parts as parts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from shouhou.foundation.workflow import Ask, Text
from shouhou.repairs.rules.faults import checks_of
from shouhou.web.shared.answer_words import answer_words
from shouhou.web.tests.test_staff_case_page import read
from tests.stories.repairing import PHONE, diagnosed, on_bench, technician
from tests.world import World

pytestmark = pytest.mark.django_db
SCREEN: dict[str, Any] = {"part": "屏幕", "old_serial": "S1", "new_serial": "S2"}


def test_the_bench_tells_prices_parts_and_checks_in_words(world: World, staff: Callable[..., Client]) -> None:
    number = on_bench(world, PHONE)
    bench = technician(world, number)
    diagnosed(world, number)
    world.move(number, "finish_repair", actor=bench, done="换屏", parts=[SCREEN])
    world.move(number, "test", actor=bench, checklist=dict.fromkeys(checks_of("phone"), "true"))
    text = read(staff("agent"), "staff_case", number)
    assert "更换的配件： 屏幕 (S1 → S2)" in text or "更换的配件：屏幕 (S1 → S2)" in text
    assert "第 0 行" not in text
    ticked = Ask("checklist", "checklist", Text("测试", "test"), choices={"power": Text("开关机正常", "power")})
    case: Any = None
    assert answer_words(ticked, {"power": "true"}, case=case) == answer_words(ticked, {"power": "power"}, case=case) == "开关机正常"
    assert answer_words(ticked, {"power": "no"}, case=case) == ""


def test_a_quoted_price_is_shown_as_money_and_not_in_minor_units(world: World, staff: Callable[..., Client]) -> None:
    number = on_bench(world, PHONE)
    diagnosed(world, number, cause="human", fault_code="broken_screen")
    lines = [{"what": "屏幕总成", "amount": 46000}]
    world.move(number, "quote", actor=technician(world, number), parts_fee=46000, labour_fee=8000, lines=lines)
    text = read(staff("agent"), "staff_case", number)
    assert "¥460.00" in text and "46000" not in text and "屏幕总成 ¥460.00" in text


def test_an_extended_limit_is_named_and_not_spelt_in_code(world: World, staff: Callable[..., Client]) -> None:
    number = world.apply(world.order())["number"]
    limit = world.case(number)["deadlines"][0]["name"]
    world.move(number, "extend", actor=world.staff("supervisor"), deadline=limit, hours=24, reason="洪水")
    assert f" {limit} " not in read(staff("agent"), "staff_case", number)
