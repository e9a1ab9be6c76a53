"""Installation at home: booked like a visit, quoted or free, never a repair; the warranty counts from that day (DEF-10, L-12)."""

from datetime import date
from typing import Any

import pytest

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case
from shouhou.cases.reasons import reasons_for
from shouhou.orders.models import OrderLine
from shouhou.repairs.models import WorkOrder
from tests.stories.repairing import CHANNELS, PHONE, TV, approved, repaired, technician
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db
INSTALL: dict[str, Any] = {"reason": "installation", "description": "", "answers": {"fault_code": ""}}
COVERED: dict[str, Any] = {**TV, "lines": [{**TV["lines"][0], "warranty": {"months": 12}}]}


def visited(world: World, channel: dict[str, Any]) -> str:
    """The technician stands before it."""
    number = approved(world, COVERED, channel, after_days=20, **INSTALL)
    world.later(days=2)
    start = world.now.replace(hour=6, minute=0)
    world.move(number, "book_visit", actor=world.buyer(), start=start.isoformat())
    world.now = start
    world.move(number, "start_visit", actor=technician(world, number))
    return number


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_installed_is_under_warranty_from_that_day_and_was_never_repaired(world: World, channel: dict[str, Any]) -> None:
    number = visited(world, channel)
    bench = technician(world, number)
    assert refusal_of(world.move, number, "diagnose", actor=bench, finding="faulty", note="x").code == "MOVE_NOT_NOW"
    assert world.move(number, "begin_maintenance", actor=bench, charge="free")["status"] == "repairing"
    repaired(world, number)
    world.move(number, "hand_over", actor=bench)
    done = world.move(number, "confirm_repair", actor=world.buyer())
    assert (done["status"], done["outcome"]) == ("closed", "installed")
    order = WorkOrder.objects.get()
    assert (order.kind, order.mode, order.result) == ("installation", "on_site", "installed")
    line = OrderLine.objects.get()
    assert (line.installed_on, line.claimed_quantity) == (date(2026, 4, 1), 0)
    told = entitlements(Case.objects.get().order.number, actor=world.buyer(), reason="quality", at=world.now, language="en")  # type: ignore[union-attr]
    until = {each["service"]: each["deadline"] for each in told["lines"][0]["services"]}["repair"]
    assert until.startswith("2027-04-01")


def test_a_paid_installation_is_quoted_before_it_begins(world: World) -> None:
    number = visited(world, {})
    bench = technician(world, number)
    assert world.move(number, "begin_maintenance", actor=bench, charge="paid")["status"] == "quoting"
    world.move(number, "quote", actor=bench, parts_fee=8000, labour_fee=12000, lines=[{"what": "支架", "amount": 8000}])
    assert world.case(number)["status"] == "quoted"
    world.move(number, "decline_quote", actor=world.buyer())
    assert (world.case(number)["status"], OrderLine.objects.get().installed_on) == ("ready", None)


def test_nobody_installs_a_phone_and_no_television_is_installed_by_post(world: World) -> None:
    phone = world.order(**PHONE)
    refused = refusal_of(world.apply, phone, service="repair", **INSTALL)
    assert (refused.code, Case.objects.count()) == ("MODE_NOT_OFFERED", 0)
    television = world.order(**TV)
    wish = {**INSTALL, "answers": {"mode": "mail_in"}}
    assert refusal_of(world.apply, television, service="repair", **wish).code == "MODE_NOT_OFFERED"
    assert Case.objects.count() == 0


def test_the_reason_is_offered_only_where_something_is_installed() -> None:
    assert "installation" in {reason.code for reason in reasons_for("aircon", "repair")}
    assert "installation" not in {reason.code for reason in reasons_for("phone", "repair")}
    assert {"maintenance", "installation"}.isdisjoint(reason.code for reason in reasons_for("bags", "repair"))
