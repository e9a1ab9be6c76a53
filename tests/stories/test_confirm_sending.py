"""Before the slip is printed the consumer says which unit goes back; the warehouse compares, and both are told of another one (APP-15)."""

from typing import Any

import pytest

from shouhou.cases.access import case_for
from shouhou.cases.models import Case, HistoryEntry, Message
from shouhou.documents.filling import case_pdf
from shouhou.notifications.facts import facts_of
from shouhou.plumbing.feed import FeedEvent
from tests.stories.repairing import FAULT
from tests.world import QUALITY, THIRD, World, refusal_of

pytestmark = pytest.mark.django_db
SOLD = ["860001", "860002"]
PHONE: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "PH", "title": "手机", "category": "phone", "quantity": 2, "unit_price": 19900, "paid": 39800,
               "serials": SOLD}],
}  # fmt: skip
CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD], ids=["self", "third"])
RECEIVED: dict[str, Any] = {"packing": "ok", "appearance": "ok", "accessories": "ok"}


def phone(world: World, channel: dict[str, Any], *, units: int = 1, **changes: Any) -> str:
    """A phone on its way back: approved, not sent."""
    number: str = world.apply(world.order(**PHONE, **channel), items={1: units}, **changes)["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    if world.case(number)["status"] != "awaiting_goods":
        world.move(number, "approve", actor=world.staff("supervisor"))
    return number


def confirm(world: World, number: str, *serials: str, **answers: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"items": [{"line": 1, "serials": list(serials)}], "accessories": "complete"}
    return world.move(number, "confirm_sending", actor=world.buyer(), **{**told, **answers})


def slip(world: World, number: str) -> bytes:
    return case_pdf(world.buyer(), number, "slip", language="zh-hans", at=world.now)


def said(number: str) -> list[str]:
    return list(Message.objects.filter(case__number=number, internal=False).values_list("text", flat=True))


def unpacked(world: World, number: str, *serials: str) -> dict[str, Any]:
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF8880000000001")
    world.later(days=2)
    who = world.staff("merchant_operator", merchant="m1") if world.case(number)["merchant_channel"] != "self" else world.staff("inspector")
    items = [{"line": 1, "received": len(serials), "serials": list(serials)}]
    return world.move(number, "receive", actor=who, items=items, **RECEIVED)


@CHANNELS
@pytest.mark.parametrize("wish", [{}, {"service": "exchange", **QUALITY}], ids=["return", "exchange"])
def test_no_slip_is_printed_before_the_serial_is_confirmed(world: World, channel: dict[str, Any], wish: dict[str, Any]) -> None:
    number = phone(world, channel, **wish)
    assert refusal_of(slip, world, number).code == "GOODS_UNCONFIRMED"
    case = confirm(world, number, "860001")
    assert case["status"] == "awaiting_goods"
    assert case["details"]["confirmed"]["items"] == {"1": ["860001"]}
    assert slip(world, number).startswith(b"%PDF")
    assert said(number) == []


def test_the_notice_of_the_approval_says_what_is_to_be_confirmed(world: World) -> None:
    number = phone(world, {})

    def numbered() -> str:
        event = FeedEvent(1, world.now, "case.moved", number, None, None, {"move": "approve", "status": "awaiting_goods"})
        return facts_of(event, Case.objects.get(number=number), language="zh-hans")["numbered"]

    assert numbered() == "“手机”"
    confirm(world, number, "860001")
    assert numbered() == ""


def test_a_phone_sent_in_for_repair_is_confirmed_too(world: World) -> None:
    wish = {"service": "repair", "reason": "quality", "description": FAULT["description"],
            "answers": {"fault_code": "system_crash", "mode": "mail_in"}}  # fmt: skip
    number = phone(world, {}, **wish)
    assert refusal_of(slip, world, number).code == "GOODS_UNCONFIRMED"
    confirm(world, number, "860001")
    assert slip(world, number).startswith(b"%PDF")


def test_goods_without_serials_need_no_word(world: World) -> None:
    number = world.apply(world.order())["number"]
    assert slip(world, number).startswith(b"%PDF")
    assert refusal_of(confirm, world, number, "X1").code == "MOVE_NOT_NOW"
    assert "confirmed" not in world.case(number)["details"]


def test_a_phone_whose_number_the_shop_never_told_is_confirmed_by_what_stands_on_it(world: World) -> None:
    plain: dict[str, Any] = {"lines": [{**PHONE["lines"][0], "serials": []}]}
    number = world.apply(world.order(**plain))["number"]
    assert refusal_of(slip, world, number).code == "GOODS_UNCONFIRMED"
    assert confirm(world, number, "35 9000-1")["details"]["confirmed"] == {
        "items": {"1": ["35 9000-1"]}, "strange": [], "accessories": "complete", "note": "", "by": "consumer", "at": world.now.isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize(
    "items",
    [
        [], [{"line": 1, "serials": []}], [{"line": 1, "serials": ["860001", "86 0001"]}], [{"line": 2, "serials": ["860001"]}],
        [{"line": 1, "serials": SOLD}, {"line": 1, "serials": SOLD}], [{"line": 1, "serials": "860001"}],
        [{"line": 1, "serials": [str(n) for n in range(7)]}], [{"line": 1, "serials": ["8" * 81, "860002"]}],
    ],
)  # fmt: skip
def test_every_unit_needs_a_serial_of_its_own(world: World, items: list[Any]) -> None:
    number = phone(world, {}, units=2)
    refused = refusal_of(world.move, number, "confirm_sending", actor=world.buyer(), items=items, accessories="complete")
    assert [error.field for error in refused.errors] == ["items"]
    assert "confirmed" not in world.case(number)["details"]
    assert refusal_of(slip, world, number).code == "GOODS_UNCONFIRMED"


def test_missing_accessories_are_named(world: World) -> None:
    number = phone(world, {})
    assert [error.field for error in refusal_of(confirm, world, number, "860001", accessories="missing").errors] == ["note"]
    assert "confirmed" not in world.case(number)["details"]
    confirm(world, number, "860001", accessories="missing", note="充电线丢了")
    assert world.case(number)["details"]["confirmed"]["note"] == "充电线丢了"


def test_only_the_consumer_or_whoever_acts_for_them_confirms(world: World) -> None:
    number = phone(world, THIRD)
    told: dict[str, Any] = {"items": [{"line": 1, "serials": ["860001"]}], "accessories": "complete"}
    shop = world.staff("merchant_operator", merchant="m1")
    assert refusal_of(world.move, number, "confirm_sending", actor=shop, **told).code == "MOVE_NOT_YOURS"
    assert "confirmed" not in world.case(number)["details"]
    world.move(number, "confirm_sending", actor=world.staff("agent"), **told)
    assert world.case(number)["details"]["confirmed"]["by"] == "agent"


def test_a_serial_that_was_not_sold_is_told_to_both_and_can_be_corrected(world: World) -> None:
    number = phone(world, {})
    assert confirm(world, number, "860009")["details"]["confirmed"]["strange"] == ["860009"]
    assert ["860009" in text for text in said(number)] == [True]
    assert slip(world, number).startswith(b"%PDF")
    case = confirm(world, number, "860 002")
    assert (case["details"]["confirmed"]["items"], case["details"]["confirmed"]["strange"]) == ({"1": ["860002"]}, [])
    assert len(said(number)) == 1


@CHANNELS
def test_another_unit_than_the_one_confirmed_is_told_to_both(world: World, channel: dict[str, Any]) -> None:
    number = phone(world, channel)
    confirm(world, number, "860001")
    unpacked(world, number, "860002")
    entry = HistoryEntry.objects.get(case__number=number, move="receive")
    assert (entry.answers["serials_differ"], entry.answers.get("serial_mismatch")) == (["860002"], None)
    assert ["860002" in text and "860001" in text for text in said(number)] == [True]
    event = FeedEvent(1, world.now, "case.moved", number, None, None, {"move": "receive", "version": entry.version, "status": "received"})
    assert facts_of(event, Case.objects.get(number=number), language="en")["serials_unlike"] == "860002"


def test_what_was_neither_sold_nor_confirmed_is_told_once(world: World) -> None:
    number = phone(world, {})
    confirm(world, number, "860001")
    unpacked(world, number, "999")
    entry = HistoryEntry.objects.get(case__number=number, move="receive")
    assert (entry.answers["serials_differ"], entry.answers["serial_mismatch"]) == (["999"], ["999"])
    assert [text.count("999") for text in said(number)] == [1]


def test_the_unit_confirmed_raises_no_word(world: World) -> None:
    number = phone(world, {})
    confirm(world, number, "860001")
    unpacked(world, number, "860001")
    entry = HistoryEntry.objects.get(case__number=number, move="receive")
    assert {"serials_differ", "serial_mismatch"} & set(entry.answers) == set()
    assert said(number) == []


def test_the_form_of_the_order_still_names_every_serial_that_was_sold(world: World) -> None:
    number = phone(world, {})
    confirm(world, number, "860002")
    assert [item.sold_serials for item in case_for(world.buyer(), number).items] == [SOLD]
