"""Goods that came back are told to the shop, once each."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from procrastinate.contrib.django import app

from shouhou.orders.models import Restock
from shouhou.orders.shop import port

JOB = "shouhou.orders.tasks.restock"


def tell_restock(
    *, sku: str, quantity: int, disposition: str, grade: str, subject: str, key: str, now: datetime
) -> bool:  # fmt: skip
    """Enqueue the telling in the caller's transaction; the same `key` again does nothing and answers False."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a restock is told by the transaction that decided it")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [key, subject, sku, quantity, disposition, grade, now])
        fresh = cursor.fetchone() is not None
    if fresh:
        app.configure_task(JOB, queue="shop").defer(key=key)
    return fresh


def deliver(key: str, *, now: datetime) -> None:
    """Tell the shop what waits under `key`. Raises ShopUnreachable when it must be tried again."""
    told = Restock.objects.filter(key=key, state="waiting").first()
    if told is None:
        return
    Restock.objects.filter(pk=told.pk).update(attempts=F("attempts") + 1)
    # Outside any transaction; the shop knows the key, so a lost answer costs nothing but the asking again.
    answer = port.restock(
        sku=told.sku, quantity=told.quantity, disposition=told.disposition, grade=told.grade, key=told.key
    )
    Restock.objects.filter(pk=told.pk, state="waiting").update(
        state="told" if answer.taken else "refused", answer=answer.detail, told_at=now
    )


INSERT = """
INSERT INTO orders_restock (key, subject, sku, quantity, disposition, grade, state, answer, attempts, created_at)
VALUES (%s, %s, %s, %s, %s, %s, 'waiting', '', 0, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""
