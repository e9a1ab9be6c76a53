"""A telephone call noted on its conversation: who, when, which way, how long, about what."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.access import talk_for
from shouhou.support.conversations.actions.saying import KEY_MOST, bump, seated
from shouhou.support.conversations.models import Call, Said
from shouhou.support.conversations.refusals import CALL_INVALID, TALK_NOT_YOURS

MINUTES_MOST, SUMMARY_MOST, PHONE_MOST = 600, 1000, 32


@dataclass(frozen=True, slots=True)
class Telephoned:
    """`direction` is in | out; `minutes` are rounded up by whoever writes it down."""

    direction: str
    phone: str
    began_at: datetime
    minutes: int
    summary: str


def record_call(number: str, call: Telephoned, *, actor: Actor, now: datetime, key: str = "") -> int:
    """Write it down; under the same key once. A call answers the buyer: it is their turn then.

    Raises TALK_NOT_FOUND, TALK_NOT_YOURS, CALL_INVALID.
    """
    key, summary = key[:KEY_MOST] or secrets.token_urlsafe(12), call.summary.replace("\x00", "").strip()
    side = seated(actor)
    if side == "consumer":
        talk_for(actor, number)
        raise refused(TALK_NOT_YOURS, what="电话记录", what_en="note a call")
    wrong = call.direction not in ("in", "out") or call.began_at > now or not 0 <= call.minutes <= MINUTES_MOST
    if wrong or not summary or len(summary) > SUMMARY_MOST or len(call.phone) > PHONE_MOST:
        raise refused(CALL_INVALID)
    with transaction.atomic():
        talk = talk_for(actor, number, lock=True)
        row, made = Call.objects.get_or_create(
            by=actor.who, key=key,
            defaults={
                "conversation": talk, "direction": call.direction, "phone": call.phone.strip(), "began_at": call.began_at,
                "minutes": call.minutes, "summary": summary, "name": actor.name, "at": now,
            },
        )  # fmt: skip
        if made:
            Said.objects.create(
                conversation=talk, kind="call", audience="staff", side=side, role=actor.role, who=actor.who, name=actor.name,
                text=summary, key=f"call-{row.pk}", at=now,
            )  # fmt: skip
            talk.first_response_at, talk.last_at = talk.first_response_at or now, now
            bump(talk)
        return row.pk
