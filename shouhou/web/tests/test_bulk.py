"""One move for many cases: what is offered, previewed, done once, and refused row by row."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Case, HistoryEntry
from shouhou.web.tests.conftest import SHOP
from tests.world import World

BULK = "/staff/bulk/"


@pytest.fixture
def submitted(world: World) -> list[str]:
    """Three applications under review."""
    found = []
    for _ in range(3):
        case = world.apply(world.order(), reason="quality", description="漏水", request_review=True)["number"]
        world.move(case, "send_evidence", actor=world.buyer(), description="见照片")
        found.append(case)
    return found


def preview(client: Client, cases: list[str], move: str, **answers: str) -> dict[str, str | list[str]]:
    """The hidden fields of the previewed form."""
    html = client.post(BULK, {"number": cases, "move": move, "act": "preview", "version": "0", **answers}).content.decode()
    form = re.search(r"<form[^>]*data-run.*?</form>", html, flags=re.S)
    assert form, html
    fields: dict[str, str | list[str]] = {"number": re.findall(r'name="number" value="([^"]+)"', form[0])}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form[0]):
        if name not in ("number", "csrfmiddlewaretoken"):
            fields[name] = value.replace("&quot;", '"')
    return fields


def statuses() -> dict[str, str]:
    return dict(Case.objects.values_list("number", "status"))


def test_only_moves_that_every_case_allows_can_be_chosen(world: World, staff: Callable[..., Client], submitted: list[str]) -> None:
    waiting = world.apply(world.order())["number"]
    client = staff("supervisor")
    html = client.post(BULK, {"number": submitted}).content.decode()
    offered = set(re.findall(r'type="radio" name="move" value="(\w+)"', html))
    assert {"approve", "reject", "ask_evidence"} <= offered
    # A consumer's own moves, and those that ask case by case, are not for many at once.
    assert not {"send_evidence", "book_pickup", "accept", "propose_deduction", "ship"} & offered
    html = client.post(BULK, {"number": [*submitted, waiting]}).content.decode()
    assert "approve" not in re.findall(r'type="radio" name="move" value="(\w+)"', html)
    assert "4 单中 3 单可以" in html


def test_the_preview_is_a_dry_run_of_every_row(world: World, staff: Callable[..., Client], submitted: list[str]) -> None:
    before = HistoryEntry.objects.count(), statuses()
    fields = preview(staff("supervisor"), submitted, "approve", note="同批次问题", fault="seller")
    assert fields["number"] == submitted
    assert (HistoryEntry.objects.count(), statuses()) == before


def test_running_moves_every_case_once_however_often_it_is_sent(world: World, staff: Callable[..., Client], submitted: list[str]) -> None:
    client = staff("supervisor")
    fields = preview(client, submitted, "approve", note="同批次问题", fault="seller")
    before = HistoryEntry.objects.count()
    for _ in range(2):
        html = client.post(BULK, fields).content.decode()
        assert "3 单已完成，0 单没有执行" in html
    assert set(statuses().values()) == {"awaiting_goods"}
    assert HistoryEntry.objects.count() == before + 3
    assert world.case(submitted[0])["timeline"][-1]["answers"]["note"] == "同批次问题"


def test_one_row_at_a_time_answers_with_that_row(world: World, staff: Callable[..., Client], submitted: list[str]) -> None:
    client = staff("supervisor")
    fields = preview(client, submitted, "approve", fault="seller")
    html = client.post(BULK, {**fields, "number": submitted[1]}, headers={"X-Row": "1"}).content.decode()
    assert html.lstrip().startswith(f'<tr data-number="{submitted[1]}"')
    assert html.count("<tr") == 1
    assert sorted(statuses().values()) == ["awaiting_goods", "submitted", "submitted"]


def test_a_row_that_moved_meanwhile_is_refused_and_the_others_are_done(
    world: World, staff: Callable[..., Client], submitted: list[str]
) -> None:
    client = staff("supervisor")
    fields = preview(client, submitted, "approve", fault="seller")
    world.move(submitted[0], "ask_evidence", actor=world.staff("reviewer"), what="要照片")
    html = client.post(BULK, fields).content.decode()
    assert "2 单已完成，1 单没有执行" in html
    assert statuses()[submitted[0]] == "evidence_asked"
    assert {statuses()[number] for number in submitted[1:]} == {"awaiting_goods"}


def test_answers_that_are_missing_are_asked_for_and_nothing_changes(
    world: World, staff: Callable[..., Client], submitted: list[str]
) -> None:
    before = statuses()
    answer = staff("supervisor").post(BULK, {"number": submitted, "move": "reject", "act": "preview", "version": "0"})
    assert answer.status_code == 422
    assert statuses() == before


def test_a_run_without_a_preview_cannot_act_for_consumers(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order())["number"]
    form = {"number": case, "move": "cancel", "act": "run", "once": "k", "answers": "{}", f"v-{case}": "1"}
    answer = staff("agent").post(BULK, form)
    assert (answer.status_code, "MOVE_NOT_YOURS" in answer.content.decode()) == (403, True)
    assert statuses()[case] == "awaiting_goods"


def test_a_case_of_another_shop_is_not_there(world: World, staff: Callable[..., Client], submitted: list[str]) -> None:
    shop = world.apply(world.order(merchant=SHOP))["number"]
    client = staff("merchant_operator", SHOP["code"])
    form = {"number": [shop, submitted[0]], "move": "approve", "act": "run", "once": "k", "answers": "{}"}
    assert client.post(BULK, form).status_code == 404
    assert statuses()[submitted[0]] == "submitted"


def test_more_than_a_hundred_are_refused(world: World, staff: Callable[..., Client]) -> None:
    answer = staff("supervisor").post(BULK, {"number": [f"SO-{n:04d}" for n in range(101)]})
    assert (answer.status_code, "一次最多 100 单" in answer.content.decode()) == (422, True)


def test_without_a_selection_the_page_says_how_to_begin(world: World, staff: Callable[..., Client]) -> None:
    assert "还没有选中工单" in staff("supervisor").get(reverse("web:staff_bulk")).content.decode()


def test_the_same_move_of_several_services_is_asked_once_and_each_case_takes_its_own(
    world: World, staff: Callable[..., Client], submitted: list[str]
) -> None:
    repair = world.apply(world.order(), service="repair", reason="quality", description="不加热", request_review=True)["number"]
    world.move(repair, "send_evidence", actor=world.buyer(), description="见照片")
    client, both = staff("supervisor"), [submitted[0], repair]
    asked = client.post(BULK, {"number": both, "move": "approve"}).content.decode()
    assert 'name="mode"' in asked
    fields = preview(client, both, "approve", note="同批次问题", fault="seller", mode="mail_in")
    client.post(BULK, {**fields, "act": "run"})
    assert statuses() == {submitted[0]: "awaiting_goods", repair: "awaiting_goods", submitted[1]: "submitted", submitted[2]: "submitted"}
    assert Case.objects.get(number=repair).details["mode"] == "mail_in"
