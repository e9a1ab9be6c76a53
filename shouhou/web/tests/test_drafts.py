"""A half-filled application: kept at every step, found again, gone when it is sent; and the two lists of a buyer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Buyer
from shouhou.cases.models import Case
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.models import Upload
from shouhou.web.actions import erase_drafts_of, keep_draft
from shouhou.web.models import Draft
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_apply import TOWELS, WAY, WHY, filled_in, looked_at, send, way, why
from shouhou.web.tests.test_languages import CJK, PARTS, text_of
from tests.world import World


def test_the_page_keeps_what_is_typed_by_itself(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    answer = client.post(reverse("web:apply_save", args=[order]), WHY | {"description": "写到一半", "password": "x"})
    assert answer.content.decode().startswith("已自动保存")
    fields = Draft.objects.get().fields
    assert fields["description"] == ["写到一半"]
    assert set(fields) & {"password", "step", "csrfmiddlewaretoken"} == set()
    assert "写到一半" in client.get(reverse("web:apply", args=[order])).content.decode()


def test_a_step_keeps_its_own_fields_and_leaves_the_others(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order, reason="quality", description="不加热", request_review="on")
    way(client, order, name="林二")
    why(client, order, reason="quality", description="漏水")
    fields = Draft.objects.get().fields
    assert (fields["description"], fields["name"]) == (["漏水"], ["林二"])
    assert "request_review" not in fields


def test_saving_for_later_is_offered_again_on_order_and_list(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    assert why(client, order, act="later", reason="")["Location"] == reverse("web:order", args=[order])
    for address in (reverse("web:order", args=[order]), reverse("web:orders"), reverse("web:orders") + "?view=draft"):
        assert "继续上次填写" in client.get(address).content.decode(), address
    client.post(reverse("web:apply_discard", args=[order]))
    assert Draft.objects.count() == 0
    assert "继续上次填写" not in client.get(reverse("web:order", args=[order])).content.decode()
    assert order not in client.get(reverse("web:orders") + "?view=draft").content.decode()


def test_a_draft_whose_units_are_gone_is_not_offered(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order)
    world.apply(order)
    assert "继续上次填写" not in client.get(reverse("web:order", args=[order])).content.decode()
    answer = client.get(reverse("web:apply", args=[order]))
    assert answer.status_code == 422
    assert Case.objects.count() == 1


def test_a_form_sent_after_the_session_ended_goes_on_after_signing_in(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    why(client, order, reason="quality", description="不加热")
    client.session.flush()
    client.cookies.clear()
    answer = way(client, order, name="林二")
    assert answer["Location"].startswith("/sign-in/?next=")
    assert Draft.objects.get().fields["description"] == ["不加热"]
    assert "name" not in Draft.objects.get().fields
    assert client.post(reverse("web:apply_save", args=[order]), WAY).status_code == 401
    assert "不加热" in buyer().get(reverse("web:apply", args=[order])).content.decode()


def test_a_draft_is_nobody_elses(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    why(buyer(), order, reason="quality", description="不加热")
    other = buyer("somebody-else")
    for name in ("web:apply", "web:apply_way", "web:apply_confirm"):
        assert other.get(reverse(name, args=[order])).status_code == 404, name
    for name in ("web:apply", "web:apply_way", "web:apply_confirm", "web:apply_save", "web:apply_discard", "web:apply_upload"):
        assert other.post(reverse(name, args=[order]), WHY).status_code == 404, name
    assert Draft.objects.get().fields["description"] == ["不加热"]


def test_a_file_that_was_erased_meanwhile_is_told_and_not_sent(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(), buyer()
    token = client.post(reverse("web:apply_upload", args=[order]), {"photos": png()}).json()["token"]
    why(client, order, reason="quality", description="不加热", evidence=token)
    Upload.objects.filter(token=token).update(erased_at=clock.now())
    assert "有 1 个文件已过期" in client.get(reverse("web:apply", args=[order])).content.decode()
    send(client, order, filled_in(client, order, reason="quality", description="不加热"))
    assert Case.objects.get().attachments.count() == 0


def test_a_draft_is_bounded_and_takes_no_character_that_cannot_be_kept(world: World) -> None:
    order = Order.objects.get(number=world.order())
    many = {f"c1-{place}": ["x"] for place in range(900)} | {"description": ["长" * 9000]}
    draft = keep_draft(order, {"description": ["a\x00" + "长" * 9000], **many}, buyer_id=order.buyer_id, now=clock.now())
    assert len(draft.fields) == 400
    assert len(Draft.objects.get().fields["description"][0]) == 2000


def test_erasing_a_person_erases_the_drafts(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    why(buyer(), order)
    mine = Buyer.objects.get(external_id="u1")
    assert erase_drafts_of(mine.pk + 1, clock.now()) == {"drafts": 0}
    assert erase_drafts_of(mine.pk, clock.now()) == {"drafts": 1}
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(("view", "shown"), [("", "ABC"), ("left", "AC"), ("open", "B"), ("draft", "C")])
def test_orders_are_filtered_by_what_can_be_done(world: World, buyer: Callable[..., Client], view: str, shown: str) -> None:
    numbers = {"A": world.order("ORD-A"), "B": world.order("ORD-B"), "C": world.order("ORD-C")}
    world.apply(numbers["B"])
    client = buyer()
    why(client, numbers["C"])
    html = client.get(reverse("web:orders") + f"?view={view}").content.decode()
    assert {name for name, number in numbers.items() if f"/orders/{number}/" in html} == set(shown)


@pytest.mark.parametrize(("view", "shown"), [("", "AB"), ("mine", "A"), ("open", "A"), ("closed", "B")])
def test_cases_are_filtered_by_whose_turn_it_is(world: World, buyer: Callable[..., Client], view: str, shown: str) -> None:
    cases = {"A": world.apply(world.order())["number"], "B": world.apply(world.order())["number"]}
    world.move(cases["B"], "cancel", actor=world.buyer())
    html = buyer().get(reverse("web:cases") + f"?view={view}").content.decode()
    assert {name for name, number in cases.items() if number in html} == set(shown)


def test_a_case_is_found_by_number_order_and_product_and_shows_the_next_act(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order("ORD-77", **TOWELS)
    case, other = world.apply(order)["number"], world.apply(world.order())["number"]
    client = buyer()
    for q in (case, "ord-77", "毛巾"):
        html = client.get(reverse("web:cases"), {"q": q}).content.decode()
        assert case in html, q
        assert other not in html, q
    assert "轮到您" in html
    assert "填写运单号" in html
    assert "没有符合的售后单" in client.get(reverse("web:cases"), {"q": "zzz"}).content.decode()


def test_the_lists_go_on_page_by_page_and_keep_the_question(
    world: World, buyer: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouhou.web.consumer.pages.PAGE_SIZE", 2)
    for day in range(3):
        world.order(f"PAGE-{day}", placed_at=(clock.now() - timedelta(days=day + 2)).isoformat())
    client = buyer()
    first = client.get(reverse("web:orders") + "?view=left&q=PAGE")
    assert "PAGE-2" not in first.content.decode()
    assert first.context["next"].startswith("?q=PAGE&view=left&after=")
    second = client.get(reverse("web:orders") + first.context["next"]).content.decode()
    assert "PAGE-2" in second
    assert "PAGE-1" not in second


def test_every_step_is_whole_in_english(world: World, buyer: Callable[..., Client]) -> None:
    order, client = world.order(**PARTS), buyer()
    client.cookies["django_language"] = "en"
    seen = {"order": client.get(reverse("web:order", args=[order]))}
    seen["denied"] = why(client, order, **{"c1-used": "yes"})
    why(client, order, reason="defect_other", description="It leaks.", photos=[png()])
    seen["why"] = client.get(reverse("web:apply", args=[order]))
    seen["way"] = client.get(reverse("web:apply_way", args=[order]))
    way(client, order, name="Lin", region="Chengdu", address="1 Chunxi Road")
    seen["confirm"] = client.get(reverse("web:apply_confirm", args=[order]))
    seen["kept"] = client.get(reverse("web:orders") + "?view=draft")
    seen["applied"] = client.get(send(client, order, looked_at(client, order))["Location"])
    seen["cases"] = client.get(reverse("web:cases") + "?view=open")
    left = {name: CJK.findall(text_of(answer.content.decode())) for name, answer in seen.items()}
    assert {name: words for name, words in left.items() if words} == {}
