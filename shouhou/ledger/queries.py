"""Reading the books: balances, the trial balance, the postings of a subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shouhou.ledger.wanted import LAST


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds by posted transfers, and what unresolved pending ones would change."""

    account: str
    currency: str
    posted_minor: int
    pending_minor: int


@dataclass(frozen=True, slots=True)
class PostedMove:
    """One posting with its transfer."""

    transfer_id: int
    recipe: str
    phase: str
    resolved: bool
    key: str
    source: str
    destination: str
    amount_minor: int
    currency: str
    by: str
    at: datetime


def balances(*, prefix: str = "") -> list[Balance]:
    """Every account whose path starts with `prefix` and that something counts in, by path."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, {"first": prefix, "last": prefix + LAST})
        return [Balance(path, currency, int(posted), int(pending)) for path, currency, posted, pending in cursor.fetchall()]


def trial_balance() -> Mapping[str, int]:
    """The sum over all accounts, by currency: zero, always."""
    with connection.cursor() as cursor:
        cursor.execute(TRIAL)
        return {currency: int(total) for currency, total in cursor.fetchall()}


def postings_of(subject: str) -> list[PostedMove]:
    """What was written for a subject, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(POSTINGS, [subject])
        return [PostedMove(*row) for row in cursor.fetchall()]


_FIGURES = """
SELECT account, currency, in_minor - out_minor AS amount, pending_minor, posted + pending AS postings FROM {table}
"""
BALANCES = f"""
SELECT account, currency, sum(amount), sum(pending_minor)
FROM ({_FIGURES.format(table="ledger_turnover")} UNION ALL {_FIGURES.format(table="ledger_tail")}) figures
WHERE account >= %(first)s AND account <= %(last)s
GROUP BY account, currency HAVING sum(postings) > 0 ORDER BY account, currency
"""  # noqa: S608
TRIAL = """
SELECT currency, sum(in_minor - out_minor + pending_minor) FROM (
  SELECT currency, in_minor, out_minor, pending_minor, posted + pending AS postings FROM ledger_familyturnover
  UNION ALL SELECT currency, in_minor, out_minor, pending_minor, posted + pending FROM ledger_tail
) figures GROUP BY currency HAVING sum(postings) > 0 ORDER BY currency
"""
POSTINGS = """
SELECT t.id, t.recipe, t.phase, EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id), t.key,
       p.source, p.destination, p.amount_minor, p.currency, t.by, t.at
FROM ledger_transfer t JOIN ledger_posting p ON p.transfer_id = t.id WHERE t.subject = %s ORDER BY p.id
"""
