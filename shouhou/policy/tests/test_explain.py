"""Every answer says why, from where, on which facts, and how it could become a yes – in both languages."""

import re
from dataclasses import replace

import pytest

from shouhou.foundation.days import end_of_day, from_epoch_day
from shouhou.policy.decide import decide
from shouhou.policy.explain import explain, reasons_of
from shouhou.policy.library import shipped
from shouhou.policy.outlook import outlook, ways
from shouhou.policy.pages import policy_pages
from shouhou.policy.tests.made import FACTS, RECEIVED, facts
from shouhou.policy.vocabulary import vocabulary

STD = shipped("std-1")
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_a_late_application_is_told_until_when_it_would_have_been_possible() -> None:
    late = decide(facts(at_day=RECEIVED + 9), book=STD)
    entry = explain(late, "en")[0]
    assert entry["verdict"] == "deny"
    assert entry["ways"][0]["text"] == "would have been possible until 2025-03-17 23:59"
    assert explain(late, "zh-Hans")[0]["ways"][0]["text"] == "在 2025-03-17 23:59 前申请本可办理"
    assert ways(late, "return")[0].until == end_of_day(from_epoch_day(RECEIVED + 7))


def test_a_claimed_fault_is_told_that_the_inspection_decides() -> None:
    claimed = decide(facts(reason="quality", defect_status="claimed", defect_cause=None), book=STD)
    entry = explain(claimed, "en")[0]
    assert entry["verdict"] == "review"
    assert entry["ways"][0]["text"] == "possible if the inspection confirms finding on the fault: verified"
    assert entry["outlook"] == "possible"
    assert [hinge["fact"] for hinge in entry["hinges_on"]] == ["defect_status"]


def test_missing_accessories_are_told_that_sending_them_helps() -> None:
    entry = explain(decide(facts(accessories="missing"), book=STD), "zh")[0]
    assert entry["ways"][0]["changes"] == [{"fact": "accessories", "value": "complete"}]
    assert "配件为“齐全”" in entry["ways"][0]["text"]


def test_two_things_in_the_way_are_named_together() -> None:
    both = decide(facts(category="phone", activated=True, at_day=RECEIVED + 9), book=STD)
    assert [name for name, _ in ways(both, "return")[0].changes] == ["at_day", "activated"]


def test_a_way_is_true_when_it_is_tried() -> None:
    for changes in ({"activated": True}, {"at_day": RECEIVED + 9}, {"accessories": "missing"}, {"label": "tampered"}):
        denied = decide(facts(changes, category="phone"), book=STD)
        for way in ways(denied, "return"):
            tried = decide(replace(denied.facts, **dict(way.changes)), book=STD)  # type: ignore[arg-type]
            assert tried.verdict("return") == way.verdict == "allow"


def test_nobody_is_advised_to_state_another_reason_category_or_channel() -> None:
    for reason in FACTS["reason"].values:
        denied = decide(facts(reason=reason, at_day=RECEIVED + 600, serial="mismatch"), book=STD)
        for service in ("return", "exchange", "repair"):
            told = {name for way in ways(denied, service) for name, _ in way.changes}
            assert not told & {"reason", "category", "channel", "promised_no_reason", "order_record"}


def test_an_allowed_return_with_unknown_goods_is_only_possible_until_they_are_seen() -> None:
    unseen = decide(facts(category="phone", activated=None, used=None), book=STD)
    assert unseen.verdict("return") == "allow"
    assert outlook(unseen)["return"].sure == "possible"
    assert outlook(unseen)["return"].hinges_on == ("activated", "used")
    assert outlook(decide(facts(category="phone"), book=STD))["return"].sure == "certain"
    assert outlook(decide(facts(at_day=RECEIVED + 9, used=None), book=STD))["return"].sure == "no"


def test_only_the_clauses_that_decided_a_service_are_shown_for_it() -> None:
    third = decide(
        facts(reason="quality", channel="third", at_day=RECEIVED + 8, defect_status="verified", defect_cause="manufacturing"),
        book=STD,
    )
    shown = {entry["service"]: [clause["clause"] for clause in entry["clauses"]] for entry in explain(third, "en")}
    assert shown == {"return": ["QU-RETURN-LATE"], "exchange": ["QU-EXCHANGE"], "repair": ["QU-REPAIR"]}


def test_a_reason_names_clause_source_and_quote_and_fills_in_the_terms() -> None:
    entry = explain(decide(facts(at_day=RECEIVED + 8), book=STD), "zh")[0]["clauses"][0]
    assert entry["text"] == "自签收次日起 7 日内可无理由退货，当日已超过期限。"
    assert entry["sources"][0]["title"] == "消费者权益保护法 第二十五条"
    assert entry["sources"][0]["quote"].startswith("经营者采用网络")
    assert {fact["fact"]: fact["said"] for fact in entry["facts"]}["at_day"] == "2025-03-18"
    told = reasons_of(decide(facts(), book=STD), "return", "en")
    assert [reason["code"] for reason in told] == ["OK_NO_REASON"]
    assert "Consumer Protection Law art. 25" in told[0]["source"]


def test_every_text_for_people_is_there_in_both_languages() -> None:
    words = vocabulary()
    texts = [clause.text for clause in STD.book.clauses] + [term.label for term in STD.book.terms.terms.values()]
    texts += [reason.text for reason in words.reasons.values()] + [fact.label for fact in words.facts.values()]
    texts += [value for fact in words.facts.values() for value in fact.values.values()]
    texts += [one.label for one in words.applied.values()] + [mark.text for mark in words.marks.values()]
    for text in texts:
        assert HAN.search(text.zh) or text.zh.startswith("PLUS"), text
        assert text.en and not HAN.search(text.en), text


@pytest.mark.parametrize("page", sorted(policy_pages()))
def test_the_pages_name_every_term_and_clause(page: str) -> None:
    book = shipped(page.split(".")[0])
    drawn = policy_pages()[page]
    assert all(f"`{name}`" in drawn for name in book.book.terms.terms)
    assert all(f"`{clause.id}`" in drawn for clause in book.book.clauses)
    assert "{" not in "".join(line for line in drawn.splitlines() if line.startswith("| "))
