"""Splitting a line at the bench: parts by buttons, each with its grade; what comes together is shown together."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case, CaseItem, Finding
from shouhou.web.tests.test_inspect import PHONE, UNPACK, checks, put, send
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import TWO, World

WAYBILL = "SF0000000000077"


def three(world: World, **order: Any) -> str:
    case: str = world.apply(world.order(**(TWO | order)), items={1: 3})["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number=WAYBILL)
    return case


def looked_at(client: Client, case: str, category: str = "generic", **more: Any) -> None:
    put(client, case, "unpack", **UNPACK, **{"received-1": 3}, **more)
    put(client, case, "check", **checks(category))


def page(client: Client, case: str, step: str) -> str:
    return client.get(f"/inspect/{case}/{step}/").content.decode()


def graded(client: Client, case: str) -> Any:
    """One to restock, one cut, one sent home."""
    return put(client, case, "grade", **{
        "parts-1": 3, "quantity-1": 1, "quantity-1-2": 1, "quantity-1-3": 1, "grade-1": "A", "grade-1-2": "B", "grade-1-3": "C",
        "disposition-1-3": "consumer", "reason-1-3": "NO_SOILED",
    })  # fmt: skip


def test_units_all_alike_are_asked_for_once(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    grade = page(client, case, "grade")
    assert 'name="grade-1-2"' not in grade
    assert 'name="quantity-1"' not in grade
    assert 'name="split" value="1"' in grade


def test_a_split_keeps_what_was_filled_in_and_asks_for_one_part_more(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    answer = put(client, case, "grade", **{"parts-1": 1, "grade-1": "A", "split": "1"})
    assert answer["Location"] == f"/inspect/{case}/grade/"
    grade = page(client, case, "grade")
    assert 'name="quantity-1" value="2"' in grade
    assert 'name="quantity-1-2" value="1"' in grade
    assert 'class="errorlist"' not in grade
    assert client.get(f"/inspect/{case}/verdict/")["Location"] == f"/inspect/{case}/grade/"
    assert Finding.objects.count() == 0


def test_every_unit_for_itself_and_joined_again(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    put(client, case, "grade", **{"parts-1": 1, "grade-1": "B", "each": "1"})
    grade = page(client, case, "grade")
    assert 'name="grade-1-3"' in grade
    assert grade.count("checked") == 3
    parts = {"parts-1": 3, "quantity-1": 1, "quantity-1-2": 1, "quantity-1-3": 1, "grade-1": "A", "grade-1-2": "B", "grade-1-3": "D"}
    put(client, case, "grade", **parts, join="1-2")
    grade = page(client, case, "grade")
    assert 'name="quantity-1" value="2"' in grade
    assert 'name="quantity-1-2" value="1"' in grade
    assert 'name="grade-1-3"' not in grade
    assert 'value="D"' in grade[grade.index('name="grade-1-2"') :]


def test_a_split_is_reviewed_and_sent_part_by_part(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    assert graded(client, case).status_code == 302
    verdict = {"verdict": "deduct", "deduction-1-2": "10", "deduction_reason-1-2": "杯口有划痕"}
    assert put(client, case, "verdict", **verdict).status_code == 302
    review = page(client, case, "review")
    assert "杯口有划痕" in review
    assert "污损" in review
    assert "收到 3，通过 2" in review
    send(client, case)
    found = Finding.objects.order_by("place").values_list("quantity", "verdict", "grade", "disposition", "deduction_minor", "reason")
    assert list(found) == [
        (1, "accepted", "A", "restock", 0, ""), (1, "accepted", "B", "open_box", 1000, ""),
        (1, "rejected", "C", "consumer", 0, "NO_SOILED"),
    ]  # fmt: skip
    assert Case.objects.get(number=case).status == "deduction_proposed"
    assert CaseItem.objects.get(case__number=case).accepted_quantity == 2
    dossier = client.get(reverse("web:staff_case", args=[case])).content.decode()
    assert "part-row" in dossier
    assert "污损" in dossier


def test_parts_that_do_not_add_up_or_say_no_reason_are_told(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    wrong = {"parts-1": 2, "quantity-1": 1, "quantity-1-2": 1, "grade-1": "A", "grade-1-2": "C", "disposition-1-2": "consumer"}
    answer = put(client, case, "grade", **wrong)
    assert answer.status_code == 422
    assert "各份合计 2 件，收到 3 件" in answer.content.decode()
    assert "请选择不通过的理由" in answer.content.decode()
    worse = put(client, case, "grade", **{**wrong, "quantity-1-2": 2, "disposition-1-2": "restock"})
    assert "只有成色 A 才能重新入库" in worse.content.decode()


def test_with_a_part_going_home_not_all_is_accepted(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    looked_at(client, case)
    graded(client, case)
    answer = put(client, case, "verdict", verdict="accept")
    assert answer.status_code == 422
    assert "有退回消费者的份" in answer.content.decode()
    assert put(client, case, "verdict", verdict="part").status_code == 302
    too_much = put(client, case, "verdict", **{"verdict": "deduct", "deduction-1-2": "46", "deduction_reason-1-2": "划痕"})
    assert "最多可扣 45.00" in too_much.content.decode()


def test_serials_say_whether_they_were_sold_here_or_with_another_order(world: World, staff: Callable[..., Client]) -> None:
    line = {**PHONE["lines"][0], "quantity": 3, "paid": 59700, "serials": ["IMEI001", "IMEI002", "IMEI003"]}
    world.order(lines=[{**PHONE["lines"][0], "serials": ["IMEI900"]}])
    case: str = world.apply(world.order(lines=[line], payments=[{"tender": "card", "amount": 59700}]), items={1: 3})["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number=WAYBILL)
    client = staff("inspector")
    looked_at(client, case, "phone", **{"serials-1": "IMEI001 IMEI900 XYZ"})
    grade = page(client, case, "grade")
    for words in ("与售出一致", "已售给其他订单", "不是售出的序列号"):
        assert words in grade
    split = {"parts-1": 2, "quantity-1": 2, "quantity-1-2": 1, "grade-1": "A", "grade-1-2": "C", "disposition-1-2": "consumer",
             "reason-1-2": "NO_SERIAL_MISMATCH", "serials-1": ["IMEI001"]}  # fmt: skip
    many = put(client, case, "grade", **split, **{"serials-1-2": ["IMEI900", "XYZ"]})
    assert "序列号比件数多" in many.content.decode()
    assert put(client, case, "grade", **split, **{"serials-1-2": ["IMEI900"]}).status_code == 302
    put(client, case, "verdict", verdict="part")
    send(client, case)
    assert list(Finding.objects.order_by("place").values_list("serials", flat=True)) == [["IMEI001"], ["IMEI900"]]


def test_two_cases_in_one_parcel_are_unpacked_one_after_the_other(world: World, staff: Callable[..., Client]) -> None:
    first, second = three(world), world.apply(world.order())["number"]
    client = staff("inspector")
    client.get(reverse("web:inspect_find"), {"q": WAYBILL})
    assert second in page(client, first, "unpack")
    put(client, first, "unpack", **UNPACK, **{"received-1": 3, "parcel": WAYBILL})
    bench = client.get(send(client, first, act="receipt")["Location"]).content.decode()
    assert "同一个包裹里可能还有" in bench
    assert f"/inspect/{second}/?waybill={WAYBILL}" in bench
    client.get(f"/inspect/{second}/?waybill={WAYBILL}")
    assert f'value="{WAYBILL}"' in page(client, second, "unpack")


def test_one_case_in_several_parcels_shows_what_each_held(world: World, staff: Callable[..., Client]) -> None:
    case, client = three(world), staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 2, "parcel": "YT1234567890123"})
    send(client, case, act="receipt")
    unpack = page(client, case, "unpack")
    assert "本单的包裹" in unpack
    assert "已登记 2 件" in unpack
    assert WAYBILL in unpack


def test_the_split_is_whole_in_english(world: World, staff: Callable[..., Client]) -> None:
    line = {**TWO["lines"][0], "title": "Cup"}
    case, client = three(world, lines=[line]), staff("inspector")
    world.apply(world.order(lines=[{**line, "quantity": 1, "paid": 4500}], payments=[{"tender": "card", "amount": 4500}]))
    client.cookies["django_language"] = "en"
    looked_at(client, case)
    graded(client, case)
    put(client, case, "verdict", **{"verdict": "deduct", "deduction-1-2": "10", "deduction_reason-1-2": "scratch"})
    for step in ("unpack", "grade", "verdict", "review"):
        assert CJK.findall(text_of(page(client, case, step))) == [], step
    send(client, case)
    assert CJK.findall(text_of(client.get(f"/inspect/?after={case}").content.decode())) == []
