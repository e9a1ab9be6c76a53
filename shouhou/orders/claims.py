"""Units of a line that stand in a case: held, released, returned. The table's constraints are the judge."""

from collections.abc import Iterable, Sequence

from django.db import connection


def release_units(units: Iterable[tuple[int, int]]) -> None:
    """Give back the claim on (line id, quantity); called in the caller's transaction."""
    _change("claimed_quantity = claimed_quantity - x.quantity", units)


def hold_units(units: Iterable[tuple[int, int]]) -> None:
    """Claim (line id, quantity) again. Raises IntegrityError where another case holds them."""
    _change("claimed_quantity = claimed_quantity + x.quantity", units)


def return_units(units: Iterable[tuple[int, int]]) -> None:
    """Mark (line id, quantity) as returned for good; they stay claimed."""
    _change("returned_quantity = returned_quantity + x.quantity", units)


def take_back_units(units: Iterable[tuple[int, int]]) -> None:
    """(line id, quantity) are not returned for good after all; they stay claimed."""
    _change("returned_quantity = returned_quantity - x.quantity", units)


def freeze_orders(order_ids: Sequence[int]) -> None:
    """What these orders were paid with stands in the books: from now on it cannot be told otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(order_ids)])
        cursor.execute("UPDATE orders_order SET in_use = true WHERE id = ANY(%s) AND NOT in_use", [list(order_ids)])


def hold_order(order_id: int) -> None:
    """Make others who want the order's money wait until this transaction ends; taken after the lines, as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM orders_order WHERE id = %s FOR NO KEY UPDATE", [order_id])


def _change(what: str, units: Iterable[tuple[int, int]]) -> None:
    pairs = sorted(units)
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orders_orderline l SET {what} "  # noqa: S608 – one of the constants above
            "FROM unnest(%s::bigint[], %s::int[]) AS x(id, quantity) WHERE l.id = x.id",
            [[line for line, _ in pairs], [quantity for _, quantity in pairs]],
        )
