"""Cancelling, refunds without return and resending as pure rules: what holds for every quantity, price and day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import Calendar, end_of_day
from shouhou.policy.library import DEFAULT_BOOK, shipped
from shouhou.policy.promise_rules import promise
from shouhou.policy.promises import REASONS, Promise, PromiseFacts

PLACED = datetime(2026, 3, 8, 4, tzinfo=UTC)
TERMS = shipped(DEFAULT_BOOK).terms
FACTS = PromiseFacts(
    service="cancel", reason="changed_mind", at=PLACED + timedelta(days=2), channel="self", member="none", category="generic",
    placed_at=PLACED, shipped_at=None, signed_at=None, received_on=None, quantity=1, ordered=2, unit_price_minor=9900,
    paid_minor=19800, merchant="self",
)  # fmt: skip
SENT = PLACED + timedelta(hours=10)
GOT = replace(FACTS, shipped_at=SENT, signed_at=SENT + timedelta(days=1), received_on=date(2026, 3, 9))
SERVICES = ("cancel", "refund_only", "resend")
WHEN = st.none() | st.timedeltas(timedelta(0), timedelta(days=40))


def said(facts: PromiseFacts) -> Promise:
    return promise(facts, terms=TERMS, calendar=Calendar.of())


@given(data=st.data())
def test_every_answer_names_reasons_that_are_written_and_terms_that_the_book_has(data: st.DataObject) -> None:
    shipped_after, signed_after = data.draw(WHEN), data.draw(WHEN)
    facts = replace(
        FACTS, service=data.draw(st.sampled_from(SERVICES)), at=PLACED + data.draw(st.timedeltas(timedelta(0), timedelta(days=90))),
        reason=data.draw(st.sampled_from(["not_received", "refused_delivery", "quality", "changed_mind", "short_delivery"])),
        category=data.draw(st.sampled_from(["generic", "fresh", "intimate"])), quantity=data.draw(st.integers(1, 5)),
        ordered=data.draw(st.integers(1, 5)), returned=data.draw(st.integers(0, 5)), earlier=data.draw(st.integers(0, 3)),
        shipped_at=None if shipped_after is None else PLACED + shipped_after,
        signed_at=None if signed_after is None else PLACED + signed_after,
        received_on=None if signed_after is None else (PLACED + signed_after).date(),
        said={"missing": data.draw(st.sampled_from(["item", "part"])), "part_name": data.draw(st.sampled_from(["", "线"]))},
    )  # fmt: skip
    found = said(facts)
    assert found.reasons and all(REASONS[code].term in TERMS.terms for code in found.reasons)
    if facts.quantity > facts.ordered - facts.returned:
        assert found.verdict == "deny"
    if found.until is not None and facts.at > found.until:
        assert found.verdict == "deny"


@given(quantity=st.integers(1, 5), paid=st.integers(0, 10**9), refunded=st.integers(0, 10**9))
def test_no_promise_is_worth_more_than_what_is_still_paid(quantity: int, paid: int, refunded: int) -> None:
    facts = replace(FACTS, quantity=quantity, ordered=5, paid_minor=paid, refunded_minor=min(paid, refunded))
    lost = replace(facts, service="refund_only", reason="not_received", shipped_at=SENT, at=SENT + timedelta(days=9))
    for each in (facts, lost):
        assert 0 <= (said(each).amount_minor or 0) <= paid - min(paid, refunded)


def test_only_what_is_signed_for_cannot_be_cancelled() -> None:
    codes = [said(each).reasons[0] for each in (FACTS, replace(FACTS, shipped_at=SENT), GOT)]
    assert codes == ["CX_NOT_SHIPPED", "CX_ON_ITS_WAY", "CX_DELIVERED"]
    assert [said(each).verdict for each in (FACTS, replace(FACTS, shipped_at=SENT), GOT)] == ["allow", "allow", "deny"]


def test_a_parcel_is_missing_from_the_hour_that_the_book_names() -> None:
    lost = replace(FACTS, service="refund_only", reason="not_received", shipped_at=SENT)
    hours = TERMS.number("not_received_after_hours")
    just = SENT + timedelta(hours=hours)
    assert said(replace(lost, at=just - timedelta(seconds=1))).reasons == ("RO_STILL_COMING",)
    assert said(replace(lost, at=just)).verdict == "review"


def test_windows_end_with_their_last_day_and_differ_by_category() -> None:
    for service, term in (("refund_only", "refund_only_days"), ("resend", "resend_days")):
        for category in ("generic", "fresh"):
            facts = replace(GOT, service=service, reason="quality", category=category)
            last = end_of_day(date(2026, 3, 9) + timedelta(days=TERMS.number(term, category=category)))
            assert said(replace(facts, at=last)).verdict != "deny"
            assert said(replace(facts, at=last + timedelta(seconds=1))).verdict == "deny"


def test_cheap_perishables_need_a_photo_only_and_never_twice() -> None:
    fish = replace(GOT, service="refund_only", reason="quality", category="food", paid_minor=6000, unit_price_minor=3000)
    dear = replace(fish, paid_minor=2 * TERMS.number("refund_only_auto_most") + 2)
    assert [said(each).verdict for each in (fish, dear, replace(fish, earlier=1), replace(fish, reason="mismatch"))] == [
        "allow", "review", "review", "review",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("percent", "amount", "step"),
    [(1, 300, 1), (10, 300, 1), (11, 900, 2), (30, 900, 2), (31, 1500, 3), (50, 1500, 3), (51, 2100, 4), (70, 2100, 4), (71, 3000, 5),
     (100, 3000, 5)],
)  # fmt: skip
def test_fresh_goods_are_worth_what_the_table_says_of_their_spoiled_share(percent: int, amount: int, step: int) -> None:
    fish = replace(
        GOT, service="refund_only", reason="quality", category="fresh", quantity=1, ordered=2, paid_minor=6000, unit_price_minor=3000,
        said={"spoiled_percent": percent},
    )  # fmt: skip
    told = said(fish)
    assert (told.verdict, told.amount_minor, told.reasons) == ("allow", amount, ("RO_SPOILED_SHARE", f"RO_SPOILED_STEP_{step}"))
    odd = said(replace(fish, paid_minor=3333, ordered=1))
    assert odd.amount_minor == -(-3333 * TERMS.number(f"spoiled_refund_{step}") // 100), "a cent that is left goes to the buyer"


def test_a_share_that_is_not_named_and_a_dear_or_repeated_one_are_for_a_person() -> None:
    fish = replace(GOT, service="refund_only", reason="quality", category="fresh", paid_minor=6000, unit_price_minor=3000)
    share = {"spoiled_percent": 40}
    dear = replace(fish, paid_minor=5 * TERMS.number("refund_only_auto_most"), said=share)
    assert [said(each).verdict for each in (fish, dear, replace(fish, said=share, earlier=1))] == ["review"] * 3
    assert said(fish).reasons == ("RO_NAME_SHARE",)


def test_no_unit_is_sent_again_twice_and_a_part_has_a_name() -> None:
    missing = replace(GOT, service="resend", reason="short_delivery", quantity=1)
    assert said(replace(missing, earlier=1)).verdict == "review"
    assert said(replace(missing, earlier=2)).reasons == ("RS_SENT_ALREADY",)
    assert said(replace(missing, said={"missing": "gift"})).reasons == ("RS_NAME_IT",)
    assert said(replace(missing, said={"missing": "gift", "part_name": "贴膜"})).verdict == "review"
