"""A month's statement: begins where the last one ended, every posting once, ends where the ledger is."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouhou.ledger import recipes
from shouhou.ledger.actions import hold, post, settle
from shouhou.ledger.kinds import RECIPES
from shouhou.settlements.queries import months_of, statement, statement_lines
from shouhou.settlements.rules import part_of, summed, to_draw, to_pay
from shouhou.settlements.rules.parts import PARTS, Line
from shouhou.settlements.tests.conftest import House, take_merchant

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
# The last minute of March and the first of April, by the house's clock.
LAST, FIRST = datetime(2026, 3, 31, 15, 59, tzinfo=UTC), datetime(2026, 3, 31, 16, 0, tzinfo=UTC)


def paid(shop: int, amount: int, *, at: datetime, key: str) -> None:
    post(
        recipes.merchant_paid_in(merchant=shop, channel="offline", amount_minor=amount), recipe="merchant_paid_in", subject=key,
        currency="CNY", key=key, by="key:1", now=at,
    )  # fmt: skip


def test_a_month_ends_at_midnight_in_shanghai_and_the_next_begins_with_what_is_left(house: House) -> None:
    shop = house.shop.pk
    paid(shop, 100, at=LAST, key="a")
    paid(shop, 20, at=FIRST, key="b")
    march, april = statement(shop, MARCH), statement(shop, APRIL)
    assert (march.opening_minor, march.closing_minor, march.proven) == (0, 100, True)
    assert (april.opening_minor, april.parts, april.closing_minor, april.proven) == (100, {"paid_in": 20}, 120, True)


def test_lines_come_a_page_at_a_time_with_the_balance_after_each(house: House) -> None:
    shop = house.shop.pk
    for place in range(5):
        paid(shop, 10, at=LAST, key=str(place))
    first = list(statement_lines(shop, MARCH, limit=2))
    last = first[-1]
    rest = list(statement_lines(shop, MARCH, after=(last.at, last.posting_id, last.balance_minor)))
    assert [line.balance_minor for line in (*first, *rest)] == [10, 20, 30, 40, 50]


def test_what_is_only_pending_stands_in_no_statement(house: House) -> None:
    shop = house.shop.pk
    moves = recipes.refund(merchant=shop, buyer=1, channel="fake", tender="card", amount_minor=700)
    hold(moves, recipe="refund", subject="SO-1", currency="CNY", key="r", by="key:1", now=LAST)
    assert statement(shop, MARCH).count == 0
    settle("r", by="key:1", now=FIRST)
    assert (statement(shop, MARCH).closing_minor, statement(shop, APRIL).parts) == (0, {"refunds": -700})


def test_a_deduction_is_seen_as_what_was_owed_and_what_was_kept(house: House) -> None:
    shop = house.shop.pk
    post(
        recipes.deduction(merchant=shop, buyer=1, amount_minor=300), recipe="deduction", subject="SO-1", currency="CNY", key="d",
        by="key:1", now=LAST,
    )  # fmt: skip
    found = statement(shop, MARCH)
    assert (found.parts, found.closing_minor, found.proven) == ({"refunds": -300, "deductions": 300}, 0, True)


def test_the_deposit_is_not_what_is_owed(house: House) -> None:
    house.secured(200000)
    assert statement(house.shop.pk, MARCH).count == 0


def test_another_shops_number_is_not_taken_for_the_beginning_of_ones_own(house: House) -> None:
    shop = house.shop.pk
    paid(int(f"{shop}1"), 500, at=LAST, key="other")
    assert statement(shop, MARCH).closing_minor == 0


def test_months_begin_with_the_first_posting(house: House) -> None:
    paid(house.shop.pk, 1, at=datetime(2025, 12, 31, 16, tzinfo=UTC), key="a")
    assert months_of(house.shop.pk, now=LAST) == [MARCH, date(2026, 2, 1), date(2026, 1, 1)]
    assert months_of(take_merchant().pk + 1, now=LAST) == [MARCH]


TURNS = count()
STEPS = st.lists(
    st.tuples(st.sampled_from(["in", "refund", "deduction", "advance", "draw", "held"]), st.integers(1, 10**9), st.integers(0, 80)),
    max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_was_posted_months_add_up_and_agree_with_the_ledger(house: House, steps: list[tuple[str, int, int]]) -> None:
    shop = house.shop.pk
    turn = next(TURNS)
    for place, (kind, amount, day) in enumerate(steps):
        recipe, moves = {
            "in": ("merchant_paid_in", recipes.merchant_paid_in(merchant=shop, channel="offline", amount_minor=amount)),
            "refund": ("refund", recipes.refund(merchant=shop, buyer=1, channel="fake", tender="card", amount_minor=amount)),
            "deduction": ("deduction", recipes.deduction(merchant=shop, buyer=1, amount_minor=amount)),
            "advance": ("recharge", recipes.recharge(merchant=shop, amount_minor=amount, loss=False)),
            "draw": ("deposit_drawn", recipes.deposit_drawn(merchant=shop, amount_minor=amount)),
            "held": ("sale_held", recipes.sale_held(merchant=shop, amount_minor=amount)),
        }[kind]
        told: dict[str, Any] = {"subject": "S", "currency": "CNY", "key": f"{turn}:{place}", "by": "key:1"}
        post(moves, recipe=recipe, **told, now=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=day))
    closing = 0
    for month in (date(2026, 2, 1), MARCH, APRIL):
        found = statement(shop, month)
        assert (found.opening_minor, found.proven) == (closing, True)
        closing = found.closing_minor
        lines = list(statement_lines(shop, month))
        assert summed(Line(line.part, line.amount_minor) for line in lines) == found.parts
        assert (lines[-1].balance_minor if lines else found.opening_minor) == closing


def test_every_recipe_has_a_part() -> None:
    for recipe in RECIPES:
        assert part_of(recipe, source="merchant:1:payable", destination="x") in PARTS
    assert part_of("one_to_come", source="a", destination="b") == "other"


@given(balance=st.integers(-(10**9), 10**9), reserved=st.integers(0, 10**9), amount=st.integers(1, 10**9), deposit=st.integers(0, 10**9))
def test_never_more_is_paid_or_drawn_than_there_is(balance: int, reserved: int, amount: int, deposit: int) -> None:
    assert 0 <= to_pay(balance, reserved_minor=reserved) <= max(0, balance)
    drawn = to_draw(amount, payable_minor=balance, deposit_minor=deposit)
    assert 0 <= drawn <= min(amount, deposit)
    assert drawn == deposit or max(0, balance) + drawn >= amount
