"""Orders come in; what they entitle to goes out."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import NDJSON, answer, as_bytes, version_asked
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.body import ndjson_lines
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.refusals import MALFORMED_JSON
from shouhou.api.v1.shapes.cases import Entitlements
from shouhou.api.v1.shapes.common import CODE, Instant, OrderNumber, answers
from shouhou.api.v1.shapes.insurance import FreightPolicyInput, FreightPolicyShape, PutFreightPolicyShape
from shouhou.api.v1.shapes.others import PutShape
from shouhou.cases.queries import entitlements
from shouhou.foundation.refusals import Refused, refused
from shouhou.insurance.actions import put_policy
from shouhou.insurance.queries import policy_json
from shouhou.orders.actions import LineAnswer, bulk_put, put_order
from shouhou.orders.queries import order_json
from shouhou.orders.snapshot import MALFORMED_ORDER, Snapshot, parse_number, parse_snapshot
from shouhou.plumbing.clock import now

router = Router(tags=["orders 订单"])


# First, or it would be taken for an order's number.
@router.post(
    "/bulk", auth=Key("orders:write"), response=answers(None), operation_id="put_orders",
    summary="批量写入订单（NDJSON，逐行答复）Many orders as NDJSON, an answer per line",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/NumberedSnapshot"}}},
        },
        "responses": {200: {"content": {"application/x-ndjson": {"schema": {"type": "object"}}}}},
    },
)  # fmt: skip
def bulk(request: HttpRequest) -> HttpResponse:
    """A bad line hurts no other. At most 64 MB and 50,000 lines; each line at most 1 MB."""
    language = language_of(request)
    found = bulk_put(ndjson_lines(request), actor=caller(request).actor, now=now())
    return HttpResponse(b"".join(_line(each, language) for each in found), content_type=NDJSON)


@router.put(
    "/{number}", auth=Key("orders:write"), response=answers(PutShape, also=201, errors=(404, 409)), operation_id="put_order",
    summary="写入或更新订单快照 Create or refresh the snapshot of an order",
    openapi_extra={
        "requestBody": {
            "required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Snapshot"}}},
        }
    },
)  # fmt: skip
def put(request: HttpRequest, number: Annotated[str, Path()]) -> HttpResponse:
    """Same content again: unchanged. Once a case stands on a line only shipment and receipt facts may change."""
    number = parse_number(number)
    result = put_order(
        _snapshot(request.body), number=number, actor=caller(request).actor, now=now(),
        version=version_asked(request, None),
    )  # fmt: skip
    told = {"number": number, "result": result.outcome, "version": result.version, "difference": result.difference_minor}
    return answer(told, status=201 if result.outcome == "created" else 200)


@router.get(
    "/{number}", auth=Key("orders:read"), response=answers(dict, errors=(404,)), operation_id="get_order",
    summary="查看订单 One order",
)  # fmt: skip
def get(request: HttpRequest, number: OrderNumber) -> HttpResponse:
    """The snapshot as it stands, with receipt dates and what is claimed of each line."""
    return answer(order_json(number, actor=caller(request).actor))


@router.get(
    "/{number}/entitlements", auth=Key("orders:read"), response=answers(Entitlements, errors=(404,)),
    operation_id="get_entitlements", summary="每行可办理的服务、期限与依据 What each line entitles to, and why",
)  # fmt: skip
def get_entitlements(
    request: HttpRequest,
    number: OrderNumber,
    reason: Annotated[str, Query(max_length=40, pattern=CODE, description="as in POST /cases")] = "no_reason",
    at: Annotated[Instant | None, Query(description="the instant of applying; now when not given")] = None,
) -> HttpResponse:
    """Per line: each service, verdict, deadline, freight payer, return methods, reasons, what is still claimable."""
    instant: datetime = at or now()
    told = entitlements(
        number, actor=caller(request).actor, reason=reason, at=instant, language=language_of(request)
    )
    return answer(told)


def _snapshot(body: bytes) -> Snapshot:
    try:
        return parse_snapshot(body)
    except Refused as error:
        if error.refusal is MALFORMED_ORDER:
            raise refused(MALFORMED_JSON, **error.facts) from None
        raise


def _line(found: LineAnswer, language: str) -> bytes:
    told: dict[str, object] = {"line": found.line, "number": found.number, "result": found.outcome}
    if found.refusal is None:
        told |= {"version": found.version, "difference": found.difference_minor}
    else:
        english = language == "en"
        told |= {"code": found.refusal.code, "detail": found.refusal.sentence(language)}
        told["errors"] = [{"field": each.field, "detail": each.en if english else each.zh} for each in found.errors]
    return as_bytes(told) + b"\n"


@router.put(
    "/{number}/freight-insurance", auth=Key("orders:write"), response=answers(PutFreightPolicyShape, also=201, errors=(404, 409)),
    operation_id="put_freight_policy", summary="为第三方订单附加运费险 Attach a freight policy to a third-party order",
)  # fmt: skip
def put_insurance(request: HttpRequest, number: OrderNumber, body: FreightPolicyInput) -> HttpResponse:
    """By its policy number; the same again is `unchanged`. A self-operated order is refused (INS-01); an order has one policy."""
    given = {**body.model_dump(exclude={"version"}, exclude_none=True, mode="json"), "order": number}
    done = put_policy(given, actor=caller(request).actor, now=now(), version=version_asked(request, body.version))
    told = {"number": done.number, "result": done.outcome, "version": done.version}
    return answer(told, status=201 if done.outcome == "created" else 200)


@router.get(
    "/{number}/freight-insurance", auth=Key("claims:read"), response=answers(FreightPolicyShape, errors=(404,)),
    operation_id="get_freight_policy", summary="订单的运费险 The freight policy of an order",
)  # fmt: skip
def get_insurance(request: HttpRequest, number: OrderNumber) -> HttpResponse:
    return answer(policy_json(number, actor=caller(request).actor, language=language_of(request)))
