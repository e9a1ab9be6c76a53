"""Where payment channels, carriers and text message gateways call back; each proves itself by its signature, not by a key."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from shouhou.api.v1.answers import answer
from shouhou.api.v1.shapes.common import PathCode, answers
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions import receive_callback as carrier_called
from shouhou.notifications.actions import receive_bounce as mail_came_back
from shouhou.notifications.actions import receive_callback as gateway_called
from shouhou.payments.actions import receive_callback as channel_called
from shouhou.payments.channels.registry import own_answer
from shouhou.plumbing.clock import now

router = Router(tags=["callbacks 回调"])
BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
    "description": "Signed by the caller's own scheme; duplicates and late ones are harmless.",
}
PAYMENT_BODY = {
    "requestBody": {"required": True, "content": {
        "application/json": {"schema": {"type": "object"}}, "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
    }},
    "description": f"{BODY['description']} WeChat Pay and Alipay are answered in their own words.",
}  # fmt: skip

MAIL_BODY = {
    "requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string"}}}},
    "description": "The delivery status notification (RFC 3464) as it came to the sender's mailbox, whole, signed like the others.",
}


@router.post(
    "/payments/{channel}", response=answers(dict, errors=(404, 409)), openapi_extra=PAYMENT_BODY,
    operation_id="payment_callback", summary="支付渠道回调 A payment channel reports",
)  # fmt: skip
def payment(request: HttpRequest, channel: PathCode) -> HttpResponse:
    try:
        channel_called(channel, headers=dict(request.headers.items()), body=request.body, now=now())
    except Refused:
        told = own_answer(channel, taken=False)
        if told is None:
            raise
    else:
        told = own_answer(channel, taken=True)
    return answer({"received": True}) if told is None else HttpResponse(told.body, told.content_type, told.status)


@router.post(
    "/carriers/{carrier}", response=answers(dict, errors=(404, 409)), openapi_extra=BODY,
    operation_id="carrier_callback", summary="承运商回调 A carrier reports",
)  # fmt: skip
def carrier(request: HttpRequest, carrier: PathCode) -> HttpResponse:
    carrier_called(carrier, dict(request.headers.items()), request.body, now())
    return answer({"received": True})


@router.post(
    "/sms/{gateway}", response=answers(dict, errors=(404,)), openapi_extra=BODY,
    operation_id="sms_callback", summary="短信送达回执 A text message gateway reports",
)  # fmt: skip
def sms(request: HttpRequest, gateway: PathCode) -> HttpResponse:
    gateway_called(gateway, dict(request.headers.items()), request.body, now=now())
    return answer({"received": True})


@router.post(
    "/mail", response=answers(dict, errors=(422,)), openapi_extra=MAIL_BODY,
    operation_id="mail_callback", summary="邮件退信 A mail server reports",
)  # fmt: skip
def mail(request: HttpRequest) -> HttpResponse:
    mail_came_back(dict(request.headers.items()), request.body, now=now())
    return answer({"received": True})
