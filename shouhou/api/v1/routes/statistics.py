"""Service statistics: the same figures as the page, by one dimension and held to others; a shop's key its own cases."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from shouhou.analytics.alerting import alerts_of
from shouhou.analytics.statistics import (
    COHORT,
    DEFECTS,
    DIMENSIONS,
    DURATION,
    Window,
    breakdown,
    by_week,
    durations,
    stages,
    whole,
    window_of,
)
from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import Cursor, Input, PageSize, answers
from shouhou.api.v1.shapes.statistics import AlertList, Dimension, DurationList, StageList, StatisticsShape, WeekList
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor

router = Router(tags=["statistics 服务统计"])
READ = Key("statistics:read")
Held = Annotated[str, Field(max_length=120)]


class Asked(Input):
    """The period and what is held to one value."""

    since: date | None = Field(None, description="the first day; thirty days unless given, at most a year")
    until: date | None = Field(None, description="the last day; today unless given")
    service: Held = ""
    reason: Held = ""
    detail: Held = ""
    sku: Held = ""
    category: Held = ""
    merchant: Held = ""
    status: Held = ""
    book: Held = ""

    def window(self) -> Window:
        return window_of(self.since, self.until, {name: getattr(self, name) for name in DIMENSIONS}, now=now())


@router.get("", auth=READ, response=answers(StatisticsShape), operation_id="get_statistics", summary="服务统计 By one dimension")
def statistics(request: HttpRequest, asked: Annotated[Asked, Query()], by: Dimension = "reason") -> HttpResponse:
    """The most frequent values first; hold one and look on by another to see what is behind it."""
    actor, window, language = caller(request).actor, asked.window(), language_of(request)
    cases, reopened, before = whole(window, actor=actor)
    rows = breakdown(by, window, actor=actor)
    return answer({
        "window": _window(window, language), "by": by, "cases": cases, "reopened": reopened, "before": before,
        "formula": DEFECTS.in_(language),
        "items": [
            {
                "value": row.value, "name": row.name, "cases": row.cases, "units": row.units, "reopened": row.reopened,
                "before": row.before, "sold": row.sold, "defective": row.defective,
                "defect_percent": _text(row.defect_percent), "alert": row.alert,
            }
            for row in rows
        ],
    })  # fmt: skip


@router.get("/durations", auth=READ, response=answers(DurationList), operation_id="get_durations", summary="处理时长 Durations by service")
def duration(request: HttpRequest, asked: Annotated[Asked, Query()]) -> HttpResponse:
    """The slowest ninetieth percentile first."""
    window, language = asked.window(), language_of(request)
    rows = [
        {
            "service": row.service, "cases": row.cases, "median_hours": str(row.median), "mean_hours": str(row.mean),
            "p90_hours": str(row.p90),
        }
        for row in durations(window, actor=caller(request).actor)
    ]  # fmt: skip
    return answer({"window": _window(window, language), "formula": DURATION.in_(language), "items": rows})


@router.get("/stages", auth=READ, response=answers(StageList), operation_id="get_stages", summary="时间花在哪里 Where the time goes")
def stage(request: HttpRequest, asked: Annotated[Asked, Query()]) -> HttpResponse:
    """States by their share of all the time that resolved cases took."""
    window = asked.window()
    return _figures(request, window, (
        {"service": row.service, "status": row.status, "times": row.times, "mean_hours": str(row.mean), "percent": row.percent}
        for row in stages(window, actor=caller(request).actor)
    ))  # fmt: skip


@router.get("/weeks", auth=READ, response=answers(WeekList), operation_id="get_weeks", summary="每周走势 By week")
def weeks(request: HttpRequest, asked: Annotated[Asked, Query()]) -> HttpResponse:
    """Cases and their median duration by the week of application."""
    window = asked.window()
    return _figures(request, window, (
        {"monday": monday.isoformat(), "cases": many, "median_hours": _text(median)}
        for monday, many, median in by_week(window, actor=caller(request).actor)
    ))  # fmt: skip


@router.get("/alerts", auth=READ, response=answers(AlertList), operation_id="list_quality_alerts", summary="质量预警 Reports of defects")
def alerts(
    request: HttpRequest, sku: Annotated[str, Query(max_length=80)] = "", cursor: Cursor = None, limit: PageSize = 50
) -> HttpResponse:  # fmt: skip
    """The newest first: what was said of a SKU whose defect rate of thirty days was above the limit. The house's keys only."""
    found = alerts_of(caller(request).actor).order_by("-pk")
    if sku:
        found = found.filter(sku=sku)
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(found[: limit + 1])
    page = [
        {
            "sku": row.sku, "title": row.title, "since": row.first.isoformat(), "until": row.last.isoformat(), "sold": row.sold,
            "defective": row.defective, "at": row.at.isoformat(),
        }
        for row in rows[:limit]
    ]  # fmt: skip
    return listing(page, encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None)


def _figures(request: HttpRequest, window: Window, rows: Iterable[dict[str, Any]]) -> HttpResponse:
    return answer({"window": _window(window, language_of(request)), "items": list(rows)})


def _window(window: Window, language: str) -> dict[str, Any]:
    return {
        "since": window.first.isoformat(), "until": window.last.isoformat(), "narrowed": dict(window.narrowed),
        "cohort": COHORT.in_(language),
    }  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)
