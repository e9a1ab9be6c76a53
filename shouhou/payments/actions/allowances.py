"""What a tender can still give back: reserved before sending, settled or freed after; the constraint watches."""

from collections.abc import Mapping

from django.db import connection

from shouhou.foundation.refusals import refused
from shouhou.payments.rules import EXCEEDS_PAID


def reserve(order_id: int, amounts: Mapping[int, int]) -> int:
    """Reserve `amounts` (payment → minor units) and return what of the order had gone back before.

    Holds the rows until the transaction ends. Raises Refused EXCEEDS_PAID when any tender has less left.
    """
    with connection.cursor() as cursor:
        payments = sorted(amounts)
        cursor.execute(RESERVE, {
            "order": order_id, "payments": payments, "amounts": [amounts[payment] for payment in payments],
        })  # fmt: skip
        if len(cursor.fetchall()) < len(amounts):
            cursor.execute(LEFT, [order_id])
            raise refused(EXCEEDS_PAID, max_minor=int(cursor.fetchone()[0]))
        cursor.execute(GONE, [order_id])
        return int(cursor.fetchone()[0]) - sum(amounts.values())


def reserve_charges(amounts: Mapping[int, int]) -> None:
    """The same for charges (id → minor units) that can go back: what all parts take of one is never more than was paid with it.

    Holds the charges until the transaction ends, so that two refunds look one after the other. Raises Refused EXCEEDS_PAID.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM payments_charge WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(amounts)])
        cursor.fetchall()
        cursor.execute(CHARGES_LEFT, [sorted(amounts)])
        left = dict(cursor.fetchall())
    for charge, amount in amounts.items():
        if amount > left.get(charge, 0):
            raise refused(EXCEEDS_PAID, max_minor=left.get(charge, 0))


def settle_reserved(payment_id: int | None, amount_minor: int) -> None:
    """What was reserved has been paid."""
    _change(payment_id, reserved=-amount_minor, settled=amount_minor)


def unsettle(payment_id: int | None, amount_minor: int) -> None:
    """What had been paid came back: it is still owed, so it stays reserved."""
    _change(payment_id, reserved=amount_minor, settled=-amount_minor)


def free(payment_id: int | None, amount_minor: int) -> None:
    """What was reserved will not be paid."""
    _change(payment_id, reserved=-amount_minor, settled=0)


def _change(payment_id: int | None, *, reserved: int, settled: int) -> None:
    if payment_id is None:
        return  # It goes out beside what the tenders gave.
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, [reserved, settled, payment_id])


# The rows are locked in the order of their ids, so that two refunds of one order never wait for each other in a circle.
RESERVE = """
INSERT INTO payments_tenderallowance AS a (payment_id, paid_minor, reserved_minor, settled_minor)
SELECT p.id, p.amount_minor, w.amount, 0
FROM unnest(%(payments)s::bigint[], %(amounts)s::bigint[]) WITH ORDINALITY AS w(payment, amount, place)
JOIN orders_payment p ON p.id = w.payment AND p.order_id = %(order)s::bigint
WHERE w.amount <= p.amount_minor ORDER BY w.place
ON CONFLICT (payment_id) DO UPDATE SET reserved_minor = a.reserved_minor + EXCLUDED.reserved_minor
WHERE a.reserved_minor + a.settled_minor + EXCLUDED.reserved_minor <= a.paid_minor
RETURNING a.payment_id
"""
CHARGES_LEFT = """
SELECT g.id, coalesce(g.taken_minor, g.amount_minor) - coalesce((
    SELECT sum(p.amount_minor) FROM payments_refundpart p WHERE p.charge_id = g.id AND p.state <> 'cancelled'), 0)::bigint
FROM payments_charge g WHERE g.id = ANY(%s) AND g.paid_at IS NOT NULL
"""
GONE = """
SELECT coalesce(sum(a.reserved_minor + a.settled_minor), 0) FROM payments_tenderallowance a
JOIN orders_payment p ON p.id = a.payment_id WHERE p.order_id = %s
"""
LEFT = """
SELECT coalesce(sum(p.amount_minor - coalesce(a.reserved_minor + a.settled_minor, 0)), 0)
FROM orders_payment p LEFT JOIN payments_tenderallowance a ON a.payment_id = p.id WHERE p.order_id = %s
"""
CHANGE = """
UPDATE payments_tenderallowance SET reserved_minor = reserved_minor + %s::bigint,
       settled_minor = settled_minor + %s::bigint WHERE payment_id = %s
"""
