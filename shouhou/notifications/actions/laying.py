"""Writes the rows of a notice: the site's at once, then the first way out of the house, a room of the staff, a call to make."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from shouhou.cases.models import Case
from shouhou.notifications.models import CallTask, Notice, Room
from shouhou.notifications.readers import Reader, chain_of, wait_for_morning
from shouhou.notifications.rules.kinds import kind_of
from shouhou.notifications.rules.ways import next_way, ways
from shouhou.notifications.templates import SHORT
from shouhou.plumbing.feed import FeedEvent

QUEUE = "notifications"
STEPS_MOST = 40


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, on the site and by mail (`title`, `body`) and in one breath (`short`)."""

    title: str
    body: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What it concerns: the event's number and type, its subject, the case and where it stood, the reader's limit."""

    event_seq: int
    event_type: str
    subject: str
    case: Case | None = None
    status: str = ""
    due_at: datetime | None = None


def about(event: FeedEvent, subject: str, *, case: Case | None = None, template: str = "") -> About:
    """Of what the reader has to do, their limit is kept with it."""
    status, due_at = "", None
    if case is not None and kind_of(template).code == "act":
        status = str(event.data.get("status") or case.status)
        due_at = datetime.fromisoformat(str(event.data["due_at"])) if event.data.get("due_at") else case.due_at
    return About(event.seq, event.type, subject, case, status, due_at)


def lay(what: About, reader: Reader, words: Words, *, template: str, now: datetime) -> int:
    """Say it once to this reader: the site's row decides; returns how many rows are new. Call in a transaction."""
    kind = kind_of(template)
    on_site = kind.must or reader.wishes.wants(kind.code, "site")
    site = insert(
        what, reader, words, template=template, channel="site", now=now,
        state="sent" if on_site else "skipped", reason="" if on_site else "switched_off", read=not on_site,
    )  # fmt: skip
    if site is None:
        return 0
    order = ways(kind, chain_of(kind), wishes=reader.wishes, reach=reader.reach, urgent_words=template in SHORT)
    first = next_way(order, ())
    return 1 + (1 if first and outward(what, reader, words, template=template, channel=first, now=now) else 0)


def outward(
    what: About, reader: Reader, words: Words, *, template: str, channel: str, now: datetime,
    falls_from: Notice | None = None, again_of: Notice | None = None,
) -> int | None:  # fmt: skip
    """One way out: queued with its job, or held for the morning; a call becomes a task. None when it was said before."""
    morning = wait_for_morning(channel, what.case, what.due_at, now=now)
    held = morning is not None and channel == "sms"
    body = words.short if channel == "sms" else words.body
    number = insert(
        what, reader, Words(words.title, body, words.short), template=template, channel=channel, now=now,
        state="held" if held else "queued", reason="quiet_hours" if morning else "", send_after=morning,
        falls_from=falls_from, again_of=again_of,
    )  # fmt: skip
    if number is None:
        return None
    if channel == "call":
        CallTask.objects.create(notice_id=number, due_at=what.due_at, not_before=morning or now)
    elif not held:
        enqueue(number)
    return number


def to_room(what: About, room: Room, words: Words, *, template: str, now: datetime, again_of: Notice | None = None) -> int:
    """The same to a room of the staff, once; what names a person has been masked by the caller."""
    reader = Reader(f"room:{room.pk}", "", room.language)
    number = insert(what, reader, words, template=template, channel="im", now=now, state="queued", room_id=room.pk, again_of=again_of)
    if number is None:
        return 0
    enqueue(number)
    return 1


def enqueue(number: int) -> None:
    """The job that sends it, in this transaction."""
    app.configure_task("notifications.deliver", queue=QUEUE).defer(notice_id=number)


def step(notice: Notice, what: str, *, now: datetime, detail: str = "") -> None:
    """One line of what became of it; whoever calls saves `steps`."""
    notice.steps = [*notice.steps, {"at": now.isoformat(), "what": what, "detail": detail[:200]}][-STEPS_MOST:]


def insert(
    what: About, reader: Reader, words: Words, *, template: str, channel: str, now: datetime, state: str, reason: str = "",
    send_after: datetime | None = None, falls_from: Notice | None = None, again_of: Notice | None = None,
    room_id: int | None = None, read: bool = False,
) -> int | None:  # fmt: skip
    """The row, unless this event has said it to them through this channel (in this round) already."""
    values: Mapping[str, Any] = {
        "event_seq": what.event_seq, "event_type": what.event_type, "subject": what.subject, "recipient": reader.recipient,
        "buyer_id": reader.buyer_id, "user_id": reader.user_id, "room_id": room_id, "channel": channel,
        "round": again_of.round + 1 if again_of else 0, "template": template, "kind": kind_of(template).code,
        "language": reader.language, "title": words.title, "body": words.body, "short": words.short if channel == "site" else "",
        "status": what.status, "due_at": what.due_at, "state": state, "reason": reason, "attempts": 0, "trouble": "",
        "steps": Jsonb([{"at": now.isoformat(), "what": state, "detail": reason}]) if channel != "site" else Jsonb([]),
        "falls_from_id": falls_from.pk if falls_from else None, "again_of_id": again_of.pk if again_of else None,
        "created_at": now, "send_after": send_after, "sent_at": now if state == "sent" else None, "read_at": now if read else None,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE, list(values.values()))
        row = cursor.fetchone()
    return int(row[0]) if row else None


COLUMNS = (
    "event_seq, event_type, subject, recipient, buyer_id, user_id, room_id, channel, round, template, kind, language, title, body, "
    "short, status, due_at, state, reason, attempts, trouble, steps, falls_from_id, again_of_id, created_at, send_after, sent_at, read_at"
)
WRITE = f"""
INSERT INTO notifications_notice ({COLUMNS}) VALUES ({", ".join(["%s"] * 28)})
ON CONFLICT (event_seq, recipient, channel, round) DO NOTHING RETURNING id
"""  # noqa: S608
