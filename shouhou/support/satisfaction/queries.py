"""The monthly figure with its cohort and formula, the causes of dissatisfaction, and lists of ratings and follow-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from shouhou.cases.models import Rating
from shouhou.cases.rating import BY_CODE
from shouhou.foundation.days import SHANGHAI, month_span
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.policy.queries import book_in_force, compiled
from shouhou.policy.rules.satisfaction import Satisfaction, satisfaction
from shouhou.support.satisfaction.access import follow_ups_of, ratings_of
from shouhou.support.satisfaction.models import FollowUp
from shouhou.support.satisfaction.rules.outcomes import READERS

CAUSES_MOST, MONTHS = 5, 12
FORMULA = Text(
    "满意度 =（非常满意 + 满意）÷ 参与评价总数 × 100%，按未取整的数值与要求比较",
    "Satisfaction = (very satisfied + satisfied) ÷ all who rated × 100 %, compared with the floor unrounded",
)
COHORT = Text(
    "按事件日：当月首次给出的评价，改评以最后一次为准；月份按北京时间",
    "By event date: ratings first given in the month, the last grade of each; months in Beijing time",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One shop's (code; "" is the house and what concerns no shop) month. `asked` were invited in it, whenever they answer."""

    merchant: str
    name: str
    very: int
    satisfied: int
    total: int
    asked: int
    floor: int

    @property
    def result(self) -> Satisfaction:
        return satisfaction(very=self.very, ok=self.satisfied, total=self.total, threshold_percent=self.floor)


@dataclass(frozen=True, slots=True)
class RatingFilter:
    """Which ratings are wanted."""

    merchant: str = ""
    grade: int = 0
    service: str = ""
    month: date | None = None
    words: bool = False
    unanswered: bool = False
    reason: str = ""


def month_of(text: str, *, now: datetime) -> date:
    """The first day of "2026-11"; of this month for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        return now.astimezone(SHANGHAI).date().replace(day=1)


def months_back(*, now: datetime) -> list[date]:
    """This month and those before it, the newest first."""
    found = [now.astimezone(SHANGHAI).date().replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def floor_now(month: date) -> int:
    """The floor of the house's own book in force at the end of the month, in per cent."""
    held = book_in_force(month_span(month)[1] - timedelta(seconds=1))
    return compiled(held.book, held.version).terms.number("satisfaction_percent")


def figures(month: date, *, actor: Actor) -> list[Figure]:
    """Every shop that was rated or asked in the month, the worst first; a shop gets its own only."""
    if actor.role not in READERS or actor.insurer is not None:
        return []
    since, until = month_span(month)
    floor = floor_now(month)
    with connection.cursor() as cursor:
        cursor.execute(MONTH, {"since": since, "until": until, "shop": actor.merchant_id})
        rows = cursor.fetchall()
    return sorted((_figure(row[0], row[1], row[2:], floor=floor) for row in rows), key=_worst)


def whole(found: Sequence[Figure], *, floor: int) -> Figure:
    """All of them together."""
    counts = [sum(getattr(each, name) for each in found) for name in ("very", "satisfied", "total", "asked")]
    return _figure("", "", counts, floor=floor)


def causes(month: date, *, actor: Actor) -> list[tuple[str, Text, int]]:
    """The most frequent reasons of those who were not satisfied in the month: code, words, how often (SAT-05)."""
    since, until = month_span(month)
    rows = ratings_of(actor).filter(at__gte=since, at__lt=until, grade__lte=3).values_list("reasons", flat=True)
    counted: dict[str, int] = {}
    for reasons in rows.iterator(chunk_size=2000):
        for code in reasons:
            if code in BY_CODE and not BY_CODE[code].praise:
                counted[code] = counted.get(code, 0) + 1
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:CAUSES_MOST]
    return [(code, BY_CODE[code].label, times) for code, times in ranked]


def ratings(narrowed: RatingFilter, *, actor: Actor, after: str = "", limit: int = 20) -> tuple[list[Rating], str]:
    """The newest first, and where the next page begins ("" at the end)."""
    found = narrow(narrowed, actor=actor)
    if after:
        at, key = decode_cursor(after, datetime, int)
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=key))
    rows = list(found.order_by("-at", "-pk")[: limit + 1])
    following = encode_cursor(rows[limit - 1].at, rows[limit - 1].pk) if len(rows) > limit else ""
    return rows[:limit], following


def narrow(narrowed: RatingFilter, *, actor: Actor) -> QuerySet[Rating]:
    found = ratings_of(actor)
    if narrowed.merchant:
        found = found.filter(case__merchant__code=narrowed.merchant)
    if narrowed.grade:
        found = found.filter(grade=narrowed.grade)
    if narrowed.service:
        found = found.filter(case__service=narrowed.service)
    if narrowed.reason:
        found = found.filter(reasons__contains=[narrowed.reason])
    if narrowed.words:
        found = found.exclude(text="")
    if narrowed.unanswered:
        found = found.filter(case__rating_answer=None)
    if narrowed.month is not None:
        since, until = month_span(narrowed.month)
        found = found.filter(at__gte=since, at__lt=until)
    return found


def published(*, merchant: str = "", grade: int = 0, after: str = "", limit: int = 20) -> tuple[list[Rating], str]:
    """What everybody may read of ratings: all of them, in the order of time, none left out (SAT-07)."""
    return ratings(RatingFilter(merchant=merchant, grade=grade), actor=PUBLIC, after=after, limit=limit)


def follow_ups(shown: str, *, actor: Actor, now: datetime, after: str = "", limit: int = 50) -> tuple[list[FollowUp], str]:
    """`open` by what is due first, `overdue` of them, `done` or `all` by what was asked last."""
    found, soonest = narrow_follow_ups(shown, actor=actor, now=now), shown in ("open", "overdue")
    key = "due_at" if soonest else "asked_at"
    if after:
        at, pk = decode_cursor(after, datetime, int)
        sign = "gt" if soonest else "lt"
        found = found.filter(Q(**{f"{key}__{sign}": at}) | Q(**{key: at, f"pk__{sign}": pk}))
    rows = list(found.order_by(key, "pk")[: limit + 1] if soonest else found.order_by(f"-{key}", "-pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], encode_cursor(getattr(last, key), last.pk) if last else ""


def narrow_follow_ups(shown: str, *, actor: Actor, now: datetime) -> QuerySet[FollowUp]:
    found = follow_ups_of(actor)
    if shown == "overdue":
        return found.filter(state="open", due_at__lt=now)
    if shown == "late":
        return found.filter(state="done", ended_at__gt=F("due_at"))
    return found.filter(state=shown) if shown in ("open", "done", "lifted") else found


def figure_body(figure: Figure, *, month: date, language: str) -> dict[str, Any]:
    """The figure in the API's shape, with what it was made from."""
    found = figure.result
    return {
        "merchant": figure.merchant, "name": figure.name, "month": f"{month:%Y-%m}", "very_satisfied": figure.very,
        "satisfied": figure.satisfied, "respondents": figure.total, "asked": figure.asked,
        "percent": str(found.score) if found.score is not None else None, "floor_percent": figure.floor, "result": found.result,
        "formula": FORMULA.in_(language), "cohort": COHORT.in_(language),
    }  # fmt: skip


def rating_body(rating: Rating) -> dict[str, Any]:
    """A rating as the shop and the house read it."""
    case = rating.case
    answer, hidden = getattr(case, "rating_answer", None), getattr(case, "hidden_comment", None)
    return {
        "case": case.number, "service": case.service, "merchant": case.merchant.code if case.merchant else "", "grade": rating.grade,
        "reasons": rating.reasons, "text": "" if hidden else rating.text, "hidden": hidden.ground if hidden else None,
        "answer": answer.text if answer else None, "at": rating.at.isoformat(),
        "amended_at": rating.amended_at.isoformat() if rating.amended_at else None,
    }  # fmt: skip


def _figure(code: str, name: str, counts: Sequence[int], *, floor: int) -> Figure:
    very, satisfied, total, asked = counts
    return Figure(code, name, very, satisfied, total, asked, floor)


def _worst(figure: Figure) -> tuple[int, float, str]:
    """Failed first, then the lower share; who cannot be assessed last."""
    share = (figure.very + figure.satisfied) / figure.total if figure.total else 2.0
    return {"fail": 0, "pass": 1, "not_assessable": 2}[figure.result.result], share, figure.merchant


# Whoever reads the published ratings: the list is the same for everybody.
PUBLIC = Actor(role="auditor", who="public")
MONTH = """
WITH rated AS (
    SELECT coalesce(c.merchant_id, 0) AS shop, count(*) FILTER (WHERE r.grade = 5) AS very,
        count(*) FILTER (WHERE r.grade = 4) AS satisfied, count(*) AS total
    FROM cases_rating r JOIN cases_case c ON c.id = r.case_id WHERE r.at >= %(since)s AND r.at < %(until)s GROUP BY 1
), asked AS (
    SELECT coalesce(merchant_id, 0) AS shop, count(*) AS asked FROM satisfaction_survey
    WHERE state = 'sent' AND sent_at >= %(since)s AND sent_at < %(until)s GROUP BY 1
)
SELECT coalesce(m.code, ''), coalesce(m.name, ''), coalesce(r.very, 0), coalesce(r.satisfied, 0), coalesce(r.total, 0),
    coalesce(a.asked, 0)
FROM rated r FULL JOIN asked a ON a.shop = r.shop
LEFT JOIN merchants_merchant m ON m.id = coalesce(r.shop, a.shop)
WHERE %(shop)s::bigint IS NULL OR coalesce(r.shop, a.shop) = %(shop)s::bigint
"""
