"""The fake channel's statement of a day: one CSV line per movement, its fee beside it; written there, read here."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from shouhou.foundation.days import local_day
from shouhou.payments.channels.base import BadStatement, StatementRow

COLUMNS = ("kind", "reference", "key", "amount_minor", "fee_minor", "currency", "at", "text")
END = "end"
KINDS: Mapping[str, Literal["refund", "payment", "other"]] = {"refund": "refund", "payment": "payment", "other": "other"}


def written(day: date, *, paid_back: Iterable[Mapping[str, Any]], received: Iterable[Mapping[str, Any]]) -> bytes:
    """What the channel moved on that day (its own clock, Beijing)."""
    kept = io.StringIO(newline="")
    out = csv.writer(kept)
    out.writerow(COLUMNS)
    count = 0
    for kind, entries in (("refund", paid_back), ("payment", received)):
        for entry in entries:
            at = datetime.fromtimestamp(entry["at"], UTC)
            if local_day(at) == day:
                # It takes 6 ‰ of what comes in.
                fee = entry["amount"] * 6 // 1000 if kind == "payment" else 0
                out.writerow([
                    kind, entry["reference"], entry["key"], entry["amount"], fee, entry["currency"], at.isoformat(), entry.get("for", ""),
                ])  # fmt: skip
                count += 1
    out.writerow([END, count])
    return kept.getvalue().encode()


def read(data: bytes) -> Iterator[StatementRow]:
    """Raises BadStatement, naming the line; also for a file that was cut off."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if tuple(next(lines, ())) != COLUMNS:
            raise BadStatement(f"1: {', '.join(COLUMNS)}?")
        for before, line in enumerate(lines):
            if line and line[0] == END:
                if line[1:] != [str(before)]:
                    raise BadStatement(f"{lines.line_num}: {before} lines, not {', '.join(line[1:])}")
                return
            yield from _rows(line, lines.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadStatement(str(error)) from error
    raise BadStatement("no end: the file is cut off")


def _rows(line: list[str], number: int) -> Iterator[StatementRow]:
    try:
        told = dict(zip(COLUMNS, line, strict=True))
        at = datetime.fromisoformat(told["at"])
        if at.tzinfo is None:
            raise ValueError("an instant needs an offset")
        key, amount, currency = UUID(told["key"]) if told["key"] else None, int(told["amount_minor"]), told["currency"]
        if len(currency) != 3 or amount <= 0:
            raise ValueError(f"{amount} {currency}")
        yield StatementRow(KINDS[told["kind"]], told["reference"], key, amount, currency, at, told["text"])
        if fee := int(told["fee_minor"] or 0):
            yield StatementRow("fee", told["reference"], key, fee, currency, at)
    except (KeyError, ValueError) as error:
        raise BadStatement(f"{number}: {error}") from error
