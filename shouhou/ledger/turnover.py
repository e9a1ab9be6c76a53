"""What accounts held and turned over, from the days' turnovers and the tail that is not gathered yet: never from all postings.

A day that a period begins or ends inside of is read posting by posting, so that every instant's balance is exact.
"""

from datetime import date, datetime, timedelta
from typing import Any

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.ledger.wanted import Wanted, deny, family_named, like, span


def entries(wanted: Wanted, *, within: str = "") -> str:
    """SQL of rows (account, currency, at, in_minor, out_minor, pending_minor, posted, pending) that come to what is wanted up to its
    end; to be executed with `asked`. `within`: only accounts of this table of (account, currency)."""
    arms = []
    for table, where in _tables(wanted):
        only = _WITHIN.format(columns="account, currency", within=within) if within else ""
        arms.append(_ARM.format(table=table, where=where + only))
    for side, sign, where in _sides(wanted):
        only = _WITHIN.format(columns=f"p.{side}, p.currency", within=within) if within else ""
        arms.append(_RAW.format(side=side, sign=sign, where=where + only))
    return " UNION ALL ".join(arms)


def known(wanted: Wanted, *, further: bool) -> str:
    """SQL of the first `most` (account, currency) by path, after (`after_account`, `after_currency`) if `further`: each table gives its
    own first ones by its index, so that a page costs the same however many accounts there are."""
    arms = []
    for table, where in _tables(wanted):
        arms.append(_KNOWN.format(account="account", currency="currency", table=table, where=where + _after(further, "account, currency")))
    for side, _, where in _sides(wanted):
        found = f"p.{side}, p.currency"
        arms.append(_KNOWN.format(account=f"p.{side}", currency="p.currency", table=_JOINED, where=where + _after(further, found)))
    return " UNION ".join(arms)


def _tables(wanted: Wanted) -> list[tuple[str, str]]:
    """The kept figures and their conditions."""
    return [
        ("ledger_turnover", _where(wanted, column="account", kept=True)), ("ledger_tail", _where(wanted, column="account", kept=False)),
    ]  # fmt: skip


def _sides(wanted: Wanted) -> list[tuple[str, str, str]]:
    """Both sides of the postings of the days that the period begins or ends inside of, and their conditions."""
    found = []
    for place in range(len(broken_days(wanted))):
        days = f"t.at >= %(begin_{place})s AND t.at < %(end_{place})s"
        for side, sign in (("source", "-1"), ("destination", "1")):
            found.append((side, sign, f"{days} AND {_where(wanted, column=f'p.{side}', kept=False)}"))
    return found


def _after(further: bool, columns: str) -> str:
    return f" AND ({columns}) > (%(after_account)s, %(after_currency)s)" if further else ""


def asked(wanted: Wanted) -> dict[str, Any]:
    """The parameters of `entries`."""
    found, broken = span(wanted), broken_days(wanted)
    given: dict[str, Any] = {
        "like": like(wanted), "deny": deny(wanted), "first": found[0] if found else None, "last": found[1] if found else None,
        "family": wanted.family, "currency": wanted.currency, "since": wanted.since, "until": wanted.until, "broken": broken,
        "until_day": local_day(wanted.until) if wanted.until else None,
    }  # fmt: skip
    for place, day in enumerate(broken):
        given |= {f"begin_{place}": _midnight(day), f"end_{place}": _midnight(day + timedelta(days=1))}
    return given


def broken_days(wanted: Wanted) -> list[date]:
    """The days inside of which the period begins or ends."""
    found = {local_day(at) for at in (wanted.since, wanted.until) if at is not None and at != _midnight(local_day(at))}
    return sorted(found)


def summed(*, since: bool) -> str:
    """The figures of a group of `entries`: in, out and count of the period, balance and pending of its end."""
    within = " FILTER (WHERE e.at >= %(since)s)" if since else ""
    return (
        f"coalesce(sum(e.in_minor){within}, 0), coalesce(sum(e.out_minor){within}, 0), coalesce(sum(e.in_minor - e.out_minor), 0),"
        f" coalesce(sum(e.pending_minor), 0), coalesce(sum(e.posted + e.pending){within}, 0)"
    )


def _where(wanted: Wanted, *, column: str, kept: bool) -> str:
    """`kept`: the rows know their family."""
    conditions, broken = ["true"], broken_days(wanted)
    if kept and family_named(wanted.family) is not None and not wanted.account:
        conditions.append("family = %(family)s")
        if wanted.merchant:
            conditions.append(f"{column} LIKE %(like)s")
    elif span(wanted) is not None:
        conditions.append(f"{column} >= %(first)s AND {column} <= %(last)s")
        if not wanted.account:
            conditions.append(f"{column} LIKE %(like)s AND (%(deny)s::text IS NULL OR {column} NOT LIKE %(deny)s)")
    if wanted.currency:
        conditions.append("currency = %(currency)s")
    if column != "account":
        if wanted.until:
            conditions.append("t.at < %(until)s")
        return " AND ".join(conditions)
    if wanted.until:
        conditions.append("day < %(until_day)s")
    if broken:
        conditions.append("day <> ALL(%(broken)s)")
    return " AND ".join(conditions)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


_ARM = """
SELECT account, currency, day::timestamp AT TIME ZONE 'Asia/Shanghai' AS at, in_minor, out_minor, pending_minor, posted, pending
FROM {table} WHERE {where}
"""
_RAW = """
SELECT p.{side}, p.currency, t.at,
  CASE WHEN t.phase = 'posted' AND {sign} = 1 THEN p.amount_minor ELSE 0 END,
  CASE WHEN t.phase = 'posted' AND {sign} = -1 THEN p.amount_minor ELSE 0 END,
  CASE WHEN t.phase = 'pending' AND r.id IS NULL THEN {sign} * p.amount_minor ELSE 0 END,
  (t.phase = 'posted')::int::bigint, (t.phase = 'pending' AND r.id IS NULL)::int::bigint
FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id LEFT JOIN ledger_transfer r ON r.resolves_id = t.id
WHERE {where}
"""
_WITHIN = " AND ({columns}) IN (SELECT account, currency FROM {within})"
_JOINED = "ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id"
_KNOWN = "(SELECT DISTINCT {account} AS account, {currency} AS currency FROM {table} WHERE {where} ORDER BY 1, 2 LIMIT %(most)s)"
