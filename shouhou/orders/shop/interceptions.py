"""Goods that must not leave the shop: asked once under a key, answered by an event, let go when nobody needs it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

from shouhou.orders import events, ports
from shouhou.orders.models import Interception
from shouhou.orders.shop import port
from shouhou.plumbing.events import publish

ASK = "shouhou.orders.tasks.intercept"
LET_GO = "shouhou.orders.tasks.let_go"
NEEDED = ("asking", "stopped", "unknown")


def ask_to_stop(
    *, order: str, lines: Sequence[tuple[int, str, int]], subject: str, key: str, now: datetime, merchant_id: int, buyer_id: int
) -> bool:  # fmt: skip
    """Ask the shop, after the commit, not to send these (line, article, units); the same `key` again does nothing, answers False.

    The answer is announced as dispatch.answered.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a stop is asked for by the transaction that decided it")
    try:
        with transaction.atomic():
            Interception.objects.create(
                key=key, subject=subject, order_number=order, lines=[list(each) for each in lines], merchant_id=merchant_id,
                buyer_id=buyer_id, created_at=now,
            )  # fmt: skip
    except IntegrityError:
        return False
    app.configure_task(ASK, queue="shop").defer(key=key)
    return True


def drop_stop(*, subject: str, now: datetime) -> int:
    """Nobody needs the goods stopped any more; answers how many askings that ended. What was stopped is let go by a job."""
    rows = list(Interception.objects.select_for_update().filter(subject=subject, state__in=NEEDED).order_by("id"))
    for row in rows:
        was, row.state, row.answered_at = row.state, "dropped", now
        # Not known of all may still be stopped in part.
        if was in ("stopped", "unknown"):
            row.state = "resuming"
            app.configure_task(LET_GO, queue="shop").defer(key=row.key)
        row.save(update_fields=["state", "answered_at"])
    return len(rows)


def deliver_intercept(key: str, *, now: datetime) -> None:
    """Ask the shop for what waits under `key`. Raises ShopUnreachable when it must be asked again."""
    asked = Interception.objects.filter(key=key, state="asking").first()
    if asked is None:
        return
    take_told(key, port.intercept(order=asked.order_number, lines=asked.lines, key=key), now=now)


def take_told(key: str, told: port.Stopped, *, now: datetime) -> None:
    """What the shop says of what was asked under `key`: announced once; what came too late is undone there."""
    with transaction.atomic():
        asked = Interception.objects.get(key=key)
        ports.hold_subject(asked.subject)
        row = Interception.objects.select_for_update().get(pk=asked.pk)
        row.attempts += 1
        if row.state == "dropped" and told.answer in ("stopped", "partly"):
            # Not needed any more while we asked: the shop may go on.
            row.state = "resuming"
            row.save(update_fields=["state", "attempts"])
            app.configure_task(LET_GO, queue="shop").defer(key=key)
            return
        if row.state != "asking":
            row.save(update_fields=["attempts"])
            return
        row.state, row.answer, row.answered_at = "stopped" if told.answer == "partly" else told.answer, told.detail, now
        row.carrier, row.tracking_number = told.carrier, told.tracking_number
        row.save(update_fields=["state", "answer", "answered_at", "attempts", "carrier", "tracking_number"])
        publish(
            events.DISPATCH_ANSWERED, subject=row.subject, now=now, merchant_id=row.merchant_id, buyer_id=row.buyer_id,
            data={
                "answer": told.answer, "carrier": row.carrier, "tracking_number": row.tracking_number, "detail": row.answer,
                "lines": [asdict(each) for each in told.lines],
            },
        )  # fmt: skip


def deliver_let_go(key: str, *, now: datetime) -> None:
    """Tell the shop that what it stopped may go out. Raises ShopUnreachable when it must be told again."""
    row = Interception.objects.filter(key=key, state="resuming").first()
    if row is None:
        return
    port.let_go(key=key)
    Interception.objects.filter(pk=row.pk, state="resuming").update(state="resumed", answered_at=now)
