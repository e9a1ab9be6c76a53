"""The ledger to look through: accounts with what they hold, their postings page by page, one transfer, a day's curve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from shouhou.ledger.chart import CHART, account_of

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


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting with its transfer. `counts`: posted, or pending and not resolved yet."""

    id: int
    transfer_id: int
    at: datetime
    recipe: str
    subject: str
    phase: str
    resolved: bool
    key: str
    by: str
    source: str
    destination: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One run of a recipe; `resolves` and `resolved_by` are the other half of a pending one."""

    id: int
    recipe: str
    subject: str
    phase: str
    key: str
    by: str
    at: datetime
    resolves: int | None
    resolved_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty is everything. The period is half-open; a balance is that of its end."""

    family: str = ""
    account: str = ""
    merchant: str = ""
    currency: str = ""
    subject: str = ""
    recipe: str = ""
    phase: str = ""
    since: datetime | None = None
    until: datetime | None = None


def accounts(wanted: Wanted, *, after: tuple[str, str] | None, limit: int) -> list[AccountRow]:
    """By path and currency, after the given one."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, {
            **_asked(wanted), "after_account": after[0] if after else None, "after_currency": after[1] if after else "", "most": limit,
        })  # fmt: skip
        return [AccountRow(account, currency, *map(int, figures)) for account, currency, *figures in cursor.fetchall()]


def sums(wanted: Wanted) -> Mapping[str, tuple[int, int]]:
    """By currency: what the chosen accounts hold together, and how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, _asked(wanted))
        return {currency: (int(amount), int(count)) for currency, amount, count in cursor.fetchall()}


def families() -> list[FamilyRow]:
    """Every kind of account that holds or held something, in the chart's order."""
    names, likes, denies = [], [], []
    for account in CHART:
        wanted = Wanted(family=account.name)
        names.append(account.name)
        likes.append(_like(wanted))
        denies.append(_deny(wanted))
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, {**_asked(Wanted()), "names": names, "likes": likes, "denies": denies})
        return [FamilyRow(family, currency, *map(int, figures)) for family, currency, *figures in cursor.fetchall()]


def postings(wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int) -> list[PostingRow]:
    """Newest first before an id; or oldest first after one (`after` 0 begins)."""
    statement = POSTINGS.format(where=_where(wanted), order="ASC" if after is not None else "DESC")
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_asked(wanted), "before": before, "after": after, "most": limit})
        return [PostingRow(*row) for row in cursor.fetchall()]


def every_posting(wanted: Wanted) -> Iterator[PostingRow]:
    """All of them, oldest first, a portion at a time: however many there are, only one is in memory."""
    after = 0
    while rows := postings(wanted, after=after, limit=PORTION):
        yield from rows
        after = rows[-1].id
        if len(rows) < PORTION:
            return


def every_account(wanted: Wanted) -> Iterator[AccountRow]:
    after: tuple[str, str] | None = None
    while rows := accounts(wanted, after=after, limit=PORTION):
        yield from rows
        after = rows[-1].account, rows[-1].currency
        if len(rows) < PORTION:
            return


def balances_after(account: str, *, currency: str, ids: Sequence[int]) -> Mapping[int, int]:
    """What the account held after each of these postings, by posted ones alone, whatever else stands between them."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, {
            "account": account, "currency": currency, "first": min(ids), "last": max(ids), "ids": list(ids),
        })  # fmt: skip
        return {posting: int(amount) for posting, amount in cursor.fetchall()}


def transfer(transfer_id: int) -> tuple[TransferRow, list[PostingRow]] | None:
    """None: there is no such transfer."""
    with connection.cursor() as cursor:
        cursor.execute(TRANSFER, [transfer_id])
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute(OF_TRANSFER, [transfer_id])
        return TransferRow(*row), [PostingRow(*each) for each in cursor.fetchall()]


def curve(account: str, *, currency: str, since: date, until: date) -> list[tuple[date, int]]:
    """What the account held at the end of each day, both days included."""
    with connection.cursor() as cursor:
        cursor.execute(CURVE, {"account": account, "currency": currency, "since": since, "until": until})
        return [(day, int(amount)) for day, amount in cursor.fetchall()]


def currencies_of(account: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(CURRENCIES, {"account": account})
        return [row[0] for row in cursor.fetchall()]


def used_currencies() -> list[str]:
    """A loose scan of an unindexed column would read everything: what refunds are kept in is told by the newest postings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT currency FROM (SELECT currency FROM ledger_posting ORDER BY id DESC LIMIT 20000) p ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def _asked(wanted: Wanted) -> dict[str, Any]:
    return {
        "like": _like(wanted), "deny": _deny(wanted), "account": wanted.account or None, "currency": wanted.currency or None,
        "subject": wanted.subject or None, "recipe": wanted.recipe or None, "phase": wanted.phase or None,
        "since": wanted.since, "until": wanted.until,
    }  # fmt: skip


def _like(wanted: Wanted) -> str | None:
    """A pattern of the accounts' paths, or None for all."""
    if wanted.account:
        return _plain(wanted.account)
    family = next((account for account in CHART if account.name == wanted.family), None)
    if family is not None:
        parts = {"merchant": _plain(wanted.merchant)} if wanted.merchant else {}
        pattern = family.path
        for name in ("merchant", "buyer", "channel", "tender", "carrier", "purpose", "insurer"):
            pattern = pattern.replace("{" + name + "}", parts.get(name) or "%")
        return pattern
    return f"merchant:{_plain(wanted.merchant)}:%" if wanted.merchant else None


def _deny(wanted: Wanted) -> str | None:
    """Where two families' patterns meet, the narrower one is not in the wider: tender:offline:card is no channel's."""
    mine = next((account for account in CHART if account.name == wanted.family), None)
    if mine is None or wanted.account:
        return None
    for other in CHART:
        example = other.path.replace("{", "").replace("}", "")
        if other is not mine and other.path.count("{") < mine.path.count("{") and _fits(mine.path, example):
            head, _, tail = other.path.partition("{")
            return _plain(head) + ("%" if tail else "")
    return None


def _fits(path: str, example: str) -> bool:
    left, right = path.split(":"), example.split(":")
    return len(left) == len(right) and all(a == b or a.startswith("{") for a, b in zip(left, right, strict=True))


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _where(wanted: Wanted) -> str:
    """Only what is asked for, so that the indexes are used."""
    conditions = ["true"]
    if wanted.account:
        conditions.append("(p.source = %(account)s OR p.destination = %(account)s)")
    elif _like(wanted) is not None:
        conditions.append(
            "((p.source LIKE %(like)s AND (%(deny)s::text IS NULL OR p.source NOT LIKE %(deny)s))"
            " OR (p.destination LIKE %(like)s AND (%(deny)s::text IS NULL OR p.destination NOT LIKE %(deny)s)))"
        )
    for name in ("currency", "subject", "recipe", "phase"):
        if getattr(wanted, name):
            conditions.append(f"{'p' if name == 'currency' else 't'}.{name} = %({name})s")
    if wanted.since:
        conditions.append("t.at >= %(since)s")
    if wanted.until:
        conditions.append("t.at < %(until)s")
    return " AND ".join(conditions)


def family_of(path: str) -> str:
    """The family's name; a path off the chart is nobody's."""
    try:
        return account_of(path).name
    except KeyError:
        return ""


# Sides of what counts up to the period's end; only paths that are asked for are read.
_HELD = """
WITH sides AS (
    SELECT p.source AS account, p.currency, -p.amount_minor AS amount, t.phase, t.at FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE (%(like)s::text IS NULL OR p.source LIKE %(like)s) AND (%(deny)s::text IS NULL OR p.source NOT LIKE %(deny)s)
      AND (%(currency)s::text IS NULL OR p.currency = %(currency)s) AND (%(until)s::timestamptz IS NULL OR t.at < %(until)s)
      AND (t.phase = 'posted' OR NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id))
    UNION ALL
    SELECT p.destination, p.currency, p.amount_minor, t.phase, t.at FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE (%(like)s::text IS NULL OR p.destination LIKE %(like)s) AND (%(deny)s::text IS NULL OR p.destination NOT LIKE %(deny)s)
      AND (%(currency)s::text IS NULL OR p.currency = %(currency)s) AND (%(until)s::timestamptz IS NULL OR t.at < %(until)s)
      AND (t.phase = 'posted' OR NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id))
)
"""
ACCOUNTS = _HELD + """
SELECT account, currency,
  coalesce(sum(amount) FILTER (WHERE amount > 0 AND phase = 'posted' AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)), 0),
  coalesce(-sum(amount) FILTER (WHERE amount < 0 AND phase = 'posted' AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)), 0),
  coalesce(sum(amount) FILTER (WHERE phase = 'posted'), 0), coalesce(sum(amount) FILTER (WHERE phase = 'pending'), 0),
  count(*) FILTER (WHERE %(since)s::timestamptz IS NULL OR at >= %(since)s)
FROM sides WHERE %(after_account)s::text IS NULL OR (account, currency) > (%(after_account)s, %(after_currency)s)
GROUP BY account, currency ORDER BY account, currency LIMIT %(most)s
"""
SUMS = _HELD + """
SELECT currency, coalesce(sum(amount) FILTER (WHERE phase = 'posted'), 0), count(DISTINCT account)
FROM sides GROUP BY currency ORDER BY currency
"""
# Accounts first, then their kinds: there are far fewer accounts than postings to hold against the patterns.
FAMILIES = _HELD + """, held AS (
    SELECT account, currency, coalesce(sum(amount) FILTER (WHERE phase = 'posted'), 0) AS posted,
      coalesce(sum(amount) FILTER (WHERE phase = 'pending'), 0) AS pending, count(*) AS postings FROM sides GROUP BY account, currency
)
SELECT f.name, h.currency, count(*), sum(h.posted), sum(h.pending), sum(h.postings)
FROM unnest(%(names)s::text[], %(likes)s::text[], %(denies)s::text[]) WITH ORDINALITY AS f(name, pattern, other, place)
JOIN held h ON h.account LIKE f.pattern AND (f.other IS NULL OR h.account NOT LIKE f.other)
GROUP BY f.place, f.name, h.currency ORDER BY f.place, h.currency
"""  # noqa: S608
COLUMNS = """
SELECT p.id, t.id, t.at, t.recipe, t.subject, t.phase, EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id),
  t.key, t.by, p.source, p.destination, p.amount_minor, p.currency
FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
"""
POSTINGS = COLUMNS + """
WHERE {where} AND (%(before)s::bigint IS NULL OR p.id < %(before)s) AND (%(after)s::bigint IS NULL OR p.id > %(after)s)
ORDER BY p.id {order} LIMIT %(most)s
"""
OF_TRANSFER = COLUMNS + "WHERE t.id = %s ORDER BY p.id"
TRANSFER = """
SELECT t.id, t.recipe, t.subject, t.phase, t.key, t.by, t.at, t.resolves_id,
  (SELECT r.id FROM ledger_transfer r WHERE r.resolves_id = t.id)
FROM ledger_transfer t WHERE t.id = %s
"""
RUNNING = """
WITH own AS (
  SELECT p.id, CASE WHEN t.phase <> 'posted' THEN 0 WHEN p.destination = %(account)s THEN p.amount_minor ELSE -p.amount_minor END AS amount
  FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
  WHERE (p.source = %(account)s OR p.destination = %(account)s) AND p.currency = %(currency)s AND p.id <= %(last)s
), base AS (SELECT coalesce(sum(amount), 0) AS amount FROM own WHERE id < %(first)s),
running AS (SELECT id, sum(amount) OVER (ORDER BY id) AS amount FROM own WHERE id >= %(first)s)
SELECT running.id, running.amount + base.amount FROM running, base WHERE running.id = ANY(%(ids)s)
"""
CURVE = """
WITH sides AS (
    SELECT (t.at AT TIME ZONE 'Asia/Shanghai')::date AS day, -p.amount_minor AS amount FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE p.source = %(account)s AND p.currency = %(currency)s AND t.phase = 'posted'
    UNION ALL
    SELECT (t.at AT TIME ZONE 'Asia/Shanghai')::date, p.amount_minor FROM ledger_posting p
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE p.destination = %(account)s AND p.currency = %(currency)s AND t.phase = 'posted'
), days AS (
    SELECT greatest(day, %(since)s::date) AS day, sum(amount) AS amount FROM sides WHERE day <= %(until)s::date GROUP BY 1
)
SELECT d::date, coalesce(sum(days.amount) OVER (ORDER BY d), 0)
FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') d LEFT JOIN days ON days.day = d::date ORDER BY d
"""
CURRENCIES = """
SELECT DISTINCT currency FROM ledger_posting WHERE source = %(account)s OR destination = %(account)s ORDER BY currency
"""
