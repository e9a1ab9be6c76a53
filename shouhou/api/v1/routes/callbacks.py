"""Where payment channels and carriers call back; each proves itself by its signature, not by a key."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from shouhou.api.v1.answers import answer
from shouhou.api.v1.shapes.common import PathCode, answers
from shouhou.logistics.actions import receive_callback as carrier_called
from shouhou.payments.actions import receive_callback as channel_called
from shouhou.plumbing.clock import now

router = Router(tags=["callbacks 回调"])
BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
    "description": "Signed by the caller's own scheme; duplicates and late ones are harmless.",
}


@router.post(
    "/payments/{channel}", response=answers(dict, errors=(404, 409)), openapi_extra=BODY,
    operation_id="payment_callback", summary="支付渠道回调 A payment channel reports",
)  # fmt: skip
def payment(request: HttpRequest, channel: PathCode) -> HttpResponse:
    channel_called(channel, headers=dict(request.headers.items()), body=request.body, now=now())
    return answer({"received": True})


@router.post(
    "/carriers/{carrier}", response=answers(dict, errors=(404, 409)), openapi_extra=BODY,
    operation_id="carrier_callback", summary="承运商回调 A carrier reports",
)  # fmt: skip
def carrier(request: HttpRequest, carrier: PathCode) -> HttpResponse:
    carrier_called(carrier, dict(request.headers.items()), request.body, now())
    return answer({"received": True})
