"""Applying, looking, moving, talking, rating."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.files import sha256_of, take
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.cases import (
    AmountsShape,
    AttachmentShape,
    CaseInput,
    CaseList,
    CaseShape,
    MessageInput,
    MessageShape,
    MoveInput,
    MoveList,
    RatingInput,
    RatingShape,
    StageName,
)
from shouhou.api.v1.shapes.common import CaseNumber, Code, Cursor, Instant, PageSize, PathCode, answers
from shouhou.cases.actions import (
    Application,
    ItemWish,
    attach,
    make_move,
    open_case,
    rate,
    say,
    weigh_answers,
    weigh_message,
)
from shouhou.cases.amounts import amounts_json
from shouhou.cases.queries import CaseFilter, available_moves, case_json, list_cases
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documents.filling import case_pdf
from shouhou.foundation.refusals import INVALID_INPUT, FieldError, refused
from shouhou.plumbing.clock import now

PDF = {"description": "OK", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
router = Router(tags=["cases 售后单"])
DryRun = Annotated[bool, Query(description="show the outcome and change nothing")]


@router.post(
    "", auth=Key("cases:write"), response=answers(CaseShape, status=201, also=200, errors=(404, 409)), operation_id="open_case",
    summary="提交售后申请 Apply for a service",
)  # fmt: skip
def apply(request: HttpRequest, wish: CaseInput, dry_run: DryRun = False) -> HttpResponse:
    """`dry_run=true` answers with the decision and the refund preview and opens nothing."""
    _about_goods(wish)
    application = Application(
        order=wish.order, service=wish.service, reason=wish.reason,
        lines=tuple(
            ItemWish(line=each.line, quantity=each.quantity, condition=each.condition) for each in wish.lines
        ),
        description=wish.description, evidence=tuple(wish.evidence), return_method=wish.return_method,
        contact=_given(wish.contact.model_dump()), channel=wish.channel, call_note=wish.call_note,
        requested_by=wish.requested_by, policy_shown_at=wish.policy_shown_at, request_review=wish.request_review,
        override_reason=wish.override_reason, answers=wish.answers, merchant=wish.merchant,
    )  # fmt: skip
    act = partial(open_case, application, actor=caller(request).actor, now=now(), language=language_of(request))
    return answer(act(dry_run=True)) if dry_run else once(request, act, status=201)


@router.get(
    "", auth=Key("cases:read"), response=answers(CaseList), operation_id="list_cases", summary="售后单列表 Cases, by filter"
)
def cases(
    request: HttpRequest,
    status: Annotated[Code | None, Query()] = None,
    stage: Annotated[StageName | None, Query()] = None,
    service: Annotated[Code | None, Query()] = None,
    merchant: Annotated[str | None, Query(max_length=40, description="the shop's code")] = None,
    order: Annotated[str | None, Query(max_length=80, description="the order's number")] = None,
    waits_on: Annotated[Code | None, Query()] = None,
    due_before: Annotated[Instant | None, Query()] = None,
    updated_after: Annotated[Instant | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=80, description="any number a person has: case, order, serial, phone")] = None,
    sort: Annotated[Literal["updated", "due", "submitted"], Query()] = "updated",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """Only what this key may see. `sort`: the last change first, the next limit first, or the newest first."""
    wanted = CaseFilter(
        status=status, stage=stage, service=service, merchant=merchant, order=order, waits_on=waits_on,
        due_before=due_before, updated_after=updated_after, text=q, sort=sort,
    )  # fmt: skip
    items, after = list_cases(
        wanted, actor=caller(request).actor, language=language_of(request), cursor=cursor, limit=limit
    )
    return listing(items, after)


@router.get(
    "/{number}", auth=Key("cases:read"), response=answers(CaseShape, errors=(404,)), operation_id="get_case",
    summary="查看售后单 One case",
)  # fmt: skip
def case(request: HttpRequest, number: CaseNumber) -> HttpResponse:
    """With items, timeline, deadlines, decision and refund."""
    return answer(case_json(number, actor=caller(request).actor, language=language_of(request), now=now()))


@router.get(
    "/{number}/money", auth=Key("cases:read"), response=answers(AmountsShape, errors=(404,)), operation_id="get_case_money",
    summary="金额对照 Preview, agreed amount and payment side by side",
)  # fmt: skip
def money(request: HttpRequest, number: CaseNumber) -> HttpResponse:
    """Each line that differs with its reason, every deduction with its clause and source."""
    return answer(amounts_json(number, actor=caller(request).actor, language=language_of(request)))


@router.get(
    "/{number}/forms/{form}.pdf", auth=Key("cases:read"), response=answers(None, errors=(404, 409)), operation_id="get_case_form",
    summary="打印表格 A form of the case, to print", openapi_extra={"responses": {200: PDF}},
)  # fmt: skip
def form(request: HttpRequest, number: CaseNumber, form: PathCode) -> HttpResponse:
    """`slip` (once there is a return address and the serials are confirmed), `return`, `exchange`, `repair`, `complaint`, `combined`:
    filled in, with the case's bars, in the language asked for."""
    made = case_pdf(caller(request).actor, number, form, language=language_of(request), at=now())
    return HttpResponse(made, content_type="application/pdf")


@router.get(
    "/{number}/moves", auth=Key("cases:read"), response=answers(MoveList, errors=(404,)), operation_id="list_moves",
    summary="当前可进行的操作 What this caller may do now",
)  # fmt: skip
def moves(request: HttpRequest, number: CaseNumber) -> HttpResponse:
    """Each move with the fields it asks for."""
    found = available_moves(number, actor=caller(request).actor, language=language_of(request), now=now())
    return answer({"items": found})


@router.post(
    "/{number}/moves/{move}", auth=Key("cases:write"), response=answers(CaseShape, errors=(404, 409)),
    operation_id="make_move", summary="办理一步 Make a move",
)  # fmt: skip
def move(
    request: HttpRequest, number: CaseNumber, move: PathCode, wish: MoveInput,
    dry_run: DryRun = False,
) -> HttpResponse:  # fmt: skip
    """The only way a case changes. `version` (or If-Match) is the guard: 409 OVERTAKEN when it is stale."""
    act = partial(
        make_move, number, move, actor=caller(request).actor, answers=wish.answers,
        version=version_asked(request, wish.version), now=now(), language=language_of(request),
    )  # fmt: skip
    if dry_run:
        return answer(act(dry_run=True))
    weigh_answers(number, move, wish.answers, actor=caller(request).actor, now=now())
    return once(request, act)


@router.post(
    "/{number}/attachments", auth=Key("cases:write"), response=answers(AttachmentShape, status=201, errors=(404, 409)),
    operation_id="attach", summary="上传凭证 Add evidence",
)  # fmt: skip
def attachments(
    request: HttpRequest,
    number: CaseNumber,
    file: Annotated[UploadedFile, File()],
    kind: Annotated[Literal["evidence", "inspection", "receipt", "document"], Form()] = "evidence",
) -> HttpResponse:
    """Images, PDF, video, judged by content."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        # Seen first: a stranger's file is not even stored.
        case_json(number, actor=actor, language=language_of(request), now=at)
        return attach(number, take(file, actor=actor, now=at).token, kind, actor=actor, now=at)

    return once(request, act, status=201, files={"file": sha256_of(file)})


@router.post(
    "/{number}/messages", auth=Key("cases:write"), response=answers(MessageShape, status=201, errors=(404, 409)),
    operation_id="say", summary="留言 Write a message",
)  # fmt: skip
def messages(request: HttpRequest, number: CaseNumber, wish: MessageInput) -> HttpResponse:
    """`internal` messages are for staff only."""
    actor, at = caller(request).actor, now()
    weigh_message(number, wish.text, internal=wish.internal, actor=actor, now=at)
    return once(request, lambda: say(number, wish.text, internal=wish.internal, actor=actor, now=at), status=201)


@router.post(
    "/{number}/rating", auth=Key("cases:write"), response=answers(RatingShape, status=201, errors=(404, 409)),
    operation_id="rate", summary="评价 Rate the service",
)  # fmt: skip
def rating(request: HttpRequest, number: CaseNumber, wish: RatingInput) -> HttpResponse:
    """Once, amendable while the window is open."""
    actor, at = caller(request).actor, now()
    return once(request, lambda: rate(number, wish.grade, wish.text, reasons=wish.reasons, actor=actor, now=at), status=201)


def _about_goods(wish: CaseInput) -> None:
    """Every service but a complaint or feedback is about goods of an order. Raises INVALID_INPUT."""
    service = WORKFLOWS.get(wish.service)
    if service is None or not service.applying.about_goods:
        return
    order = FieldError("order", "请填写订单号。", "Give the order's number.")
    lines = FieldError("lines", "请选择商品。", "Choose items.")
    missing = [*([] if wish.order else [order]), *([] if wish.lines else [lines])]
    if missing:
        raise refused(INVALID_INPUT, *missing, reason=", ".join(error.field for error in missing))


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
