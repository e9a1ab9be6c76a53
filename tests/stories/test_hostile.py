"""Answers nobody should give, and people who are not who they should be: a clear refusal, and nothing has changed."""

from typing import Any

import pytest

from shouhou.cases.models import Case, CaseItem, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund, RefundPart
from shouhou.plumbing.actor import Actor
from tests.world import CONTACT, DEAR, QUALITY, World, refusal_of

CUT: dict[str, Any] = {"line": 1, "accepted": 1, "grade": "C", "disposition": "refurbish", "deduction": 9000, "deduction_reason": "磨损"}
PAIR: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "A", "title": "壶", "category": "generic", "quantity": 1, "unit_price": 5000, "paid": 5000},
        {"line": 2, "sku": "B", "title": "锅", "category": "generic", "quantity": 1, "unit_price": 9000, "paid": 9000},
    ],
    "payments": [{"tender": "card", "amount": 14000}],
}  # fmt: skip


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else "x"


@pytest.mark.parametrize(
    "wrong",
    [
        {"grade": []}, {"grade": {}}, {"grade": None}, {"disposition": [1]}, {"line": [1]}, {"line": None}, {"line": "1"},
        {"accepted": True}, {"accepted": -1}, {"accepted": 10**30}, {"accepted": "1"}, {"accepted": 1.0}, {"note": "\x00"},
        {"note": "\ud800"}, {"checklist": {"\x00": "x"}}, {"checklist": deep(50)}, {"deduction_reason": "\x00"}, {"unknown": 1},
    ],
)  # fmt: skip
def test_a_finding_that_is_none_is_refused_and_nothing_is_found(world: World, wrong: dict[str, Any]) -> None:
    number = world.received()
    items = [{"line": 1, "accepted": 1, **wrong}]
    assert refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=items).code == "ANSWERS_INVALID"
    assert (world.case(number)["status"], CaseItem.objects.get().accepted_quantity, Refund.objects.count()) == ("received", None, 0)


@pytest.mark.parametrize("serials", ["x", [1], ["\x00"], ["\udfff"], ["x" * 81], ["x"] * 201, {"a": "b"}])
def test_serials_that_are_none_are_refused_at_receipt(world: World, serials: Any) -> None:
    number = world.apply(world.order())["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    refused = refusal_of(
        world.move, number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok",
        items=[{"line": 1, "received": 1, "serials": serials}],
    )  # fmt: skip
    assert (refused.code, world.case(number)["status"]) == ("ANSWERS_INVALID", "in_transit")


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence": ("\x00",)}, {"description": "坏\x00了"}, {"description": "\ud83d"}, {"call_note": "\x00"},
        {"contact": {**CONTACT, "phone": "1\x00"}}, {"contact": {**CONTACT, "address": "\x00"}}, {"reason": "\x00"},
    ],
)  # fmt: skip
def test_an_application_with_what_cannot_be_kept_is_refused_and_claims_nothing(world: World, wrong: dict[str, Any]) -> None:
    order = world.order()
    assert refusal_of(world.apply, order, **{**QUALITY, **wrong}).code == "ANSWERS_INVALID"
    assert (Case.objects.count(), OrderLine.objects.get().claimed_quantity) == (0, 0)


def test_nothing_is_cut_from_one_article_for_another_that_goes_back_to_the_consumer(world: World) -> None:
    number = world.received(order=PAIR, items={1: 1, 2: 1})
    items = [{"line": 1, "accepted": 0, "deduction": 5000, "deduction_reason": "划痕"}]
    refused = refusal_of(world.move, number, "propose_deduction", actor=world.staff("inspector"), items=items)
    assert (refused.code, world.case(number)["status"]) == ("ANSWERS_INVALID", "received")
    assert world.case(number)["refund_preview"]["total"]["amount"] == 14000


def test_a_deduction_is_at_most_what_the_accepted_units_cost(world: World) -> None:
    number = world.received()
    inspector = world.staff("inspector")
    items = [{**CUT, "deduction": 19901}]
    assert refusal_of(world.move, number, "propose_deduction", actor=inspector, items=items).code == "ANSWERS_INVALID"
    world.move(number, "propose_deduction", actor=inspector, items=[{**CUT, "deduction": 19900}])
    assert world.move(number, "consent", actor=world.buyer())["status"] == "refunded"
    # What was kept back is on record for the next return; nothing is paid.
    assert set(Refund.objects.values_list("amount_minor", "state")) <= {(0, "settled")}
    assert not RefundPart.objects.exists()


@pytest.mark.parametrize(("fault", "amount", "freight"), [("none", 19900, 0), ("customer", 19900, 0), ("seller", 20900, 1000)])
def test_the_outbound_freight_goes_back_only_when_somebody_else_is_at_fault(
    world: World, fault: str, amount: int, freight: int
) -> None:
    number = world.received(order={"freight": 1000, "payments": [{"tender": "card", "amount": 20900}]})
    world.move(number, "accept", actor=world.staff("inspector"), fault=fault)
    assert Refund.objects.values_list("amount_minor", "freight_minor").get(subject=number) == (amount, freight)


def test_who_proposes_a_deduction_cannot_consent_in_the_consumers_place(world: World) -> None:
    number = world.received()
    supervisor = world.staff("supervisor", "user:7")
    world.move(number, "propose_deduction", actor=supervisor, items=[CUT])
    for proxy in (supervisor, Actor(role="clerk", who="user:9", merchant_id=Case.objects.get().merchant_id)):
        assert refusal_of(world.move, number, "consent", actor=proxy).code == "CONSENT_NOT_YOURS"
    assert (world.case(number)["status"], Refund.objects.count()) == ("deduction_proposed", 0)
    assert world.move(number, "consent", actor=world.staff("agent", "user:8"))["status"] == "refunding"
    assert HistoryEntry.objects.get(move="consent").on_behalf_of == f"buyer:{Case.objects.get().buyer_id}"


def test_who_took_the_goods_back_stays_the_first_person_whoever_gave_more_time_after(world: World) -> None:
    number = world.received(order=DEAR)
    decider = world.staff("supervisor", "user:7")
    world.move(number, "propose_deduction", actor=decider, items=[CUT])
    world.move(
        number, "extend", actor=world.staff("supervisor", "user:8"), deadline="consent", hours=24, reason="客户出差"
    )
    assert world.move(number, "consent", actor=world.buyer())["status"] == "refund_review"
    assert refusal_of(world.move, number, "approve_refund", actor=decider).code == "SAME_PERSON"
    assert world.case(number)["status"] == "refund_review"
    assert world.move(number, "approve_refund", actor=world.staff("finance", "user:8"))["status"] == "refunding"


@pytest.mark.parametrize("role", ["merchant_operator", "merchant_manager"])
def test_a_shops_person_without_a_shop_sees_no_case(world: World, role: str) -> None:
    number = world.apply(world.order())["number"]
    nobody = Actor(role=role, who="user:66")  # type: ignore[arg-type]
    assert refusal_of(world.case, number, actor=nobody).code == "CASE_NOT_FOUND"
    assert refusal_of(world.apply, "T0001", actor=nobody).code == "ORDER_NOT_FOUND"
    assert HistoryEntry.objects.filter(case__number=number).count() == 2


def test_a_consumer_makes_no_move_of_the_house_in_any_state(world: World) -> None:
    """Every move that is not the consumer's, tried where it would be possible for somebody else."""
    number = world.apply(world.order())["number"]
    for state in WORKFLOWS["return"].states:
        Case.objects.filter(number=number).update(status=state.name)
        before = HistoryEntry.objects.count()
        for move in WORKFLOWS["return"].moves:
            if state.name in move.sources and "consumer" not in move.by:
                refused = refusal_of(world.move, number, move.name, actor=world.buyer())
                assert refused.code in ("MOVE_NOT_YOURS", "MOVE_NOT_NOW"), (state.name, move.name)
        assert (HistoryEntry.objects.count(), Case.objects.get().status) == (before, state.name)
