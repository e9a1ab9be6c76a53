"""A form drawn from what a move asks: every kind of question goes in as words and comes out as the domain takes it."""

from typing import Any

import pytest
from django.http import QueryDict

from shouhou.cases.answers import take_answers
from shouhou.foundation.workflow import Ask, Text
from shouhou.plumbing.actor import Actor
from shouhou.web.shared.moves import ItemFacts, MoveForm

AGENT = Actor(role="agent", who="user:1")
ITEM = ItemFacts(line=3, title="毛巾", quantity=2, received=2, currency="CNY")
WORDS = Text("问题", "Question")


def answers(ask: Ask, sent: dict[str, Any], **kind: bool) -> dict[str, object]:
    data = QueryDict(mutable=True)
    data["version"] = "1"
    for name, value in sent.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    form = MoveForm([ask], items=[ITEM], version=1, actor=AGENT, data=data, **kind)  # type: ignore[arg-type]
    assert form.is_valid(), form.errors
    return take_answers([ask], form.answers())


@pytest.mark.parametrize(
    ("kind", "sent", "taken"),
    [
        ("text", " 好的 ", "好的"),
        ("money", "19.9", 1990),
        ("number", "48", 48),
        ("boolean", "on", True),
        ("date", "2026-03-10", "2026-03-10"),
        ("instant", "2026-03-10T18:30", "2026-03-10T18:30:00+08:00"),
        ("checklist", ["a", "b"], {"a": "yes", "b": "yes"}),
        ("choice", "a", "a"),
    ],
)
def test_every_kind_of_question_is_answered_as_the_domain_takes_it(kind: Any, sent: Any, taken: object) -> None:
    choices = {"a": Text("甲", "A"), "b": Text("乙", "B")} if kind in ("choice", "checklist") else {}
    assert answers(Ask("it", kind, WORDS, choices=choices), {"it": sent}) == {"it": taken}


def test_what_is_left_empty_is_not_answered() -> None:
    for kind in ("text", "money", "number", "date", "instant", "files", "address", "checklist"):
        assert answers(Ask("it", kind, WORDS), {}) == {}


def test_an_address_comes_out_by_its_parts() -> None:
    sent = {"it-name": "林一", "it-phone": "138", "it-region": "四川", "it-address": "春熙路"}
    taken = {"name": "林一", "phone": "138", "region": "四川", "address": "春熙路"}
    assert answers(Ask("it", "address", WORDS), sent) == {"it": taken}


def test_a_receipt_counts_units_and_serials_per_line() -> None:
    sent = {"items-3-received": "1", "items-3-serials": "A1，B2, "}
    assert answers(Ask("items", "items", WORDS), sent, receipt=True) == {
        "items": [{"line": 3, "received": 1, "serials": ["A1", "B2"]}]
    }


def test_findings_carry_a_deduction_only_where_the_move_may_cut() -> None:
    sent = {"items-3-accepted": "2", "items-3-grade": "C", "items-3-disposition": "", "items-3-deduction": "5.00",
            "items-3-deduction_reason": "划痕"}  # fmt: skip
    found = {"line": 3, "accepted": 2, "grade": "C"}
    assert answers(Ask("items", "items", WORDS), sent) == {"items": [found]}
    cut = {**found, "deduction": 500, "deduction_reason": "划痕"}
    assert answers(Ask("items", "items", WORDS), sent, cuts=True) == {"items": [cut]}


def test_more_than_was_received_cannot_be_accepted() -> None:
    data = QueryDict("version=1&items-3-accepted=3&items-3-grade=A")
    form = MoveForm([Ask("items", "items", WORDS)], items=[ITEM], version=1, actor=AGENT, data=data)
    assert list(form.errors) == ["items-3-accepted"]
