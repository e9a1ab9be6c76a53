"""Asking, answering, handing on: conversations for programs."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.errors import language_of
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import Cursor, PageSize, answers
from shouhou.api.v1.shapes.conversations import (
    CallInput,
    CallShape,
    Desk,
    HandInput,
    ReadInput,
    SayInput,
    TalkInput,
    TalkList,
    TalkNumber,
    TalkShape,
    Topic,
)
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now
from shouhou.support.conversations.actions import close, hand_over, mark_read, open_talk, record_call, say, weigh_words
from shouhou.support.conversations.actions.calling import Telephoned
from shouhou.support.conversations.actions.opening import Question
from shouhou.support.conversations.queries import TalkFilter, listed, talk_json, talk_row, token_of

router = Router(tags=["conversations 会话"])
DryRun = Annotated[bool, Query(description="show the outcome and change nothing")]


@router.get(
    "", auth=Key("cases:read"), response=answers(TalkList), operation_id="list_conversations", summary="会话列表 Conversations"
)
def conversations(
    request: HttpRequest,
    shown: Annotated[Literal["open", "waiting", "closed", "all"], Query()] = "open",
    topic: Annotated[Topic | None, Query()] = None,
    desk: Annotated[Desk | None, Query()] = None,
    order: Annotated[str, Query(max_length=80)] = "",
    case: Annotated[str, Query(max_length=40)] = "",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """Only what this key may see; the last spoken in first, of those that wait the longest waiting first."""
    wanted = TalkFilter(
        shown=shown, topic=topic or "", desk=desk or "", order=order, case=case, sort="waiting" if shown == "waiting" else "last"
    )
    rows, after = listed(wanted, actor=caller(request).actor, now=now(), after=cursor or "", limit=limit)
    return listing([talk_row(row) for row in rows], after or None)


@router.post(
    "", auth=Key("cases:write"), response=answers(TalkShape, status=201, errors=(404, 409)), operation_id="open_conversation",
    summary="提问 Ask",
)  # fmt: skip
def ask(request: HttpRequest, wish: TalkInput) -> HttpResponse:
    """Received at any hour; the first line of the house says truly when a person answers."""
    actor, at, language = caller(request).actor, now(), language_of(request)
    question = Question(wish.topic, wish.text, order=wish.order, case=wish.case, channel="api", uploads=wish.uploads)
    return once(request, lambda: _told(open_talk(question, actor=actor, now=at), actor, language), status=201)


@router.get(
    "/{number}", auth=Key("cases:read"), response=answers(TalkShape, errors=(404,)), operation_id="get_conversation",
    summary="查看会话 One conversation",
)  # fmt: skip
def conversation(request: HttpRequest, number: TalkNumber) -> HttpResponse:
    """With everything said that this key may read. `If-None-Match` with the last ETag: 304 while nothing is new."""
    actor = caller(request).actor
    known = request.headers.get("If-None-Match")
    if known is not None and known.strip() == f'"{token_of(actor, number, now=now())}"':
        return HttpResponse(status=304, headers={"ETag": known.strip()})
    return answer(_told(number, actor, language_of(request)))


@router.post(
    "/{number}/messages", auth=Key("cases:write"), response=answers(TalkShape, status=201, errors=(404, 409)),
    operation_id="say_in_conversation", summary="发消息 Say something",
)  # fmt: skip
def messages(request: HttpRequest, number: TalkNumber, wish: SayInput) -> HttpResponse:
    """What shops and agents say to buyers is held to the rules of conduct: MESSAGE_BLOCKED names them."""
    actor, at, language = caller(request).actor, now(), language_of(request)
    # In a transaction of its own: a refusal must not undo its own record.
    weigh_words(number, wish.text, audience=wish.audience, actor=actor, now=at)

    def act() -> object:
        say(number, wish.text, audience=wish.audience, actor=actor, now=at, uploads=wish.uploads)
        return _told(number, actor, language)

    return once(request, act, status=201)


@router.post(
    "/{number}/read", auth=Key("cases:write"), response=answers(TalkShape, errors=(404,)), operation_id="read_conversation",
    summary="标记已读 Say what has been read",
)  # fmt: skip
def read(request: HttpRequest, number: TalkNumber, wish: ReadInput) -> HttpResponse:
    """The caller's own mark; it never goes back."""
    actor, at, language = caller(request).actor, now(), language_of(request)

    def act() -> object:
        mark_read(number, upto=wish.message, actor=actor, now=at)
        return _told(number, actor, language)

    return once(request, act)


@router.post(
    "/{number}/hand-over", auth=Key("cases:write"), response=answers(TalkShape, errors=(404, 409)), operation_id="hand_over_conversation",
    summary="转接 Hand over",
)  # fmt: skip
def hand(request: HttpRequest, number: TalkNumber, wish: HandInput, dry_run: DryRun = False) -> HttpResponse:
    """To another desk or skill, with a reason that the buyer does not read."""
    actor, at, language = caller(request).actor, now(), language_of(request)

    def act() -> object:
        hand_over(number, desk=wish.desk, skill=wish.skill, to=None, reason=wish.reason, actor=actor, now=at, dry_run=dry_run)
        return _told(number, actor, language)

    return answer(act()) if dry_run else once(request, act)


@router.post(
    "/{number}/close", auth=Key("cases:write"), response=answers(TalkShape, errors=(404, 409)), operation_id="close_conversation",
    summary="结束会话 Close",
)  # fmt: skip
def end(request: HttpRequest, number: TalkNumber, dry_run: DryRun = False) -> HttpResponse:
    """It opens again when the buyer writes."""
    actor, at, language = caller(request).actor, now(), language_of(request)

    def act() -> object:
        close(number, actor=actor, now=at, dry_run=dry_run)
        return _told(number, actor, language)

    return answer(act()) if dry_run else once(request, act)


@router.post(
    "/{number}/calls", auth=Key("cases:write"), response=answers(CallShape, status=201, errors=(404, 409)), operation_id="record_call",
    summary="记录电话 Note a call",
)  # fmt: skip
def calls(request: HttpRequest, number: TalkNumber, wish: CallInput) -> HttpResponse:
    """From a telephone system; only staff read it, with the number masked."""
    actor, at = caller(request).actor, now()
    call = Telephoned(wish.direction, wish.phone, wish.began_at, wish.minutes, wish.summary)
    return once(request, lambda: {"number": number, "call": record_call(number, call, actor=actor, now=at)}, status=201)


def _told(number: str, actor: Actor, language: str) -> object:
    return talk_json(number, actor=actor, now=now(), language=language)
