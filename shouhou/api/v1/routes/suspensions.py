"""Measures against shops: asked for, ordered by another one, appealed by the shop's people on their page, decided, lifted."""

from collections.abc import Callable
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import Cursor, PageSize, answers
from shouhou.api.v1.shapes.sla import (
    AppealVerdictInput,
    ReasonsInput,
    SuspensionInput,
    SuspensionList,
    SuspensionShape,
)
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.sla.access import suspension_for, suspensions_of
from shouhou.sla.actions.suspending import (
    ask_suspension,
    decide_suspension,
    lift_suspension,
    order_suspension,
    refuse_suspension,
)
from shouhou.sla.queries.measures import suspension_body

router = Router(tags=["suspensions 停用商家"])
Number = Annotated[str, Path(min_length=1, max_length=20, examples=["SP-7K3Q-9XMT-4"])]
RESPONSE = answers(SuspensionShape, errors=(404, 409))


@router.get("", auth=Key("cases:read"), response=answers(SuspensionList), operation_id="list_suspensions", summary="停用措施 Measures")
def suspensions(request: HttpRequest, cursor: Cursor = None, limit: PageSize = 50) -> HttpResponse:
    """The newest first. A suspended shop's keys are shut: it reads and appeals its measure on its own page."""
    found = suspensions_of(caller(request).actor).order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(found[: limit + 1])
    return listing([suspension_body(row) for row in rows[:limit]], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None)


@router.post(
    "", auth=Key("cases:write"), response=answers(SuspensionShape, status=201, errors=(404, 409)), operation_id="ask_suspension",
    summary="提请停用 Ask for a suspension",
)  # fmt: skip
def ask(request: HttpRequest, wish: SuspensionInput) -> HttpResponse:
    """It rests on a complaint found true with evidence, or on a breach that stands. Nothing happens to the shop yet."""
    actor, at = caller(request).actor, now()
    return once(request, lambda: _told(actor, ask_suspension(wish.rests_on, wish.reasons, actor=actor, now=at)), status=201)


@router.get("/{number}", auth=Key("cases:read"), response=answers(SuspensionShape, errors=(404,)), operation_id="get_suspension",
            summary="一项停用措施 One measure")  # fmt: skip
def suspension(request: HttpRequest, number: Number) -> HttpResponse:
    return answer(_told(caller(request).actor, number))


@router.post(
    "/{number}/order", auth=Key("cases:write"), response=RESPONSE, operation_id="order_suspension", summary="批准停用 Order it"
)
def order(request: HttpRequest, number: Number) -> HttpResponse:
    """By another one than asked for it: keys and sessions end, open cases are taken over, the measure is published."""
    return _act(request, number, lambda actor: order_suspension(number, actor=actor, now=now()))


@router.post(
    "/{number}/refuse", auth=Key("cases:write"), response=RESPONSE, operation_id="refuse_suspension", summary="不予停用 Do not order it"
)
def refuse(request: HttpRequest, number: Number) -> HttpResponse:
    return _act(request, number, lambda actor: refuse_suspension(number, actor=actor, now=now()))


@router.post(
    "/{number}/decision", auth=Key("cases:write"), response=RESPONSE, operation_id="decide_suspension_appeal",
    summary="裁决停用申诉 Decide the appeal",
)  # fmt: skip
def decide(request: HttpRequest, number: Number, wish: AppealVerdictInput) -> HttpResponse:
    """By a supervisor or arbitrator who neither asked for it nor ordered it; granted, it is lifted."""
    return _act(
        request, number, lambda actor: decide_suspension(number, grant=wish.grant, reasons=wish.reasons, actor=actor, now=now())
    )


@router.post(
    "/{number}/lift", auth=Key("cases:write"), response=RESPONSE, operation_id="lift_suspension", summary="恢复使用 Reinstate"
)
def lift(request: HttpRequest, number: Number, wish: ReasonsInput) -> HttpResponse:
    """Its keys open again, the cases that are still open are handed back."""
    return _act(request, number, lambda actor: lift_suspension(number, wish.reasons, actor=actor, now=now()))


def _act(request: HttpRequest, number: str, deed: Callable[[Actor], None]) -> HttpResponse:
    actor = caller(request).actor

    def act() -> object:
        deed(actor)
        return _told(actor, number)

    return once(request, act)


def _told(actor: Actor, number: str) -> dict[str, object]:
    return suspension_body(suspension_for(actor, number))
