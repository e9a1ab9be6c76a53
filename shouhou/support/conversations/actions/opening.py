"""Opening a conversation: a buyer asks, or somebody of the house notes what was asked on the phone."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shouhou.accounts.models import Buyer, User
from shouhou.cases.access import case_for, order_for
from shouhou.cases.models import Case
from shouhou.conduct.actions import weigh
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.actions.saying import (
    FILES_MOST,
    KEY_MOST,
    TEXT_MOST,
    acknowledge,
    attach,
    codes_in,
    files_of,
    note_reading,
    seated,
    words,
)
from shouhou.support.conversations.events import CONVERSATION_OPENED, announce
from shouhou.support.conversations.models import Conversation, Said
from shouhou.support.conversations.refusals import TALK_ABOUT_WHOM, TALK_TOPIC
from shouhou.support.conversations.rules.topics import SHOP_PEOPLE, SKILL_OF, TOPICS

__all__ = ["FILES_MOST", "Question", "open_talk"]
TITLE_MOST = 40


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, about which order or case (numbers, or empty), and through which channel: web | phone | api."""

    topic: str
    text: str
    order: str = ""
    case: str = ""
    channel: str = "web"
    uploads: Sequence[str] = ()


def open_talk(question: Question, *, actor: Actor, now: datetime, key: str = "") -> str:
    """The number of the new conversation; under the same key the first one's.

    Raises TALK_TOPIC, TALK_TEXT, ORDER_NOT_FOUND, CASE_NOT_FOUND, TALK_ABOUT_WHOM, TALK_FILES, TALK_FILE_UNKNOWN,
    TALK_NOT_YOURS, MESSAGE_BLOCKED.
    """
    key, side = key[:KEY_MOST] or secrets.token_urlsafe(12), seated(actor)
    if before := Conversation.objects.filter(opened_by=actor.who, key=key).values_list("number", flat=True).first():
        return str(before)
    if question.topic not in TOPICS:
        raise refused(TALK_TOPIC)
    text, files = words(question.text, most=TEXT_MOST), files_of(question.uploads, actor)
    case, order, buyer = _about(question, actor)
    shop = order.merchant if order else None
    # To a shop's customers a shop's people speak; whoever writes to the house about a shop speaks to the house first.
    desk = "shop" if shop is not None and (side == "shop" or (shop.channel == "third" and _answers(shop))) else "house"
    number = new_number("TK")
    if side != "consumer":
        weigh(
            text, actor=actor, subject=number, merchant_id=shop.pk if side == "shop" and shop else None, buyer_id=buyer.pk, now=now,
            picture_codes=codes_in(files), own=[buyer.phone, buyer.email],
        )  # fmt: skip
    mine = side != "consumer" and desk == side and actor.who.startswith("user:")
    with transaction.atomic():
        talk, made = Conversation.objects.get_or_create(
            opened_by=actor.who, key=key,
            defaults={
                "number": number, "buyer": buyer, "merchant": shop, "order": order, "case": case, "topic": question.topic,
                "channel": question.channel[:10], "title": _title(text), "desk": desk, "skill": SKILL_OF[question.topic],
                "with_shop": desk == "shop", "assigned_to_id": int(actor.who.removeprefix("user:")) if mine else None,
                "waits_on": "staff" if side == "consumer" else "consumer", "waiting_since": now if side == "consumer" else None,
                "opened_at": now, "last_at": now, "unread_staff_since": now if side == "consumer" else None,
                "unread_buyer_since": None if side == "consumer" else now,
                "first_response_at": None if side == "consumer" else now,
            },
        )  # fmt: skip
        if not made:
            return talk.number
        said = Said.objects.create(
            conversation=talk, side=side, role=actor.role, who=actor.who, name=actor.name, text=text, key=key, at=now
        )
        attach(said, files, actor)
        note_reading(talk, actor, upto=said.pk, now=now)
        if side == "consumer":
            acknowledge(talk, now=now)
        announce(CONVERSATION_OPENED, talk, now=now, channel=talk.channel)
    return talk.number


def _about(question: Question, actor: Actor) -> tuple[Case | None, Order | None, Buyer]:
    """The case, the order and the buyer; a buyer may ask about nothing in particular."""
    case = None
    if question.case:
        case = Case.objects.select_related("order__merchant", "buyer").get(number=case_for(actor, question.case).number)
        return case, case.order, case.buyer
    if question.order:
        order = order_for(actor, question.order)
        return None, order, order.buyer
    if actor.role == "consumer" and actor.order_id is not None:
        order = Order.objects.select_related("merchant", "buyer").get(pk=actor.order_id)
        return None, order, order.buyer
    if actor.role == "consumer" and actor.buyer_id is not None:
        return None, None, Buyer.objects.get(pk=actor.buyer_id)
    raise refused(TALK_ABOUT_WHOM)


def _answers(shop: Merchant) -> bool:
    return User.objects.filter(is_active=True, role__in=SHOP_PEOPLE, organisation=shop.organisation_id or 0).exists()


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_MOST else f"{line[: TITLE_MOST - 1]}…"
