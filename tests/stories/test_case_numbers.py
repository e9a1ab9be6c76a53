"""The number of a case says what was applied for (APP-10…12), stays through conversions and is found as it is typed."""

from typing import Any

import pytest

from shouhou.cases.finding import find
from shouhou.cases.models import Case
from shouhou.foundation.ids import new_number
from tests.world import QUALITY, World

SERVICES: list[tuple[dict[str, Any], str]] = [
    ({}, "R-"), ({**QUALITY, "service": "exchange", "answers": {"wanted": "same"}}, "E-"), ({**QUALITY, "service": "repair"}, "M-"),
    ({**QUALITY, "service": "refund_only"}, "SO-"),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "prefix"), SERVICES)
def test_the_number_begins_with_the_service_and_is_found_however_it_is_typed(world: World, wish: dict[str, Any], prefix: str) -> None:
    number = world.apply(world.order(), **wish)["number"]
    assert number.startswith(prefix)
    typed = f" {number.lower().replace('-', ' ')} "
    assert [hit.matched for hit in find(typed, actor=world.staff("agent"))] == [number]
    assert find(typed, actor=world.staff("merchant_operator", merchant="self"))
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13800000002"}, merchant={"code": "m1", "channel": "third", "name": "老王"})
    assert not find(typed, actor=world.buyer("u2")) and not find(typed, actor=world.staff("merchant_operator", merchant="m1"))


def test_a_return_that_becomes_an_exchange_keeps_its_number(world: World) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频")
    changed = world.move(number, "change_to_exchange", actor=world.buyer())
    assert (changed["number"], changed["service"], number[:2]) == (number, "exchange", "R-")


def test_a_case_from_before_is_found_by_its_old_number(world: World) -> None:
    number, old = world.apply(world.order())["number"], new_number("SO")
    Case.objects.filter(number=number).update(number=old)
    typed = old.lower().replace("-", "")
    assert [hit.matched for hit in find(typed, actor=world.staff("agent"))] == [old]
    assert world.case(old)["number"] == old
