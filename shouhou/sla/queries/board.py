"""The live board: what is due soon, what is overdue and still not done, what was kept and missed today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shouhou.foundation.days import local_day, start_of_day
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla.access import may_read
from shouhou.sla.rules.kinds import BY_NAME, BY_TERM, HOUSE, OWED_BY, SELLING, owed

SOON = timedelta(hours=24)
# Beyond these a board is for filtering, not for reading: the counts say "and more".
GROUPS_MOST = 5000


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """`view` is soon, overdue, met or late; what is empty does not narrow."""

    view: str = "soon"
    merchant: str = ""
    team: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One duty. `at` is when it ended, or None while it runs or is still owed; `breach` its number where there is one."""

    id: int
    case: str
    service: str
    merchant: str
    merchant_name: str
    kind: str
    team: str
    party: str
    started_at: datetime
    due_at: datetime
    at: datetime | None
    breach: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one shop, team or kind are due soon, overdue, kept and missed today."""

    code: str
    name: str
    soon: int = 0
    overdue: int = 0
    met: int = 0
    late: int = 0


def board_page(
    narrowed: BoardFilter, *, actor: Actor, now: datetime, after: str = "", limit: int = 50
) -> tuple[list[BoardRow], str]:  # fmt: skip
    """A page: what is due or was due first comes first, what ended today last by its end. And where the next page begins."""
    found = list(_rows(narrowed, actor=actor, now=now, after=after, most=limit + 1))
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    if last is None:
        return page, ""
    return page, encode_cursor(last.at if narrowed.view in ("met", "late") else last.due_at, last.id)


def board_stream(narrowed: BoardFilter, *, actor: Actor, now: datetime, most: int) -> Iterator[BoardRow]:
    """The same rows for a file."""
    yield from _rows(narrowed, actor=actor, now=now, after="", most=most)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one shop, kind and team are in a view: soon, overdue, met or late."""

    view: str
    merchant: str
    name: str
    kind: str
    team: str
    many: int


def board_counts(*, actor: Actor, now: datetime) -> list[Count]:
    """Three statements, however the counts are looked at."""
    return [Count(*each) for each in _counts(actor, now=now)] if may_read(actor) else []


def tallies(by: str, counts: Iterable[Count]) -> list[Tally]:
    """The counts by "merchant", "team" or "kind", those with most overdue first."""
    counted: dict[str, dict[str, Any]] = {}
    for each in counts:
        view, merchant, name, kind, team, many = each.view, each.merchant, each.name, each.kind, each.team, each.many
        code, label = {"merchant": (merchant, name), "team": (team, team), "kind": (kind, kind)}[by]
        row = counted.setdefault(code, {"name": label, "soon": 0, "overdue": 0, "met": 0, "late": 0})
        row[view] += many
    found = [Tally(code, **row) for code, row in counted.items()]
    return sorted(found, key=lambda row: (-row.overdue, -row.soon, -row.late, row.code))


def _rows(narrowed: BoardFilter, *, actor: Actor, now: datetime, after: str, most: int) -> Iterator[BoardRow]:
    if not may_read(actor):
        return
    if narrowed.view == "soon":
        yield from _soon(narrowed, actor=actor, now=now, after=after, most=most)
        return
    sql, values = (OVERDUE if narrowed.view == "overdue" else TODAY), _values(actor, now)
    values |= {
        "code": narrowed.merchant, "team": narrowed.team, "kind": narrowed.kind, "outcome": narrowed.view, "most": most,
        "after": None, "last": 0,
    }  # fmt: skip
    if after:
        values["after"], values["last"] = decode_cursor(after, datetime, int)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from (BoardRow(*row) for row in cursor.fetchall())


def _soon(narrowed: BoardFilter, *, actor: Actor, now: datetime, after: str, most: int) -> Iterator[BoardRow]:
    """Kinds are words of the rules, not of the database: it is asked for the terms that may be meant, until enough are found."""
    values = _values(actor, now) | {"code": narrowed.merchant, "terms": _terms(narrowed.kind), "most": most, "after": None, "last": 0}
    if after:
        values["after"], values["last"] = decode_cursor(after, datetime, int)
    found = 0
    while found < most:
        with connection.cursor() as cursor:
            cursor.execute(RUNNING, values)
            rows = cursor.fetchall()
        for key, name, term, waits_on, started_at, due_at, case, service, code, shop, channel in rows:
            duty = owed(name=name, term=term, waits_on=waits_on, started_at=started_at, due_at=due_at, channel=channel)
            if duty is None or narrowed.kind not in ("", duty.kind) or narrowed.team not in ("", duty.team):
                continue
            found += 1
            yield BoardRow(key, case, service, code, shop, duty.kind, duty.team, duty.party, started_at, due_at, None)
        if len(rows) < most:
            return
        values["after"], values["last"] = rows[-1][5], rows[-1][0]


def _counts(actor: Actor, *, now: datetime) -> Iterator[tuple[str, str, str, str, str, int]]:
    values = _values(actor, now) | {"terms": _terms(""), "most": GROUPS_MOST}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_RUNNING, values)
        for name, term, waits_on, fresh, code, shop, channel, many in cursor.fetchall():
            due = now if not fresh else start_of_day(local_day(now))
            duty = owed(name=name, term=term, waits_on=waits_on, started_at=due, due_at=due, channel=channel)
            if duty is not None:
                kind = ("MER-04" if fresh else "MER-03") if term == "pickup_hours" else duty.kind
                yield "soon", code, shop, kind, duty.team, many
        cursor.execute(COUNT_OVERDUE, values)
        for code, shop, kind, team, many in cursor.fetchall():
            yield "overdue", code, shop, kind, team, many
        cursor.execute(COUNT_TODAY, values)
        for outcome, code, shop, kind, team, many in cursor.fetchall():
            yield outcome, code, shop, kind, team, many


def _values(actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "shop": actor.merchant_id, "now": now, "until": now + SOON, "today": start_of_day(local_day(now)),
        "selling": list(SELLING), "roles": list(SELLING | HOUSE), "aside": list(OWED_BY),
        "sold": [name for name, role in OWED_BY.items() if role in SELLING],
    }  # fmt: skip


def _terms(kind: str) -> list[str]:
    """The terms whose limits may be of the kind."""
    if not kind:
        return [*BY_TERM, "pickup_hours"]
    if kind in ("MER-03", "MER-04"):
        return ["pickup_hours"]
    if kind in BY_NAME.values():
        return ["first_response_hours", "ship_hours"]
    return [term for term, each in BY_TERM.items() if each == kind]


# A case that the house has taken over is the house's to do.
_CHANNEL = "CASE WHEN c.details ? 'taken_over' THEN 'self' ELSE coalesce(o.channel, m.channel, 'self') END"
_RUNNING = """
FROM cases_deadline d
JOIN cases_case c ON c.id = d.case_id
LEFT JOIN orders_order o ON o.id = c.order_id
LEFT JOIN merchants_merchant m ON m.id = c.merchant_id
WHERE d.state = 'open' AND d.due_at >= %(now)s AND d.due_at < %(until)s AND d.term = ANY(%(terms)s)
  AND (d.waits_on = ANY(%(roles)s) OR d.name = ANY(%(aside)s) OR d.term = 'pickup_hours')
  AND (%(shop)s::bigint IS NULL OR (c.merchant_id = %(shop)s::bigint
      AND (d.waits_on = ANY(%(selling)s) OR d.name = ANY(%(sold)s) OR d.term = 'pickup_hours') AND NOT d.name = 'freight_decision'))
"""
RUNNING = f"""
SELECT d.id, d.name, d.term, d.waits_on, d.started_at, d.due_at, c.number, c.service, coalesce(m.code, ''), coalesce(m.name, ''),
    {_CHANNEL}
{_RUNNING}
  AND (%(code)s = '' OR m.code = %(code)s)
  AND (%(after)s::timestamptz IS NULL OR (d.due_at, d.id) > (%(after)s::timestamptz, %(last)s::bigint))
ORDER BY d.due_at, d.id LIMIT %(most)s
"""
COUNT_RUNNING = f"""
SELECT d.name, d.term, d.waits_on, d.due_at = date_trunc('day', d.due_at, 'Asia/Shanghai') + interval '1 day' - interval '1 second',
    coalesce(m.code, ''), coalesce(m.name, ''), {_CHANNEL}, count(*)
{_RUNNING}
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 8 DESC LIMIT %(most)s
"""
_MINE = "(%(shop)s::bigint IS NULL OR (x.merchant_id = %(shop)s::bigint AND (x.seller OR x.party = 'shop')))"
_NARROWED = "(%(code)s = '' OR m.code = %(code)s) AND (%(team)s = '' OR x.team = %(team)s) AND (%(kind)s = '' OR x.kind = %(kind)s)"
OVERDUE = f"""
SELECT x.id, coalesce(c.number, ''), x.service, coalesce(m.code, ''), coalesce(m.name, ''), x.kind, x.team, x.party, x.started_at,
    x.due_at, NULL::timestamptz, x.number
FROM sla_breach x LEFT JOIN cases_case c ON c.id = x.case_id LEFT JOIN merchants_merchant m ON m.id = x.merchant_id
WHERE x.settled_at IS NULL AND x.state <> 'struck' AND {_MINE} AND {_NARROWED}
  AND (%(after)s::timestamptz IS NULL OR (x.due_at, x.id) > (%(after)s::timestamptz, %(last)s::bigint))
ORDER BY x.due_at, x.id LIMIT %(most)s
"""  # noqa: S608
TODAY = f"""
SELECT x.id, c.number, x.service, coalesce(m.code, ''), coalesce(m.name, ''), x.kind, x.team, x.party, x.started_at, x.due_at,
    x.ended_at, coalesce(b.number, '')
FROM sla_clock x JOIN cases_case c ON c.id = x.case_id LEFT JOIN merchants_merchant m ON m.id = x.merchant_id
LEFT JOIN sla_breach b ON b.deadline_id = x.deadline_id
WHERE x.ended_at >= %(today)s AND x.outcome = %(outcome)s AND {_MINE} AND {_NARROWED}
  AND (%(after)s::timestamptz IS NULL OR (x.ended_at, x.id) < (%(after)s::timestamptz, %(last)s::bigint))
ORDER BY x.ended_at DESC, x.id DESC LIMIT %(most)s
"""  # noqa: S608
COUNT_OVERDUE = f"""
SELECT coalesce(m.code, ''), coalesce(m.name, ''), x.kind, x.team, count(*)
FROM sla_breach x LEFT JOIN merchants_merchant m ON m.id = x.merchant_id
WHERE x.settled_at IS NULL AND x.state <> 'struck' AND {_MINE} GROUP BY 1, 2, 3, 4 LIMIT %(most)s
"""  # noqa: S608
COUNT_TODAY = f"""
SELECT x.outcome, coalesce(m.code, ''), coalesce(m.name, ''), x.kind, x.team, count(*)
FROM sla_clock x LEFT JOIN merchants_merchant m ON m.id = x.merchant_id
WHERE x.ended_at >= %(today)s AND x.outcome <> 'moot' AND {_MINE} GROUP BY 1, 2, 3, 4, 5 LIMIT %(most)s
"""  # noqa: S608
