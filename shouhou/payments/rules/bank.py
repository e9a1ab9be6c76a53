"""The bank's files of a batch: what we ask it to pay, and what it says it did; pure, as CSV with a fixed heading."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from shouhou.foundation.money import Money, exponent

ASKED = ("place", "refund", "payee", "bank", "account", "amount", "currency")
ANSWERED = ("place", "refund", "amount", "currency", "result", "reference", "why")
PAID, FAILED = frozenset({"paid", "成功", "已付"}), frozenset({"failed", "失败", "未付"})
LINES_MOST, BYTES_MOST = 500, 512 * 1024


@dataclass(frozen=True, slots=True)
class BankLine:
    """What the bank says of one row."""

    place: int
    refund: str
    amount_minor: int
    currency: str
    paid: bool
    reference: str
    why: str = ""


class Unreadable(Exception):
    """Why a file cannot be read."""


def read_answer(body: bytes) -> list[BankLine]:
    """The lines of the bank's answer: columns by their heading, in any order. Raises Unreadable; never half a file."""
    if len(body) > BYTES_MOST:
        raise Unreadable(f"> {BYTES_MOST} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError as error:
            raise Unreadable("UTF-8, GB 18030") from error
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise Unreadable(str(error)[:80]) from error
    if not rows or any(name not in rows[0] for name in ANSWERED):
        raise Unreadable(", ".join(ANSWERED))
    if len(rows) > LINES_MOST:
        raise Unreadable(f"> {LINES_MOST}")
    return [_line(number, {name: (row.get(name) or "").strip().lstrip("'") for name in ANSWERED}) for number, row in enumerate(rows, 2)]


def written_answer(lines: Iterable[BankLine]) -> bytes:
    """The same file the other way round, as a bank would write it."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerow(ANSWERED)
    for line in lines:
        amount = Money(line.amount_minor, line.currency).decimal
        writer.writerow([line.place, line.refund, amount, line.currency, "paid" if line.paid else "failed", line.reference, line.why])
    return kept.getvalue().encode()


def _line(number: int, row: dict[str, str]) -> BankLine:
    result = row["result"].lower()
    if result not in PAID | FAILED:
        raise Unreadable(f"{number}: result {row['result'][:20]!r}")
    if not row["place"].isascii() or not row["place"].isdigit() or len(row["place"]) > 6:
        raise Unreadable(f"{number}: place {row['place'][:20]!r}")
    return BankLine(
        int(row["place"]), row["refund"][:20], _minor(number, row["amount"], row["currency"]), row["currency"][:3],
        result in PAID, row["reference"], row["why"],
    )  # fmt: skip


def _minor(number: int, amount: str, currency: str) -> int:
    try:
        given = Decimal(amount.replace(",", "")) if amount else Decimal(0)
        minor = given.scaleb(exponent(currency))
    except InvalidOperation as error:
        raise Unreadable(f"{number}: amount {amount[:20]!r} {currency[:5]!r}") from error
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor < 10**15:
        raise Unreadable(f"{number}: amount {amount[:20]!r}")
    return int(minor)
