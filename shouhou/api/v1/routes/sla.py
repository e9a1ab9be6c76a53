"""Clocks, their breaches with appeals, the penalty table and monthly scorecards: a shop's key sees its own."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import BIGGEST, Cursor, PageSize, answers
from shouhou.api.v1.shapes.sla import (
    AppealVerdictInput,
    BreachAppealInput,
    BreachList,
    BreachShape,
    ClockList,
    PenaltyInput,
    PenaltyList,
    PenaltyShape,
    ScorecardList,
    ScorecardShape,
    TallyList,
)
from shouhou.foundation.days import local_day
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now
from shouhou.sla.access import breach_for, sanctions_of
from shouhou.sla.actions.appeals import appeal_breach, decide_appeal
from shouhou.sla.actions.table import add_sanction, end_sanction
from shouhou.sla.queries.board import BoardFilter, BoardRow, board_counts, board_page, tallies
from shouhou.sla.queries.breaches import BreachFilter, breach_body, breaches, sanction_body
from shouhou.sla.queries.cards import card_body, cards, month_or_none, running_body

router = Router(tags=["clocks 时限与违约"])
BreachNumber = Annotated[str, Path(min_length=1, max_length=20, examples=["BR-7K3Q-9XMT-4"])]
Record = Annotated[int, Path(ge=1, le=BIGGEST)]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="2026-11", examples=["2026-11"])]
Shop = Annotated[str, Query(max_length=40, description="the shop's code")]


@router.get("", auth=Key("cases:read"), response=answers(ClockList), operation_id="list_clocks", summary="时限看板 The live board")
def list_clocks(
    request: HttpRequest,
    view: Annotated[Literal["soon", "overdue", "met", "late"], Query(description="met and late: of today")] = "soon",
    merchant: Shop = "",
    team: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """What is due or was due first comes first; what ended today last by its end."""
    narrowed, actor = BoardFilter(view, merchant, team, kind), caller(request).actor
    rows, following = board_page(narrowed, actor=actor, now=now(), after=cursor or "", limit=limit)
    return listing([_clock(row) for row in rows], following or None)


@router.get(
    "/tallies", auth=Key("cases:read"), response=answers(TallyList), operation_id="list_tallies", summary="时限合计 Counts of the board"
)
def list_tallies(
    request: HttpRequest, by: Annotated[Literal["merchant", "team", "kind"], Query()] = "merchant"
) -> HttpResponse:
    """Those with most overdue first."""
    found = tallies(by, board_counts(actor=caller(request).actor, now=now()))
    return listing([
        {"code": row.code, "name": row.name, "soon": row.soon, "overdue": row.overdue, "met": row.met, "late": row.late} for row in found
    ], None)  # fmt: skip


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


@router.get(
    "/breaches/{breach}", auth=Key("cases:read"), response=answers(BreachShape, errors=(404,)), operation_id="get_breach",
    summary="一条违约 One breach",
)  # fmt: skip
def get_breach(request: HttpRequest, breach: BreachNumber) -> HttpResponse:
    return answer(_breach(caller(request).actor, breach))


@router.post(
    "/breaches/{breach}/appeal", auth=Key("cases:write"), response=answers(BreachShape, status=201, errors=(404, 409)),
    operation_id="appeal_breach", summary="申诉违约 Appeal a breach",
)  # fmt: skip
def appeal(request: HttpRequest, breach: BreachNumber, wish: BreachAppealInput) -> HttpResponse:
    """Once, by the shop, within its time."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        appeal_breach(breach, wish.text, tokens=wish.files, actor=actor, now=at)
        return _breach(actor, breach)

    return once(request, act, status=201)


@router.post(
    "/breaches/{breach}/decision", auth=Key("cases:write"), response=answers(BreachShape, errors=(404, 409)),
    operation_id="decide_breach_appeal", summary="裁决违约申诉 Decide the appeal of a breach",
)  # fmt: skip
def decide(request: HttpRequest, breach: BreachNumber, wish: AppealVerdictInput) -> HttpResponse:
    """By a supervisor or arbitrator of the house; a closed month gets a new version where it is granted."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        decide_appeal(breach, grant=wish.grant, reasons=wish.reasons, actor=actor, now=at)
        return _breach(actor, breach)

    return once(request, act)


@router.get(
    "/scorecards/running", auth=Key("cases:read"), response=answers(ScorecardShape, errors=(404,)), operation_id="get_running_scorecard",
    summary="当月评分卡 The month that runs",
)  # fmt: skip
def running(request: HttpRequest, merchant: Annotated[str, Query(min_length=1, max_length=40)]) -> HttpResponse:
    """One shop's figures as they stand now; nothing is kept until the month is closed."""
    return answer(running_body(merchant, actor=caller(request).actor, language=language_of(request), now=now()))


@router.get(
    "/penalties", auth=Key("cases:read"), response=answers(PenaltyList), operation_id="list_penalties", summary="处罚表 The penalty table"
)
def penalties(request: HttpRequest) -> HttpResponse:
    """Empty until operations write it; a breach keeps the row that it was imposed by."""
    return listing([sanction_body(row) for row in sanctions_of(caller(request).actor)[:500]], None)


@router.post(
    "/penalties", auth=Key("cases:write"), response=answers(PenaltyShape, status=201, errors=(404, 409)), operation_id="add_penalty",
    summary="增加处罚规则 Add a rule",
)  # fmt: skip
def penalty(request: HttpRequest, wish: PenaltyInput) -> HttpResponse:
    """By operations; it holds for breaches recorded from its first day on."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        made = add_sanction(
            wish.kind, since=wish.since, points=wish.points, amount_minor=wish.amount_minor, clause=wish.clause, actor=actor, now=at
        )
        return sanction_body(sanctions_of(actor).get(pk=made))

    return once(request, act, status=201)


@router.post(
    "/penalties/{record}/end", auth=Key("cases:write"), response=answers(PenaltyShape, errors=(404,)), operation_id="end_penalty",
    summary="停用处罚规则 End a rule",
)  # fmt: skip
def penalty_end(request: HttpRequest, record: Record) -> HttpResponse:
    """From today on; what it imposed stays; twice is the same."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        end_sanction(record, until=local_day(at), actor=actor, now=at)
        return sanction_body(sanctions_of(actor).get(pk=record))

    return once(request, act)


def _breach(actor: Actor, number: str) -> dict[str, object]:
    return breach_body(breach_for(actor, number), now=now())


def _clock(row: BoardRow) -> dict[str, object]:
    return {
        "case": row.case, "service": row.service, "merchant": row.merchant, "kind": row.kind, "team": row.team, "party": row.party,
        "started_at": row.started_at.isoformat(), "due_at": row.due_at.isoformat(), "ended_at": row.at.isoformat() if row.at else None,
        "breach": row.breach,
    }  # fmt: skip
