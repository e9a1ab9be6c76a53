"""Applying through the pages: choose, say why, say which way, look, send once."""

import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case
from shouhou.web.models import Draft
from shouhou.web.tests.conftest import ADDRESS
from shouhou.web.tests.pictures import png
from tests.world import World

WHY: dict[str, Any] = {
    "step": "why", "line": "1", "q1": "1", "c1-opened": "yes", "c1-used": "no", "c1-accessories": "complete",
    "reason": "not_as_expected", "description": "",
}  # fmt: skip
WAY: dict[str, Any] = {
    "step": "way", "return_method": "ship_back", "name": "林一", "phone": "13800000001", "region": "四川省成都市", "address": "春熙路 1 号",
}  # fmt: skip
TOWELS: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "K", "title": "毛巾", "category": "generic", "quantity": 3, "unit_price": 1000, "paid": 3000}],
    "payments": [{"tender": "card", "amount": 3000, "reference": "a"}],
}  # fmt: skip


def why(client: Client, order: str, **changes: Any) -> Any:
    return client.post(reverse("web:apply", args=[order]), WHY | changes)


def way(client: Client, order: str, **changes: Any) -> Any:
    return client.post(reverse("web:apply_way", args=[order]), WAY | changes)


def looked_at(client: Client, order: str) -> dict[str, str]:
    """The last page's form as the browser would send it, ticked."""
    html = client.get(reverse("web:apply_confirm", args=[order])).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(once|seal|shown_at)" value="([^"]*)"', html))
    return {**hidden, "acknowledged": "std-1 1", "act": "submit"}


def send(client: Client, order: str, form: dict[str, str]) -> Any:
    return client.post(reverse("web:apply_confirm", args=[order]), form)


def filled_in(client: Client, order: str, **changes: Any) -> dict[str, str]:
    """Both steps taken; answers the last page's form."""
    assert why(client, order, **changes)["Location"] == reverse("web:apply_way", args=[order])
    assert way(client, order)["Location"] == reverse("web:apply_confirm", args=[order])
    return looked_at(client, order)


def test_the_last_step_shows_amounts_terms_and_what_could_change_and_opens_nothing(
    world: World, buyer: Callable[..., Client]
) -> None:
    order, client = world.order(
        lines=[{"line": 1, "sku": "K", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 17900}],
        payments=[{"tender": "card", "amount": 12900, "reference": "a"}, {"tender": "wallet", "amount": 5000, "reference": "b"}],
    ), buyer()  # fmt: skip
    filled_in(client, order)
    html = client.get(reverse("web:apply_confirm", args=[order])).content.decode()
    for words in ("¥179.00", "¥129.00", "¥50.00", "没有任何扣款", "个工作日内退出", "什么还会改变金额", "std-1 · 1"):
        assert words in html
    assert Case.objects.count() == 0


def test_sending_opens_the_case_and_says_who_answers_until_when(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = send(client, order, filled_in(client, order))
    case = Case.objects.get()
    assert answer["Location"] == reverse("web:applied", args=[case.number])
    assert (case.reason, case.reason_detail, case.source, case.book_version) == ("no_reason", "not_as_expected", "web", "1")
    page = client.get(answer["Location"]).content.decode()
    for words in (case.number, "申请已提交", "不晚于", "接下来", "请准备"):
        assert words in page
    assert Draft.objects.count() == 0


def test_a_reviewed_application_is_told_first_response_and_review(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    form = filled_in(client, order, reason="defect_other", description="不加热", photos=[png("one.png")])
    page = client.get(send(client, order, form)["Location"]).content.decode()
    assert Case.objects.get().status == "submitted"
    assert "首次响应时限" in page
    assert "审核时限" in page


def test_the_same_page_sent_twice_gives_one_case(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**TOWELS), buyer()
    form = filled_in(client, order)
    first, second = send(client, order, form), send(client, order, form)
    assert Case.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_rest_of_a_line_can_be_applied_for_and_then_nothing_is_left(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**TOWELS), buyer()
    send(client, order, filled_in(client, order, q1="1"))
    send(client, order, filled_in(client, order, q1="2"))
    assert sorted(Case.objects.values_list("units", flat=True)) == [1, 2]
    answer = client.get(reverse("web:apply", args=[order]) + "?line=1")
    assert answer.status_code == 422
    assert "请至少选择一件商品" in answer.content.decode()


def test_choosing_nothing_shows_the_order_again_with_a_word(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    assert client.get(reverse("web:apply", args=[order]))["Location"] == reverse("web:order", args=[order])
    answer = why(client, order, line="7")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Draft.objects.count() == 0


def test_without_acknowledging_the_policy_nothing_is_sent(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    form = filled_in(client, order)
    del form["acknowledged"]
    answer = send(client, order, form)
    assert answer.status_code == 422
    assert "请先确认已知悉适用的售后政策" in answer.content.decode()
    assert (Case.objects.count(), Draft.objects.count()) == (0, 1)


def test_what_was_changed_elsewhere_after_looking_is_not_sent_unseen(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**TOWELS), buyer()
    form = filled_in(client, order, q1="1")
    why(client, order, q1="3")
    answer = send(client, order, form)
    assert answer.status_code == 409
    assert "有改动" in answer.content.decode()
    assert Case.objects.count() == 0
    send(client, order, looked_at(client, order))
    assert Case.objects.get().units == 3


def test_a_wrong_quantity_is_told_and_kept(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**TOWELS), buyer()
    answer = why(client, order, q1="9")
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert Draft.objects.get().fields["q1"] == ["9"]
    assert Case.objects.count() == 0


def test_an_error_keeps_what_was_filled_in(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = why(client, order, reason="", description="漏水，底座发热")
    assert answer.status_code == 422
    assert "漏水，底座发热" in answer.content.decode()
    assert why(client, order)["Location"] == reverse("web:apply_way", args=[order])
    answer = way(client, order, phone="", address="春熙路 99 号")
    assert answer.status_code == 422
    assert "春熙路 99 号" in answer.content.decode()
    assert Case.objects.count() == 0


def test_a_quality_problem_needs_a_description(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = why(client, order, reason="quality")
    assert answer.status_code == 422
    assert "请描述遇到的问题" in answer.content.decode()
    assert Case.objects.count() == 0


def test_photos_are_kept_can_be_taken_out_and_end_on_the_case(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order, reason="quality", description="", photos=[png("one.png"), png("two.png")])
    first, second = Draft.objects.get().fields["evidence"]
    answer = why(client, order, reason="quality", description="不加热", evidence=[first, second], remove=first)
    assert answer["Location"] == reverse("web:apply", args=[order])
    html = client.get(answer["Location"]).content.decode()
    assert second in html
    assert first not in html
    send(client, order, filled_in(client, order, reason="quality", description="不加热", evidence=[second]))
    assert Case.objects.get().attachments.count() == 1


def test_a_refused_file_is_told_at_its_field_and_the_rest_is_kept(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    broken = SimpleUploadedFile("one.png", b"not a picture at all", content_type="image/png")
    answer = why(client, order, reason="quality", description="不加热", photos=[broken])
    assert answer.status_code == 422
    assert "不支持此类文件" in answer.content.decode()
    assert "不加热" in answer.content.decode()
    assert Draft.objects.get().fields["evidence"] == []


def test_a_file_can_go_up_before_the_form_does(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    told = client.post(reverse("web:apply_upload", args=[order]), {"photos": png("one.png")}).json()
    assert (told["name"], told["image"]) == ("one.png", True)
    assert client.get(reverse("web:file", args=[told["token"]])).status_code == 200
    refused = client.post(reverse("web:apply_upload", args=[order]), {"photos": b""})
    assert refused.status_code == 422
    assert buyer("somebody-else").post(reverse("web:apply_upload", args=[order]), {"photos": png()}).status_code == 404
    assert Client().post(reverse("web:apply_upload", args=[order]), {"photos": png()}).status_code == 401


def test_what_the_policy_denies_is_explained_with_clause_and_way_and_may_be_looked_at(
    world: World, buyer: Callable[..., Client]
) -> None:
    order, client = world.order(), buyer()
    answer = why(client, order, **{"c1-used": "yes"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "为什么、怎样才可以" in html
    assert "NR-" in html
    assert "仍要申请人工复核" in html
    assert Case.objects.count() == 0
    send(client, order, filled_in(client, order, **{"c1-used": "yes", "request_review": "on"}))
    assert Case.objects.get().status == "submitted"


def test_a_pickup_needs_an_address_and_a_window_that_is_offered(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(address=ADDRESS), buyer()
    why(client, order)
    answer = way(client, order, return_method="pickup", address="")
    assert answer.status_code == 422
    assert "上门取件需要填写" in answer.content.decode()
    late = way(client, order, return_method="pickup", window="2020-01-01T09:00:00+08:00/2020-01-01T12:00:00+08:00")
    assert late.status_code == 422
    assert Case.objects.count() == 0


def test_a_pickup_is_booked_in_the_window_that_was_chosen(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(address=ADDRESS), buyer()
    why(client, order)
    html = client.get(reverse("web:apply_way", args=[order])).content.decode()
    window = re.findall(r'<option value="([^"]+)"', html)[2]
    way(client, order, return_method="pickup", window=window)
    page = client.get(send(client, order, looked_at(client, order))["Location"]).content.decode()
    assert (Case.objects.get().status, Case.objects.get().contact["window"]) == ("pickup_booked", window)
    assert "快递员按您选的时间上门取件" in page


def test_a_dropoff_that_does_not_exist_is_not_offered(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order)
    assert 'value="drop_off"' not in client.get(reverse("web:apply_way", args=[order])).content.decode()
    assert way(client, order, return_method="drop_off").status_code == 422
    assert Case.objects.count() == 0


def test_steps_out_of_turn_lead_to_where_something_is_missing(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    start = reverse("web:order", args=[order])
    assert client.get(reverse("web:apply_way", args=[order]))["Location"] == start
    assert client.get(reverse("web:apply_confirm", args=[order]))["Location"] == start
    why(client, order, reason="")
    assert client.get(reverse("web:apply_confirm", args=[order]))["Location"] == reverse("web:apply", args=[order])


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


def test_of_an_order_of_which_one_line_is_left_that_one_is_ticked_and_no_other(world: World, buyer: Callable[..., Client]) -> None:
    goods = [{"line": n, "sku": f"S{n}", "title": f"毛巾 {n}", "category": "generic", "quantity": 1, "unit_price": 1000, "paid": 1000}
             for n in (1, 2)]  # fmt: skip
    order, client = world.order(lines=goods, payments=[{"tender": "card", "amount": 2000, "reference": "a"}]), buyer()
    assert ticked(client, order) == []
    world.apply(order)
    assert ticked(client, order) == ["2"]


def ticked(client: Client, order: str) -> list[str]:
    html = client.get(reverse("web:order", args=[order])).content.decode()
    return re.findall(r'name="line" value="(\d)"[^>]* checked', html)
