"""Applying through the pages: fill in, see what comes out, submit once."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.pictures import png
from tests.world import World


def form_of(client: Client, order: str, **changes: Any) -> dict[str, Any]:
    """The form as the browser would send it, filled in for a plain no-reason return."""
    html = client.get(reverse("web:apply", args=[order]) + "?line=1").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(service|once|shown_at|line)" value="([^"]*)"', html))
    return {
        **hidden, "q1": "1", "c1-opened": "yes", "c1-used": "no", "c1-accessories": "complete", "reason": "no_reason",
        "description": "", "return_method": "ship_back", "name": "林一", "phone": "13800000001", "region": "四川省成都市",
        "address": "春熙路 1 号", "act": "preview",
    } | changes  # fmt: skip


def submit(client: Client, order: str, form: dict[str, Any]) -> Any:
    return client.post(reverse("web:apply", args=[order]), {**form, "act": "submit", "acknowledged": "std-1 1"})


def test_the_preview_shows_the_refund_per_tender_and_opens_nothing(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(
        lines=[{"line": 1, "sku": "K", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 17900}],
        payments=[{"tender": "card", "amount": 12900, "reference": "a"}, {"tender": "wallet", "amount": 5000, "reference": "b"}],
    ), buyer()  # fmt: skip
    answer = client.post(reverse("web:apply", args=[order]), form_of(client, order))
    html = answer.content.decode()
    assert answer.status_code == 200
    for amount in ("¥179.00", "¥129.00", "¥50.00"):
        assert amount in html
    assert "std-1 · 1" in html
    assert Case.objects.count() == 0


def test_submitting_opens_the_case_and_shows_what_is_due(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = submit(client, order, form_of(client, order))
    case = Case.objects.get()
    assert answer["Location"] == reverse("web:case", args=[case.number])
    assert (case.reason, case.source, case.book_version) == ("no_reason", "web", "1")
    page = client.get(answer["Location"]).content.decode()
    assert "申请已提交" in page
    assert "轮到您了" in page


def test_the_same_form_twice_gives_one_case(world: World, buyer: Callable[..., Client]) -> None:
    line = {"line": 1, "sku": "K", "title": "毛巾", "category": "generic", "quantity": 3, "unit_price": 1000, "paid": 3000}
    order, client = world.order(lines=[line], payments=[{"tender": "card", "amount": 3000, "reference": "a"}]), buyer()
    form = form_of(client, order)
    first, second = submit(client, order, form), submit(client, order, form)
    assert Case.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_going_back_and_submitting_a_fresh_form_applies_for_the_rest(world: World, buyer: Callable[..., Client]) -> None:
    line = {"line": 1, "sku": "K", "title": "毛巾", "category": "generic", "quantity": 2, "unit_price": 1000, "paid": 2000}
    order, client = world.order(lines=[line], payments=[{"tender": "card", "amount": 2000, "reference": "a"}]), buyer()
    submit(client, order, form_of(client, order))
    submit(client, order, form_of(client, order))
    assert Case.objects.count() == 2
    answer = client.get(reverse("web:apply", args=[order]) + "?line=1")
    assert answer.status_code == 422
    assert "NO_LINES" in answer.content.decode()


def test_without_acknowledging_the_policy_nothing_is_submitted(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = client.post(reverse("web:apply", args=[order]), {**form_of(client, order), "act": "submit"})
    assert answer.status_code == 422
    assert "请先确认已知悉适用的售后政策" in answer.content.decode()
    assert Case.objects.count() == 0


def test_an_error_keeps_what_was_filled_in(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    form = form_of(client, order, reason="", description="漏水，底座发热", phone="")
    answer = client.post(reverse("web:apply", args=[order]), form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "漏水，底座发热" in html
    assert html.count('class="errorlist"') == 2
    assert Case.objects.count() == 0


def test_a_quality_problem_needs_a_description(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = client.post(reverse("web:apply", args=[order]), form_of(client, order, reason="quality"))
    assert answer.status_code == 422
    assert "请描述遇到的问题" in answer.content.decode()
    assert Case.objects.count() == 0


def test_photos_survive_the_preview_and_end_on_the_case(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    form = form_of(client, order, reason="quality", description="不加热", photos=[png("one.png"), png("two.png")])
    html = client.post(reverse("web:apply", args=[order]), form).content.decode()
    tokens = re.findall(r'name="evidence" value="([^"]+)"', html)
    assert len(tokens) == 2
    del form["photos"]
    submit(client, order, {**form, "evidence": tokens})
    case = Case.objects.get()
    assert case.attachments.count() == 2
    assert case.status == "submitted"


def test_what_the_policy_denies_is_explained_with_clause_and_way_and_may_be_looked_at(
    world: World, buyer: Callable[..., Client]
) -> None:
    order, client = world.order(), buyer()
    form = form_of(client, order, **{"c1-used": "yes"})
    answer = client.post(reverse("web:apply", args=[order]), form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "为什么，以及怎样才可以" in html
    assert "NR-" in html
    assert "仍要申请人工复核" in html
    assert Case.objects.count() == 0
    submit(client, order, {**form, "request_review": "on"})
    assert Case.objects.get().status == "submitted"


def test_a_pickup_needs_an_address(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(address=ADDRESS), buyer()
    form = form_of(client, order, return_method="pickup", address="")
    answer = client.post(reverse("web:apply", args=[order]), form)
    assert answer.status_code == 422
    assert "上门取件需要填写" in answer.content.decode()
    assert Case.objects.count() == 0


def test_an_agent_applies_for_the_consumer_and_it_is_on_record(world: World, staff: Callable[..., Client]) -> None:
    order, client = world.order(), staff("agent")
    address = reverse("web:staff_apply_order", args=[order])
    html = client.get(address + "?line=1").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(service|once|shown_at|line)" value="([^"]*)"', html))
    form = {
        **hidden, "q1": "1", "c1-opened": "no", "c1-used": "no", "c1-accessories": "complete", "reason": "no_reason",
        "return_method": "ship_back", "name": "林一", "phone": "13800000001", "region": "", "address": "",
        "channel": "phone", "call_note": "10:05 来电要求退货", "act": "submit", "acknowledged": "std-1 1",
    }  # fmt: skip
    answer = client.post(address, form)
    case = Case.objects.get()
    assert answer["Location"] == reverse("web:staff_case", args=[case.number])
    assert (case.source, case.call_note, case.created_by[:5]) == ("phone", "10:05 来电要求退货", "user:")
    assert case.on_behalf_of == f"buyer:{case.buyer_id}"


def test_a_finance_person_cannot_apply_for_anybody(world: World, staff: Callable[..., Client]) -> None:
    order = world.order()
    answer = staff("finance").get(reverse("web:staff_apply_order", args=[order]) + "?line=1")
    assert answer.status_code == 403
