"""The technician's bench: the board, one order from diagnosis to hand-back, quotes, visits, and who sees what."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.repairs.models import Appointment, Quote, RepairRecord, TestRecord, WorkOrder
from shouhou.repairs.rules.faults import checks_of
from shouhou.web.tests.conftest import SHOP
from tests.stories.repairing import PHONE, TV, approved, diagnosed, home, on_bench, repaired
from tests.world import World


@pytest.fixture
def past(world: World) -> World:
    """The order was delivered long enough ago for the story to end about now."""
    return world.later(days=-42)


def work_order(case: str) -> WorkOrder:
    return WorkOrder.objects.filter(subject=case).latest("round")


def at(case: str, move: str = "") -> str:
    number = work_order(case).number
    return reverse("web:technician_move", args=[number, move]) if move else reverse("web:technician_order", args=[number])


def step(client: Client, case: str, move: str, **fields: Any) -> Any:
    """Fill in the step's form as its page shows it."""
    page = client.get(at(case, move)).content.decode()
    form = page[page.index(f'id="step-{move}"'):]
    kept = dict(re.findall(r'name="(once|version)" value="([^"]+)"', form) or re.findall(r'name="(version)" value="(\d+)"', form))
    version = re.search(r'name="version" value="(\d+)"', form)
    return client.post(at(case, move), {**kept, **({"version": version[1]} if version else {}), **fields})


def test_the_board_shows_every_order_in_the_column_of_its_state(past: World, staff: Callable[..., Client]) -> None:
    case = on_bench(past, PHONE)
    page = staff("technician").get(reverse("web:technician")).content.decode()
    column = page[page.index("待检测"):page.index("报价<")]
    assert work_order(case).number in column
    assert page.count(work_order(case).number) == 2  # the address and the number


def test_a_warranty_repair_goes_from_diagnosis_to_hand_back_at_the_bench(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    answer = step(client, case, "diagnose", finding="faulty", cause="manufacturing", fault_code="system_crash", note="主板虚焊")
    assert answer["Location"] == at(case)
    assert work_order(case).scope == "in"
    part = {"part-0": "主板", "old_serial-0": "A1", "new_serial-0": "B2"}
    assert step(client, case, "finish_repair", done="更换主板", **part).status_code == 302
    assert RepairRecord.objects.get().parts[0]["new_serial"] == "B2"
    assert step(client, case, "test", checklist=list(checks_of("phone"))).status_code == 302
    assert past.case(case)["status"] == "ready"
    page = client.get(at(case)).content.decode()
    assert "A1 → B2" in page
    assert "合格" in page
    assert client.get(at(case, "hand_over"))["Location"] == reverse("web:counter_case", args=[case])
    assert client.post(at(case, "hand_over"), {"version": 1})["Location"] == reverse("web:counter_case", args=[case])
    assert past.case(case)["status"] == "ready"
    assert step(client, case, "ship_repaired", tracking_number="SF0000000000123", carrier="SF").status_code == 302
    assert past.case(case)["status"] == "on_way_back"
    assert work_order(case).result == "repaired"


def test_a_test_that_was_not_ticked_whole_sends_it_back_to_the_bench(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    diagnosed(past, case)
    step(client, case, "finish_repair", done="更换主板")
    assert step(client, case, "test", checklist=["power"]).status_code == 302
    assert past.case(case)["status"] == "repairing"
    assert TestRecord.objects.get().passed is False


def test_a_quote_is_seen_as_the_buyer_sees_it_before_it_goes_out_once(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    diagnosed(past, case, cause="human", fault_code="broken_screen")
    lines = {
        "what-0": "屏幕总成", "kind-0": "part", "amount-0": "899.50", "what-1": "更换工时", "kind-1": "labour", "amount-1": "120",
        "note": "三天内完成",
    }  # fmt: skip
    answer = step(client, case, "quote", act="preview", **lines)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "¥1,019.50" in page
    assert Quote.objects.count() == 0
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    kept.pop("csrfmiddlewaretoken", None)
    for _ in range(2):
        assert client.post(at(case, "quote"), {**kept, "act": "confirm"})["Location"] == at(case)
    quote = Quote.objects.get()
    assert (quote.parts_minor, quote.labour_minor, quote.total_minor) == (89950, 12000, 101950)
    assert quote.lines == [{"what": "屏幕总成", "amount": 89950}, {"what": "更换工时", "amount": 12000}]
    assert past.case(case)["status"] == "quoted"


def test_a_quote_without_a_line_is_told_at_the_line(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    diagnosed(past, case, cause="human", fault_code="broken_screen")
    answer = step(client, case, "quote", act="preview", **{"kind-0": "part"})
    assert answer.status_code == 422
    assert "请至少填写一行" in answer.content.decode()
    assert Quote.objects.count() == 0


def test_taking_the_job_twice_takes_it_once(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    page = client.get(at(case)).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    once = re.search(r'name="once" value="([^"]+-t)"', page)
    assert version and once
    for _ in range(2):
        assert client.post(at(case, "take_job"), {"version": version[1], "once": once[1]})["Location"] == at(case)
    order = work_order(case)
    assert order.technician.startswith("user:")
    assert order.entries.filter(what="assigned").count() == 1
    mine = client.get(reverse("web:technician_list"), {"technician": "me"}).content.decode()
    assert order.number in mine


def test_what_somebody_else_did_meanwhile_is_told_and_nothing_is_overwritten(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("technician")
    version = past.case(case)["version"]
    diagnosed(past, case)
    answer = client.post(at(case, "diagnose"), {"version": version, "finding": "no_fault", "note": "没有问题", "once": "k1"})
    assert answer.status_code == 409
    assert work_order(case).finding == "faulty"


def test_the_day_plan_has_the_address_and_ends_a_visit_either_way(past: World, staff: Callable[..., Client]) -> None:
    past.later(days=2)
    case = approved(past, TV, answers={"fault_code": "no_power", "mode": "on_site"})
    order = work_order(case)
    start = past.now + timedelta(hours=2)
    past.move(case, "book_visit", actor=past.buyer(), start=start.isoformat())
    client = staff("technician")
    page = client.get(reverse("web:technician_day"), {"day": f"{start + timedelta(hours=8):%Y-%m-%d}"}).content.decode()
    assert "春熙路 1 号" in page
    assert "tel:13800000001" in page
    assert "uri.amap.com" in page
    assert step(client, case, "start_visit", serial="TV-1").status_code == 302
    assert past.case(case)["status"] == "diagnosing"
    assert Appointment.objects.get(order=order).state == "kept"


def test_a_shops_own_people_see_their_shops_orders_and_no_others(past: World, staff: Callable[..., Client]) -> None:
    case = on_bench(past, PHONE, {"merchant": SHOP})
    number = work_order(case).number
    past.order(merchant={"code": "other", "channel": "third", "name": "别家"})
    for role in ("technician", "merchant_operator"):
        own, other = staff(role, shop="yunshang"), staff(role, shop="other")
        assert number in own.get(reverse("web:technician_list")).content.decode()
        assert own.get(at(case)).status_code == 200
        assert number not in other.get(reverse("web:technician_list")).content.decode()
        assert other.get(at(case)).status_code == 404
        assert other.post(at(case, "take_job"), {"version": 1}).status_code == 404
    assert work_order(case).technician == ""


@pytest.mark.parametrize("role", ["agent", "reviewer", "finance", "auditor"])
def test_who_does_not_repair_does_not_stand_at_the_bench(past: World, staff: Callable[..., Client], role: str) -> None:
    case, client = on_bench(past, PHONE), staff(role)
    for address in (reverse("web:technician"), reverse("web:technician_list"), reverse("web:technician_day"), at(case)):
        assert client.get(address).status_code == 403
    assert client.post(at(case, "take_job"), {"version": 1}).status_code == 403
    assert work_order(case).technician == ""


def test_the_list_is_a_file_with_masked_names(past: World, staff: Callable[..., Client]) -> None:
    case = on_bench(past, PHONE)
    answer = staff("technician").get(reverse("web:technician_export", args=["csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert work_order(case).number in text
    assert "林一" not in text
    assert "林*" in text


def test_the_bench_knows_what_was_here_before(past: World, staff: Callable[..., Client]) -> None:
    case = on_bench(past, PHONE)
    first, client = work_order(case), staff("technician")
    diagnosed(past, case)
    repaired(past, case)
    home(past, case)
    past.move(case, "still_broken", actor=past.buyer(), reason="仍旧重启")
    page = client.get(at(case)).content.decode()
    assert work_order(case).round == 2
    assert "这台机器以前的维修" in page
    assert first.number in page


def test_the_agents_page_leads_to_the_bench_and_to_the_counter_and_makes_their_moves_nowhere_else(
    past: World, staff: Callable[..., Client]
) -> None:
    case, client = on_bench(past, PHONE), staff("supervisor")
    page = client.get(reverse("web:staff_case", args=[case])).content.decode()
    assert f'href="{at(case, "diagnose")}"' in page
    generic = reverse("web:staff_move", args=[case, "diagnose"])
    assert generic not in page
    assert client.get(generic)["Location"] == at(case, "diagnose")
    sent = {"version": past.case(case)["version"], "act": "confirm", "finding": "no_fault", "note": "无"}
    assert client.post(generic, sent)["Location"] == at(case, "diagnose")
    assert past.case(case)["status"] == "diagnosing"
    diagnosed(past, case)
    repaired(past, case)
    counter = reverse("web:counter_case", args=[case]) + "#hand_over"
    assert f'href="{counter}"' in client.get(reverse("web:staff_case", args=[case])).content.decode()
    again = {"version": past.case(case)["version"], "act": "confirm"}
    assert client.post(reverse("web:staff_move", args=[case, "hand_over"]), again)["Location"] == counter
    assert past.case(case)["status"] == "ready"


def test_an_inspector_hands_nothing_over_the_counter(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("inspector")
    diagnosed(past, case)
    repaired(past, case)
    assert "hand_over" not in client.get(reverse("web:staff_case", args=[case])).content.decode()
    answer = client.post(reverse("web:staff_move", args=[case, "hand_over"]), {"version": past.case(case)["version"], "act": "confirm"})
    assert answer.status_code in (403, 409)
    assert past.case(case)["status"] == "ready"
