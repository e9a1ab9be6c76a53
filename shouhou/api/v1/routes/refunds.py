"""Refunds: amounts per tender, and the second person's consent."""

from typing import Annotated, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.access import case_of_refund, refund_seen
from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import Code, Cursor, Instant, PageSize, RefundNumber, answers
from shouhou.api.v1.shapes.others import ApproveInput, RefundList, RefundShape
from shouhou.cases.actions import make_move
from shouhou.cases.payout_review import approve_payout, payouts_waiting
from shouhou.payments.queries import list_refunds
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor

router = Router(tags=["refunds 退款"])


@router.get(
    "", auth=Key("refunds:read"), response=answers(RefundList), operation_id="list_refunds",
    summary="退款列表 Refunds, by filter",
)  # fmt: skip
def refunds(
    request: HttpRequest,
    state: Annotated[Code | None, Query()] = None,
    subject: Annotated[str | None, Query(max_length=60, description="the case's number")] = None,
    updated_after: Annotated[Instant | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """Only what this key may see."""
    actor = caller(request).actor
    before = decode_cursor(cursor, int)[0] if cursor else None
    items, after = list_refunds(
        state=state, subject=subject, updated_after=updated_after, merchant_id=actor.merchant_id,
        buyer_id=actor.buyer_id, before_id=cast(int | None, before), limit=limit,
    )  # fmt: skip
    return listing(items, encode_cursor(after) if after is not None else None)


@router.get(
    "/{number}", auth=Key("refunds:read"), response=answers(RefundShape, errors=(404,)), operation_id="get_refund",
    summary="查看退款 One refund",
)  # fmt: skip
def refund(request: HttpRequest, number: RefundNumber) -> HttpResponse:
    """Amount per tender, state, attempts, expected and actual."""
    return answer(refund_seen(number, actor=caller(request).actor))


@router.post(
    "/{number}/approve", auth=Key("refunds:approve"), response=answers(RefundShape, errors=(404, 409)),
    operation_id="approve_refund", summary="大额退款复核 The second person's consent",
)  # fmt: skip
def approve(request: HttpRequest, number: RefundNumber, wish: ApproveInput) -> HttpResponse:
    """By another person than the one who instructed it."""
    actor, at, version = caller(request).actor, now(), version_asked(request, wish.version)

    def act() -> object:
        subject = case_of_refund(number, actor=actor, version=version)
        if number in payouts_waiting([number]):
            approve_payout(number, actor=actor, now=at)
        else:
            # The case waits for this consent: a move is the only way it changes, and its effect lets the money go.
            make_move(subject, "approve_refund", actor=actor, answers={}, version=None, now=at, language=language_of(request))
        return refund_seen(number, actor=actor)

    return once(request, act)
