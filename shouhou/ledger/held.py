"""What accounts hold: account by account, kind by kind, day by day – as quick with a million postings as with a thousand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from shouhou.ledger.chart import CHART
from shouhou.ledger.turnover import asked, broken_days, entries, known, summed
from shouhou.ledger.wanted import Wanted, deny, family_named, like

PORTION = 2000


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in one currency: what came in and went out in the period, what it holds at its end, what is pending."""

    account: str
    currency: str
    in_minor: int
    out_minor: int
    balance_minor: int
    pending_minor: int
    postings: int


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """All accounts of a kind in one currency."""

    family: str
    currency: str
    accounts: int
    balance_minor: int
    pending_minor: int
    postings: int


def accounts(wanted: Wanted, *, after: tuple[str, str] | None, limit: int) -> list[AccountRow]:
    """By path and currency, after the given one: every account that was ever written to before the period's end."""
    statement = ACCOUNTS.format(
        known=known(wanted, further=after is not None), entries=entries(wanted, within="page"),
        figures=summed(since=wanted.since is not None),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, {
            **asked(wanted), "after_account": after[0] if after else "", "after_currency": after[1] if after else "", "most": limit,
        })  # fmt: skip
        return [AccountRow(account, currency, *map(int, figures)) for account, currency, *figures in cursor.fetchall()]


def every_account(wanted: Wanted) -> Iterator[AccountRow]:
    """All of them, a portion at a time."""
    after: tuple[str, str] | None = None
    while rows := accounts(wanted, after=after, limit=PORTION):
        yield from rows
        after = rows[-1].account, rows[-1].currency
        if len(rows) < PORTION:
            return


def sums(wanted: Wanted) -> Mapping[str, tuple[int, int]]:
    """By currency: what the chosen accounts hold together, and how many they are."""
    whole_families = not (wanted.account or wanted.merchant or broken_days(wanted))
    statement = FAMILY_SUMS if whole_families else SUMS.format(entries=entries(wanted))
    family = family_named(wanted.family)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**asked(wanted), "family": family.name if family else None, "currency": wanted.currency or None})
        return {currency: (int(amount), int(count)) for currency, amount, count in cursor.fetchall()}


def families() -> list[FamilyRow]:
    """Every kind of account that holds or held something, in the chart's order."""
    kinds = [Wanted(family=account.name) for account in CHART]
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, {
            "names": [kind.family for kind in kinds], "likes": [like(kind) for kind in kinds], "denies": [deny(kind) for kind in kinds],
        })  # fmt: skip
        return [FamilyRow(family, currency, *map(int, figures)) for family, currency, *figures in cursor.fetchall()]


def curve(account: str, *, currency: str, since: date, until: date) -> list[tuple[date, int]]:
    """What the account held at the end of each day, both days included."""
    wanted = Wanted(account=account, currency=currency)
    with connection.cursor() as cursor:
        cursor.execute(CURVE.format(entries=entries(wanted)), {**asked(wanted), "since": since, "until": until})
        return [(day, int(amount)) for day, amount in cursor.fetchall()]


def currencies_of(account: str) -> list[str]:
    """Those that the account was ever written to in."""
    wanted = Wanted(account=account)
    with connection.cursor() as cursor:
        cursor.execute(CURRENCIES.format(entries=entries(wanted)), asked(wanted))
        return [row[0] for row in cursor.fetchall()]


ACCOUNTS = """
WITH page AS MATERIALIZED (SELECT account, currency FROM ({known}) known ORDER BY account, currency LIMIT %(most)s)
SELECT e.account, e.currency, {figures} FROM ({entries}) e GROUP BY e.account, e.currency ORDER BY e.account, e.currency
"""
SUMS = """
SELECT currency, coalesce(sum(in_minor - out_minor), 0), count(DISTINCT account) FROM ({entries}) e GROUP BY currency ORDER BY currency
"""
# An account in the tail is counted where its turnovers before the period's end do not count it already.
FAMILY_SUMS = """
WITH fresh AS (
    SELECT account, currency, sum(in_minor - out_minor) AS amount FROM ledger_tail
    WHERE (%(currency)s::text IS NULL OR currency = %(currency)s) AND (%(until_day)s::date IS NULL OR day < %(until_day)s)
      AND (%(family)s::text IS NULL OR (account LIKE %(like)s AND (%(deny)s::text IS NULL OR account NOT LIKE %(deny)s)))
    GROUP BY account, currency
), together AS (
    SELECT currency, in_minor - out_minor AS amount, accounts FROM ledger_familyturnover
    WHERE (%(currency)s::text IS NULL OR currency = %(currency)s) AND (%(until_day)s::date IS NULL OR day < %(until_day)s)
      AND (%(family)s::text IS NULL OR family = %(family)s)
    UNION ALL
    SELECT f.currency, f.amount, (NOT EXISTS (SELECT 1 FROM ledger_turnover t WHERE (t.account, t.currency) = (f.account, f.currency)
      AND (%(until_day)s::date IS NULL OR t.day < %(until_day)s)))::int::bigint
    FROM fresh f
)
SELECT currency, sum(amount), sum(accounts) FROM together GROUP BY currency HAVING sum(accounts) > 0 ORDER BY currency
"""
FAMILIES = """
WITH chart AS (
    SELECT name, pattern, other, place
    FROM unnest(%(names)s::text[], %(likes)s::text[], %(denies)s::text[]) WITH ORDINALITY AS c(name, pattern, other, place)
), fresh AS (
    SELECT account, currency, sum(in_minor - out_minor) AS amount, sum(pending_minor) AS pending, sum(posted + pending) AS postings
    FROM ledger_tail GROUP BY account, currency
), together AS (
    SELECT family, currency, accounts, in_minor - out_minor AS amount, pending_minor AS pending, posted + pending AS postings
    FROM ledger_familyturnover
    UNION ALL
    SELECT c.name, f.currency, (NOT EXISTS (SELECT 1 FROM ledger_turnover t WHERE (t.account, t.currency) = (f.account, f.currency)))::int,
      f.amount, f.pending, f.postings
    FROM fresh f JOIN chart c ON f.account LIKE c.pattern AND (c.other IS NULL OR f.account NOT LIKE c.other)
)
SELECT c.name, t.currency, sum(t.accounts), sum(t.amount), sum(t.pending), sum(t.postings)
FROM together t JOIN chart c ON c.name = t.family GROUP BY c.place, c.name, t.currency ORDER BY c.place, t.currency
"""
CURVE = """
WITH days AS (
    SELECT greatest((at AT TIME ZONE 'Asia/Shanghai')::date, %(since)s::date) AS day, sum(in_minor - out_minor) AS amount
    FROM ({entries}) e WHERE (at AT TIME ZONE 'Asia/Shanghai')::date <= %(until)s::date GROUP BY 1
)
SELECT d::date, coalesce(sum(days.amount) OVER (ORDER BY d), 0)
FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') d LEFT JOIN days ON days.day = d::date ORDER BY d
"""
CURRENCIES = "SELECT DISTINCT currency FROM ({entries}) e ORDER BY currency"
