"""Stripe's balance transactions of a day, asked for by its API and written as its own itemized report."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import stripe

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.money import Money
from shouhou.payments.channels.base import ChannelSilent
from shouhou.payments.channels.stripe.amounts import Inexact, from_stripe
from shouhou.payments.channels.stripe.said import KEY

PAGE, MOST = 100, 200_000
COLUMNS = (
    "balance_transaction_id", "created_utc", "currency", "gross", "fee", "net", "reporting_category", "source_id", "description",
    "customer_facing_amount", "customer_facing_currency", "payment_intent_id", f"payment_metadata[{KEY}]", f"refund_metadata[{KEY}]",
)  # fmt: skip


def report_of(day: date, client: stripe.StripeClient) -> bytes:
    """The report of a day of ours that is over, also when nothing moved on it. Raises stripe.StripeError, ChannelSilent."""
    begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    listed = client.v1.balance_transactions.list({
        "created": {"gte": int(begin.timestamp()), "lt": int((begin + timedelta(days=1)).timestamp())},
        "limit": PAGE, "expand": ["data.source"],
    })  # fmt: skip
    return _written(listed.auto_paging_iter())


def _written(transactions: Iterable[stripe.BalanceTransaction]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for place, each in enumerate(transactions):
        if place >= MOST:
            raise ChannelSilent(f"more than {MOST} balance transactions on one day: its report is to be uploaded")
        try:
            table.writerow(_row(each))
        except (Inexact, AttributeError, TypeError, ValueError) as error:
            raise ChannelSilent(f"{getattr(each, 'id', '?')}: {error}"[:200]) from error
    return text.getvalue().encode()


def _row(each: stripe.BalanceTransaction) -> list[str]:
    source, settled = each.source, each.currency.upper()
    seen_amount = seen_currency = intent = payment_key = refund_key = ""
    reference = source if isinstance(source, str) else str(getattr(source, "id", "") or "")
    if isinstance(source, stripe.Charge | stripe.Refund):
        # What the consumer saw: the account itself may be kept in another currency.
        seen_currency = source.currency.upper()
        sign = -1 if isinstance(source, stripe.Refund) and each.reporting_category == "refund" else 1
        seen_amount = _text(sign * source.amount, seen_currency)
        intent = str(getattr(source.payment_intent, "id", source.payment_intent) or "")
        key = _key(source)
        payment_key, refund_key = ("", key) if isinstance(source, stripe.Refund) else (key, "")
    return [
        each.id, f"{datetime.fromtimestamp(each.created, UTC):%Y-%m-%d %H:%M:%S}", settled.lower(), _text(each.amount, settled),
        _text(each.fee, settled), _text(each.net, settled), each.reporting_category, reference, each.description or "", seen_amount,
        seen_currency.lower(), intent, payment_key, refund_key,
    ]  # fmt: skip


def _text(amount: int, currency: str) -> str:
    return str(Money(from_stripe(amount, currency), currency).decimal)


def _key(source: stripe.Charge | stripe.Refund) -> str:
    metadata = source.metadata
    return str(metadata[KEY]) if metadata is not None and KEY in metadata else ""
