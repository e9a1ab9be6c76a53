"""Reads of conversations: lists, counts, the token of a live page, and everything a page or program shows of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.ids import parse_number
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.support.conversations.access import admitted, said_to, talk_for, talks_of
from shouhou.support.conversations.duty import skills_of
from shouhou.support.conversations.models import CannedReply, Conversation, HandOver, Reading
from shouhou.support.conversations.refusals import TALK_NOT_FOUND
from shouhou.support.conversations.rules.canned import filled
from shouhou.support.conversations.rules.topics import side_of

SEEN_AGAIN = timedelta(seconds=60)
SAID_MOST = 200
COUNT_MOST = 1000
HERE_SECONDS = 90


@dataclass(frozen=True, slots=True)
class TalkFilter:
    """`shown`: open | waiting | closed | all; `mine`: "1" mine, "0" nobody's; `sort`: waiting (longest first) | last."""

    shown: str = "open"
    topic: str = ""
    desk: str = ""
    skill: str = ""
    mine: str = ""
    order: str = ""
    case: str = ""
    merchant: str = ""
    text: str = ""
    skilled: bool = False
    flagged: bool = False
    sort: str = "last"


def found(wanted: TalkFilter, *, actor: Actor, now: datetime) -> QuerySet[Conversation]:
    """The conversations that fit, unordered."""
    rows = talks_of(actor)
    if wanted.shown != "all":
        rows = rows.filter(closed_at=None) if wanted.shown != "closed" else rows.exclude(closed_at=None)
    if wanted.shown == "waiting":
        rows = rows.filter(waits_on="staff")
    exact = {"topic": wanted.topic, "desk": wanted.desk, "skill": wanted.skill, "order__number": wanted.order,
             "case__number": wanted.case, "merchant__code": wanted.merchant}  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    me = int(actor.who.removeprefix("user:")) if actor.who.startswith("user:") else 0
    if wanted.mine:
        rows = rows.filter(assigned_to=me or None) if wanted.mine == "1" else rows.filter(assigned_to=None)
    if wanted.skilled and (skills := skills_of(me, merchant_id=actor.merchant_id, now=now)):
        rows = rows.filter(skill__in=skills)
    if wanted.flagged:
        rows = rows.filter(said__verdict="flag").distinct()
    if wanted.text:
        number = parse_number(wanted.text) or wanted.text
        rows = rows.filter(Q(number=number) | Q(order__number=wanted.text) | Q(case__number=number) | Q(title__icontains=wanted.text))
    return rows


def listed(
    wanted: TalkFilter, *, actor: Actor, now: datetime, after: str = "", limit: int = 50
) -> tuple[list[Conversation], str]:  # fmt: skip
    """A page of them and the cursor of the next ("" for none). Raises INVALID_CURSOR."""
    rows = found(wanted, actor=actor, now=now).select_related("buyer", "merchant", "order", "case", "assigned_to")
    if wanted.sort == "waiting":
        rows = rows.order_by(F("waiting_since").asc(nulls_last=True), "id")
        if after:
            at, last = decode_cursor(after, datetime | None, int)
            beyond = Q(waiting_since=None, pk__gt=last)
            if at is not None:
                beyond = Q(waiting_since=None) | Q(waiting_since__gt=at) | Q(waiting_since=at, pk__gt=last)
            rows = rows.filter(beyond)
    else:
        rows = rows.order_by("-last_at", "-id")
        if after:
            at, last = decode_cursor(after, datetime, int)
            rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=last))
    page = list(rows[: limit + 1])
    if len(page) <= limit:
        return page, ""
    last_row = page[limit - 1]
    key = last_row.waiting_since if wanted.sort == "waiting" else last_row.last_at
    return page[:limit], encode_cursor(key, last_row.pk)


def count(wanted: TalkFilter, *, actor: Actor, now: datetime) -> int:
    """How many there are, COUNT_MOST at most."""
    return found(wanted, actor=actor, now=now).values("id")[:COUNT_MOST].count()


def token_of(actor: Actor, number: str, *, now: datetime) -> int:
    """The version of a conversation: one indexed statement; now and then it also notes that this person is here.

    Raises TALK_NOT_FOUND for whoever may not see it.
    """
    with connection.cursor() as cursor:
        cursor.execute(VERSION, {
            "number": number[:20], "who": actor.who, "buyer": actor.buyer_id, "order": actor.order_id, "shop": actor.merchant_id,
            "consumer": actor.role == "consumer",
        })  # fmt: skip
        row = cursor.fetchone()
        if row is None or not admitted(actor):
            raise refused(TALK_NOT_FOUND, number=number[:20])
        version, reading, seen_at = row
        if reading is not None and seen_at < now - SEEN_AGAIN:
            cursor.execute("UPDATE conversations_reading SET seen_at = %s WHERE id = %s", [now, reading])
    return int(version)


def talk_body(talk: Conversation, *, actor: Actor, now: datetime, language: str) -> dict[str, Any]:
    """Everything this person may know of a conversation, for programs; pages say the same in words."""
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    said = [_said(row, language) for row in said_list(talk, actor=actor)]
    body = talk_row(talk) | {
        "messages": said, "read": [{"side": row.side, "message": row.read_id, "at": row.read_at} for row in readings(talk)],
    }  # fmt: skip
    if side != "consumer":
        body["assigned_to"] = (talk.assigned_to.get_full_name() or talk.assigned_to.username) if talk.assigned_to else None
        body["hand_overs"] = [
            {"at": row.at, "by": row.name, "what": row.what, "desk": row.desk, "skill": row.skill, "reason": row.reason}
            for row in hand_overs(talk)
        ]
    return body


def talk_row(talk: Conversation) -> dict[str, Any]:
    """A conversation without what was said."""
    return {
        "number": talk.number, "topic": talk.topic, "title": talk.title, "order": talk.order.number if talk.order else None,
        "case": talk.case.number if talk.case else None, "desk": talk.desk, "skill": talk.skill, "waits_on": talk.waits_on or None,
        "waiting_since": talk.waiting_since, "first_response_at": talk.first_response_at, "opened_at": talk.opened_at,
        "last_at": talk.last_at, "closed_at": talk.closed_at, "version": talk.version, "channel": talk.channel,
    }  # fmt: skip


def talk_json(number: str, *, actor: Actor, now: datetime, language: str) -> dict[str, Any]:
    """Raises TALK_NOT_FOUND."""
    return talk_body(talk_for(actor, number), actor=actor, now=now, language=language)


def said_list(talk: Conversation, *, actor: Actor) -> list[Any]:
    """What was said that this person may read, oldest first, the newest SAID_MOST."""
    rows = said_to(actor).filter(conversation=talk).prefetch_related("files__upload").order_by("-id")[:SAID_MOST]
    return list(reversed(rows))


def readings(talk: Conversation) -> list[Reading]:
    return list(Reading.objects.filter(conversation=talk).order_by("id"))


def hand_overs(talk: Conversation) -> Sequence[HandOver]:
    return list(HandOver.objects.filter(conversation=talk).select_related("to").order_by("id"))


def here_now(talk: Conversation, *, now: datetime) -> list[Reading]:
    """Who has it open at this moment."""
    since = now - timedelta(seconds=HERE_SECONDS)
    return list(Reading.objects.filter(conversation=talk, seen_at__gte=since).order_by("id"))


def replies_for(merchant_id: int | None, *, topic: str = "") -> list[CannedReply]:
    """The canned replies of a desk, those of the topic first."""
    rows = list(CannedReply.objects.filter(merchant=merchant_id, active=True).order_by("title", "id")[:200])
    return sorted(rows, key=lambda row: row.topic != topic) if topic else rows


def reply_words(reply_id: int, talk: Conversation, *, actor: Actor, language: str, facts: Mapping[str, str]) -> str:
    """A canned reply filled for this conversation. Raises NOT_FOUND, CANNED_MISSING."""
    row = CannedReply.objects.filter(pk=reply_id, merchant=actor.merchant_id, active=True).first()
    if row is None:
        raise refused(NOT_FOUND)
    return filled(row.text_en if language == "en" and row.text_en else row.text_zh, facts)


def facts_for(talk: Conversation, actor: Actor, *, status: str) -> dict[str, str]:
    """What canned replies may name; what is not known is empty."""
    due = talk.case.due_at if talk.case else None
    return {
        "buyer": talk.buyer.name, "agent": actor.name, "shop": talk.merchant.name if talk.merchant else "",
        "order": talk.order.number if talk.order else "", "case": talk.case.number if talk.case else "", "status": status,
        "due": f"{due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if due else "", "number": talk.number,
    }  # fmt: skip


def _said(row: Any, language: str) -> dict[str, Any]:
    text = row.text_en if row.text_en and language == "en" else row.text
    return {
        "id": row.id, "kind": row.kind, "audience": row.audience, "side": row.side, "name": row.name, "text": text, "at": row.at,
        "files": [{"token": each.upload.token, "name": each.upload.name} for each in row.files.all() if each.upload.erased_at is None],
    }  # fmt: skip


VERSION = """
SELECT c.version, r.id, r.seen_at FROM conversations_conversation c
LEFT JOIN conversations_reading r ON r.conversation_id = c.id AND r.who = %(who)s
WHERE c.number = %(number)s
  AND (NOT %(consumer)s OR c.buyer_id = %(buyer)s)
  AND (%(order)s::bigint IS NULL OR c.order_id = %(order)s)
  AND (%(shop)s::bigint IS NULL OR (c.merchant_id = %(shop)s AND c.with_shop))
"""
