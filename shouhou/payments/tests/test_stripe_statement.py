"""Stripe's itemized report, line by line: whose money, how much in the consumer's currency, and every fee."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shouhou.payments.channels.base import BadStatement, StatementRow
from shouhou.payments.channels.registry import STATEMENT_CHANNELS
from shouhou.payments.channels.stripe.client import StripeChannel

KEY = UUID("7b0d7a52-6d0b-4c43-9a57-0123456789ab")
HEAD = (
    "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,description,customer_facing_amount,"
    "customer_facing_currency,payment_intent_id,payment_metadata[shouhou_key],refund_metadata[shouhou_key]"
)
AT = datetime(2026, 3, 10, 4, 5, 6, tzinfo=UTC)


def rows(*lines: str, head: str = HEAD) -> list[StatementRow]:
    data = "\r\n".join((head, *lines)).encode("utf-8-sig")
    return list(StripeChannel("sk_test_x").read_statement(data))


def test_a_payment_and_its_fee_are_two_rows() -> None:
    assert rows(f"txn_1,2026-03-10 04:05:06,cny,180.00,6.30,173.70,charge,ch_1,CH-1,180.00,cny,pi_1,{KEY},") == [
        StatementRow("payment", "pi_1", KEY, 18000, "CNY", AT, "charge txn_1 CH-1"),
        StatementRow("fee", "txn_1", None, 630, "CNY", AT, "fee of ch_1"),
    ]


def test_a_refund_counts_upwards_and_carries_our_key() -> None:
    assert rows(f"txn_2,2026-03-10 04:05:06,cny,-9.00,0.00,-9.00,refund,re_1,,-9.00,cny,pi_1,,{KEY}") == [
        StatementRow("refund", "re_1", KEY, 900, "CNY", AT, "refund txn_2")
    ]


def test_what_the_consumer_paid_counts_where_the_account_is_kept_in_another_currency() -> None:
    found = rows("txn_3,2026-03-10 04:05:06,usd,24.90,1.02,23.88,charge,ch_1,,3800,jpy,pi_1,,")
    assert [(row.kind, row.amount_minor, row.currency) for row in found] == [("payment", 3800, "JPY"), ("fee", 102, "USD")]


def test_everything_else_keeps_its_sign() -> None:
    found = rows(
        "txn_4,2026-03-10 04:05:06,cny,-500.00,0.00,-500.00,payout,po_1,STRIPE PAYOUT,,,,,",
        "txn_5,2026-03-10 04:05:06,cny,9.00,0.00,9.00,refund_failure,re_1,,9.00,cny,pi_1,,",
        "txn_6,2026-03-10 04:05:06,cny,-2.00,0.00,-2.00,fee,fee_1,,,,,,",
    )
    assert [(row.kind, row.reference, row.amount_minor) for row in found] == [
        ("other", "po_1", -50000), ("other", "re_1", 900), ("fee", "fee_1", 200),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("txn_1,yesterday,cny,1.00,0,1.00,charge,ch_1,,,,,,", "2:"),
        ("txn_1,2026-03-10 04:05:06,cny,1.005,0,1,charge,ch_1,,,,,,", "2: 1.005"),
        ("txn_1,2026-03-10 04:05:06,cny,much,0,1,charge,ch_1,,,,,,", "2:"), ("txn_1,2026-03-10 04:05:06,cny", "2:"),
        ("txn_1,2026-03-10 04:05:06,cny,1.00,0,1,charge,ch_1,,,,pi_1,no key,", "2:"),
        ("txn_1,2026-03-10 04:05:06,cny,NaN,0,1,charge,ch_1,,,,,,", "2:"),
        ("txn_1,2026-03-10 04:05:06,cny,Infinity,0,1,charge,ch_1,,,,,,", "2:"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: str, told: str) -> None:
    with pytest.raises(BadStatement, match=told):
        rows(line)


def test_another_file_is_no_statement() -> None:
    with pytest.raises(BadStatement, match="reporting_category"):
        rows("1,2", head="date,amount")
    for data in (b"", b"\xff\xfe\x00", b'"' + b"x" * 200_000):
        with pytest.raises(BadStatement):
            list(StripeChannel("sk_test_x").read_statement(data))


def test_the_registry_can_read_stripes_statements() -> None:
    assert "stripe" in STATEMENT_CHANNELS
