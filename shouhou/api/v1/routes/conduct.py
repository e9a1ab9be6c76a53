"""One's own words that were blocked or flagged, the appeal, and its decision by somebody else."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import BIGGEST, Cursor, PageSize, answers
from shouhou.api.v1.shapes.conduct import AppealInput, ScreenedList, ScreenedShape, VerdictInput
from shouhou.conduct.appeals import appeal_screened, appealed, decide_appeal, mine
from shouhou.conduct.models import Screened
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor

router = Router(tags=["conduct 行为规范"])
Record = Annotated[int, Path(ge=1, le=BIGGEST)]


@router.get(
    "/screened", auth=Key("cases:read"), response=answers(ScreenedList), operation_id="list_screened",
    summary="被拦截的内容 One's own words that were blocked or flagged, the newest first",
)  # fmt: skip
def list_screened(request: HttpRequest, cursor: Cursor = None, limit: PageSize = 50) -> HttpResponse:
    """What this key itself wrote; whose appeal was granted may be sent as it is."""
    found = mine(caller(request).actor)
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(found[: limit + 1])
    page = rows[:limit]
    return listing([_body(row) for row in page], encode_cursor(page[-1].pk) if len(rows) > limit else None)


@router.post(
    "/screened/{record}/appeal", auth=Key("cases:write"), response=answers(ScreenedShape, status=201, errors=(404, 409)),
    operation_id="appeal_screened", summary="申诉 Appeal against a blocked or flagged text",
)  # fmt: skip
def appeal(request: HttpRequest, record: Record, wish: AppealInput) -> HttpResponse:
    """By its author, once; somebody of the platform who has not judged it decides, and the result is announced."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        appeal_screened(record, wish.text, actor=actor, now=at)
        return _body(mine(actor).get(pk=record))

    return once(request, act, status=201)


@router.post(
    "/screened/{record}/decision", auth=Key("cases:write"), response=answers(ScreenedShape, errors=(404, 409)),
    operation_id="decide_conduct_appeal", summary="裁决申诉 Decide the appeal of a text",
)  # fmt: skip
def decide(request: HttpRequest, record: Record, wish: VerdictInput) -> HttpResponse:
    """By operations or a supervisor who neither wrote the text nor judged it before."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        decide_appeal(record, grant=wish.grant, reasons=wish.reasons, actor=actor, now=at)
        return _body(appealed(record))

    return once(request, act)


def _body(row: Screened) -> dict[str, Any]:
    asked = getattr(row, "appeal", None)
    return {
        "number": row.pk, "about": row.subject, "verdict": row.verdict, "codes": list(row.codes), "text": row.text, "times": row.times,
        "at": row.at.isoformat(), "reviewed": row.reviewed,
        "appeal": {
            "text": asked.text, "at": asked.at.isoformat(), "verdict": asked.verdict, "reasons": asked.reasons,
            "decided_at": asked.decided_at.isoformat() if asked.decided_at else None,
        } if asked else None,
    }  # fmt: skip
