"""What a channel tells us by itself: signed, checked against our part, taken once, in any order."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.payments.actions.charge_outcome import take_pay_callback
from shouhou.payments.actions.outcome import OPEN, came_back, locked, settle
from shouhou.payments.channels.base import BadCallback, Callback, NotOurs, PayCallback
from shouhou.payments.channels.registry import is_set_up, open_channel
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import RefundAttempt
from shouhou.payments.refusals import REFUND_CALLBACK_MALFORMED, REFUND_CALLBACK_MISMATCH, REFUND_CALLBACK_UNSIGNED
from shouhou.plumbing.actor import SYSTEM

MAX_BODY = 64 * 1024


def receive_callback(channel: str, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Take a callback about a refund or a payment: returns what it did (settled, asked, nothing, duplicate …).

    Raises Refused NOT_FOUND (no such channel), REFUND_CALLBACK_UNSIGNED, REFUND_CALLBACK_MALFORMED, REFUND_NOT_FOUND,
    REFUND_CALLBACK_MISMATCH; then nothing is kept, and the channel will tell it again.
    """
    if not is_set_up(channel):
        raise refused(NOT_FOUND)
    if len(body) > MAX_BODY:
        raise refused(REFUND_CALLBACK_MALFORMED, reason=f"> {MAX_BODY} bytes")
    try:
        said = open_channel(channel).read_callback(headers=headers, body=body)
    except BadCallback as error:
        raise refused(REFUND_CALLBACK_MALFORMED, reason=str(error)[:100]) from error
    if said is None:
        raise refused(REFUND_CALLBACK_UNSIGNED)
    if isinstance(said, NotOurs):
        return "nothing"
    with transaction.atomic():
        if isinstance(said, PayCallback):
            return take_pay_callback(channel, said, now=now)
        return _take(channel, said, now)


def _take(channel: str, said: Callback, now: datetime) -> str:
    refund, parts = locked(key=said.key)
    part = next(part for part in parts if part.idempotency_key == said.key)
    if (said.amount_minor, said.currency, channel) != (part.amount_minor, refund.currency, part.channel):
        raise refused(REFUND_CALLBACK_MISMATCH)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ONCE, [channel, said.callback_id, part.id, said.status, now])
        if cursor.fetchone() is None:
            return "duplicate"
    done = "nothing"
    if said.status == "settled":
        done = settle(refund, parts, part, reference=said.reference[:120], by=SYSTEM.who, now=now)
    elif said.status == "refused" and part.state in OPEN:
        # It may be an old one about an earlier try: the channel is asked by the key, and its answer counts.
        enqueue_part(part.id)
        done = "asked"
    elif said.status == "refused" and part.state == "settled" and said.reference == part.channel_reference != "":
        came_back(refund, parts, part, code=said.code or "RETURNED", by=SYSTEM.who, now=now)
        done = "came back"
    RefundAttempt.objects.create(
        part=part, kind="callback", outcome=said.status, detail=f"{said.callback_id}: {done}"[:300], started_at=now,
        ended_at=now,
    )  # fmt: skip
    return done


TAKE_ONCE = """
INSERT INTO payments_callbackreceipt (channel, callback_id, part_id, outcome, received_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (channel, callback_id) DO NOTHING RETURNING id
"""
