"""Stripe's itemized report, line by line: whose money, how much in the consumer's currency, and every fee."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shouhou.foundation.days import local_day
from shouhou.payments.channels.base import BadStatement, ChannelDown, ChannelSilent, FetchesStatements, StatementRow
from shouhou.payments.channels.registry import STATEMENT_CHANNELS
from shouhou.payments.channels.stripe import history
from shouhou.payments.channels.stripe.client import StripeChannel
from shouhou.payments.tests.stripe_running import StripeHouse

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


def today() -> date:
    return local_day(datetime.now(UTC))


def told(house: StripeHouse, day: date) -> set[tuple[str, UUID | None, int, str]]:
    data = house.channel().fetch_statement(day=day)
    assert data is not None
    return {(row.kind, row.key, row.amount_minor, row.currency) for row in house.channel().read_statement(data)}


def test_a_day_is_asked_for_by_the_api_and_holds_every_refund_and_payment_of_ours(
    running_stripe: StripeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 2)
    channel, day, refunds, charge = running_stripe.channel(), today(), [uuid4() for _ in range(3)], uuid4()
    assert isinstance(channel, FetchesStatements)
    paid, yen = running_stripe.paid(5000), running_stripe.paid(3800, currency="JPY")
    for place, key in enumerate(refunds):
        channel.refund(key=key, amount_minor=100 + place, currency="CNY", reference="RF-1", paid=paid)
    opened = channel.open_payment(
        key=charge, amount_minor=1800, currency="CNY", reference="CH-1", title="维修费, Repair", return_url="https://shop.example/"
    )
    running_stripe.pay(charge, opened.url)
    # Begun before midnight, looked for after it: the day is the one that it happened on.
    days = {day, today()}
    found = set[tuple[str, UUID | None, int, str]]().union(*(told(running_stripe, each) for each in days))
    assert {("payment", None, 5000, "CNY"), ("payment", None, 3800, "JPY"), ("payment", charge, 1800, "CNY")} <= found
    assert {("refund", key, 100 + place, "CNY") for place, key in enumerate(refunds)} <= found and yen.reference
    assert told(running_stripe, day - timedelta(days=40)) == set(), "a day on which nothing moved is told, too"


@pytest.mark.parametrize("behaviour", ["error", "busy", "lost"])
def test_a_day_that_cannot_be_told_now_is_silence_and_asked_for_again(running_stripe: StripeHouse, behaviour: str) -> None:
    running_stripe.behave(behaviour)
    with pytest.raises(ChannelSilent):
        running_stripe.channel().fetch_statement(day=today())
    assert running_stripe.channel().fetch_statement(day=today())
    with pytest.raises(ChannelDown):
        running_stripe.nowhere().fetch_statement(day=today())


def test_a_day_of_more_rows_than_can_be_asked_for_is_not_told_in_part(
    running_stripe: StripeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 1)
    for _ in range(2):
        running_stripe.paid(5000)
    with pytest.raises(ChannelSilent, match="uploaded"):
        # Around midnight the two may be of two days.
        running_stripe.paid(5000)
        for day in {today() - timedelta(days=1), today()}:
            running_stripe.channel().fetch_statement(day=day)
