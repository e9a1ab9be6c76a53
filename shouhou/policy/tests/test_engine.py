"""The compiled function says what the clauses say: against a second reading of them, and by the laws it must keep."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouhou.foundation.days import Calendar, from_epoch_day
from shouhou.policy.compiler import CompiledBook, compile_book
from shouhou.policy.decide import decide, decision_row, replay
from shouhou.policy.facts import Facts
from shouhou.policy.library import shipped, shipped_ids
from shouhou.policy.outlook import outlook
from shouhou.policy.tests.interpreter import interpret
from shouhou.policy.tests.made import RECEIVED, any_facts, facts

STD = shipped("std-1")
BREAK = Calendar.of(from_epoch_day(day) for day in (*range(RECEIVED + 6, RECEIVED + 10), RECEIVED + 15))
STRONGER = tuple(clause for clause in STD.book.clauses if clause.strength not in ("merchant", "member"))
WITHOUT_PROMISES = compile_book(replace(STD.book, clauses=STRONGER), vocabulary=STD.vocabulary)
RANK = {"deny": 0, "review": 1, "allow_paid": 2, "allow": 3, "na": 4}


def agree(book: CompiledBook, given_facts: Facts) -> None:
    decision, slow = decide(given_facts, book=book), interpret(book, given_facts)
    assert decision.verdicts == slow["verdicts"]
    assert set(decision.reasons) == slow["reasons"]
    assert decision.last_days == slow["until"]
    assert decision.freight == slow["freight"]
    assert decision.pickup == slow["pickup"]
    assert {*decision.tasks, *decision.remarks, *([decision.hint] if decision.hint else [])} == slow["marks"]


@pytest.mark.parametrize("book", [book for book in shipped_ids() if shipped(book).book.clauses])
@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts())
def test_the_compiled_function_agrees_with_an_independent_interpreter(book: str, given_facts: Facts) -> None:
    agree(shipped(book).on(BREAK), given_facts)


@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts(), days=st.integers(1, 60))
def test_applying_earlier_never_closes_a_window(given_facts: Facts, days: int) -> None:
    later, earlier = given_facts, replace(given_facts, at_day=given_facts.at_day - days)
    for code in ("NO_WINDOW_EXPIRED", "NO_OUT_OF_WARRANTY"):
        if code in decide(earlier, book=STD).reasons and later.reason != "quality":
            assert code in decide(later, book=STD).reasons
    for service, until in decide(later, book=STD).last_days.items():
        assert decide(earlier, book=STD).last_days[service] == until


@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts())
def test_a_weaker_strength_never_takes_away(given_facts: Facts) -> None:
    full, less = decide(given_facts, book=STD), decide(given_facts, book=WITHOUT_PROMISES)
    for service, verdict in full.verdicts.items():
        assert RANK[verdict] >= RANK[less.verdicts[service]]


@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts())
def test_a_member_has_the_same_windows_and_verdicts(given_facts: Facts) -> None:
    ordinary, plus = replace(given_facts, member="none"), replace(given_facts, member="plus")
    assert decide(ordinary, book=STD).outcome == decide(plus, book=STD).outcome


@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts(), name=st.sampled_from(["used", "activated", "soiled", "opened", "unrelated_damage"]))
def test_an_unknown_condition_is_never_held_against_the_consumer(given_facts: Facts, name: str) -> None:
    unknown = decide(replace(given_facts, **{name: None}), book=STD)  # type: ignore[arg-type]
    fine = decide(replace(given_facts, **{name: False}), book=STD)  # type: ignore[arg-type]
    assert unknown.outcome == fine.outcome


@settings(max_examples=60, deadline=None)
@given(given_facts=any_facts())
def test_what_is_certain_stays_true_whatever_is_found_out(given_facts: Facts) -> None:
    for service, sure in outlook(decide(given_facts, book=STD)).items():
        if sure.sure == "certain":
            for value in (True, False):
                for name in ("used", "activated", "soiled", "opened", "unrelated_damage", "unrepairable"):
                    if getattr(given_facts, name) is None:
                        found = replace(given_facts, **{name: value})  # type: ignore[arg-type]
                        assert decide(found, book=STD).verdicts[service] == "allow"


@settings(max_examples=100, deadline=None)
@given(given_facts=any_facts())
def test_a_stored_decision_replays_to_the_same_answer_with_the_holidays_of_then(given_facts: Facts) -> None:
    decision = decide(given_facts, book=STD.on(BREAK))
    row = decision_row(decision)
    stored = row["facts"]
    assert isinstance(stored, dict)
    again = replay(stored, book=STD)
    assert again.outcome == decision.outcome
    assert again.as_dict() == row["outcome"]


def test_a_window_ends_after_the_break_when_its_last_day_is_a_public_holiday() -> None:
    rolled = STD.on(BREAK)
    assert decide(facts(), book=rolled).last_days["return"] == RECEIVED + 10
    assert decide(facts(), book=STD).last_days["return"] == RECEIVED + 7
    assert decide(facts(at_day=RECEIVED + 10), book=rolled).verdicts["return"] == "allow"
    assert decide(facts(at_day=RECEIVED + 11), book=rolled).verdicts["return"] == "deny"


def test_the_mask_holds_exactly_the_reasons() -> None:
    decision = decide(facts(category="shoes", soiled=True, tag="removed"), book=STD)
    bits = {code: reason.bit for code, reason in STD.vocabulary.reasons.items()}
    assert decision.reasons_mask == 1 << bits["NO_SOILED"] | 1 << bits["NO_TAG_REMOVED"]
    assert decision.reasons == ["NO_TAG_REMOVED", "NO_SOILED"]


def test_the_generated_text_is_straight_line_code_without_dictionaries_of_facts() -> None:
    assert STD.source.count("def run(f, rolled):") == 1
    assert "facts[" not in STD.source
    assert "for " not in STD.source.replace("# ", "")
