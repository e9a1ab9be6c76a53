"""The page as the goods were sold: kept with the order, held against the unit, and what differs is the seller's fault (EXG-05, D045)."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.cases.as_sold import compare
from shouhou.foundation.refusals import Refused
from shouhou.orders.models import OrderLine
from tests.world import THIRD, World, refusal_of

CHANNELS = pytest.mark.parametrize(("channel", "team"), [({}, ("reviewer", None)), (THIRD, ("merchant_operator", "m1"))])
PAGE: dict[str, Any] = {
    "description": "内存 16 GB，硬盘 512 GB", "specs": {"内存": "16 GB", "硬盘": "512 GB"},
    "pictures": ["https://shop.example/p/1.jpg"], "address": "https://shop.example/p/1",
}  # fmt: skip
LAPTOP: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "NB", "title": "笔记本电脑", "category": "laptop", "quantity": 1, "unit_price": 600000, "paid": 600000,
         "page": PAGE},
    ],
    "payments": [{"tender": "card", "amount": 600000}],
}  # fmt: skip
NOT_AS_DESCRIBED: dict[str, Any] = {"reason": "spec", "description": "页面写 16 GB，实物只有 8 GB"}


@CHANNELS
@pytest.mark.parametrize("service", ["return", "exchange"])
def test_what_differs_from_the_page_as_sold_is_the_sellers_fault_and_their_freight(
    world: World, channel: dict[str, Any], team: tuple[str, str | None], service: str
) -> None:
    order = world.order(**LAPTOP, **channel)
    answers = {"wanted": "same"} if service == "exchange" else {}
    number = world.later(days=5).apply(order, **NOT_AS_DESCRIBED, service=service, answers=answers)["number"]
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="系统信息截图")
    assert world.case(number, actor=world.buyer())["details"]["as_sold"] == {"1": PAGE}
    who = world.staff(team[0], merchant=team[1])
    before = world.case(number)
    unknown = refusal_of(world.move, number, "compare_page", actor=who, spec="颜色", found="银色")
    assert (unknown.code, "内存" in unknown.errors[0].zh, world.case(number)) == ("ANSWERS_INVALID", True, before)
    same = world.move(number, "compare_page", actor=who, spec="硬盘", found="512gb")
    assert [each["differs"] for each in same["details"]["compared"]] == [False]
    other = world.move(number, "compare_page", actor=who, spec="内存", found="8 GB")
    assert [(each["spec"], each["sold"], each["found"], each["differs"]) for each in other["details"]["compared"]] == [
        ("硬盘", "512 GB", "512gb", False), ("内存", "16 GB", "8 GB", True),
    ]  # fmt: skip
    assert (other["fault"], other["freight_payer"], other["status"]) == ("seller", "seller", before["status"])
    world.move(number, "compare_page", actor=who, spec="内存", found="16GB")
    assert len(world.case(number)["details"]["compared"]) == 2, "the same specification looked at again replaces what was found"


def test_the_page_stays_as_it_was_when_a_case_stands_on_it(world: World) -> None:
    order = world.order("P1", **LAPTOP)
    world.later(days=5).apply(order, **NOT_AS_DESCRIBED)
    with pytest.raises(Refused) as no, transaction.atomic():
        world.order("P1", **{**LAPTOP, "lines": [{**LAPTOP["lines"][0], "page": {**PAGE, "specs": {"内存": "8 GB"}}}]})
    assert (no.value.code, OrderLine.objects.get().page) == ("SNAPSHOT_IN_USE", PAGE)


def test_a_page_is_not_asked_about_where_it_says_nothing_of_the_matter(world: World) -> None:
    number = world.apply(world.order(**LAPTOP))["number"]
    assert "as_sold" not in world.case(number)["details"]
    bare = world.apply(world.order(), reason="spec", description="不符")["number"]
    refused = refusal_of(world.move, bare, "compare_page", actor=world.staff("reviewer"), spec="内存", found="8 GB")
    assert refused.code == "MOVE_NOT_NOW"


@pytest.mark.parametrize("page", [{"pictures": ["javascript:alert(1)"]}, {"specs": {"": "x"}}, {"words": "x"}, {"address": "ftp://x"}])
def test_what_is_no_page_is_refused_with_its_place(world: World, page: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        world.order(**{**LAPTOP, "lines": [{**LAPTOP["lines"][0], "page": page}]})
    assert "page" in no.value.errors[0].field
    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    ("sold", "found", "differs"),
    [("16 GB", "１６gb", False), ("16 GB", "8 GB", True), ("5.5 英寸", "55 英寸", True), ("A-1", "A1", True), ("黑色", " 黑 色 ", False)],
)
def test_spaces_widths_and_cases_are_no_difference_and_numbers_are(sold: str, found: str, differs: bool) -> None:
    held = compare({"1": {"specs": {"规格": sold}}}, spec="规格", found=found)
    assert held is not None and held.differs is differs
