"""Unidentified parcels beside themselves: recorded, matched, sent away and claimed by a waybill at the same instant."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from shouhou.cases.actions import make_move
from shouhou.cases.models import Finding, HistoryEntry, Message
from shouhou.cases.unidentified import match_to_case
from shouhou.logistics.actions.unknown import Found, ask_end, confirm_end, erase_senders_of, record_unknown
from shouhou.logistics.models import Parcel, UnknownParcel, UnknownParcelEntry
from shouhou.orders.models import Restock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Event
from tests.beside import at_once
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db(transaction=True)
WAYBILL = "SF0000000000077"
# No account behind it: what it does is kept in the parcel's own entries.
ONE, OTHER = Actor(role="inspector", who="key:1", name="小检"), Actor(role="inspector", who="key:2", name="老检")


def found(world: World, waybill: str = WAYBILL) -> str:
    return record_unknown(Found("水壶", "B-03", waybill=waybill, sender_name="林一"), actor=ONE, now=world.now).number


def matcher(world: World, number: str, case: str) -> Callable[[], str]:
    return lambda: match_to_case(number, case=case, actor=ONE, now=world.now)


def test_recorded_at_once_the_same_waybill_stands_once(world: World) -> None:
    told = at_once(*[lambda: found(world)] * 3)
    assert sorted(each.startswith("UP-") for each in told) == [False, False, True]
    assert UnknownParcel.objects.count() == UnknownParcelEntry.objects.count() == 1


def test_matched_to_two_cases_at_once_it_belongs_to_one(world: World) -> None:
    first, second = world.apply(world.order())["number"], world.apply(world.order())["number"]
    number = found(world)
    told = at_once(matcher(world, number, first), matcher(world, number, second))
    assert sorted(told) in (sorted([first, "UNKNOWN_PARCEL_MOVED"]), sorted([second, "UNKNOWN_PARCEL_MOVED"]))
    assert Event.objects.filter(type="unidentified.matched").count() == 1
    assert Parcel.objects.get().subject == UnknownParcel.objects.get().subject


def test_matched_twice_to_the_same_case_it_is_done_once(world: World) -> None:
    case, number = world.apply(world.order())["number"], found(world)
    assert at_once(*[matcher(world, number, case)] * 3) == [case] * 3
    assert Message.objects.filter(case__number=case).count() == 1
    assert UnknownParcelEntry.objects.filter(deed="matched").count() == 1


def test_the_buyers_waybill_and_the_inspectors_match_at_once_agree(world: World) -> None:
    case, number = world.apply(world.order())["number"], found(world)

    def ship() -> str:
        answers = {"carrier": "SF", "tracking_number": WAYBILL}
        return str(make_move(case, "ship", actor=world.buyer(), answers=answers, version=None, now=world.now)["status"])

    assert sorted(at_once(ship, matcher(world, number, case))) == sorted([case, "in_transit"])
    kept = UnknownParcel.objects.get(number=number)
    assert (kept.state, kept.subject) == ("matched", case)
    assert Message.objects.filter(case__number=case, internal=True).count() == 1
    assert Parcel.objects.get(tracking_number=WAYBILL).phase == "delivered"


def test_sending_away_and_matching_at_once_end_in_one_of_them(world: World) -> None:
    case, number = world.apply(world.order())["number"], found(world)
    ask_end(number, "return", reason="退回", actor=ONE, now=world.now)
    told = at_once(lambda: confirm_end(number, actor=OTHER, now=world.now).state, matcher(world, number, case))
    assert sorted(told) == ["UNKNOWN_PARCEL_MOVED", "returned"]
    assert UnknownParcel.objects.get().subject == ""
    assert Parcel.objects.count() == 0


def test_half_way_through_a_match_nothing_of_it_is_there(world: World) -> None:
    case, number = world.apply(world.order())["number"], found(world)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        match_to_case(number, case=case, actor=ONE, now=world.now)
        raise ZeroDivisionError
    assert UnknownParcel.objects.get().state == "waiting"
    assert Parcel.objects.count() == Message.objects.count() == 0
    assert matcher(world, number, case)() == case


def test_the_database_itself_wants_two_people_and_keeps_the_entries(world: World) -> None:
    number = found(world)
    wrong = {"state": "returned", "asked_by": "key:1", "ended_by": "key:1", "ended_at": world.now}
    with pytest.raises(IntegrityError), transaction.atomic():
        UnknownParcel.objects.filter(number=number).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnknownParcelEntry.objects.update(note="anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        UnknownParcel.objects.filter(number=number).update(subject="SO-1")
    assert UnknownParcel.objects.get().state == "waiting"


def test_a_strangers_shop_finds_neither_parcel_nor_case(world: World) -> None:
    world.order(merchant={"code": "m1", "channel": "third", "name": "老王百货"})
    case, number = world.apply(world.order())["number"], found(world)
    shop = world.staff("merchant_operator", merchant="m1")
    assert refusal_of(match_to_case, number, case=case, actor=shop, now=world.now).code == "CASE_NOT_FOUND"
    assert refusal_of(ask_end, number, "return", reason="x", actor=shop, now=world.now).code == "UNKNOWN_PARCEL_NOT_FOUND"
    assert UnknownParcel.objects.get().state == "waiting"


def test_an_erased_buyer_leaves_no_sender_behind(world: World) -> None:
    case, number = world.apply(world.order())["number"], found(world)
    match_to_case(number, case=case, actor=ONE, now=world.now)
    buyer_id = world.buyer().buyer_id or 0
    with transaction.atomic():
        assert erase_senders_of(buyer_id, world.now) == {"unidentified": 1}
    assert UnknownParcel.objects.get().sender_name == ""


def test_two_inspectors_at_once_with_different_splits_leave_one_whole_inspection(world: World) -> None:
    lines = [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 5000, "paid": 15000}]
    case = world.received(order={"lines": lines, "payments": [{"tender": "card", "amount": 15000}]}, items={1: 3})

    def accept(*units: dict[str, object]) -> Callable[[], str]:
        answers: dict[str, object] = {"items": [{"line": 1, "units": list(units)}]}
        actor = world.staff("inspector", f"key:{len(units)}")
        return lambda: str(make_move(case, "accept", actor=actor, answers=answers, version=None, now=world.now)["status"])

    told = at_once(accept({"quantity": 3}), accept({"quantity": 1}, {"quantity": 1, "grade": "B"}, {"quantity": 1, "grade": "C"}))
    assert sorted(told) == ["MOVE_NOT_NOW", "refunding"]
    assert sum(Finding.objects.values_list("quantity", flat=True)) == 3
    assert Finding.objects.count() == Restock.objects.count() in (1, 3)
    assert HistoryEntry.objects.filter(case__number=case, move="accept").count() == 1
