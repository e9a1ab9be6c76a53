"""The postings to look through, page by page, with what an account held after each; and one transfer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shouhou.ledger.chart import account_of
from shouhou.ledger.turnover import asked, entries, known
from shouhou.ledger.wanted import Wanted, deny, like

PORTION = 2000
# So many accounts are looked up one by one; more of them stand thickly enough among all postings to be met with soon.
ACCOUNTS_MOST = 100


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


def postings(wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int) -> list[PostingRow]:
    """Newest first before an id; or oldest first after one (`after` 0 begins)."""
    order = "ASC" if after is not None else "DESC"
    few = _few_accounts(wanted)
    place = "" if before is None and after is None else f" AND p.id {'>' if after is not None else '<'} %(place)s"
    if few is None:
        statement = POSTINGS.format(where=where(wanted, paths=True) + place, order=order)
    else:
        statement = OF_ACCOUNTS.format(columns=COLUMNS, where=where(wanted, paths=False) + place, order=order)
    given = {
        "like": like(wanted), "deny": deny(wanted), "accounts": few, "currency": wanted.currency, "subject": wanted.subject,
        "recipe": wanted.recipe, "phase": wanted.phase, "since": wanted.since, "until": wanted.until, "most": limit,
        "place": before if after is None else after,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [PostingRow(*row) for row in cursor.fetchall()]


def every_posting(wanted: Wanted) -> Iterator[PostingRow]:
    """All of them, oldest first, a portion at a time: however many there are, only one is in memory."""
    after = 0
    while rows := postings(wanted, after=after, limit=PORTION):
        yield from rows
        after = rows[-1].id
        if len(rows) < PORTION:
            return


def balances_after(account: str, *, currency: str, ids: Sequence[int]) -> Mapping[int, int]:
    """What the account held after each of these postings, by posted ones alone, whatever else stands between them: what it
    holds now without what came later."""
    if not ids:
        return {}
    wanted = Wanted(account=account, currency=currency)
    with connection.cursor() as cursor:
        cursor.execute(RUNNING.format(entries=entries(wanted)), {
            **asked(wanted), "account": account, "currency": currency, "oldest": min(ids), "ids": list(ids),
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


def family_of(path: str) -> str:
    """The family's name; a path off the chart is nobody's."""
    try:
        return account_of(path).name
    except KeyError:
        return ""


def where(wanted: Wanted, *, paths: bool) -> str:
    """The conditions of postings `p` and transfers `t`: only what is asked for, so that the indexes are used."""
    conditions = ["true"]
    if paths and like(wanted) is not None:
        fitting = "(p.{side} LIKE %(like)s AND (%(deny)s::text IS NULL OR p.{side} NOT LIKE %(deny)s))"
        conditions.append(f"({fitting.format(side='source')} OR {fitting.format(side='destination')})")
    for name in ("currency", "subject", "recipe", "phase"):
        if getattr(wanted, name):
            conditions.append(f"{'p' if name == 'currency' else 't'}.{name} = %({name})s")
    if wanted.since:
        conditions.append("t.at >= %(since)s")
    if wanted.until:
        conditions.append("t.at < %(until)s")
    return " AND ".join(conditions)


def _few_accounts(wanted: Wanted) -> list[str] | None:
    """The accounts that are asked for, where they are few; None: all, or many."""
    if wanted.account:
        return [wanted.account]
    if like(wanted) is None:
        return None
    with connection.cursor() as cursor:
        chosen = Wanted(family=wanted.family, merchant=wanted.merchant)
        cursor.execute(known(chosen, further=False), {**asked(chosen), "most": ACCOUNTS_MOST + 1})
        found = sorted({row[0] for row in cursor.fetchall()})
    return found if len(found) <= ACCOUNTS_MOST else None


COLUMNS = """
SELECT p.id, t.id, t.at, t.recipe, t.subject, t.phase, EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id),
  t.key, t.by, p.source, p.destination, p.amount_minor, p.currency
FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
"""
POSTINGS = COLUMNS + "WHERE {where} ORDER BY p.id {order} LIMIT %(most)s"
# Each account's own by its index, as many as are wanted; a posting between two of them is one row.
OF_ACCOUNTS = """
SELECT DISTINCT ON (found.id) found.* FROM unnest(%(accounts)s::text[]) AS wanted(account) CROSS JOIN LATERAL (
  ({columns} WHERE p.source = wanted.account AND {where} ORDER BY p.id {order} LIMIT %(most)s)
  UNION ALL ({columns} WHERE p.destination = wanted.account AND {where} ORDER BY p.id {order} LIMIT %(most)s)
) found(id, transfer_id, at, recipe, subject, phase, resolved, key, by, source, destination, amount_minor, currency)
ORDER BY found.id {order} LIMIT %(most)s
"""
OF_TRANSFER = COLUMNS + "WHERE t.id = %s ORDER BY p.id"
TRANSFER = """
SELECT t.id, t.recipe, t.subject, t.phase, t.key, t.by, t.at, t.resolves_id,
  (SELECT r.id FROM ledger_transfer r WHERE r.resolves_id = t.id)
FROM ledger_transfer t WHERE t.id = %s
"""
RUNNING = """
WITH later AS (
  SELECT p.id, CASE WHEN t.phase <> 'posted' THEN 0 ELSE p.amount_minor END AS amount
  FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
  WHERE p.destination = %(account)s AND p.currency = %(currency)s AND p.id >= %(oldest)s
  UNION ALL
  SELECT p.id, CASE WHEN t.phase <> 'posted' THEN 0 ELSE -p.amount_minor END
  FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
  WHERE p.source = %(account)s AND p.currency = %(currency)s AND p.id >= %(oldest)s
), running AS (SELECT id, amount, sum(amount) OVER (ORDER BY id DESC) AS since FROM later),
now_held AS (SELECT coalesce(sum(in_minor - out_minor), 0) AS amount FROM ({entries}) e)
SELECT running.id, now_held.amount - running.since + running.amount FROM running, now_held WHERE running.id = ANY(%(ids)s)
"""
