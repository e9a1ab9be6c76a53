"""Breaches of clocks and monthly scorecards: a shop's key sees its own."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import Cursor, PageSize, answers
from shouhou.api.v1.shapes.sla import BreachList, ScorecardList
from shouhou.plumbing.clock import now
from shouhou.sla.queries.breaches import BreachFilter, breach_body, breaches
from shouhou.sla.queries.cards import card_body, cards, month_or_none

router = Router(tags=["clocks 时限与违约"])
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="2026-11", examples=["2026-11"])]
Shop = Annotated[str, Query(max_length=40, description="the shop's code")]


@router.get(
    "/breaches", auth=Key("cases:read"), response=answers(BreachList), operation_id="list_breaches",
    summary="违约列表 Breaches, the newest first",
)  # fmt: skip
def list_breaches(
    request: HttpRequest,
    month: Month = None,
    merchant: Shop = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[Literal["", "standing", "appealed", "struck"], Query()] = "",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """What was missed, by how much, what followed by itself, and the appeal."""
    narrowed = BreachFilter(state=state, merchant=merchant, kind=kind, month=month_or_none(month))
    rows, following = breaches(narrowed, actor=caller(request).actor, after=cursor or "", limit=limit)
    at = now()
    return listing([breach_body(row, now=at) for row in rows], following or None)


@router.get(
    "/scorecards", auth=Key("cases:read"), response=answers(ScorecardList), operation_id="list_scorecards",
    summary="月度评分卡 Closed scorecards, the newest first, with formula and cohort",
)  # fmt: skip
def list_scorecards(
    request: HttpRequest, month: Month = None, merchant: Shop = "", cursor: Cursor = None, limit: PageSize = 50
) -> HttpResponse:  # fmt: skip
    """Every version: the newest one holds, earlier ones are kept."""
    rows, following = cards(month_or_none(month), merchant, actor=caller(request).actor, after=cursor or "", limit=limit)
    return listing([card_body(row, language=language_of(request)) for row in rows], following or None)
