"""Whose conversation it is: taken, put back, handed on with its reason, closed; two at once, and one gets it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shouhou.accounts.models import User
from shouhou.foundation.refusals import refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.access import talk_for, talks_of
from shouhou.support.conversations.actions.saying import acknowledge, bump, seated, system_said
from shouhou.support.conversations.duty import people_of, skills_of
from shouhou.support.conversations.events import CONVERSATION_CLOSED, CONVERSATION_HANDED, announce
from shouhou.support.conversations.models import Conversation, HandOver
from shouhou.support.conversations.refusals import (
    TALK_CLAIMED,
    TALK_CLOSED,
    TALK_DESK,
    TALK_NOT_ON_DUTY,
    TALK_NOT_YOURS,
    TALK_REASON,
)
from shouhou.support.conversations.rules.topics import AGENTS, DESKS, SHOP_PEOPLE, SKILLS

REASON_MOST = 300


def claim(number: str, *, actor: Actor, now: datetime) -> None:
    """From now on mine, when nobody else has it. Raises TALK_NOT_FOUND, TALK_NOT_YOURS, TALK_CLAIMED, TALK_CLOSED."""
    with transaction.atomic():
        me, talk = _person(actor), talk_for(actor, number, lock=True)
        if talk.closed_at is not None:
            raise refused(TALK_CLOSED, number=talk.number)
        holder = talk.assigned_to
        if holder is not None and holder.pk != me:
            raise refused(TALK_CLAIMED, number=talk.number, name=holder.get_full_name() or holder.username)
        if holder is None:
            _assign(talk, me, what="claim", actor=actor, now=now)


def claim_next(*, actor: Actor, now: datetime) -> str | None:
    """The conversation that has waited longest at my desk, for my skills; its number, or None. Two at once get two."""
    with transaction.atomic():
        me, side = _person(actor), seated(actor)
        waiting = talks_of(actor).filter(closed_at=None, waits_on="staff", assigned_to=None, desk=side)
        if skills := skills_of(me, merchant_id=actor.merchant_id, now=now):
            waiting = waiting.filter(skill__in=skills)
        talk = waiting.select_for_update(of=("self",), skip_locked=True).order_by("waiting_since", "id").first()
        if talk is None:
            return None
        _assign(talk, me, what="claim", actor=actor, now=now)
        return talk.number


def release(number: str, *, actor: Actor, now: datetime) -> None:
    """Back into the queue. Raises TALK_NOT_FOUND, TALK_NOT_YOURS."""
    with transaction.atomic():
        _person(actor)
        talk = talk_for(actor, number, lock=True)
        if talk.assigned_to_id is not None:
            _assign(talk, None, what="release", actor=actor, now=now)


def hand_over(
    number: str, *, desk: str, skill: str, to: int | None, reason: str, actor: Actor, now: datetime, dry_run: bool = False
) -> None:  # fmt: skip
    """To another desk, skill or person, with everything that was said and the reason. `dry_run` is the same, undone.

    Raises TALK_NOT_FOUND, TALK_NOT_YOURS, TALK_DESK, TALK_REASON, TALK_NOT_ON_DUTY, TALK_CLOSED.
    """
    reason = reason.replace("\x00", "").strip()
    with transaction.atomic():
        side, talk = seated(actor), talk_for(actor, number, lock=True)
        if side == "consumer":
            raise refused(TALK_NOT_YOURS, what="转接", what_en="hand it over")
        if talk.closed_at is not None:
            raise refused(TALK_CLOSED, number=talk.number)
        if desk not in DESKS or skill not in SKILLS or (desk == "shop" and talk.merchant_id is None):
            raise refused(TALK_DESK)
        if not reason or len(reason) > REASON_MOST:
            raise refused(TALK_REASON, most=REASON_MOST)
        if to is not None and to not in {user.pk for user in colleagues(talk, desk)}:
            raise refused(TALK_NOT_ON_DUTY)
        _hand(talk, desk=desk, skill=skill, to=to, reason=reason, actor=actor, now=now)
        if dry_run:
            transaction.set_rollback(True)


def ask_house(number: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """A buyer whom the shop cannot help asks the house to come in; again changes nothing. Raises TALK_NOT_FOUND, TALK_REASON."""
    reason = reason.replace("\x00", "").strip()
    with transaction.atomic():
        talk = talk_for(actor, number, lock=True)
        if seated(actor) != "consumer":
            raise refused(TALK_NOT_YOURS, what="请平台介入", what_en="ask the platform to step in")
        if not reason or len(reason) > REASON_MOST:
            raise refused(TALK_REASON, most=REASON_MOST)
        if talk.desk == "shop":
            talk.closed_at = None
            _hand(talk, desk="house", skill=talk.skill, to=None, reason=reason, actor=actor, now=now)
            acknowledge(talk, now=now)


def close(number: str, *, actor: Actor, now: datetime, dry_run: bool = False) -> None:
    """Answered. It opens again when the buyer writes. Twice is the same. Raises TALK_NOT_FOUND, TALK_NOT_YOURS."""
    with transaction.atomic():
        side, talk = seated(actor), talk_for(actor, number, lock=True)
        if talk.closed_at is None:
            talk.closed_at, talk.waits_on, talk.waiting_since = now, "", None
            talk.unread_staff_since = None
            told = {"consumer": Text("消费者结束了会话。", "The buyer closed the conversation.")}.get(
                side, Text("会话已结束；再次留言会重新打开。", "The conversation was closed; writing again opens it.")
            )
            system_said(talk, told, kind="event", now=now)
            bump(talk)
            announce(CONVERSATION_CLOSED, talk, now=now, side=side)
        if dry_run:
            transaction.set_rollback(True)


def colleagues(talk: Conversation, desk: str) -> Sequence[User]:
    """Who could take it at that desk."""
    if desk == "shop":
        return people_of(talk.merchant_id, roles=SHOP_PEOPLE) if talk.merchant_id else []
    return people_of(None, roles=AGENTS)


def _hand(
    talk: Conversation, *, desk: str, skill: str, to: int | None, reason: str, actor: Actor, now: datetime
) -> None:  # fmt: skip
    talk.desk, talk.skill, talk.assigned_to_id = desk, skill, to
    talk.with_shop = talk.with_shop or desk == "shop"
    talk.waits_on, talk.waiting_since = "staff", talk.waiting_since or now
    talk.unread_staff_since, talk.told_staff = now, False
    HandOver.objects.create(
        conversation=talk, what="hand", by=actor.who, name=actor.name, desk=desk, skill=skill, to_id=to, reason=reason, at=now
    )
    where, of = DESKS[desk], SKILLS[skill]
    system_said(talk, Text(f"已转给{where.zh}（{of.zh}）。", f"Handed over to: {where.en} ({of.en})."), kind="event", now=now)
    bump(talk)
    announce(CONVERSATION_HANDED, talk, now=now, reason=reason, by=actor.role)


def _assign(talk: Conversation, user_id: int | None, *, what: str, actor: Actor, now: datetime) -> None:
    talk.assigned_to_id = user_id
    HandOver.objects.create(
        conversation=talk, what=what, by=actor.who, name=actor.name, desk=talk.desk, skill=talk.skill, to_id=user_id, at=now
    )
    bump(talk)


def _person(actor: Actor) -> int:
    """A member of staff who may answer. Raises TALK_NOT_YOURS."""
    if seated(actor) == "consumer" or not actor.who.startswith("user:"):
        raise refused(TALK_NOT_YOURS, what="接待", what_en="serve it")
    return int(actor.who.removeprefix("user:"))
