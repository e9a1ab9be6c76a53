"""What conversations announce."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.plumbing.events import EventType, event_type, publish
from shouhou.support.conversations.models import Conversation

_TALK = {
    "number": "the conversation's number", "topic": "what it is about", "order": "the order's number or empty",
    "case": "the case's number or empty", "desk": "house | shop", "skill": "the queue's skill", "waits_on": "staff | consumer | empty",
    "version": "the conversation's version",
}  # fmt: skip
CONVERSATION_OPENED = event_type("conversation.opened", zh="新的咨询", en="a conversation was opened", channel="web | phone | api", **_TALK)
CONVERSATION_MESSAGE = event_type(
    "conversation.message", zh="会话有新消息", en="something was said", side="consumer | shop | house | system",
    audience="all | staff | house", **_TALK,
)  # fmt: skip
CONVERSATION_UNREAD = event_type(
    "conversation.unread", zh="会话消息无人阅读", en="nobody has read what was said", side="who has not read: consumer | staff",
    since="since when, RFC 3339", minutes="after how many minutes this is told", **_TALK,
)  # fmt: skip
CONVERSATION_HANDED = event_type(
    "conversation.handed_over", zh="会话已转接", en="a conversation was handed over", reason="why", by="who", **_TALK
)  # fmt: skip
CONVERSATION_CLOSED = event_type("conversation.closed", zh="会话已结束", en="a conversation was closed", side="by whom", **_TALK)


def announce(what: EventType, talk: Conversation, *, now: datetime, **data: object) -> None:
    """Publish about a conversation; a shop hears of it only when it is in it."""
    plain: Mapping[str, object] = {
        "number": talk.number, "topic": talk.topic, "order": talk.order.number if talk.order else "",
        "case": talk.case.number if talk.case else "", "desk": talk.desk, "skill": talk.skill, "waits_on": talk.waits_on,
        "version": talk.version, **data,
    }  # fmt: skip
    shop = talk.merchant_id if talk.with_shop else None
    publish(what, subject=talk.number, now=now, data=plain, merchant_id=shop, buyer_id=talk.buyer_id)
