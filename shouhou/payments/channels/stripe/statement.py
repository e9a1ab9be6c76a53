"""Stripe's itemized reports (balance change from activity, payout reconciliation) as rows of a statement."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal
from uuid import UUID

from shouhou.foundation.money import Money
from shouhou.payments.channels.base import BadStatement, StatementRow
from shouhou.payments.channels.stripe.said import KEY

KINDS: Mapping[str, Literal["refund", "payment", "fee"]] = {"charge": "payment", "refund": "refund", "fee": "fee"}
NEEDED = ("balance_transaction_id", "created_utc", "currency", "gross", "reporting_category", "source_id")


def read_rows(data: bytes) -> Iterator[StatementRow]:
    """Every balance transaction is a row, its fee another one. Raises BadStatement, naming the line.

    Our key comes in the columns `refund_metadata[shouhou_key]` and `payment_metadata[shouhou_key]`; without them Stripe's
    own word for the refund or the payment finds it. Times are UTC.
    """
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        missing = [name for name in NEEDED if name not in (table.fieldnames or ())]
        if missing:
            raise BadStatement(f"1: {', '.join(missing)}?")
        for row in table:
            yield from _row(row, table.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadStatement(str(error)) from error


def _row(row: dict[str, str], line: int) -> Iterator[StatementRow]:
    try:
        category, reference = row["reporting_category"], row["source_id"]
        kind: Literal["refund", "payment", "fee", "other"] = KINDS.get(category, "other")
        at = datetime.fromisoformat(row["created_utc"]).replace(tzinfo=UTC)
        settled = row["currency"].upper()
        if kind in ("payment", "refund") and row.get("customer_facing_amount"):
            # What the consumer saw: the account itself may be kept in another currency.
            money = _money(row["customer_facing_amount"], (row.get("customer_facing_currency") or settled).upper())
        else:
            money = _money(row["gross"], settled)
        if kind == "payment":
            reference = row.get("payment_intent_id") or reference
        yield StatementRow(
            kind=kind, reference=reference, key=_key(row, kind), amount_minor=_size(money.minor, kind),
            currency=money.currency, at=at, text=f"{category} {row['balance_transaction_id']} {row.get('description') or ''}".strip(),
        )  # fmt: skip
        fee = _money(row.get("fee") or "0", settled)
        if fee:
            yield StatementRow(
                kind="fee", reference=row["balance_transaction_id"], key=None, amount_minor=fee.minor,
                currency=settled, at=at, text=f"fee of {row['source_id']}",
            )  # fmt: skip
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise BadStatement(f"{line}: {error}") from error


def _size(minor: int, kind: str) -> int:
    """Refunds and payments count upwards; what else there is keeps its sign."""
    return abs(minor) if kind in ("refund", "payment", "fee") else minor


def _key(row: Mapping[str, str], kind: str) -> UUID | None:
    name = {"refund": f"refund_metadata[{KEY}]", "payment": f"payment_metadata[{KEY}]"}.get(kind, "")
    said = row.get(name) or ""
    return UUID(said) if said else None


def _money(text: str, currency: str) -> Money:
    money = Money.of(Decimal(text), currency)
    if money.decimal != Decimal(text):
        raise ValueError(f"{text} {currency} is no whole number of minor units")
    return money
