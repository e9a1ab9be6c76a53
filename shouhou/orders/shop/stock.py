"""Stock that a case needs from the shop: asked for once, held under a key, given back when it is not needed."""

from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app

from shouhou.orders import events, ports
from shouhou.orders.models import Reservation
from shouhou.orders.shop import port
from shouhou.plumbing.events import publish

ASK = "shouhou.orders.tasks.reserve"
GIVE_BACK = "shouhou.orders.tasks.unreserve"
NEEDED = ("asking", "held")


def ask_stock(
    *, sku: str, quantity: int, subject: str, key: str, now: datetime, merchant_id: int | None = None,
    buyer_id: int | None = None,
) -> bool:  # fmt: skip
    """Ask the shop to hold units, after the commit; the same `key` again does nothing and answers False.

    The answer is announced as stock.held or stock.unavailable.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("stock is asked for by the transaction that decided it")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [key, subject, sku, quantity, merchant_id, buyer_id, now])
        fresh = cursor.fetchone() is not None
    if fresh:
        app.configure_task(ASK, queue="shop").defer(key=key)
    return fresh


def give_back_stock(*, subject: str, now: datetime) -> int:
    """What is held or asked for under the subject is not needed; answers how many. The shop is told after the commit."""
    waiting = Reservation.objects.select_for_update().filter(subject=subject, state__in=NEEDED).order_by("id")
    given = 0
    for row in waiting:
        row.state, row.answered_at = "releasing", now
        row.save(update_fields=["state", "answered_at"])
        app.configure_task(GIVE_BACK, queue="shop").defer(key=row.key)
        given += 1
    return given


def stock_shipped(*, subject: str, now: datetime) -> None:
    """What was held has left the house: nothing is given back any more."""
    Reservation.objects.filter(subject=subject, state="held").update(state="shipped", answered_at=now)


def reservations_of(subject: str) -> list[Reservation]:
    """Every reservation of the subject, oldest first."""
    return list(Reservation.objects.filter(subject=subject).order_by("id"))


def deliver_ask(key: str, *, now: datetime) -> None:
    """Ask the shop for what waits under `key`. Raises ShopUnreachable when it must be asked again."""
    asked = Reservation.objects.filter(key=key, state="asking").first()
    if asked is None:
        return
    answer = port.reserve(sku=asked.sku, quantity=asked.quantity, key=key)
    with transaction.atomic():
        ports.hold_subject(asked.subject)
        row = Reservation.objects.select_for_update().get(pk=asked.pk)
        row.attempts += 1
        if row.state != "asking":
            # Given back while we asked; the give-back's own job tells the shop.
            row.save(update_fields=["attempts"])
            return
        row.state, row.answer, row.answered_at = ("held" if answer.taken else "unavailable"), answer.detail, now
        row.price_minor = answer.price_minor
        row.save(update_fields=["state", "answer", "answered_at", "attempts", "price_minor"])
        publish(
            events.STOCK_HELD if answer.taken else events.STOCK_UNAVAILABLE, subject=row.subject, now=now,
            data={"sku": row.sku, "quantity": row.quantity, "price": row.price_minor, "answer": row.answer},
            merchant_id=row.merchant_id, buyer_id=row.buyer_id,
        )  # fmt: skip


def deliver_give_back(key: str, *, now: datetime) -> None:
    """Tell the shop that the units under `key` are free. Raises ShopUnreachable when it must be told again."""
    row = Reservation.objects.filter(key=key, state="releasing").first()
    if row is None:
        return
    port.release(key=key)
    Reservation.objects.filter(pk=row.pk, state="releasing").update(state="released", answered_at=now)


INSERT = """
INSERT INTO orders_reservation
    (key, subject, sku, quantity, merchant_id, buyer_id, state, answer, attempts, created_at)
VALUES (%s, %s, %s, %s, %s, %s, 'asking', '', 0, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""
