"""The rota and the canned replies: kept by the house's supervisors and a shop's managers, each for their own desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from shouhou.conduct.actions import weigh
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.duty import people_of
from shouhou.support.conversations.models import CannedReply, Duty
from shouhou.support.conversations.refusals import DUTY_INVALID, REPLY_INVALID, REPLY_TWICE
from shouhou.support.conversations.rules.canned import check
from shouhou.support.conversations.rules.topics import AGENTS, SHOP_PEOPLE, SKILLS, TOPICS

TITLE_MOST, REPLY_MOST, SUBJECT_MOST = 60, 2000, 60
KEEPERS = ("supervisor", "operations", "merchant_manager")


@dataclass(frozen=True, slots=True)
class NewDuty:
    """A weekly shift as it is to be; no skills means every one."""

    user_id: int
    weekdays: Sequence[int]
    since: time
    until: time
    on_holidays: bool
    skills: Sequence[str]
    first_day: date
    last_day: date | None = None


def keeper(actor: Actor) -> None:
    """Raises FORBIDDEN for whoever does not keep a desk."""
    if actor.role not in KEEPERS or (actor.role == "merchant_manager") != (actor.merchant_id is not None):
        raise refused(FORBIDDEN, roles=KEEPERS)


@transaction.atomic
def add_duty(wanted: NewDuty, *, actor: Actor, now: datetime) -> int:
    """One more shift at one's own desk. Raises FORBIDDEN, DUTY_INVALID."""
    keeper(actor)
    people = {user.pk for user in people_of(actor.merchant_id, roles=SHOP_PEOPLE if actor.merchant_id else AGENTS)}
    days, skills = sorted(set(wanted.weekdays)), [skill for skill in SKILLS if skill in wanted.skills]
    wrong = not days or not set(days) <= set(range(1, 8)) or wanted.user_id not in people
    if wrong or (wanted.last_day is not None and wanted.last_day < wanted.first_day):
        raise refused(DUTY_INVALID)
    row = Duty.objects.create(
        user_id=wanted.user_id, merchant_id=actor.merchant_id, weekdays=days, since=wanted.since, until=wanted.until,
        on_holidays=wanted.on_holidays, skills=skills, first_day=wanted.first_day, last_day=wanted.last_day, by=actor.who, at=now,
    )  # fmt: skip
    audit.note(actor, what="duty.added", subject=str(wanted.user_id), detail=f"{days} {wanted.since}–{wanted.until}", now=now)
    return row.pk


@transaction.atomic
def end_duty(duty_id: int, *, actor: Actor, now: datetime) -> None:
    """From tomorrow on no more; one that has not begun never does. Raises FORBIDDEN, NOT_FOUND."""
    keeper(actor)
    row = Duty.objects.select_for_update().filter(pk=duty_id, merchant=actor.merchant_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    today = local_day(now)
    last = max(today, row.first_day - timedelta(days=1)) if row.first_day <= today else row.first_day - timedelta(days=1)
    if row.last_day is None or row.last_day > last:
        row.last_day = last
        row.save(update_fields=["last_day"])
        audit.note(actor, what="duty.ended", subject=str(row.user_id), detail=str(last), now=now)


@transaction.atomic
def add_reply(*, title: str, text_zh: str, text_en: str, topic: str, actor: Actor, now: datetime) -> int:
    """Words for one's own desk. Raises FORBIDDEN, REPLY_INVALID, REPLY_TWICE, CANNED_UNKNOWN, MESSAGE_BLOCKED."""
    keeper(actor)
    title, zh, en = (" ".join(title.split()), text_zh.strip(), text_en.strip())
    if not title or not zh or len(title) > TITLE_MOST or max(len(zh), len(en)) > REPLY_MOST or (topic and topic not in TOPICS):
        raise refused(REPLY_INVALID)
    check(zh)
    check(en)
    weigh_reply(title=title, text_zh=zh, text_en=en, actor=actor, now=now)
    try:
        with transaction.atomic():
            row = CannedReply.objects.create(
                merchant_id=actor.merchant_id, title=title, text_zh=zh, text_en=en, topic=topic, by=actor.who, at=now
            )
    except IntegrityError as error:
        raise refused(REPLY_TWICE, title=title) from error
    audit.note(actor, what="reply.added", subject=title, detail=zh, now=now)
    return row.pk


def weigh_reply(*, title: str, text_zh: str, text_en: str, actor: Actor, now: datetime) -> None:
    """What `add_reply` would refuse by the rules of conduct: before a transaction begins, so that its record stands.

    Raises MESSAGE_BLOCKED.
    """
    text = "\n".join(part for part in (text_zh.strip(), text_en.strip()) if part)
    subject = f"reply:{' '.join(title.split())}"[:SUBJECT_MOST]
    weigh(text, actor=actor, subject=subject, merchant_id=actor.merchant_id, buyer_id=None, now=now)


@transaction.atomic
def end_reply(reply_id: int, *, actor: Actor, now: datetime) -> None:
    """No longer offered; twice is the same. Raises FORBIDDEN, NOT_FOUND."""
    keeper(actor)
    row = CannedReply.objects.select_for_update().filter(pk=reply_id, merchant=actor.merchant_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    if row.active:
        row.active = False
        row.save(update_fields=["active"])
        audit.note(actor, what="reply.ended", subject=row.title, detail="", now=now)
