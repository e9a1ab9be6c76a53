"""Notices: what a buyer was told and wants to be told; what left the house, whether it arrived, and sending it anew."""

from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import BIGGEST, Cursor, PageSize, answers
from shouhou.api.v1.shapes.notices import (
    Channel,
    NoticeList,
    NoticePreferencesInput,
    NoticePreferencesShape,
    NoticeResendInput,
    NoticeSendingDetail,
    NoticeSendingList,
    Sending,
)
from shouhou.notifications.access import buyer_for, deliveries_for, delivery_for
from shouhou.notifications.actions import prefer, resend
from shouhou.notifications.actions.preferring import channels_for, mine
from shouhou.notifications.actions.resending import may_resend
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import notices_of, preference_of
from shouhou.notifications.rules.kinds import KINDS
from shouhou.plumbing.clock import now
from shouhou.plumbing.masking import mask_text
from shouhou.plumbing.paging import decode_cursor, encode_cursor

router = Router(tags=["notices 通知"])
Record = Annotated[int, Path(ge=1, le=BIGGEST)]
OfBuyer = Annotated[str, Query(max_length=80, description="the shop's own id of the buyer; a consumer's key leaves it out")]


@router.get(
    "", auth=Key("cases:read"), response=answers(NoticeList, errors=(404,)), operation_id="list_notices",
    summary="站内通知 What a buyer was told on the site, the newest first",
)  # fmt: skip
def notices(request: HttpRequest, buyer: OfBuyer = "", cursor: Cursor = None, limit: PageSize = 50) -> HttpResponse:
    """A consumer's key its own; the house's shop system names the buyer."""
    whose = buyer_for(caller(request).actor, buyer)
    rows = notices_of(whose, limit=limit, before_id=cast(int, decode_cursor(cursor, int)[0]) if cursor else None)
    more = len(rows) == limit and notices_of(whose, limit=1, before_id=rows[-1]["id"])
    return listing([{**row, "at": row["at"].isoformat()} for row in rows], encode_cursor(rows[-1]["id"]) if more else None)


@router.get(
    "/preferences", auth=Key("cases:read"), response=answers(NoticePreferencesShape, errors=(404,)), operation_id="get_notice_preferences",
    summary="通知设置 What a buyer wants to be told, and how",
)  # fmt: skip
def preferences(request: HttpRequest, buyer: OfBuyer = "") -> HttpResponse:
    """With the kinds there are, and what of each may be switched."""
    return answer(_wishes(buyer_for(caller(request).actor, buyer), language_of(request)))


@router.put(
    "/preferences", auth=Key("cases:write"), response=answers(NoticePreferencesShape, errors=(404,)), operation_id="put_notice_preferences",
    summary="修改通知设置 Set what a buyer wants to be told, and how",
)  # fmt: skip
def set_preferences(request: HttpRequest, wish: NoticePreferencesInput) -> HttpResponse:
    """All of them at once; the same again changes nothing. NOTICE_MUST names the kinds that must keep a way out."""
    whose = buyer_for(caller(request).actor, wish.buyer)
    prefer(language=wish.language, first=wish.first, off=wish.off, now=now(), buyer_id=whose)
    return answer(_wishes(whose, language_of(request)))


@router.get(
    "/deliveries", auth=Key("cases:read"), response=answers(NoticeSendingList), operation_id="list_notice_deliveries",
    summary="通知发送记录 What left the house, and whether it arrived, the newest first",
)  # fmt: skip
def deliveries(
    request: HttpRequest,
    about: Annotated[str, Query(max_length=60, description="a case, conversation or plan by its number")] = "",
    channel: Annotated[Channel | None, Query()] = None,
    state: Annotated[Sending | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """For operations, supervisors and auditors of the house."""
    found = deliveries_for(caller(request).actor)
    asked = {"subject": about.upper(), "channel": channel, "state": state}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(found[: limit + 1])
    page = rows[:limit]
    return listing([_body(row) for row in page], encode_cursor(page[-1].pk) if len(rows) > limit else None)


@router.get(
    "/deliveries/{record}", auth=Key("cases:read"), response=answers(NoticeSendingDetail, errors=(404,)),
    operation_id="get_notice_delivery", summary="一条发送记录 One delivery with its steps",
)  # fmt: skip
def delivery(request: HttpRequest, record: Record) -> HttpResponse:
    """Everything that became of it: tried, sent, reported, and what followed."""
    return answer(_detail(delivery_for(caller(request).actor, record), language_of(request)))


@router.post(
    "/deliveries/{record}/resend", auth=Key("cases:write"), response=answers(NoticeSendingDetail, status=201, errors=(404, 409)),
    operation_id="resend_notice", summary="重发 Send a delivery anew, with a reason",
)  # fmt: skip
def send_anew(request: HttpRequest, record: Record, wish: NoticeResendInput) -> HttpResponse:
    """The same words through the same channel, once; answers the new delivery. NOTICE_NOT_AGAIN says why it cannot be."""
    actor, at, language = caller(request).actor, now(), language_of(request)
    return once(request, lambda: _detail(delivery_for(actor, resend(record, wish.reason, actor=actor, now=at)), language), status=201)


def _wishes(buyer_id: int, language: str) -> dict[str, Any]:
    kept = preference_of(buyer_id=buyer_id)
    return {
        "language": kept.language, "first": kept.first, "off": list(kept.off),
        "kinds": [
            {"kind": code, "label": KINDS[code].label.in_(language), "must": KINDS[code].must,
             "channels": [f"{code}:{each}" for each in channels_for(code, staff=False) if each != "site" or not KINDS[code].must]}
            for code in mine(staff=False)
        ],
    }  # fmt: skip


def _body(row: Notice) -> dict[str, Any]:
    return {
        "number": row.pk, "about": row.subject, "channel": row.channel, "kind": row.kind, "template": row.template,
        "to": row.sent_to, "state": row.state, "reason": row.reason, "attempts": row.attempts, "trouble": mask_text(row.trouble),
        "created_at": row.created_at.isoformat(), "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
        "falls_from": row.falls_from_id, "again_of": row.again_of_id,
    }  # fmt: skip


def _detail(row: Notice, language: str) -> dict[str, Any]:
    why, why_en = may_resend(row, now=now())
    steps = [{"at": str(each["at"]), "what": str(each["what"]), "detail": mask_text(str(each.get("detail") or ""))} for each in row.steps]
    return {**_body(row), "steps": steps, "may_resend": not why, "why_not": why_en if language.startswith("en") else why}
