"""A new service is one workflow object: no migration, no URL, no view. A toy one goes from application to its end at every door."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.api.tests import shapes
from shouhou.api.tests.conftest import Api, api, body, wish
from shouhou.api.v1.api import api as v1
from shouhou.cases import workflows
from shouhou.cases.models import Case, HistoryEntry
from shouhou.documentation import flows
from shouhou.foundation.workflow import (
    Applying,
    Ask,
    Limit,
    Move,
    State,
    Text,
    Workflow,
    catalogue,
)
from shouhou.orders.models import OrderLine
from shouhou.plumbing import clock
from shouhou.web.tests.conftest import buyer, staff
from shouhou.web.tests.pictures import png
from tests.world import World

__all__ = ["api", "buyer", "staff"]
CONSUMER, AGENT, SYSTEM = frozenset({"consumer"}), frozenset({"agent"}), frozenset({"system"})


def _move(name: str, zh: str, en: str, sources: str, target: str | None, by: Any, *asks: Ask, **more: Any) -> Move:
    return Move(name, Text(zh, en), frozenset(sources.split()), target, by, asks, Text(f"{zh}了", f"{en} (done)"), **more)


ENGRAVING = Workflow(
    "engraving", Text("刻字", "Engraving"), "wished",
    (
        State("wished", Text("待排样", "Waiting for a proof"), "applied", "agent", (Limit("proof", "review_hours", "note_proof"),),
              hint=Text("正在排样，请稍候。", "A proof is being drawn.")),
        State("proofed", Text("待您确认样稿", "Proof to be confirmed"), "reviewed", "consumer",
              (Limit("word", "confirm_days", "take_as_read"),)),
        State("engraved", Text("已刻好", "Engraved"), "resolved", None, final=True),
        State("left", Text("不刻了", "Left as it is"), "resolved", None, final=True),
    ),
    (
        _move("show_proof", "出样稿", "Show the proof", "wished", "proofed", AGENT,
              Ask("note", "text", Text("样稿说明", "About the proof"), required=True, most=200), primary=True),
        _move("like_it", "样稿可以", "The proof is fine", "proofed", "engraved", CONSUMER, primary=True),
        _move("leave_it", "不刻了", "Leave it", "wished proofed", "left", CONSUMER, danger=True),
        _move("change_to_return", "改为退货", "Change to a return", "wished", "submitted", CONSUMER, to_service="return"),
        _move("note_proof", "样稿超时", "Proof overdue", "wished", None, SYSTEM),
        _move("take_as_read", "期满按样稿刻", "Engraved as shown", "proofed", "engraved", SYSTEM),
    ),
    Applying(
        reasons=frozenset({"no_reason"}), claims=True,
        asks=(
            Ask("letters", "text", Text("刻什么字", "What to engrave"), required=True, most=20),
            Ask("face", "choice", Text("字体", "Typeface"), required=True,
                choices={"song": Text("宋体", "Song"), "kai": Text("楷体", "Kai")}),
            Ask("at_most", "money", Text("最多花费", "At most")),
            Ask("by", "date", Text("最晚日期", "By")),
            Ask("gift", "boolean", Text("送人", "A gift")),
            Ask("sketch", "files", Text("草图", "A sketch")),
            Ask("spots", "items", Text("刻在哪里", "Where")),
        ),
    ),
)  # fmt: skip
ASKED = {"a-letters": "平安", "a-face": "kai", "a-at_most": "35.50", "a-by": "2030-01-05", "a-gift": "on",
         "a-items-1-quantity": "1", "a-items-1-note": "壶底"}  # fmt: skip
WHY: dict[str, Any] = {
    "step": "why", "service": "engraving", "line": "1", "q1": "1", "reason": "not_as_expected", "description": "", "name": "林一",
    "phone": "13800000001", "region": "四川省成都市", "address": "春熙路 1 号",
}  # fmt: skip
KEPT = {"letters": "平安", "face": "kai", "at_most": 3550, "by": "2030-01-05", "gift": True}


@pytest.fixture(autouse=True)
def engraving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workflow]:
    """The one thing a new service is. The tests' own copy of the OpenAPI document is read anew with it, and without it."""
    catalogue(*workflows.WORKFLOWS.values(), ENGRAVING)
    monkeypatch.setitem(workflows.WORKFLOWS, "engraving", ENGRAVING)
    shapes.forget()
    yield ENGRAVING
    shapes.forget()


def confirmed(client: Client, order: str) -> Any:
    address = reverse("web:apply_confirm", args=[order])
    html = client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(once|seal|shown_at)" value="([^"]*)"', html))
    return html, client.post(address, {**hidden, "acknowledged": "std-1 1", "act": "submit"})


def made(client: Client, number: str, move: str, **answers: Any) -> Any:
    """A move of staff: the form, what it would come to, and doing it."""
    address = reverse("web:staff_move", args=[number, move])
    hidden = dict(re.findall(r'<input type="hidden" name="(version)" value="([^"]*)"', client.get(address).content.decode()))
    assert client.post(address, {**hidden, **answers}).status_code == 200
    return client.post(address, {**hidden, **answers, "act": "confirm"})


def test_a_buyer_applies_for_it_and_brings_it_to_its_end(
    world: World, buyer: Callable[..., Client], staff: Callable[..., Client]
) -> None:
    world.now = clock.now()
    order, client, desk = world.order(), buyer(), staff("agent")
    chosen = client.get(reverse("web:apply_service", args=[order]) + "?line=1&q1=1").content.decode()
    assert "service=engraving&amp;line=1&amp;q1=1" in chosen
    form = client.get(reverse("web:apply", args=[order]) + "?service=engraving&line=1&q1=1").content.decode()
    for words in ("申请刻字", "刻什么字", "字体", "最多花费", "最晚日期", "草图", "哪些部分"):
        assert words in form
    assert "退回方式" not in form
    refused = client.post(reverse("web:apply", args=[order]), WHY | ASKED | {"a-letters": ""})
    assert refused.status_code == 422
    sent = client.post(reverse("web:apply", args=[order]), WHY | ASKED | {"a-sketch": [png("one.png")]})
    assert sent["Location"] == reverse("web:apply_confirm", args=[order])
    html, answer = confirmed(client, order)
    for words in ("平安", "楷体", "¥35.50", "× 1 壶底", "1 个文件", "待排样"):
        assert words in html
    case = Case.objects.get()
    assert answer["Location"] == reverse("web:applied", args=[case.number])
    assert (case.service, case.status, case.waits_on, case.stage) == ("engraving", "wished", "agent", "applied")
    assert {name: case.details[name] for name in KEPT} == KEPT
    assert case.details["spots"] == [{"line": 1, "quantity": 1, "note": "壶底"}]
    assert len(case.details["sketch"]) == 1
    assert OrderLine.objects.get(order__number=order).claimed_quantity == 1

    assert "待排样" in client.get(answer["Location"]).content.decode()
    mine = client.get(reverse("web:case", args=[case.number])).content.decode()
    for words in ("待排样", "平安", "楷体", "改为其他服务", "改为退货", "不刻了"):
        assert words in mine
    assert "验收" not in re.sub(r"<[^>]*>", "", mine[mine.index('class="steps"'): mine.index("</ol>")])
    assert case.number in desk.get(reverse("web:queue") + "?service=engraving").content.decode()
    assert case.number not in desk.get(reverse("web:queue") + "?service=return").content.decode()
    assert "出样稿" in desk.get(reverse("web:staff_case", args=[case.number])).content.decode()
    assert made(desk, case.number, "show_proof", note="楷体两字").status_code == 302
    assert "样稿可以" in client.get(reverse("web:case", args=[case.number])).content.decode()
    client.post(reverse("web:move", args=[case.number, "like_it"]), {"version": "2"})
    case.refresh_from_db()
    assert (case.status, case.closed_at is not None) == ("engraved", True)
    assert list(HistoryEntry.objects.order_by("version").values_list("move", flat=True)) == ["submit", "show_proof", "like_it"]
    for who, name in ((client, "web:case"), (desk, "web:staff_case")):
        assert "Engraved" in who.get(reverse(name, args=[case.number]), headers={"accept-language": "en"}).content.decode()


def test_an_agent_applies_for_it_in_the_buyers_name(world: World, staff: Callable[..., Client]) -> None:
    order, client = world.order(), staff("agent")
    address = reverse("web:staff_apply_order", args=[order])
    html = client.get(address + "?line=1&service=engraving").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(service|once|shown_at|line)" value="([^"]*)"', html))
    form = {**WHY, **ASKED, **hidden, "channel": "phone", "call_note": "来电要求刻字", "act": "submit", "acknowledged": "std-1 1"}
    assert client.post(address, form).status_code == 302
    case = Case.objects.get()
    assert (case.service, case.source, case.details["letters"]) == ("engraving", "phone", "平安")


def test_the_clock_does_what_its_limits_say(world: World) -> None:
    number = world.apply(world.order(), service="engraving", answers={"letters": "平安", "face": "song"})["number"]
    world.move(number, "show_proof", actor=world.staff("agent"), note="两字")
    assert world.later(days=8).ring() == 1
    assert world.case(number)["status"] == "engraved"


def test_it_turns_into_another_service_on_the_same_case(world: World) -> None:
    number = world.apply(world.order(), service="engraving", answers={"letters": "平安", "face": "song"})["number"]
    assert world.move(number, "change_to_return", actor=world.buyer())["service"] == "return"
    assert world.case(number)["status"] == "submitted"


def test_programs_find_apply_for_move_and_list_it(api: Api) -> None:
    entry = next(each for each in body(api.get("services"))["items"] if each["service"] == "engraving")
    assert [ask["field"] for ask in entry["asks"]][:2] == ["letters", "face"]
    assert entry["conversions"][0]["to_service"] == "return"
    order = api.order()
    asked = wish(order, service="engraving", answers={"letters": "平安", "face": "song"})
    assert api.post("cases", {**asked, "answers": {"letters": "平安"}}).status_code == 422
    assert body(api.post("cases?dry_run=true", asked))["status"] == "wished"
    assert Case.objects.count() == 0
    case = body(api.post("cases", asked))
    assert case["details"]["letters"] == "平安"
    assert [each["number"] for each in body(api.get("cases?service=engraving"))["items"]] == [case["number"]]
    moves = body(api.get(f"cases/{case['number']}/moves", role="agent"))["items"]
    assert [move["move"] for move in moves if move["primary"]] == ["show_proof"]
    proof = {"answers": {"note": "两字"}, "version": case["version"]}
    dry = body(api.post(f"cases/{case['number']}/moves/show_proof?dry_run=true", proof, role="agent"))
    assert (dry["status"], Case.objects.get().status) == ("proofed", "wished")
    assert body(api.post(f"cases/{case['number']}/moves/show_proof", proof, role="agent"))["status"] == "proofed"
    done = body(api.post(f"cases/{case['number']}/moves/like_it", {"answers": {}}, role="consumer"))
    assert (done["status"], done["closed_at"] is not None) == ("engraved", True)
    assert api.get(f"cases/{case['number']}", role="stranger_buyer").status_code == 404


def test_its_page_and_picture_and_the_apis_document_say_so_by_themselves() -> None:
    pages = flows.pages()
    assert "样稿可以" in pages["flows/engraving.md"]
    assert "待您确认样稿" in pages["flows/engraving.svg"]
    schemas = v1.get_openapi_schema()["components"]["schemas"]
    assert "engraving" in schemas["CaseInput"]["properties"]["service"]["enum"]
    assert "proofed" in schemas["CaseShape"]["properties"]["status"]["enum"]
    assert "Engraving" in pages["flows/engraving.md"]
