"""One line, several findings: restocked, cut, scrapped and sent home, each told to the shop once."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shouhou.cases.models import Case, CaseItem, Finding, HistoryEntry
from shouhou.orders.models import Restock
from shouhou.payments.models import Refund
from tests.conftest import Fake
from tests.world import World, refusal_of

FIVE: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 5, "unit_price": 10000, "paid": 50000}],
    "payments": [{"tender": "card", "amount": 50000}],
}  # fmt: skip
SPLIT: list[dict[str, Any]] = [
    {"quantity": 2, "grade": "A", "disposition": "restock"},
    {"quantity": 1, "grade": "B", "disposition": "open_box", "deduction": 5000, "deduction_reason": "杯口有划痕", "serials": ["S3"]},
    {"quantity": 1, "grade": "D", "disposition": "scrap"},
    {"quantity": 1, "verdict": "rejected", "grade": "C", "reason": "NO_SOILED", "note": "有茶渍"},
]
UNCUT = [{key: value for key, value in unit.items() if not key.startswith("deduction")} for unit in SPLIT]


def five(world: World) -> str:
    return world.received(order=FIVE, items={1: 5})


def accept(world: World, case: str, units: list[dict[str, Any]], move: str = "accept") -> dict[str, Any]:
    return world.move(case, move, actor=world.staff("inspector"), items=[{"line": 1, "units": units}])


def test_five_units_found_in_four_ways_are_kept_summed_and_shown(world: World) -> None:
    case = five(world)
    accept(world, case, SPLIT, "propose_deduction")
    item = CaseItem.objects.get(case__number=case)
    assert (item.accepted_quantity, item.finding, item.grade, item.disposition) == (4, "partly", "D", "scrap")
    assert (item.deduction_minor, item.deduction_reason) == (5000, "杯口有划痕")
    shown = world.case(case)["items"][0]["findings"]
    assert [(each["quantity"], each["verdict"], each["grade"], each["disposition"]) for each in shown] == [
        (2, "accepted", "A", "restock"), (1, "accepted", "B", "open_box"), (1, "accepted", "D", "scrap"),
        (1, "rejected", "C", "consumer"),
    ]  # fmt: skip
    assert shown[1]["deduction"] == {"amount": 5000, "currency": "CNY"}
    assert shown[1]["serials"] == ["S3"]
    assert (shown[3]["reason"], shown[3]["note"]) == ("NO_SOILED", "有茶渍")
    assert Case.objects.get(number=case).refund_minor == 4 * 10000 - 5000


def test_the_shop_is_told_of_every_way_and_grade_once(world: World, fake: Fake) -> None:
    case = five(world)
    accept(world, case, SPLIT, "propose_deduction")
    assert Restock.objects.count() == 0
    world.move(case, "consent", actor=world.buyer())
    told = Restock.objects.order_by("key").values_list("key", "quantity", "disposition", "grade")
    assert list(told) == [
        (f"{case}:1", 2, "restock", "A"), (f"{case}:1:2", 1, "open_box", "B"), (f"{case}:1:3", 1, "scrap", "D"),
    ]  # fmt: skip
    assert Refund.objects.get(subject=case).amount_minor == 35000


def test_units_that_go_the_same_way_are_told_together(world: World, fake: Fake) -> None:
    case = five(world)
    accept(world, case, [{"quantity": 1, "serials": [f"S{n}"]} for n in range(5)])
    assert list(Restock.objects.values_list("key", "quantity")) == [(f"{case}:1", 5)]
    assert Finding.objects.count() == 5


def test_the_flat_shape_still_says_it_all_in_one(world: World, fake: Fake) -> None:
    case = five(world)
    world.move(case, "accept", actor=world.staff("inspector"), items=[{"line": 1, "accepted": 3, "grade": "B"}])
    found = Finding.objects.order_by("place").values_list("quantity", "verdict", "grade", "disposition")
    assert list(found) == [(3, "accepted", "B", "open_box"), (2, "rejected", "", "consumer")]
    assert list(Restock.objects.values_list("key", "quantity", "grade")) == [(f"{case}:1", 3, "B")]


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ([{"quantity": 4}], "各份合计 4 件"),
        ([{"quantity": 6}], "各份合计 6 件"),
        ([{"quantity": 5, "grade": "B", "disposition": "restock"}], "不能作为新品入库"),
        ([{"quantity": 5, "deduction": 100, "deduction_reason": "划痕"}], "须写明理由并经消费者同意"),
        ([{"quantity": 4}, {"quantity": 1, "verdict": "rejected", "disposition": "scrap"}], "须退回消费者"),
        ([{"quantity": 4}, {"quantity": 1, "verdict": "perhaps"}], "结论无效"),
        ([{"quantity": 4}, {"quantity": 1, "verdict": "rejected", "reason": "NO_IDEA"}], "理由无效"),
        ([{"quantity": 4}, {"quantity": 1, "serials": ["A", "B"]}], "不多于件数"),
        ([{"quantity": 4, "serials": ["A"]}, {"quantity": 1, "serials": ["A"]}], "序列号重复"),
        ([{"quantity": 5, "colour": "red"}], "未知字段"),
        ([{"quantity": True}], "每份至少一件"),
        ([{"quantity": 0}], "每份至少一件"),
        ([], "应为 1 到"),
        ("all", "应为 1 到"),
        ([{"quantity": 5, "verdict": "rejected"}], "验收通过至少需要一件"),
    ],
)
def test_a_split_that_does_not_add_up_changes_nothing(world: World, units: Any, said: str) -> None:
    case = five(world)
    before = Case.objects.get(number=case).version
    refusal = refusal_of(accept, world, case, units)
    assert refusal.code == "ANSWERS_INVALID"
    assert said in refusal.errors[0].zh
    assert Finding.objects.count() == 0
    assert CaseItem.objects.get(case__number=case).accepted_quantity is None
    assert Case.objects.get(number=case).version == before


def test_the_database_itself_refuses_more_than_was_received(world: World) -> None:
    case = five(world)
    item = CaseItem.objects.get(case__number=case)
    one = {"item": item, "verdict": "accepted", "grade": "A", "disposition": "restock"}
    Finding.objects.create(place=1, quantity=5, **one)
    for wrong in (
        {"place": 2, "quantity": 1}, {"place": 1, "quantity": 5}, {"place": 2, "quantity": 0},
        {"place": 2, "quantity": 1, "grade": "B"}, {"place": 2, "quantity": 1, "deduction_minor": 1},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.create(**{**one, **wrong})
    assert Finding.objects.count() == 1


def test_a_new_inspection_replaces_the_findings_and_the_history_keeps_the_old(world: World, fake: Fake) -> None:
    case = five(world)
    accept(world, case, SPLIT, "propose_deduction")
    world.move(case, "refuse_deduction", actor=world.buyer(), reason="没有划痕")
    world.shop_speaks(case)
    two = [{"quantity": 4, "grade": "B", "deduction": 1000, "deduction_reason": "轻微"}, {"quantity": 1, "verdict": "rejected"}]
    world.move(case, "rule_deduction", actor=world.staff("arbitrator"), fault="none", note="各让一步", items=[{"line": 1, "units": two}])
    assert list(Finding.objects.order_by("place").values_list("quantity", "grade", "deduction_minor")) == [(4, "B", 1000), (1, "A", 0)]
    proposed = HistoryEntry.objects.get(case__number=case, move="propose_deduction")
    assert [unit["quantity"] for unit in proposed.answers["items"][0]["units"]] == [2, 1, 1, 1]


def test_ruled_for_the_consumer_what_was_seen_stays_seen_and_nothing_is_cut(world: World, fake: Fake) -> None:
    case = five(world)
    accept(world, case, SPLIT, "propose_deduction")
    world.move(case, "refuse_deduction", actor=world.buyer(), reason="没有划痕")
    world.shop_speaks(case)
    world.move(case, "rule_for_consumer", actor=world.staff("arbitrator"), fault="none", note="证据不足")
    found = Finding.objects.order_by("place").values_list("quantity", "verdict", "grade", "disposition", "deduction_minor")
    assert list(found) == [
        (2, "accepted", "A", "restock", 0), (1, "accepted", "B", "open_box", 0), (1, "accepted", "D", "scrap", 0),
        (1, "accepted", "C", "open_box", 0),
    ]  # fmt: skip
    assert Refund.objects.get(subject=case).amount_minor == 50000
    assert sum(Restock.objects.values_list("quantity", flat=True)) == 5


def test_nothing_accepted_is_one_finding_with_its_ground(world: World) -> None:
    case = five(world)
    world.move(
        case, "not_accept", actor=world.staff("inspector"), reason_code="NO_SOILED", clause="CON-04", note="有茶渍",
    )  # fmt: skip
    assert list(Finding.objects.values_list("quantity", "verdict", "reason")) == [(5, "rejected", "NO_SOILED")]


def test_half_way_through_nothing_of_it_is_there(world: World, fake: Fake) -> None:
    case = five(world)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        accept(world, case, UNCUT)
        assert Finding.objects.count() == 4
        raise ZeroDivisionError
    assert Finding.objects.count() == 0
    assert Restock.objects.count() == 0
    assert Case.objects.get(number=case).status == "received"
    accept(world, case, UNCUT)
    assert Restock.objects.count() == 3


def test_a_dry_run_finds_and_keeps_nothing(world: World) -> None:
    case = five(world)
    shown = world.move(case, "accept", actor=world.staff("inspector"), dry_run=True, items=[{"line": 1, "units": UNCUT}])
    assert shown["refund"]["amount"] == 40000
    assert Finding.objects.count() == 0


def test_goods_that_went_home_leave_no_findings_behind(world: World) -> None:
    case = five(world)
    world.move(case, "not_accept", actor=world.staff("inspector"), reason_code="NO_SOILED", clause="CON-04", note="有茶渍")
    world.move(case, "send_back", actor=world.staff("inspector"), carrier="SF", tracking_number="SF9000000000001")
    world.move(case, "confirm_back", actor=world.buyer())
    world.move(case, "reopen", actor=world.buyer(), reason="又坏了")
    assert Finding.objects.count() == 0


def test_what_stood_before_the_split_becomes_findings(world: World, fake: Fake) -> None:
    from shouhou.cases.migrations import __name__ as folder

    case = five(world)
    world.move(case, "accept", actor=world.staff("inspector"), items=[{"line": 1, "accepted": 3, "grade": "B"}])
    Finding.objects.all().delete()
    backfill = __import__(f"{folder}.0006_findings", fromlist=["BACKFILL"]).BACKFILL
    with connection.cursor() as cursor:
        cursor.execute(backfill)
    found = Finding.objects.order_by("place").values_list("quantity", "verdict", "disposition")
    assert list(found) == [(3, "accepted", "open_box"), (2, "rejected", "consumer")]
