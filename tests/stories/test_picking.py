"""A replacement or what was missing that does not leave the warehouse within a day: somebody asks there, once, and it is seen (ADD-02)."""

from typing import Any

import pytest

from shouhou.cases.models import Deadline, HistoryEntry
from tests.conftest import Shop
from tests.stories import test_exchange as exchange
from tests.stories import test_resend as resend
from tests.stories.test_contact import tasks, to_do
from tests.world import THIRD, World, refusal_of

CHANNELS = pytest.mark.parametrize(("channel", "team"), [({}, ("reviewer", None)), (THIRD, ("merchant_operator", "m1"))])


def prepared(world: World, shop: Shop, service: str, channel: dict[str, Any], team: tuple[str, str | None]) -> str:
    """Everything is decided, and the goods only have to be packed."""
    if service == "exchange":
        number = exchange.approved(world, order=channel, team=team)
        exchange.taken(world, number, team if channel else ("inspector", None))
    else:
        number = resend.approved(world, {**resend.TWO_LINES, **channel}, team)
    world.shop_answers(number)
    return number


@CHANNELS
@pytest.mark.parametrize("service", ["exchange", "resend"])
def test_after_a_day_in_picking_the_warehouse_is_asked_and_what_it_says_stands_in_the_case(
    world: World, shop: Shop, service: str, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = prepared(world, shop, service, channel, team)
    packer = world.staff("merchant_operator", merchant="m1" if channel else "self")
    due = world.case(number)["due_at"]
    assert (tasks(number), Deadline.objects.get(name="picking", state="open").term) == ([], "picking_alert_hours")
    before = world.case(number)
    early = refusal_of(world.move, number, "coordinate", actor=packer, warehouse="下午发出")
    assert (early.code, world.case(number)) == ("MOVE_NOT_NOW", before)
    world.later(hours=25).ring()
    world.later(hours=1).ring()
    assert (tasks(number), to_do(world)) == ([("picking", True)], [number])
    assert HistoryEntry.objects.filter(move="note_picking").count() == 1
    assert world.case(number)["due_at"] == due, "the time to ship is what it was"
    world.move(number, "coordinate", actor=packer, warehouse="缺外箱，明早 9 点发出")
    assert (tasks(number), to_do(world)) == ([], [])
    world.later(hours=24).ring()
    assert HistoryEntry.objects.filter(move="note_ship").count() == 1
    out = {**exchange.OUT, "scanned": "KETTLE"} if service == "exchange" else resend.OUT
    world.move(number, "ship_replacement" if service == "exchange" else "send_missing", actor=packer, **out)
    assert not Deadline.objects.filter(name="picking", state="open").exists()


def test_what_leaves_in_time_is_nobodys_task(world: World, shop: Shop) -> None:
    number = prepared(world, shop, "exchange", {}, ("reviewer", None))
    world.later(hours=23).move(number, "ship_replacement", actor=world.staff("inspector"), **exchange.OUT)
    world.later(hours=10).ring()
    assert (tasks(number), HistoryEntry.objects.filter(move="note_picking").exists()) == ([], False)


def test_a_case_that_becomes_a_refund_takes_no_task_of_the_warehouse_along(world: World, shop: Shop) -> None:
    number = prepared(world, shop, "exchange", {}, ("reviewer", None))
    world.later(hours=49).ring()
    assert tasks(number) == [("picking", True)]
    world.move(number, "refund_instead", actor=world.buyer())
    assert (tasks(number), "tasks" in world.case(number)["details"]) == ([], False)
