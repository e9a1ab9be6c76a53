"""Freight insurance: claims for the insurer to read and decide, and the appeal."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.shapes.common import Instant, answers
from shouhou.api.v1.shapes.insurance import AppealInput, DecideInput, FreightClaimList, FreightClaimWhole
from shouhou.cases.insured import appeal_claim
from shouhou.insurance.access import claim_for
from shouhou.insurance.actions import decide
from shouhou.insurance.queries import ClaimFilter, claim_body, claim_json, claims
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import page_size

router = Router(tags=["freight-claims 运费险理赔"])
Number = Annotated[str, Path(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9-]+$", examples=["CL-7K3Q-9XMT-4"])]


@router.get(
    "", auth=Key("claims:read"), response=answers(FreightClaimList), operation_id="list_freight_claims",
    summary="运费险理赔列表 Freight claims, what is due first at the top",
)  # fmt: skip
def listed(
    request: HttpRequest,
    state: Annotated[Literal["received", "approved", "paid", "refused", "appealed", "withdrawn"] | None, Query()] = None,
    open: Annotated[bool, Query(description="only those still to be decided")] = False,  # noqa: A002
    overdue: Annotated[bool, Query(description="only those past their limit")] = False,
    case: Annotated[str, Query(max_length=60)] = "",
    updated_after: Annotated[Instant | None, Query(description="for polling")] = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int | None, Query()] = None,
) -> HttpResponse:
    """An insurer's key sees its own; a shop's and a buyer's theirs."""
    narrowed = ClaimFilter(
        state=state or "", open_only=open, late_at=now() if overdue else None, text=case, updated_after=updated_after
    )  # fmt: skip
    rows, following = claims(narrowed, actor=caller(request).actor, cursor=cursor, limit=page_size(limit))
    return listing([claim_body(row, language=language_of(request)) for row in rows], following)


@router.get(
    "/{number}", auth=Key("claims:read"), response=answers(FreightClaimWhole, errors=(404,)), operation_id="get_freight_claim",
    summary="一笔运费险理赔 One freight claim with what is known of its way",
)  # fmt: skip
def claim(request: HttpRequest, number: Number) -> HttpResponse:
    return answer(claim_json(number, actor=caller(request).actor, language=language_of(request)))


@router.post(
    "/{number}/decision", auth=Key("claims:decide"), response=answers(FreightClaimWhole, errors=(404, 409)),
    operation_id="decide_freight_claim", summary="审核理赔 Approve, reduce or refuse a claim",
)  # fmt: skip
def decision(request: HttpRequest, number: Number, body: DecideInput) -> HttpResponse:
    """Within 24 hours; decided twice is refused. If-Match (or `version`) guards what was seen."""
    actor = caller(request).actor
    decide(
        number, body.verdict, actor=actor, now=now(), amount_minor=body.amount, reason=body.reason, note=body.note,
        version=version_asked(request, body.version),
    )  # fmt: skip
    return answer(claim_json(number, actor=actor, language=language_of(request)))


@router.post(
    "/{number}/appeal", auth=Key("cases:write"), response=answers(FreightClaimWhole, errors=(404, 409)),
    operation_id="appeal_freight_claim", summary="对拒赔申诉 Appeal a refused claim, once",
)  # fmt: skip
def appealed(request: HttpRequest, number: Number, body: AppealInput) -> HttpResponse:
    """By the buyer, the shop, or an agent for them; a new limit of 24 hours begins and its answer is final."""
    actor = caller(request).actor
    subject = claim_for(actor, number).subject
    appeal_claim(subject, body.text, actor=actor, now=now(), receipts=body.receipts, waybill=body.waybill)
    return answer(claim_json(number, actor=actor, language=language_of(request)))
