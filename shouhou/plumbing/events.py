"""Announcing what happened: an event is a row in the same transaction; hearers of other floors are wired above."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event: its dotted name, what it means, and its data fields with what they hold."""

    name: str
    label: Text
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Announced:
    """One event as its hearers see it."""

    type: str
    subject: str
    at: datetime
    data: Mapping[str, object]
    merchant_id: int | None = None
    buyer_id: int | None = None


EVENT_TYPES: dict[str, EventType] = {}
Hearer = Callable[[Announced], None]
_hearers: dict[str, list[Hearer]] = {}


def event_type(name: str, *, zh: str, en: str, **fields: str) -> EventType:
    """Declare a kind of event beside its announcer. Raises ValueError when the name is taken."""
    if name in EVENT_TYPES:
        raise ValueError(f"event {name} is declared twice")
    EVENT_TYPES[name] = EventType(name, Text(zh, en), fields)
    return EVENT_TYPES[name]


def publish(
    what: EventType, *, subject: str, now: datetime, data: Mapping[str, object],
    merchant_id: int | None = None, buyer_id: int | None = None,
) -> None:  # fmt: skip
    """Write the event and let its hearers act, all in the caller's transaction (which must be open)."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is announced inside the transaction that caused it")
    with connection.cursor() as cursor:
        values: list[Any] = [now, what.name, subject, merchant_id, buyer_id, Jsonb(data)]
        cursor.execute(INSERT_EVENT, values)
    tell(Announced(what.name, subject, now, data, merchant_id, buyer_id))


def tell(event: Announced) -> None:
    """Call the hearers of an event whose row has been written by the caller's own statement."""
    for hearer in _hearers.get(event.type, ()):
        hearer(event)


def hear(what: str, hearer: Hearer) -> None:
    """Wire a hearer to an event name; only wiring.py calls this."""
    if what not in EVENT_TYPES:
        raise ValueError(f"nobody announces {what}")
    if hearer not in _hearers.setdefault(what, []):
        _hearers[what].append(hearer)


INSERT_EVENT = """
INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data) VALUES (%s, %s, %s, %s, %s, %s)
"""
