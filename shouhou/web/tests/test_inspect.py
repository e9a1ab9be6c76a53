"""The inspector's bench: any number finds the case, every step stays open until all is sent at once."""

import html
import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.cases.checklists import checklist_for
from shouhou.cases.models import Attachment, Case, CaseItem, HistoryEntry, UnpackingRecord
from shouhou.web.inspect.draft import STEPS
from shouhou.web.tests.conftest import SHOP
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import TWO, World

UNPACK = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
PHONE: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "P1", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 19900, "paid": 19900,
               "serials": ["IMEI001"]}],
}  # fmt: skip


def shipped(world: World, **order: Any) -> str:
    """A parcel on its way with the waybill SF0000000000077."""
    case: str = world.apply(world.order(**order))["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000077")
    return case


def put(client: Client, case: str, step: str, **fields: Any) -> Any:
    return client.post(reverse("web:inspect_step", args=[case, step]), fields)


def checks(category: str, *, line: int = 1, **other: str) -> dict[str, str]:
    return {f"{point.code}-{line}": other.get(point.code, "yes") for point in checklist_for(category)}


def fill(
    client: Client, case: str, verdict: dict[str, Any] | None = None, *, category: str = "kettle", received: int = 1, grade: str = "A"
) -> None:  # fmt: skip
    put(client, case, "unpack", **UNPACK, **{"received-1": received})
    put(client, case, "check", **checks(category))
    put(client, case, "grade", **{"grade-1": grade})
    put(client, case, "verdict", **(verdict or {"verdict": "accept"}))


def send(client: Client, case: str, act: str = "all") -> Any:
    page = client.get(reverse("web:inspect_step", args=[case, "review"])).content.decode()
    kept = dict(re.findall(r'name="(once|version)" value="([^"]+)"', page))
    return client.post(reverse("web:inspect_send", args=[case]), {**kept, "act": act})


def test_every_number_on_a_parcel_leads_to_its_case(world: World, staff: Callable[..., Client]) -> None:
    case = shipped(world, **PHONE)
    order, client = Case.objects.get(number=case).order.number, staff("inspector")  # type: ignore[union-attr]
    for text in (case, case.lower().replace("-", ""), order, "SF0000000000077", "sf0000000000077", "IMEI001"):
        answer = client.get(reverse("web:inspect_find"), {"q": text})
        assert answer.status_code == 302, text
        assert answer["Location"] == reverse("web:inspect_case", args=[case])
    assert client.get(reverse("web:inspect_case", args=[case]))["Location"] == f"/inspect/{case}/unpack/"


def test_a_parcel_nobody_knows_is_told_what_to_do_with(world: World, staff: Callable[..., Client]) -> None:
    page = staff("inspector").get(reverse("web:inspect_find"), {"q": "SF9999999999999"})
    assert page.status_code == 200
    assert "没有找到" in page.content.decode()
    assert "无主包裹区" in page.content.decode()


def test_the_scanned_waybill_stands_in_the_record(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    client.get(reverse("web:inspect_find"), {"q": "SF0000000000077"})
    assert 'value="SF0000000000077"' in client.get(f"/inspect/{case}/unpack/").content.decode()


def test_nothing_reaches_the_case_before_it_is_sent_and_then_all_of_it(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case)
    review = client.get(f"/inspect/{case}/review/").content.decode()
    assert "全部通过" in review
    assert "199.00" in review
    assert Case.objects.get(number=case).status == "in_transit"
    assert UnpackingRecord.objects.count() == 0
    answer = send(client, case)
    assert answer["Location"].startswith(reverse("web:inspect"))
    moves = list(HistoryEntry.objects.filter(case__number=case).order_by("version").values_list("move", flat=True))
    assert moves[-3:] == ["receive", "accept", "start_refund"]
    item = CaseItem.objects.get(case__number=case)
    assert (item.accepted_quantity, item.grade, item.disposition) == (1, "A", "restock")
    assert item.inspection["checklist"]["power"] == "yes"
    assert item.inspection["checklist"]["function"] == "yes"
    bench = client.get(reverse("web:inspect")).content.decode()
    assert "请扫描下一件" in bench
    assert f"/staff/cases/{case}/" in bench


def test_sent_twice_it_is_done_once(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case)
    page = client.get(f"/inspect/{case}/review/").content.decode()
    form = {**dict(re.findall(r'name="(once|version)" value="([^"]+)"', page)), "act": "all"}
    for _ in range(2):
        assert client.post(reverse("web:inspect_send", args=[case]), form).status_code == 302
    assert HistoryEntry.objects.filter(case__number=case, move="accept").count() == 1
    assert UnpackingRecord.objects.filter(case__number=case).count() == 1


def test_a_step_is_opened_again_as_it_was_left_and_can_be_changed(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case, grade="B")
    page = client.get(f"/inspect/{case}/grade/").content.decode()
    assert re.search(r'value="B"[^>]*checked', page)
    put(client, case, "grade", **{"grade-1": "C"})
    send(client, case)
    assert CaseItem.objects.get(case__number=case).grade == "C"


def test_what_is_missing_is_told_and_the_rest_is_kept(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    answer = put(client, case, "unpack", packing="damaged", note="箱角压坏")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "箱角压坏" in page
    assert re.search(r'value="damaged"[^>]*checked', page)
    assert client.get(f"/inspect/{case}/review/")["Location"] == f"/inspect/{case}/unpack/"
    for step in ("check", "grade", "verdict"):
        assert client.get(f"/inspect/{case}/{step}/")["Location"] == f"/inspect/{case}/unpack/", step


def test_only_the_receipt_is_sent_and_the_inspection_follows_later(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 1, "photos": png()})
    assert "只登记收货" in client.get(f"/inspect/{case}/review/").content.decode()
    send(client, case, act="receipt")
    assert Case.objects.get(number=case).status == "received"
    assert Attachment.objects.get(case__number=case).kind == "unpacking"
    assert case in client.get(reverse("web:inspect")).content.decode()
    assert client.get(reverse("web:inspect_case", args=[case]))["Location"] == f"/inspect/{case}/check/"


def test_a_part_is_accepted_and_the_rest_goes_home(world: World, staff: Callable[..., Client]) -> None:
    order = world.order(**TWO)
    case = world.apply(order, items={1: 3})["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000077")
    client = staff("inspector")
    fill(client, case, {"verdict": "part", "accepted-1": 2}, category="generic", received=3)
    send(client, case)
    item = CaseItem.objects.get(case__number=case)
    assert (item.received_quantity, item.accepted_quantity, item.finding) == (3, 2, "partly")


def test_a_deduction_needs_its_reason_and_waits_for_the_consumer(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case, {"verdict": "deduct", "deduction-1": "20"}, grade="B")
    assert "提交验收" not in client.get(f"/inspect/{case}/review/").content.decode()
    put(client, case, "verdict", verdict="deduct", **{"deduction-1": "20", "deduction_reason-1": "缺电源线"})
    send(client, case)
    assert Case.objects.get(number=case).status == "deduction_proposed"
    item = CaseItem.objects.get(case__number=case)
    assert (item.deduction_minor, item.deduction_reason) == (2000, "缺电源线")


def test_more_than_was_paid_is_not_deducted(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case)
    answer = put(client, case, "verdict", verdict="deduct", **{"deduction-1": "200", "deduction_reason-1": "磨损"})
    assert answer.status_code == 422
    assert "最多可扣 199.00" in answer.content.decode()


def test_a_rejection_names_its_clause_by_itself_and_keeps_the_failed_points(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world, **PHONE), staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 1, "serials-1": "IMEI999"})
    put(client, case, "check", **checks("phone", imei="no"))
    put(client, case, "grade", **{"grade-1": "A"})
    assert "不是售出的序列号" in client.get(f"/inspect/{case}/verdict/").content.decode()
    put(client, case, "verdict", verdict="reject", reason_code="NO_SERIAL_MISMATCH", note="收到的手机不是售出的那一台")
    send(client, case)
    entry = HistoryEntry.objects.get(case__number=case, move="not_accept")
    assert entry.answers["clause"] == "NR-SERIAL"
    assert entry.answers["checklist"]["serial"] == "no"
    assert HistoryEntry.objects.get(case__number=case, move="receive").answers["serial_mismatch"] == ["IMEI999"]
    unlike, failed = (message["text"] for message in world.case(case)["messages"])
    assert "IMEI999" in unlike
    assert "IMEI/序列号" in failed


def test_somebody_was_quicker_and_nothing_is_sent(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    fill(client, case)
    page = client.get(f"/inspect/{case}/review/").content.decode()
    form = {**dict(re.findall(r'name="(once|version)" value="([^"]+)"', page)), "act": "all"}
    world.move(case, "change_waybill", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000078")
    answer = client.post(reverse("web:inspect_send", args=[case]), form)
    assert answer.status_code == 409
    assert "已被其他操作更新" in html.unescape(answer.content.decode())
    assert Case.objects.get(number=case).status == "in_transit"
    assert UnpackingRecord.objects.count() == 0


def test_a_photo_is_taken_out_again_before_sending(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 1, "photos": [png("a.png"), png("b.png")]})
    tokens = re.findall(r'name="remove" value="([^"]+)"', client.get(f"/inspect/{case}/unpack/").content.decode())
    assert len(tokens) == 2
    put(client, case, "unpack", **UNPACK, **{"received-1": 1, "remove": tokens[:1]})
    send(client, case, act="receipt")
    assert list(Attachment.objects.values_list("upload__token", flat=True)) == tokens[1:]


def test_a_thrown_away_draft_leaves_nothing(world: World, staff: Callable[..., Client]) -> None:
    case, client = shipped(world), staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 1})
    assert case in client.get(reverse("web:inspect")).content.decode()
    client.post(reverse("web:inspect_discard", args=[case]))
    assert "没有提交的草稿" not in client.get(reverse("web:inspect")).content.decode()
    assert Case.objects.get(number=case).status == "in_transit"


def test_a_case_that_is_not_approved_says_so_instead(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(), reason="quality", description="漏水")["number"]
    page = staff("inspector").get(reverse("web:inspect_case", args=[case])).content.decode()
    assert "现在不能验收" in page
    assert "还没有通过审核" in page


def test_a_shops_person_inspects_their_own_shops_parcels_only(world: World, staff: Callable[..., Client]) -> None:
    case = shipped(world, merchant=SHOP)
    world.order(merchant={"code": "other", "channel": "third", "name": "另一家"})
    mine, other = staff("merchant_operator", "yunshang"), staff("merchant_operator", "other")
    assert mine.get(f"/inspect/{case}/unpack/").status_code == 200
    assert other.get(f"/inspect/{case}/unpack/").status_code == 404
    assert other.get(reverse("web:inspect_find"), {"q": case}).status_code == 200
    assert other.post(reverse("web:inspect_send", args=[case]), {}).status_code == 404


def test_the_bench_is_for_those_who_inspect(world: World, staff: Callable[..., Client]) -> None:
    assert staff("agent").get(reverse("web:inspect")).status_code == 403
    assert Client().get(reverse("web:inspect"))["Location"].startswith("/staff/sign-in/")


def test_another_parcel_of_the_case_may_be_registered_or_skipped(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(**TWO), items={1: 3})["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000077")
    client = staff("inspector")
    put(client, case, "unpack", **UNPACK, **{"received-1": 2})
    send(client, case, act="receipt")
    put(client, case, "unpack", skip="1")
    assert client.get(reverse("web:inspect_case", args=[case]))["Location"] == f"/inspect/{case}/check/"
    put(client, case, "unpack", **UNPACK, **{"received-1": 1})
    send(client, case, act="receipt")
    assert CaseItem.objects.get(case__number=case).received_quantity == 3


def test_the_bench_and_every_step_are_whole_in_english(world: World, staff: Callable[..., Client]) -> None:
    line = {**PHONE["lines"][0], "title": "Phone", "serials": ["S1"]}
    case, client = shipped(world, lines=[line]), staff("inspector")
    client.cookies["django_language"] = "en"
    put(client, case, "unpack", **UNPACK, **{"received-1": 1, "serials-1": "S2"})
    put(client, case, "check", **checks("phone", screen="no"))
    put(client, case, "grade", **{"grade-1": "B"})
    put(client, case, "verdict", verdict="reject", reason_code="NO_HUMAN_DAMAGE", note="cracked", clause="x")
    paths = ["/inspect/", "/inspect/find/?q=ZZZ99999", *(f"/inspect/{case}/{step}/" for step in (*STEPS, "review"))]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert CJK.findall(text_of(answer.content.decode())) == [], path
