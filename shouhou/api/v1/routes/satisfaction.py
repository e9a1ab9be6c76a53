"""Satisfaction: the monthly figure with its formula, ratings, and calls owed."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import Code, Cursor, PageSize, answers
from shouhou.api.v1.shapes.satisfaction import FigureList, RatingList
from shouhou.plumbing.clock import now
from shouhou.support.satisfaction.queries import RatingFilter, figure_body, figures, month_of, rating_body, ratings

router = Router(tags=["satisfaction 满意度"])
Month = Annotated[
    str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="2026-11; this month unless given", examples=["2026-11"])
]


@router.get(
    "", auth=Key("cases:read"), response=answers(FigureList), operation_id="list_satisfaction",
    summary="月度满意度 Satisfaction of the month by shop, with formula and cohort",
)  # fmt: skip
def satisfaction(request: HttpRequest, month: Month = None) -> HttpResponse:
    """Those below the floor first. A shop's key sees its own; a month in which nobody rated is not assessable."""
    day = month_of(month or "", now=now())
    found = figures(day, actor=caller(request).actor)
    return listing([figure_body(each, month=day, language=language_of(request)) for each in found], None)


@router.get(
    "/ratings", auth=Key("cases:read"), response=answers(RatingList), operation_id="list_ratings",
    summary="评价列表 Ratings, the newest first",
)  # fmt: skip
def rated(
    request: HttpRequest,
    month: Month = None,
    merchant: Annotated[str, Query(max_length=40, description="the shop's code")] = "",
    grade: Annotated[int | None, Query(ge=1, le=5)] = None,
    service: Annotated[Code | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """Words that were hidden as unlawful are empty, with the ground; their grade is there."""
    narrowed = RatingFilter(
        merchant=merchant, grade=grade or 0, service=service or "", month=month_of(month, now=now()) if month else None
    )
    rows, following = ratings(narrowed, actor=caller(request).actor, after=cursor or "", limit=limit)
    return listing([rating_body(row) for row in rows], following or None)
