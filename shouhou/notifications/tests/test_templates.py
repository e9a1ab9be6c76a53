"""The texts: complete in both languages, chosen for every step of every workflow."""

import pytest

from shouhou.cases.workflows import BESIDE_ALL, WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.notifications.choose import BY_EVENT, BY_MOVE, BY_STATUS, REMINDERS, SILENT, for_buyer, for_staff
from shouhou.notifications.templates import TEMPLATES, Template, rendered
from shouhou.plumbing.events import EVENT_TYPES


@pytest.mark.parametrize("one", TEMPLATES.values(), ids=lambda one: one.name)
def test_a_template_speaks_both_languages_and_names_the_same_facts(one: Template) -> None:
    for text in (one.title, *one.lines):
        zh, en = Template("x", Text(text.zh, ""), ()), Template("x", Text("", text.en), ())
        assert text.zh.strip()
        assert text.en.strip()
        assert zh.facts() == en.facts()


def test_every_chosen_template_exists() -> None:
    chosen = {*BY_MOVE.values(), *BY_STATUS.values(), *BY_EVENT.values(), *REMINDERS.values()}
    assert chosen <= set(TEMPLATES)
    assert set(BY_EVENT) <= set(EVENT_TYPES)


@pytest.mark.parametrize("service", sorted(WORKFLOWS))
def test_every_move_of_every_workflow_says_something_or_is_silent_on_purpose(service: str) -> None:
    workflow = WORKFLOWS[service]
    for move in workflow.moves:
        for source in sorted(move.sources):
            data = {"move": move.name, "from": source, "status": move.target or source}
            template = for_buyer("case.moved", data)
            assert template in TEMPLATES or (template is None and move.name in SILENT), move.name


def test_silent_moves_are_moves_of_some_workflow() -> None:
    known = {move.name for workflow in WORKFLOWS.values() for move in workflow.moves} | set(BESIDE_ALL)
    assert known >= SILENT
    assert set(BY_MOVE) <= known


def test_a_move_nobody_thought_of_is_still_told() -> None:
    assert for_buyer("case.moved", {"move": "polish", "from": "a", "status": "b"}) == "progress"


def test_an_internal_note_and_the_buyers_own_words_are_not_told_to_the_buyer() -> None:
    assert for_buyer("case.message", {"role": "agent", "internal": True}) is None
    assert for_buyer("case.message", {"role": "consumer", "internal": False}) is None
    assert for_buyer("case.message", {"role": "agent", "internal": False}) == "new_message"


def test_staff_hear_when_their_turn_comes_and_not_of_their_own_doing() -> None:
    turn = {"from": "evidence_asked", "status": "submitted", "waits_on": "reviewer", "role": "consumer"}
    assert for_staff("case.moved", turn) == "staff_turn"
    assert for_staff("case.moved", {**turn, "role": "reviewer"}) is None
    assert for_staff("case.moved", {**turn, "waits_on": "consumer"}) is None


def test_a_line_whose_fact_is_missing_is_left_out() -> None:
    title, body = rendered(TEMPLATES["rejected"], {"ground": "已激活", "number": "SO-1"}, language="zh-hans")
    assert title == "申请未通过：已激活"
    assert "依据条款" not in body
    assert "12315" in body


def test_facts_are_filled_in_once_and_never_read_as_templates() -> None:
    facts = {"number": "SO-1", "speaker": "客服", "text": "{link} {0} %s", "link": "http://x", "shop": "店"}
    _, body = rendered(TEMPLATES["new_message"], facts, language="zh-hans")
    assert body.splitlines()[0] == "客服：{link} {0} %s"


def test_a_title_is_one_line_of_bounded_length() -> None:
    title, _ = rendered(TEMPLATES["rejected"], {"ground": "a\r\nBcc: x@y.z " * 60}, language="en")
    assert "\n" not in title
    assert len(title) <= 200
