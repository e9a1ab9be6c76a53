"""A shop's statement of a month: what it began with, every line with its case, what it ended with – proven by the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.ids import is_case_number
from shouhou.settlements.queries.money import CURRENCY, OWN, own_accounts, shop_money
from shouhou.settlements.rules import Line, part_of, summed

LINES_MOST = 50_000
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting: `balance_minor` is what the shop was owed after it."""

    posting_id: int
    transfer_id: int
    at: datetime
    part: str
    recipe: str
    subject: str
    amount_minor: int
    balance_minor: int

    @property
    def case(self) -> str:
        """The number of the case it is about, or empty."""
        return self.subject if is_case_number(self.subject) else ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of one shop; `proven`: opening and all lines come to what the ledger says at its end."""

    merchant_id: int
    month: date
    currency: str
    opening_minor: int
    parts: dict[str, int]
    closing_minor: int
    ledger_minor: int
    count: int
    deposit_minor: int
    held_minor: int

    @property
    def proven(self) -> bool:
        return self.closing_minor == self.ledger_minor


def statement(merchant_id: int, month: date, *, currency: str = CURRENCY) -> Statement:
    """The month that `month` lies in, by the house's days."""
    start, end = span(month)
    opening = _balance_at(merchant_id, start, currency)
    lines: list[Line] = []
    with connection.cursor() as cursor:
        cursor.execute(PARTS_OF, {**own_accounts(merchant_id), "currency": currency, "start": start, "end": end})
        rows = cursor.fetchall()
    for recipe, source, destination, amount, _ in rows:
        lines.append(Line(part_of(recipe, source=source, destination=destination), int(amount)))
    money = shop_money(merchant_id, currency=currency)
    return Statement(
        merchant_id=merchant_id, month=month.replace(day=1), currency=currency, opening_minor=opening, parts=summed(lines),
        closing_minor=opening + sum(line.amount_minor for line in lines), ledger_minor=_balance_at(merchant_id, end, currency),
        count=sum(int(row[4]) for row in rows), deposit_minor=money.deposit_minor, held_minor=money.held_minor,
    )  # fmt: skip


def statement_lines(
    merchant_id: int, month: date, *, currency: str = CURRENCY, part: str = "", after: tuple[datetime, int, int] | None = None,
    limit: int = LINES_MOST,
) -> Iterator[StatementLine]:  # fmt: skip
    """The lines in their order. `after` is (instant, posting, balance) of the last one of the page before."""
    start, end = span(month)
    balance = after[2] if after else _balance_at(merchant_id, start, currency)
    given: dict[str, Any] = {
        **own_accounts(merchant_id), "currency": currency, "start": start, "end": end,
        "at": after[0] if after else start, "id": after[1] if after else 0, "limit": LINES_MOST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LINES, given)
        shown = 0
        while rows := cursor.fetchmany(CHUNK):
            for posting, transfer, source, destination, recipe, subject, at, amount in rows:
                balance += int(amount)
                found = part_of(recipe, source=source, destination=destination)
                if part and found != part:
                    continue
                yield StatementLine(posting, transfer, at, found, recipe, subject, int(amount), balance)
                shown += 1
                if shown >= limit:
                    return


def months_of(merchant_id: int, *, now: datetime, most: int = 24) -> list[date]:
    """The months there is something to say about, the newest first; this month always."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [f"merchant:{merchant_id}:%", f"merchant:{merchant_id}:%"])
        first: datetime | None = cursor.fetchone()[0]
    month = now.astimezone(SHANGHAI).date().replace(day=1)
    begin = min(month, first.astimezone(SHANGHAI).date().replace(day=1)) if first else month
    found: list[date] = []
    while month >= begin and len(found) < most:
        found.append(month)
        month = (month.replace(month=month.month - 1) if month.month > 1 else month.replace(year=month.year - 1, month=12))
    return found


def span(month: date) -> tuple[datetime, datetime]:
    """From the first instant of the month to that of the next."""
    first = month.replace(day=1)
    following = first.replace(month=first.month + 1) if first.month < 12 else first.replace(year=first.year + 1, month=1)
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(following, time(), SHANGHAI)


def _balance_at(merchant_id: int, at: datetime, currency: str) -> int:
    """Straight from the postings' two sides, not by way of the lines: what proves them."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCE_AT, {**own_accounts(merchant_id), "currency": currency, "at": at})
        return int(cursor.fetchone()[0])


PARTS_OF = f"""
SELECT recipe, CASE WHEN source LIKE 'tender:inkind:%%' THEN 'tender:inkind:' ELSE '' END,
    CASE WHEN destination LIKE '%%:deductions' THEN ':deductions' ELSE '' END, sum(amount), count(*)
FROM ({OWN}) own WHERE at >= %(start)s AND at < %(end)s GROUP BY 1, 2, 3
"""  # noqa: S608
LINES = f"""
SELECT id, transfer, source, destination, recipe, subject, at, amount FROM ({OWN}) own
WHERE at >= %(start)s AND at < %(end)s AND (at, id) > (%(at)s, %(id)s) ORDER BY at, id LIMIT %(limit)s
"""  # noqa: S608
BALANCE_AT = """
SELECT coalesce(sum(CASE WHEN account ~ %(own)s THEN amount ELSE 0 END), 0) FROM (
    SELECT p.source AS account, -p.amount_minor AS amount FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE t.phase = 'posted' AND p.currency = %(currency)s AND p.source LIKE %(prefix)s AND t.at < %(at)s
    UNION ALL
    SELECT p.destination, p.amount_minor FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE t.phase = 'posted' AND p.currency = %(currency)s AND p.destination LIKE %(prefix)s AND t.at < %(at)s
) sides
"""
FIRST = """
SELECT min(t.at) FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
WHERE t.phase = 'posted' AND (p.source LIKE %s OR p.destination LIKE %s)
"""
