"""Reading the books: balances, the trial balance, the postings of a subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


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
    """Every account whose path starts with `prefix`, by path."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"])
        return [Balance(path, currency, int(posted), int(pending)) for path, currency, posted, pending in cursor]


def trial_balance() -> Mapping[str, int]:
    """The sum over all accounts, by currency: zero, always."""
    sums: dict[str, int] = {}
    for balance in balances():
        sums[balance.currency] = sums.get(balance.currency, 0) + balance.posted_minor + balance.pending_minor
    return sums


def postings_of(subject: str) -> list[PostedMove]:
    """What was written for a subject, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(POSTINGS, [subject])
        return [PostedMove(*row) for row in cursor.fetchall()]


BALANCES = """
WITH counted AS (
    SELECT p.source, p.destination, p.amount_minor, p.currency, t.phase FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE t.phase = 'posted' OR NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id)
), sides AS (
    SELECT source AS account, currency, phase, -amount_minor AS amount FROM counted
    UNION ALL SELECT destination, currency, phase, amount_minor FROM counted
)
SELECT account, currency, coalesce(sum(amount) FILTER (WHERE phase = 'posted'), 0),
       coalesce(sum(amount) FILTER (WHERE phase = 'pending'), 0)
FROM sides WHERE account LIKE %s GROUP BY account, currency ORDER BY account, currency
"""
POSTINGS = """
SELECT t.id, t.recipe, t.phase, EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id), t.key,
       p.source, p.destination, p.amount_minor, p.currency, t.by, t.at
FROM ledger_transfer t JOIN ledger_posting p ON p.transfer_id = t.id WHERE t.subject = %s ORDER BY p.id
"""
