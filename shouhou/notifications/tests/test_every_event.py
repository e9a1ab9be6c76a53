"""Every event there is, and every one to come: told to somebody, said by a move, or for programs alone – never forgotten."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.days import NO_HOLIDAYS, local_day
from shouhou.logistics.actions.coverage import suspend_pickups
from shouhou.logistics.actions.pickups import take_booking
from shouhou.logistics.carriers.base import Booked
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.notifications.choose import (
    BY_DATA,
    BY_EVENT,
    FOR_PROGRAMS,
    OF_PLANS,
    OF_TALKS,
    SAID_BY_THE_MOVE,
    TO_FINANCE,
    TO_PERSON,
    TO_SHOP,
    for_buyer,
    for_staff,
)
from shouhou.notifications.models import Notice
from shouhou.notifications.templates import TEMPLATES
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EVENT_TYPES, publish
from tests.world import CONTACT, World

# What makes each of those speak that depend on what they hold.
HOLDING: dict[str, dict[str, Any]] = {
    "case.moved": {"move": "approve", "from": "submitted", "status": "awaiting_goods"},
    "case.reminded": {"waits_on": "consumer", "status": "evidence_asked"}, "case.message": {"role": "agent"},
    "case.attached": {"role": "consumer"}, "case.rated": {"grade": 1}, "case.deadline_blocked": {},
    "parcel.delivered": {"direction": "send_back"}, "parcel.tracked": {"code": "407"}, "repair.appointed": {"appointment": "booked"},
    "charge.contradicted": {}, "refund.contradicted": {}, "invoice.issued": {"kind": "red"},
    "insurance.claim_reminded": {}, "insurance.sla_breached": {},
}  # fmt: skip


def test_every_event_is_told_said_by_a_move_or_left_to_programs_with_a_reason() -> None:
    kinds = [set(BY_EVENT), set(BY_DATA), set(SAID_BY_THE_MOVE), set(FOR_PROGRAMS), set(TO_SHOP | TO_FINANCE), set(OF_TALKS), set(OF_PLANS)]
    kinds.append(set(TO_PERSON))
    known = {name for name in EVENT_TYPES if not name.startswith("test.")}
    assert set().union(*kinds) == known, "say in notifications/choose.py who hears of a new event"
    assert sum(map(len, kinds)) == len(known), "an event stands in two of the tables"
    assert all(FOR_PROGRAMS.values())


def test_events_that_depend_on_what_they_hold_do_speak() -> None:
    assert set(HOLDING) == BY_DATA
    for name, data in HOLDING.items():
        told = {for_buyer(name, data), for_staff(name, data)} - {None}
        assert told, name
        assert told <= set(TEMPLATES), name


def test_the_move_that_speaks_for_an_event_exists_and_is_told() -> None:
    moves = {move.name: move for workflow in WORKFLOWS.values() for move in workflow.moves}
    for event, name in SAID_BY_THE_MOVE.items():
        move = moves[name]
        data = {"move": name, "from": min(move.sources), "status": move.target or min(move.sources)}
        assert for_buyer("case.moved", data) in TEMPLATES, (event, name)


def test_what_nothing_was_written_for_is_silent() -> None:
    for event in FOR_PROGRAMS:
        assert for_buyer(event, {}) is None, event
        assert for_staff(event, {}) is None, event


def booked(world: World) -> str:
    number: str = world.apply(world.order())["number"]
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0]
    world.move(number, "book_pickup", actor=world.buyer(), window=window.code)
    pickup = Pickup.objects.get(subject=number)
    take_booking(pickup.id, Booked("REF-1", "JD0000000000001"), now=world.now)
    return number


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_suspended_pickup_is_told_with_its_cause_days_and_what_can_be_done(world: World, language: str) -> None:
    number = booked(world)
    case = Case.objects.select_related("buyer").get(number=number)
    case.buyer.language = language
    case.buyer.save()
    first = local_day(Pickup.objects.get().window_start)
    suspend_pickups(
        region_code="", first_day=first, last_day=first + timedelta(days=2), cause="台风“烟花”", note="恢复后优先上门",
        actor=Actor(role="operations", who="key:1"), now=world.now,
    )  # fmt: skip
    tell_all(world.now)
    [notice] = Notice.objects.filter(template="pickup_suspended", channel="email")
    assert "台风“烟花”" in notice.title
    assert "恢复后优先上门" in notice.body
    assert date.isoformat(first) in notice.body
    assert ("相应顺延" if language == "zh-hans" else "runs longer") in notice.body
    assert "{" not in notice.body
    assert "…" not in notice.title


def test_trouble_with_a_parcel_is_told_with_what_to_do_and_plain_news_are_not(world: World) -> None:
    number = world.apply(world.order())["number"]
    for seq, code in enumerate(["1", "407", "2"]):
        publish(
            EVENT_TYPES["parcel.tracked"], subject=number, now=world.now, buyer_id=1,
            data={"code": code, "problem": True, "carrier": "SF", "tracking_number": f"SF{seq:013d}", "zh_text": "包裹破损待查"},
        )  # fmt: skip
    tell_all(world.now)
    [notice] = Notice.objects.filter(template="parcel_trouble", channel="site")
    assert "顺丰" in notice.body
    assert "包裹破损待查" in notice.body
    assert "查件" in notice.body


def test_a_found_parcel_is_told_to_the_buyer_and_to_whoever_holds_the_case(world: World) -> None:
    number = world.apply(world.order())["number"]
    holder = User.objects.create(username="holder", role="inspector", email="h@example.com")
    Case.objects.filter(number=number).update(assigned_to=holder)
    data = {"unidentified": "UP-1", "waybill": "SF77", "place": "B-03", "by": "inspector"}
    publish(EVENT_TYPES["unidentified.matched"], subject=number, now=world.now, data=data, buyer_id=1)
    tell_all(world.now)
    [told] = Notice.objects.filter(template="parcel_found", channel="email")
    assert "SF77" in told.body
    assert "B-03" not in told.body
    [staff] = Notice.objects.filter(template="staff_parcel_found", channel="email")
    assert ("B-03" in staff.body, staff.user_id) == (True, holder.id)


def test_contradicted_money_is_told_to_finance_and_not_to_anybody_else_on_staff(world: World) -> None:
    number = world.apply(world.order())["number"]
    money = User.objects.create(username="money", role="finance", email="m@example.com")
    User.objects.create(username="other", role="agent", email="o@example.com")
    data = {"number": "CH-1", "amount_minor": 1000, "said": "9.00"}
    publish(EVENT_TYPES["charge.contradicted"], subject=number, now=world.now, data=data)
    tell_all(world.now)
    notices = Notice.objects.filter(template="staff_money_differs")
    assert set(notices.values_list("user_id", flat=True)) == {money.id}
    assert "9.00" in notices[0].body


def test_money_that_came_too_late_is_told_with_its_amount(world: World) -> None:
    number = world.apply(world.order())["number"]
    for kind in ("charge.paid_late", "charge.refunded"):
        publish(EVENT_TYPES[kind], subject=number, now=world.now, data={"number": "CH-1", "amount_minor": 1000, "refund": "RF-1"})
    tell_all(world.now)
    titles = Notice.objects.filter(template__startswith="charge_", channel="site").order_by("id").values_list("title", flat=True)
    over = {"refund": "RF-1", "amount_minor": 100, "currency": "CNY", "charge": "CH-2", "state": "asked"}
    publish(EVENT_TYPES["refund.overpaid_asked"], subject=number, now=world.now, data=over)
    tell_all(world.now)
    assert Notice.objects.filter(template="overpaid_asked", channel="site").get().title == "渠道多退了 1.00 元，请退回"
    assert list(titles) == ["您的付款将原路退回：10.00 元", "您的付款已退回：10.00 元"]
