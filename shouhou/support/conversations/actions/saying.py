"""Saying something, having read it, and telling whom nobody has read."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from shouhou.conduct.actions import weigh
from shouhou.conduct.library import codes_in_picture
from shouhou.foundation.refusals import refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import PICTURES, open_upload, uploaded_by
from shouhou.support.conversations.access import said_to, talk_for
from shouhou.support.conversations.duty import staffed
from shouhou.support.conversations.events import CONVERSATION_MESSAGE, CONVERSATION_UNREAD, announce
from shouhou.support.conversations.models import Conversation, Reading, Said, SaidFile
from shouhou.support.conversations.refusals import (
    TALK_CLOSED,
    TALK_FILE_UNKNOWN,
    TALK_FILES,
    TALK_NO_SHOP,
    TALK_NOT_YOURS,
    TALK_TEXT,
)
from shouhou.support.conversations.rules.answers import automatic
from shouhou.support.conversations.rules.topics import AGENTS, SHOP_PEOPLE, side_of

TEXT_MOST, FILES_MOST, KEY_MOST = 2000, 6, 80
TOLD_AT_ONCE_MOST = 200


def say(
    number: str, text: str, *, audience: str = "all", actor: Actor, now: datetime, uploads: Sequence[str] = (), key: str = ""
) -> Said:  # fmt: skip
    """Say it to everybody, to staff, or to the house alone; under the same key it is said once.

    Raises TALK_NOT_FOUND, TALK_TEXT, TALK_NOT_YOURS, TALK_NO_SHOP, TALK_CLOSED, TALK_FILES, TALK_FILE_UNKNOWN, MESSAGE_BLOCKED.
    """
    key = key[:KEY_MOST] or secrets.token_urlsafe(12)
    talk, side = talk_for(actor, number), seated(actor)
    if before := Said.objects.filter(conversation=talk, who=actor.who, key=key).first():
        return before
    text, files = words(text, most=TEXT_MOST), files_of(uploads, actor)
    if audience != "all" and (side == "consumer" or audience not in ("staff", "house") or (audience == "house" and side != "house")):
        raise refused(TALK_NOT_YOURS, what="内部备注", what_en="an internal note")
    if audience == "staff" and not talk.with_shop:
        raise refused(TALK_NO_SHOP)
    found = _weighed(talk, side, text, audience=audience, actor=actor, now=now, pictures=[] if side == "consumer" else codes_in(files))
    with transaction.atomic():
        talk = talk_for(actor, number, lock=True)
        if before := Said.objects.filter(conversation=talk, who=actor.who, key=key).first():
            return before
        if talk.closed_at is not None and side != "consumer":
            raise refused(TALK_CLOSED, number=talk.number)
        said = Said.objects.create(
            conversation=talk, kind="message" if audience == "all" else "note", audience=audience, side=side, role=actor.role,
            who=actor.who, name=actor.name, text=text, verdict="flag" if found else "", codes=list(found), key=key, at=now,
        )  # fmt: skip
        attach(said, files, actor)
        turn(talk, side, actor=actor, now=now, everybody=audience == "all")
        if side == "consumer":
            acknowledge(talk, now=now)
        note_reading(talk, actor, upto=said.pk, now=now)
        announce(CONVERSATION_MESSAGE, talk, now=now, side=side, audience=audience)
    return said


def weigh_words(number: str, text: str, *, audience: str, actor: Actor, now: datetime) -> None:
    """What `say` would refuse by the rules of conduct, refused before a transaction begins, so that its record stands.

    Raises TALK_NOT_FOUND, TALK_NOT_YOURS, TALK_TEXT, MESSAGE_BLOCKED.
    """
    talk, side = talk_for(actor, number), seated(actor)
    _weighed(talk, side, words(text, most=TEXT_MOST), audience=audience, actor=actor, now=now, pictures=[])


def mark_read(number: str, *, upto: int, actor: Actor, now: datetime) -> None:
    """This person has the conversation before them and has read up to there. Raises TALK_NOT_FOUND."""
    with transaction.atomic():
        talk = talk_for(actor, number, lock=True)
        last = said_to(actor).filter(conversation=talk).order_by("-id").values_list("id", flat=True).first() or 0
        known = Reading.objects.filter(conversation=talk, who=actor.who).first()
        upto, fresh = min(upto, last), known is None or known.read_id < min(upto, last)
        note_reading(talk, actor, upto=upto, now=now)
        side = side_of(actor.role, shop=actor.merchant_id is not None)
        if not fresh or actor.role == "auditor" or not actor.who.startswith(("user:", "buyer:")):
            return
        if side == "consumer" and upto == last:
            talk.unread_buyer_since, talk.told_buyer = None, False
        if side != "consumer" and upto == last and side == talk.desk:
            talk.unread_staff_since, talk.told_staff = None, False
        bump(talk)


def tell_unread(*, now: datetime) -> int:
    """What nobody has read for so many minutes is announced once; several workers at once tell it once. How many were told."""
    minutes, told = int(settings.TALK_UNREAD_MINUTES), 0
    before = now - timedelta(minutes=minutes)
    for side, mark in (("consumer", "buyer"), ("staff", "staff")):
        with transaction.atomic():
            for talk in _unread(mark, before).select_for_update(of=("self",), skip_locked=True)[:TOLD_AT_ONCE_MOST]:
                since: datetime = getattr(talk, f"unread_{mark}_since")
                Conversation.objects.filter(pk=talk.pk).update(**{f"told_{mark}": True})
                announce(CONVERSATION_UNREAD, talk, now=now, side=side, since=since.isoformat(), minutes=minutes)
                told += 1
    return told


def words(text: str, *, most: int) -> str:
    """The text without what no page can show. Raises TALK_TEXT."""
    plain = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not plain or len(plain) > most:
        raise refused(TALK_TEXT, most=most)
    return plain


def seated(actor: Actor) -> str:
    """On which side this person may speak. Raises TALK_NOT_YOURS for those who only look."""
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    allowed = side == "consumer" or actor.role in (SHOP_PEOPLE if side == "shop" else AGENTS)
    if not allowed:
        raise refused(TALK_NOT_YOURS, what="发言", what_en="speak")
    return side


def files_of(tokens: Sequence[str], actor: Actor) -> list[Upload]:
    """What this person has uploaded and used nowhere else. Raises TALK_FILES, TALK_FILE_UNKNOWN."""
    wanted = list(dict.fromkeys(tokens))
    if len(wanted) > FILES_MOST:
        raise refused(TALK_FILES, most=FILES_MOST)
    mine = Upload.objects.filter(uploaded_by(actor.uploads_as), token__in=wanted)
    found = {row.token: row for row in mine.filter(erased_at=None, said_file=None, attachment=None)}
    if len(found) < len(wanted):
        raise refused(TALK_FILE_UNKNOWN)
    return [found[token] for token in wanted]


def codes_in(files: Sequence[Upload]) -> list[str]:
    """What two-dimensional codes in the pictures say (CDT-04)."""
    found: list[str] = []
    for file in files:
        if file.content_type in PICTURES:
            with open_upload(file) as opened:
                found += codes_in_picture(opened.read())
    return found


def attach(said: Said, files: Sequence[Upload], actor: Actor) -> None:
    """Locked and looked at again: the same file at once in two messages is taken by one."""
    held = Upload.objects.select_for_update().filter(pk__in=[file.pk for file in files])
    if len(list(held)) < len(files) or SaidFile.objects.filter(upload__in=files).exists():
        raise refused(TALK_FILE_UNKNOWN)
    SaidFile.objects.bulk_create(SaidFile(said=said, upload=file) for file in files)


def turn(talk: Conversation, side: str, *, actor: Actor, now: datetime, everybody: bool) -> None:
    """Whose turn it is after somebody spoke; the first who answers holds the conversation."""
    if side == "consumer":
        if talk.waits_on != "staff":
            talk.waits_on, talk.waiting_since = "staff", now
        talk.closed_at = None
        talk.unread_staff_since = talk.unread_staff_since or now
    elif everybody:
        talk.waits_on, talk.waiting_since = "consumer", None
        talk.first_response_at = talk.first_response_at or now
        talk.unread_buyer_since = talk.unread_buyer_since or now
        talk.unread_staff_since, talk.told_staff = None, False
        if talk.assigned_to_id is None and side == talk.desk and actor.who.startswith("user:"):
            talk.assigned_to_id = int(actor.who.removeprefix("user:"))
    talk.last_at = now
    bump(talk)


def bump(talk: Conversation) -> None:
    """Every page that shows it learns that there is something new."""
    talk.version += 1
    talk.save()


def acknowledge(talk: Conversation, *, now: datetime) -> None:
    """What the house truly can say at once: received, and when a person answers; once until a person has answered."""
    last_person = Said.objects.filter(conversation=talk, audience="all", side__in=("shop", "house")).order_by("-id").first()
    since = Said.objects.filter(conversation=talk, kind="auto", pk__gt=last_person.pk if last_person else 0)
    if since.exists():
        return
    desk = staffed(talk.merchant_id if talk.desk == "shop" else None, skill=talk.skill, now=now)
    ahead = Conversation.objects.filter(
        closed_at=None, waits_on="staff", desk=talk.desk, waiting_since__lt=talk.waiting_since or now,
        **({"merchant": talk.merchant_id} if talk.desk == "shop" else {"skill": talk.skill}),
    ).exclude(pk=talk.pk).count()  # fmt: skip
    told = automatic(on_duty=desk.now, next_at=desk.next_at, rota=desk.rota, ahead=ahead, held=talk.assigned_to_id is not None)
    system_said(talk, told, kind="auto", now=now)


def system_said(talk: Conversation, told: Text, *, kind: str, now: datetime, audience: str = "all") -> Said:
    """A line of the house itself, in both languages."""
    return Said.objects.create(
        conversation=talk, kind=kind, audience=audience, side="system", role="system", who=SYSTEM.who, name=SYSTEM.name,
        text=told.zh, text_en=told.en, key=secrets.token_urlsafe(12), at=now,
    )  # fmt: skip


def note_reading(talk: Conversation, actor: Actor, *, upto: int, now: datetime) -> None:
    """Never backwards: an old page that is read late does not unread what is newer."""
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    row, _made = Reading.objects.get_or_create(
        conversation=talk, who=actor.who, defaults={"side": side, "name": actor.name, "seen_at": now}
    )
    if upto > row.read_id:
        row.read_id, row.read_at = upto, now
    row.seen_at, row.name = now, actor.name
    row.save()


def _weighed(
    talk: Conversation, side: str, text: str, *, audience: str, actor: Actor, now: datetime, pictures: Sequence[str]
) -> tuple[str, ...]:  # fmt: skip
    """The codes of what goes and is to be looked at; staff among themselves are not held. Raises MESSAGE_BLOCKED."""
    if audience != "all":
        return ()
    found = weigh(
        text, actor=actor, subject=talk.number, merchant_id=talk.merchant_id if side == "shop" else None, buyer_id=talk.buyer_id,
        now=now, picture_codes=pictures, own=[talk.buyer.phone, talk.buyer.email],
    )  # fmt: skip
    return found.codes if found.verdict == "flag" else ()


def _unread(mark: str, before: datetime) -> QuerySet[Conversation]:
    wanted = {f"unread_{mark}_since__lte": before, f"told_{mark}": False}
    return Conversation.objects.filter(**wanted).select_related("order", "case").order_by(f"unread_{mark}_since")

