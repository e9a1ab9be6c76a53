"""Service statistics: what is asked for, why, about which goods, how it ended and how long it took (KPI-01, KPI-03, KPI-04, KPI-05).

Every figure is by the day of the application (Beijing), half-open; `updated_at` is never before it, so that its index finds a window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor

READERS = frozenset({"agent", "reviewer", "supervisor", "arbitrator", "operations", "finance", "auditor", "merchant_manager"})
# Which column each way of looking groups by; those of the goods are asked of the case's lines.
OF_CASES: Mapping[str, str] = {
    "service": "c.service", "reason": "c.reason", "detail": "c.reason_detail", "merchant": "coalesce(m.code, '')",
    "status": "c.service || '/' || c.status", "book": "c.book || ' ' || c.book_version",
}  # fmt: skip
OF_GOODS: Mapping[str, str] = {"sku": "l.sku", "category": "l.category"}
DIMENSIONS: Mapping[str, Text] = {
    "service": Text("服务类型", "Service"), "reason": Text("原因", "Reason"), "detail": Text("具体问题", "Defect or detail"),
    "sku": Text("商品", "Goods"), "category": Text("品类", "Category"), "merchant": Text("商家", "Shop"),
    "status": Text("进展与结果", "State and outcome"), "book": Text("规则版本", "Policy version"),
}  # fmt: skip
# More than this share of what was sold coming back as defective is an alert (KPI-04); of at least so many sold.
ALERT_PERCENT, ALERT_LEAST = 3, 30
ROWS_MOST = 50
COHORT = Text("按申请日（北京时间）：期间内提交的申请", "By the day of application (Beijing): what was applied for in the period")
DURATION = Text(
    "时长 = 最后一次办结 − 提交申请；重新开启的连续计算；未办结的不计入",
    "Duration = last resolution − application; reopening continues it; open cases are not counted",
)
DEFECTS = Text(
    "质量问题率 = 期间内因质量问题申请的件数 ÷ 同期下单件数 × 100%",
    "Defect rate = units applied for as defective ÷ units ordered in the same period × 100 %",
)


@dataclass(frozen=True, slots=True)
class Window:
    """Days, both included, as a person says them; `narrowed` are dimensions held to one value."""

    first: date
    last: date
    narrowed: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Window":
        """As many days just before, narrowed alike."""
        return Window(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.narrowed)


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a dimension. `before` is the count of the same number of days just before; `sold` and `defective` are units."""

    value: str
    name: str
    cases: int
    units: int
    reopened: int
    before: int
    sold: int = 0
    defective: int = 0

    @property
    def defect_percent(self) -> Decimal | None:
        """To one place, half up; None where nothing was sold."""
        if not self.sold:
            return None
        return (Decimal(100 * self.defective) / self.sold).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    @property
    def alert(self) -> bool:
        return self.sold >= ALERT_LEAST and 100 * self.defective > ALERT_PERCENT * self.sold


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours of the cases of one service that were resolved: how many, median, mean, the ninetieth percentile."""

    service: str
    cases: int
    median: Decimal
    mean: Decimal
    p90: Decimal


@dataclass(frozen=True, slots=True)
class Stage:
    """How long cases stood in one state: how often, mean hours, and its share of all the time."""

    service: str
    status: str
    times: int
    mean: Decimal
    percent: int


def window_of(first: date | None, last: date | None, narrowed: Mapping[str, str], *, now: datetime, days: int = 30) -> Window:
    """The days asked for, at most a year; the last thirty unless told."""
    until = min(last or local_day(now), local_day(now))
    since = first or until - timedelta(days=days - 1)
    since = max(min(since, until), until - timedelta(days=366))
    return Window(since, until, {name: value for name, value in narrowed.items() if name in DIMENSIONS and value})


def breakdown(dimension: str, window: Window, *, actor: Actor) -> list[Row]:
    """The most frequent values first, ROWS_MOST at most. A shop sees its own cases only."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    now_, then = (_counts(dimension, each, actor) for each in (window, window.before))
    rows = sorted(now_.items(), key=lambda pair: (-pair[1][1], pair[0]))[:ROWS_MOST]
    sold, defective = _sold([value for value, _ in rows], window, actor) if dimension == "sku" else ({}, {})
    return [
        Row(value, name, cases, units, reopened, then.get(value, ("", 0, 0, 0))[1], sold.get(value, 0), defective.get(value, 0))
        for value, (name, cases, units, reopened) in rows
    ]  # fmt: skip


def whole(window: Window, *, actor: Actor) -> tuple[int, int, int]:
    """All cases of the window, how many of them were reopened, and how many there were just before."""
    if actor.role not in READERS or actor.insurer is not None:
        return 0, 0, 0
    totals = []
    for each in (window, window.before):
        where, values = _where(each, actor)
        totals.append(_rows(WHOLE.format(cases=CASES, where=where), values)[0])
    return totals[0][0], totals[0][1], totals[1][0]


def by_week(window: Window, *, actor: Actor) -> list[tuple[date, int, Decimal | None]]:
    """(Monday, cases, median hours of those resolved) for each week with something in it (KPI-02)."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    where, values = _where(window, actor)
    rows = _rows(WEEKS.format(cases=CASES, where=where), values)
    return [(monday, many, _hours(median)) for monday, many, median in rows]


def durations(window: Window, *, actor: Actor) -> list[Duration]:
    """By service, the slowest ninetieth percentile first (KPI-01)."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    where, values = _where(window, actor)
    rows = _rows(DURATIONS.format(cases=CASES, where=where), values)
    return [Duration(service, many, _some(median), _some(mean), _some(p90)) for service, many, median, mean, p90 in rows]


def stages(window: Window, *, actor: Actor, most: int = 12) -> list[Stage]:
    """Where the time goes: states by their share of all the time that ended cases took (KPI-05)."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    where, values = _where(window, actor)
    rows = _rows(STAGES.format(cases=CASES, where=where), {**values, "most": most})
    return [Stage(service, status, times, _some(mean), round(100 * float(share or 0))) for service, status, times, mean, share in rows]


def latest(window: Window, *, actor: Actor, most: int = 20) -> list[dict[str, Any]]:
    """The last cases of the window, for whoever wants to see what is behind a figure."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    where, values = _where(window, actor)
    rows = _rows(LATEST.format(cases=CASES, where=where), {**values, "most": most})
    names = ("number", "service", "reason", "detail", "title", "status", "submitted_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _where(window: Window, actor: Actor) -> tuple[str, dict[str, Any]]:
    """The condition on `c` (and `m`), and its values; every name in it is ours."""
    since = datetime.combine(window.first, time(), SHANGHAI)
    until = datetime.combine(window.last + timedelta(days=1), time(), SHANGHAI)
    parts = ["c.updated_at >= %(since)s", "c.submitted_at >= %(since)s", "c.submitted_at < %(until)s"]
    values: dict[str, Any] = {"since": since, "until": until}
    if actor.merchant_id is not None:
        parts.append("c.merchant_id = %(shop)s")
        values["shop"] = actor.merchant_id
    for name, value in window.narrowed.items():
        values[f"is_{name}"] = value
        if name in OF_CASES:
            parts.append(f"{OF_CASES[name]} = %(is_{name})s")
        else:
            parts.append(WITH_GOODS.format(column=OF_GOODS[name], name=name))
    return " AND ".join(parts), values


def _counts(dimension: str, window: Window, actor: Actor) -> dict[str, tuple[str, int, int, int]]:
    """value → (name, cases, units, reopened)."""
    where, values = _where(window, actor)
    column = {**OF_CASES, **OF_GOODS}[dimension]
    if dimension in OF_GOODS:
        name = "max(l.title)" if dimension == "sku" else "''"
        own = f" AND {column} = %(is_{dimension})s" if dimension in window.narrowed else ""
        rows = _rows(BY_GOODS.format(cases=CASES, where=where + own, column=column, name=name), values)
    else:
        name = "max(m.name)" if dimension == "merchant" else "''"
        rows = _rows(BY_CASES.format(cases=CASES, where=where, column=column, name=name), values)
    return {value: (name or "", cases, units, reopened) for value, name, cases, units, reopened in rows}


def _sold(skus: list[str], window: Window, actor: Actor) -> tuple[dict[str, int], dict[str, int]]:
    """Units ordered in the window, and units applied for as defective in it, by SKU (KPI-04)."""
    where, values = _where(Window(window.first, window.last), actor)
    shop = "AND o.merchant_id = %(shop)s" if actor.merchant_id is not None else ""
    sold = _rows(SOLD.format(shop=shop), {**values, "skus": skus})
    defective = _rows(DEFECTIVE.format(cases=CASES, where=where), {**values, "skus": skus})
    return dict(sold), dict(defective)


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _hours(seconds: Any) -> Decimal | None:
    return None if seconds is None else (Decimal(str(seconds)) / 3600).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _some(seconds: Any) -> Decimal:
    return _hours(seconds) or Decimal("0.0")


CASES = "cases_case c LEFT JOIN merchants_merchant m ON m.id = c.merchant_id"
WHOLE = "SELECT count(*), count(*) FILTER (WHERE c.reopened_at IS NOT NULL) FROM {cases} WHERE {where}"
WITH_GOODS = """EXISTS (
    SELECT 1 FROM cases_caseitem i JOIN orders_orderline l ON l.id = i.line_id WHERE i.case_id = c.id AND {column} = %(is_{name})s)"""
BY_CASES = """
SELECT {column}, {name}, count(*), coalesce(sum(c.units), 0), count(*) FILTER (WHERE c.reopened_at IS NOT NULL)
FROM {cases} WHERE {where} GROUP BY 1
"""
BY_GOODS = """
SELECT {column}, {name}, count(DISTINCT c.id), coalesce(sum(i.quantity), 0),
    count(DISTINCT c.id) FILTER (WHERE c.reopened_at IS NOT NULL)
FROM {cases} JOIN cases_caseitem i ON i.case_id = c.id JOIN orders_orderline l ON l.id = i.line_id WHERE {where} GROUP BY 1
"""
WEEKS = """
SELECT date_trunc('week', c.submitted_at AT TIME ZONE 'Asia/Shanghai')::date, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.resolved_at - c.submitted_at))
FROM {cases} WHERE {where} GROUP BY 1 ORDER BY 1
"""
DURATIONS = """
SELECT c.service, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.resolved_at - c.submitted_at)),
    avg(extract(epoch FROM c.resolved_at - c.submitted_at)),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM c.resolved_at - c.submitted_at)) AS p90
FROM {cases} WHERE {where} AND c.resolved_at IS NOT NULL GROUP BY 1 ORDER BY p90 DESC, 1
"""
STAGES = """
WITH stood AS (
    SELECT c.service, h.to_status AS status, extract(epoch FROM lead(h.at) OVER (PARTITION BY h.case_id ORDER BY h.version) - h.at) AS took
    FROM {cases} JOIN cases_historyentry h ON h.case_id = c.id WHERE {where} AND c.resolved_at IS NOT NULL
)
SELECT service, status, count(*), avg(took), sum(took) / nullif(sum(sum(took)) OVER (), 0) AS share
FROM stood WHERE took IS NOT NULL GROUP BY 1, 2 ORDER BY share DESC NULLS LAST, 1, 2 LIMIT %(most)s
"""
LATEST = """
SELECT c.number, c.service, c.reason, c.reason_detail, c.title, c.status, c.submitted_at FROM {cases}
WHERE {where} ORDER BY c.submitted_at DESC, c.id DESC LIMIT %(most)s
"""
SOLD = """
SELECT l.sku, sum(l.quantity) FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s AND l.sku = ANY(%(skus)s) {shop} GROUP BY 1
"""
DEFECTIVE = """
SELECT l.sku, sum(i.quantity) FROM {cases} JOIN cases_caseitem i ON i.case_id = c.id JOIN orders_orderline l ON l.id = i.line_id
WHERE {where} AND c.reason = 'quality' AND c.service IN ('return', 'exchange', 'repair', 'refund_only')
    AND l.sku = ANY(%(skus)s) GROUP BY 1
"""
