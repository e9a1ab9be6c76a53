"""The service point's counter: any number, checking in, the ticket, handing over to the right person, loan units."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.cases.access import case_for
from shouhou.cases.pickup_code import pickup_code
from shouhou.logistics.models import ServicePoint
from shouhou.repairs.models import LoanUnit, WorkOrder
from shouhou.web.models import HomePoint
from shouhou.web.tests.conftest import SHOP
from tests.stories.repairing import PHONE, approved, diagnosed, on_bench, repaired
from tests.world import World


@pytest.fixture
def past(world: World) -> World:
    """The order was delivered long enough ago for the story to end about now."""
    ServicePoint.objects.create(
        code="CD01", name_zh="成都维修点", kind="both", region_code="510104", address_zh="春熙路 9 号", phone="028-1234567",
        week=[["09:00-18:00"]] * 7, services=["walk_in_repair", "drop_off"], updated_at=world.now,
    )  # fmt: skip
    return world.later(days=-42)


def walking_in(past: World) -> str:
    return approved(past, PHONE, answers={"fault_code": "system_crash", "mode": "walk_in", "point": "CD01"})


def kept(client: Client, case: str, move: str) -> dict[str, str]:
    """What the form of a move holds on the counter's page."""
    page = client.get(reverse("web:counter_case", args=[case])).content.decode()
    form = page[page.index(f"/moves/{move}/"):]
    version, once = re.search(r'name="version" value="(\d+)"', form), re.search(r'name="once" value="([^"]+)"', form)
    assert version and once
    return {"version": version[1], "once": once[1]}


def post(client: Client, case: str, move: str, **fields: Any) -> Any:
    return client.post(reverse("web:counter_move", args=[case, move]), fields)


def test_any_number_leads_to_the_case_and_the_day_lists_who_is_expected(past: World, staff: Callable[..., Client]) -> None:
    case, client = walking_in(past), staff("clerk")
    number = WorkOrder.objects.get(subject=case).number
    for text in (case, number, number.lower(), "IMEI-1"):
        assert client.get(reverse("web:counter_find"), {"q": text})["Location"] == reverse("web:counter_case", args=[case]), text
    page = client.get(reverse("web:counter"), {"point": "CD01"}).content.decode()
    assert case in page
    assert "林*" in page
    assert "林一" not in page
    assert "13800000001" not in page
    assert "成都维修点" in client.get(reverse("web:counter")).content.decode()  # remembered


def test_an_unknown_number_offers_to_apply_for_the_customer(past: World, staff: Callable[..., Client]) -> None:
    page = staff("clerk").get(reverse("web:counter_find"), {"q": "NOTHING-9"}).content.decode()
    assert "没有找到" in page
    assert reverse("web:staff_apply") in page


def test_checking_in_twice_is_one_check_in_and_prints_a_ticket(past: World, staff: Callable[..., Client]) -> None:
    case, client = walking_in(past), staff("clerk")
    form = {**kept(client, case, "check_in"), "appearance": "ok", "accessories": "ok", "serial": "IMEI-1"}
    for _ in range(2):
        assert post(client, case, "check_in", **form).status_code == 302
    order = WorkOrder.objects.get(subject=case)
    assert past.case(case)["status"] == "diagnosing"
    assert order.entries.filter(what="taken_in").count() == 1
    page = client.get(reverse("web:counter_ticket", args=[case])).content.decode()
    assert order.number in page
    assert "成都维修点" in page
    assert "<svg" in page


def test_a_wrong_name_or_number_hands_nothing_over(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("clerk")
    diagnosed(past, case)
    repaired(past, case)
    for name, digits in (("路人", "0001"), ("林一", "9999")):
        answer = post(client, case, "hand_over", **kept(client, case, "hand_over"), name=name, digits=digits)
        assert answer.status_code == 422
        assert "不符" in answer.content.decode()
        assert past.case(case)["status"] == "ready"
    page = client.get(reverse("web:counter_case", args=[case])).content.decode()
    assert "林一" not in page
    assert "13800000001" not in page
    assert post(client, case, "hand_over", **kept(client, case, "hand_over"), name=" 林一 ", digits="0001").status_code == 302
    assert past.case(case)["status"] == "handed_back"
    assert "已核对姓名与手机后四位" in str(past.case(case)["timeline"])


def test_what_waits_for_the_consumers_choice_cannot_be_fetched(past: World, staff: Callable[..., Client]) -> None:
    choosing, ready = on_bench(past, PHONE), on_bench(past, PHONE)
    diagnosed(past, choosing, finding="unrepairable", cause="manufacturing", fault_code="mainboard")
    diagnosed(past, ready, finding="no_fault")
    page = staff("clerk").get(reverse("web:counter")).content.decode()
    listed = page[page.index("可以领取"):page.index("预计送来寄退")]
    assert WorkOrder.objects.get(subject=ready).number in listed
    assert WorkOrder.objects.get(subject=choosing).number not in listed


def test_guessing_is_stopped(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("clerk")
    diagnosed(past, case)
    repaired(past, case)
    form = kept(client, case, "hand_over")
    tried = [post(client, case, "hand_over", **form, name="林一", digits=f"{n:04d}").status_code for n in range(100, 111)]
    assert tried == [422] * 10 + [429]
    assert past.case(case)["status"] == "ready"


def test_a_unit_is_lent_listed_and_taken_back(past: World, staff: Callable[..., Client]) -> None:
    case, client = on_bench(past, PHONE), staff("clerk")
    lent = {"title": "备用手机", "serial": "LOAN-1", "deposit": "100"}
    assert post(client, case, "lend_unit", **kept(client, case, "lend_unit"), **lent).status_code == 302
    assert LoanUnit.objects.get().deposit_minor == 10000
    assert "LOAN-1" in client.get(reverse("web:counter_loans")).content.decode()
    text = b"".join(client.get(reverse("web:counter_loans_export", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert "LOAN-1" in text
    assert post(client, case, "take_back_loan", **kept(client, case, "take_back_loan")).status_code == 302
    assert "LOAN-1" not in client.get(reverse("web:counter_loans")).content.decode()


def test_a_parcel_is_taken_in_for_a_return_and_counts_today(past: World, staff: Callable[..., Client]) -> None:
    past.later(days=41)
    contact, client = {"name": "林一", "phone": "13800000001", "place": "CD01"}, staff("clerk")
    case = past.apply(past.order(), return_method="drop_off", contact=contact)["number"]
    assert case in client.get(reverse("web:counter"), {"point": "CD01"}).content.decode()
    assert post(client, case, "drop_off", **kept(client, case, "drop_off"), place="CD01").status_code == 302
    assert past.case(case)["status"] == "in_transit"
    page = client.get(reverse("web:counter")).content.decode()
    assert case in page[page.index("今天收到的寄退"):]


def test_strangers_find_no_counter_and_other_shops_no_case(past: World, staff: Callable[..., Client]) -> None:
    case = approved(past, PHONE, {"merchant": SHOP})
    past.order(merchant={"code": "other", "channel": "third", "name": "别家"})
    assert staff("agent").get(reverse("web:counter")).status_code == 403
    other = staff("merchant_operator", shop="other")
    assert other.get(reverse("web:counter_case", args=[case])).status_code == 404
    assert other.get(reverse("web:counter_ticket", args=[case])).status_code == 404
    assert post(other, case, "check_in", version=1).status_code == 404
    assert case not in other.get(reverse("web:counter")).content.decode()
    assert staff("clerk").get(reverse("web:counter"), {"point": "NOWHERE"}).status_code == 404


def test_ones_own_counter_is_there_on_every_device_and_another_can_be_chosen(past: World, staff: Callable[..., Client]) -> None:
    client, point = staff("clerk"), ServicePoint.objects.get(code="CD01")
    ServicePoint.objects.create(
        code="BJ01", name_zh="北京维修点", kind="both", region_code="110101", address_zh="王府井 1 号", phone="010-1234567",
        week=[["09:00-18:00"]] * 7, services=["walk_in_repair"], updated_at=past.now,
    )  # fmt: skip
    once = {"once": "home-0001", "point": "CD01"}
    for _ in range(2):
        assert client.post(reverse("web:counter_home"), once).status_code == 302
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(pk=client.session["_auth_user_id"]))
    assert f"<h1>{point.name_zh}</h1>" in elsewhere.get(reverse("web:counter")).content.decode()
    assert "<h1>北京维修点</h1>" in elsewhere.get(reverse("web:counter"), {"point": "BJ01"}).content.decode()
    assert "<h1>网点柜台</h1>" in elsewhere.get(reverse("web:counter"), {"point": ""}).content.decode()
    assert "<h1>网点柜台</h1>" in elsewhere.get(reverse("web:counter")).content.decode()
    assert f"<h1>{point.name_zh}</h1>" in client.get(reverse("web:counter")).content.decode()


def test_nobody_works_at_a_counter_that_there_is_not_or_that_is_another_shops(past: World, staff: Callable[..., Client]) -> None:
    past.order(merchant=SHOP)
    client = staff("merchant_operator", shop=SHOP["code"])
    for code in ("NOWHERE", "CD01"):
        assert client.post(reverse("web:counter_home"), {"point": code}).status_code == 404
    assert not HomePoint.objects.exists()
    assert staff("agent").post(reverse("web:counter_home"), {"point": "CD01"}).status_code == 403


def ready_to_fetch(past: World) -> str:
    """Checked in at the counter, repaired, tested."""
    case = walking_in(past)
    past.move(case, "check_in", actor=past.staff("clerk"), appearance="ok", accessories="ok", serial="IMEI-1")
    diagnosed(past, case)
    repaired(past, case)
    return case


def shown_code(page: str) -> str:
    found = re.search(r'class="slip-number">(\d{3} \d{3})<', page)
    assert found
    return found[1]


def test_the_consumer_shows_a_code_and_the_counter_hands_over_for_it(
    past: World, staff: Callable[..., Client], buyer: Callable[..., Client]
) -> None:
    case, other, client = ready_to_fetch(past), on_bench(past, PHONE), staff("clerk")
    page = buyer().get(reverse("web:case", args=[case])).content.decode()
    code = shown_code(page)
    assert "成都维修点" in page
    assert "pickup-code" not in buyer().get(reverse("web:case", args=[other])).content.decode()
    assert code not in staff("supervisor").get(reverse("web:staff_case", args=[case])).content.decode()
    assert code not in client.get(reverse("web:counter_case", args=[case])).content.decode()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1000000:06d}"
    refused = post(client, case, "hand_over", **kept(client, case, "hand_over"), code=wrong, name="林一", digits="0001")
    assert refused.status_code == 422
    assert "取件码不对" in refused.content.decode()
    assert past.case(case)["status"] == "ready"
    assert post(client, case, "hand_over", **kept(client, case, "hand_over"), code=code).status_code == 302
    assert past.case(case)["status"] == "handed_back"
    assert "已核对取件码" in str(past.case(case)["timeline"])
    assert "pickup-code" not in buyer().get(reverse("web:case", args=[case])).content.decode()


def test_a_scanned_code_is_filled_in_and_never_stands_in_an_address(past: World, staff: Callable[..., Client]) -> None:
    case, client = ready_to_fetch(past), staff("clerk")
    code = pickup_code(case_for(past.staff("clerk"), case))
    answer = client.get(reverse("web:counter_find"), {"q": f"{case} {code}"})
    assert answer["Location"] == reverse("web:counter_case", args=[case])
    assert f'value="{code}"' in client.get(answer["Location"]).content.decode()


def test_neither_code_nor_name_and_number_hands_nothing_over(past: World, staff: Callable[..., Client]) -> None:
    case, client = ready_to_fetch(past), staff("clerk")
    for given in ({}, {"name": "林一"}, {"digits": "0001"}, {"code": "12345"}):
        assert post(client, case, "hand_over", **kept(client, case, "hand_over"), **given).status_code == 422, given
    assert past.case(case)["status"] == "ready"


def test_a_unit_that_is_sent_home_has_no_pickup_code(past: World) -> None:
    case = on_bench(past, PHONE)
    diagnosed(past, case)
    repaired(past, case)
    assert past.case(case)["status"] == "ready"
    assert pickup_code(case_for(past.staff("clerk"), case)) == ""


def test_what_was_brought_to_a_counter_is_fetched_there_and_waits_on_no_list_of_parcels(past: World, staff: Callable[..., Client]) -> None:
    case, sent_in = ready_to_fetch(past), on_bench(past, PHONE)
    diagnosed(past, sent_in)
    repaired(past, sent_in)
    listed = staff("inspector").get(reverse("web:outgoing")).content.decode()
    assert sent_in in listed
    assert case not in listed
    order = WorkOrder.objects.get(subject=case)
    bench = staff("technician").get(reverse("web:technician_order", args=[order.number])).content.decode()
    assert "等待到网点领取" in bench
    assert 'id="step-ship_repaired"' not in bench
    assert reverse("web:technician_move", args=[order.number, "ship_repaired"]) in bench  # still possible, when the consumer asks
