"""The books: what is written stays, balances, and happens once."""

from datetime import UTC, datetime

import pytest
from django.db import Error, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.refusals import Refused
from shouhou.ledger import recipes
from shouhou.ledger.actions import hold, post, settle, void
from shouhou.ledger.chart import CHART, MERCHANT_PAYABLE, OFFLINE, account_of
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.models import Posting, Transfer
from shouhou.ledger.queries import balances, postings_of, trial_balance
from shouhou.ledger.recipes import Move

NOW = datetime(2025, 3, 17, 8, tzinfo=UTC)
REFUND = recipes.refund(merchant=7, buyer=3, channel="fake", tender="card", amount_minor=9900)


def held(key: str = "k1") -> int:
    return hold(REFUND, recipe="refund", subject="SO-1", currency="CNY", key=key, by="user:1", now=NOW)


def written() -> tuple[int, int]:
    return Transfer.objects.count(), Posting.objects.count()


@pytest.mark.django_db
def test_a_pending_transfer_counts_only_when_it_is_settled() -> None:
    held()
    assert {b.account: (b.posted_minor, b.pending_minor) for b in balances()} == {
        "merchant:7:payable": (0, -9900), "buyer:3:refunds": (0, 0), "tender:fake:card": (0, 9900),
    }  # fmt: skip
    settle("k1", by="clock", now=NOW)
    assert {b.account: (b.posted_minor, b.pending_minor) for b in balances(prefix="tender:")} == {
        "tender:fake:card": (9900, 0)
    }
    assert trial_balance() == {"CNY": 0}
    assert [(p.phase, p.resolved) for p in postings_of("SO-1")] == [("pending", True)] * 2 + [("posted", False)] * 2


@pytest.mark.django_db
def test_a_voided_transfer_moves_nothing() -> None:
    held()
    void("k1", by="clock", now=NOW)
    assert balances() == [] and written() == (2, 2)


@pytest.mark.django_db
def test_a_pending_transfer_is_resolved_exactly_once() -> None:
    held()
    first = settle("k1", by="clock", now=NOW)
    before = written()
    assert settle("k1", by="clock", now=NOW) == first
    with pytest.raises(Refused, match="TRANSFER_RESOLVED"):
        void("k1", by="clock", now=NOW)
    assert written() == before
    with pytest.raises(IntegrityError, match="resolves_id"), transaction.atomic():
        Transfer.objects.create(
            recipe="refund", subject="SO-1", phase="voided", resolves=Transfer.objects.get(key="k1"), key="other",
            by="somebody", at=NOW,
        )  # fmt: skip


@pytest.mark.django_db
def test_the_same_key_is_the_same_transfer() -> None:
    assert held() == held() and written() == (1, 2)
    once = post(REFUND, recipe="refund", subject="SO-2", currency="CNY", key="k2", by="user:1", now=NOW)
    assert post(REFUND, recipe="refund", subject="SO-2", currency="CNY", key="k2", by="user:1", now=NOW) == once


@pytest.mark.django_db
def test_what_was_never_held_cannot_be_resolved() -> None:
    with pytest.raises(Refused, match="TRANSFER_UNKNOWN"):
        settle("nobody", by="clock", now=NOW)
    assert written() == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("moves", [
    (Move("merchant:7:payable", "tender:fake:card", 1),), (Move("buyer:3:refunds", "merchant:7:payable", 1),),
])  # fmt: skip
def test_a_flow_that_the_recipe_does_not_name_is_refused(moves: tuple[Move, ...]) -> None:
    with pytest.raises(ValueError, match="does not move money like this"):
        post(moves, recipe="refund", subject="SO-1", currency="CNY", key="k", by="user:1", now=NOW)
    assert written() == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [
    "UPDATE ledger_posting SET amount_minor = 1", "DELETE FROM ledger_posting", "TRUNCATE ledger_posting CASCADE",
    "UPDATE ledger_transfer SET phase = 'posted'", "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_transfer, ledger_posting CASCADE",
])  # fmt: skip
def test_the_books_are_append_only_even_by_hand(statement: str) -> None:
    held()
    # What is deferred to the end of the transaction would stand in TRUNCATE's way before our trigger does.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert written() == (1, 2) and Posting.objects.filter(amount_minor=9900).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_the_database_refuses_a_posting_that_moves_nothing(amount: int) -> None:
    transfer = Transfer.objects.get(id=held())
    with pytest.raises(IntegrityError, match="posting_amount"), transaction.atomic():
        Posting.objects.create(transfer=transfer, source="a", destination="b", amount_minor=amount, currency="CNY")
    with pytest.raises(ValueError, match="moves something"):
        Move("a", "b", amount)


@given(st.integers(1, 10**12), st.integers(1, 10**9), st.integers(1, 10**9))
def test_every_recipe_stays_on_the_chart_and_leaves_the_buyer_at_zero(amount: int, merchant: int, buyer: int) -> None:
    ways = {
        "refund": recipes.refund(merchant=merchant, buyer=buyer, channel="fake", tender="card", amount_minor=amount),
        "refund_returned": recipes.refund_returned(merchant=merchant, buyer=buyer, channel="fake", tender="card", amount_minor=amount),
        "refund_offline": recipes.refund_offline(merchant=merchant, buyer=buyer, tender="card", amount_minor=amount),
        "deduction": recipes.deduction(merchant=merchant, buyer=buyer, amount_minor=amount),
        "promotion_granted": recipes.promotion_granted(merchant=merchant, amount_minor=amount),
        "promotion_returned": recipes.promotion_returned(merchant=merchant, amount_minor=amount),
        "freight_advanced": recipes.freight_advanced(carrier="jd", amount_minor=amount),
        "freight_recharged": recipes.freight_recharged(merchant=merchant, amount_minor=amount),
        "freight_billed": recipes.freight_billed(carrier="jd", merchant=merchant, buyer=buyer, bearer="merchant", amount_minor=amount),
        "overpaid_returned": recipes.overpaid_returned(buyer=buyer, amount_minor=amount),
        "overpaid_written_off": recipes.overpaid_written_off(buyer=buyer, amount_minor=amount),
        "refund_overpaid": recipes.refund_overpaid(buyer=buyer, channel="fake", tender="card", amount_minor=amount),
        "charge_received": recipes.charge_received(buyer=buyer, channel="fake", tender="card", amount_minor=amount),
        "charge_earned": recipes.charge_earned(merchant=merchant, buyer=buyer, purpose="repair", amount_minor=amount),
        "flash_covered": recipes.flash_covered(merchant=merchant, amount_minor=amount),
        "ruling_borne": recipes.ruling_borne(merchant=merchant, amount_minor=amount),
        "receivable_opened": recipes.receivable_opened(buyer=buyer, amount_minor=amount),
        "receivable_dropped": recipes.receivable_dropped(buyer=buyer, amount_minor=amount),
        "receivable_paid": recipes.receivable_paid(buyer=buyer, amount_minor=amount),
        "receivable_written_off": recipes.receivable_written_off(buyer=buyer, amount_minor=amount),
        "sale": recipes.sale(merchant=merchant, channel="fake", tender="card", amount_minor=amount),
        "sale_held": recipes.sale_held(merchant=merchant, amount_minor=amount),
        "sale_released": recipes.sale_released(merchant=merchant, amount_minor=amount),
        "recharge": recipes.recharge(merchant=merchant, amount_minor=amount, loss=True),
        "recharge_returned": recipes.recharge_returned(merchant=merchant, amount_minor=amount),
        "penalty": recipes.penalty(merchant=merchant, amount_minor=amount),
        "deposit_drawn": recipes.deposit_drawn(merchant=merchant, amount_minor=amount),
        "deposit_topped_up": recipes.deposit_topped_up(merchant=merchant, amount_minor=amount),
        "deposit_paid_in": recipes.deposit_paid_in(merchant=merchant, channel="offline", amount_minor=amount),
        "deposit_paid_out": recipes.deposit_paid_out(merchant=merchant, channel="offline", amount_minor=amount),
        "merchant_paid_in": recipes.merchant_paid_in(merchant=merchant, channel="offline", amount_minor=amount),
        "merchant_payout": recipes.merchant_payout(merchant=merchant, channel="offline", amount_minor=amount),
        "income_settled": recipes.income_settled(merchant=merchant, account=f"merchant:{merchant}:deductions", amount_minor=amount),
        "plan_claimed": recipes.plan_claimed(insurer="picc", merchant=merchant, amount_minor=amount),
        "insurer_settled": recipes.insurer_settled(insurer="picc", tender="card", amount_minor=amount),
        "channel_fee": recipes.channel_fee(channel="fake", amount_minor=amount),
        "difference_offline": recipes.difference_offline(channel="fake", tender="card", amount_minor=amount),
        "difference_written_off": recipes.difference_written_off(channel="fake", tender="card", delta_minor=-amount),
    }
    assert set(ways) == set(RECIPES)
    for name, moves in ways.items():
        flows = [(account_of(move.source), account_of(move.destination)) for move in moves]
        assert set(flows) <= set(RECIPES[name].flows)
        person = f"buyer:{buyer}:refunds"
        assert sum(m.amount_minor * ((m.destination == person) - (m.source == person)) for m in moves) == 0


@pytest.mark.parametrize("bearer", ["merchant", "platform_advance", "platform_goodwill", "carrier:sf", "charges", "income:repair",
                                    "platform_flash"])
def test_whoever_bears_it_the_refund_stays_on_the_chart(bearer: str) -> None:
    moves = recipes.refund(merchant=7, buyer=9, channel="fake", tender="balance", amount_minor=100, bearer=bearer)
    assert {(account_of(move.source), account_of(move.destination)) for move in moves} <= set(RECIPES["refund"].flows)


@pytest.mark.parametrize("bearer", ["", "nobody", "carrier:a:b", "income:"])
def test_nobody_else_bears_anything(bearer: str) -> None:
    with pytest.raises(ValueError, match=r"bears nothing|cannot stand"):
        recipes.refund(merchant=7, buyer=9, channel="fake", tender="balance", amount_minor=100, bearer=bearer)


def test_the_chart_names_each_account_once_in_both_languages() -> None:
    assert len({account.path for account in CHART}) == len({account.name for account in CHART}) == len(CHART)
    assert all(text.zh and text.en for account in CHART for text in (account.label, account.meaning))
    assert account_of("tender:offline:card") is OFFLINE
    with pytest.raises(KeyError):
        account_of("nowhere")
    with pytest.raises(ValueError, match="cannot stand"):
        MERCHANT_PAYABLE.of(merchant="7:payable:x")
