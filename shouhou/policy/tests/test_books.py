"""Every clause of every shipped book applies where its examples say so and nowhere else."""

import pytest

from shouhou.policy.book import Clause
from shouhou.policy.compiler import PIVOT, fold
from shouhou.policy.decide import decide
from shouhou.policy.language import Either
from shouhou.policy.library import shipped, shipped_ids
from shouhou.policy.tests.made import FACTS, facts

BOOKS = [shipped(book) for book in shipped_ids()]
CLAUSES = {clause.id: clause for book in BOOKS for clause in book.book.clauses}


def living(clause: Clause) -> str | None:
    """The first book in which the clause can apply at all: some are there for the test profiles only."""
    for book in BOOKS:
        mine = next((other for other in book.book.clauses if other.id == clause.id), None)
        if mine and any(fold(mine.when, {PIVOT: value}) != Either(()) for value in FACTS[PIVOT].values):
            return book.id
    return None


@pytest.mark.parametrize("name", sorted(CLAUSES))
def test_a_clause_applies_to_its_positive_examples_and_not_to_its_negative_ones(name: str) -> None:
    clause = CLAUSES[name]
    home = living(clause)
    assert home is not None, "a clause that can never apply"
    book = shipped(home)
    assert {applies for applies, _ in clause.examples} == {True, False}
    for applies, changes in clause.examples:
        decision = decide(facts(changes), book=book)
        assert (decision.outcome[4] >> clause.slot & 1 == 1) is applies, (changes, decision.as_dict())


def test_in_the_default_book_only_the_clauses_of_the_test_profiles_are_dead() -> None:
    dead = {clause.id for clause in shipped("std-1").book.clauses if living(clause) != "std-1"}
    assert dead == {"NR-CATEGORY-BAN", "NR-OPENED"}


def test_every_service_has_a_verdict_and_every_leg_a_payer_for_every_reason() -> None:
    for reason in FACTS["reason"].values:
        decision = decide(facts(reason=reason), book=shipped("std-1"))
        assert set(decision.verdicts.values()) <= {"allow", "allow_paid", "review", "deny", "na"}
        assert set(decision.freight) == {"return_leg", "outbound"}
        assert set(decision.last_days) >= {"return", "exchange"}


def test_the_reason_table_keeps_its_order_because_it_is_the_mask() -> None:
    codes = list(shipped("std-1").vocabulary.reasons)
    assert codes[:4] == ["OK_NO_REASON", "OK_QUALITY_RETURN", "OK_QUALITY_EXCHANGE", "OK_WARRANTY_REPAIR"]
    assert codes[-2:] == ["NO_OTHER_LEGAL", "NO_EXCHANGED_ALREADY"]
    assert len(codes) == 40


def test_the_limits_of_the_house_are_named_terms_with_their_defaults() -> None:
    book = shipped("std-1")
    wanted = {
        "no_reason_review_hours": 24, "outer_review_hours": 72, "evidence_days": 7, "evidence_reminder_days": 3,
        "ship_back_days": 7, "ship_back_reminder_days": 3, "decision_hours": 48, "deduction_consent_days": 3,
        "dispute_days": 15, "second_person_above": 500000, "supervisor_hours": 24, "resubmissions": 3,
        "refund_target_workdays": 3, "refund_due_workdays": 5, "refund_statutory_days": 7, "pickup_attempts": 2,
        "reopen_days": 7, "rating_days": 15, "pickup_hours": 48, "first_response_hours": 24,
    }  # fmt: skip
    assert {name: book.term(name) for name in wanted} == wanted
    assert book.term("review_hours", channel="self") == 48
    assert shipped("literal-D18").term("review_hours", channel="third") == 72
    assert book.term("warranty_months", category="kettle") == 12
    assert book.term("warranty_months", category="battery") == 6
