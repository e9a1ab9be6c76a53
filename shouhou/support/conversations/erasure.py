"""What conversations know of a person, removed; that there was one, when and who answered stays (L-19)."""

import re
from datetime import datetime

from django.db import connection

from shouhou.accounts.models import Buyer
from shouhou.support.conversations.models import Call, Conversation, HandOver, Reading, Said

REMOVED = "（已按个人信息删除请求移除 removed at the person's request）"


def erase_talks_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The person's own words, title, calls' numbers and summaries go; of what staff wrote, name, phone and mail. Before the buyer's row."""
    buyer = Buyer.objects.get(pk=buyer_id)
    known = sorted((word for word in (buyer.name, buyer.phone, buyer.email) if len(word) > 1), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known))) if known else None
    talks = Conversation.objects.filter(buyer=buyer)
    own = Said.objects.filter(conversation__buyer=buyer, side="consumer").exclude(text=REMOVED)
    removed = {"talks": own.update(text=REMOVED, name="")}
    changed = []
    for said in Said.objects.filter(conversation__buyer=buyer).exclude(side__in=("consumer", "system")):
        plain = pattern.sub("***", said.text) if pattern else said.text
        if said.kind == "call":
            plain = REMOVED
        if plain != said.text:
            said.text = plain
            changed.append(said)
    Said.objects.bulk_update(changed, ["text"])
    removed["talks"] += len(changed)
    removed["calls"] = Call.objects.filter(conversation__buyer=buyer).exclude(phone="", summary=REMOVED).update(phone="", summary=REMOVED)
    HandOver.objects.filter(conversation__buyer=buyer, by=f"buyer:{buyer.pk}").update(reason="", name="")
    Reading.objects.filter(conversation__buyer=buyer, side="consumer").update(name="")
    talks.exclude(title=REMOVED).update(title=REMOVED)
    talks.filter(closed_at=None).update(closed_at=now, waits_on="", waiting_since=None, unread_staff_since=None, unread_buyer_since=None)
    with connection.cursor() as cursor:
        # Answers kept for a program's retry repeat what was said.
        cursor.execute(FORGET, [buyer.pk])
    return removed


FORGET = """
DELETE FROM plumbing_idempotentanswer a USING conversations_conversation c
WHERE c.buyer_id = %s AND position(convert_to(c.number, 'UTF8') IN a.body) > 0
"""
