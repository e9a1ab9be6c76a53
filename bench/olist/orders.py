"""The real orders, read from Olist's own files and past the product's code: what was bought, paid and said about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

TENDERS = {"credit_card": "card", "debit_card": "debit_card", "boleto": "boleto", "voucher": "voucher"}
ZONE = ZoneInfo("America/Sao_Paulo")
LOOK_BACK = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Goods:
    """One product of one seller in one order, in minor units; the freight is that of all its units."""

    sku: str
    seller: str
    quantity: int
    price_minor: int
    freight_minor: int


@dataclass(frozen=True, slots=True)
class RealOrder:
    """As Olist has it. `paid` per tender in minor units; `score` is the lowest review, 1 (worst) to 5."""

    key: str
    score: int
    comment: str
    goods: tuple[Goods, ...]
    paid: tuple[tuple[str, int], ...]

    @property
    def sellers(self) -> int:
        return len({each.seller for each in self.goods})

    @property
    def costs_minor(self) -> int:
        return sum(each.price_minor * each.quantity + each.freight_minor for each in self.goods)

    @property
    def paid_minor(self) -> int:
        return sum(amount for _, amount in self.paid)


def lately_received(folder: Path, *, shift_days: int, now: datetime) -> list[RealOrder]:
    """Delivered within the last twelve days of the moved calendar, the lowest score first, the latest receipt first."""
    moved = timedelta(days=shift_days)
    latest = (now.astimezone(ZONE) - moved).replace(tzinfo=None)
    with duckdb.connect() as db:
        for name in ("orders", "order_items", "order_payments", "order_reviews"):
            file = str(next(folder.glob(f"olist_{name}_dataset.csv*"))).replace("'", "''")
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_csv('{file}', all_varchar=true, header=true)")
        db.execute(CHOOSE, [(latest - LOOK_BACK).isoformat(sep=" "), latest.isoformat(sep=" ")])
        chosen = db.execute("SELECT key, score, comment FROM chosen ORDER BY score, received DESC, key").fetchall()
        items = db.execute(ITEMS).fetchall()
        payments = db.execute(PAYMENTS).fetchall()
    goods: dict[str, list[Goods]] = {}
    for key, *facts in items:
        goods.setdefault(key, []).append(Goods(*facts))
    paid: dict[str, list[tuple[str, int]]] = {}
    for key, tender, amount in payments:
        paid.setdefault(key, []).append((TENDERS.get(tender, "other"), amount))
    return [
        RealOrder(key, score, comment or "", tuple(goods[key]), tuple(paid.get(key, ())))
        for key, score, comment in chosen
        if key in goods
    ]


CHOOSE = """
CREATE TEMP TABLE chosen AS
SELECT o.order_id AS key, min(r.review_score::int) AS score, max(r.review_comment_message) AS comment,
    max(o.order_delivered_customer_date) AS received
FROM orders o JOIN order_reviews r USING (order_id)
WHERE o.order_status = 'delivered' AND o.order_delivered_customer_date BETWEEN ? AND ?
GROUP BY o.order_id
"""
ITEMS = """
SELECT order_id, product_id, seller_id, count(*)::int, round(price::decimal(18, 2) * 100)::int,
    sum(round(freight_value::decimal(18, 2) * 100))::int
FROM order_items WHERE order_id IN (SELECT key FROM chosen) GROUP BY ALL ORDER BY order_id, min(order_item_id::int)
"""
PAYMENTS = """
SELECT order_id, payment_type, round(payment_value::decimal(18, 2) * 100)::int
FROM order_payments WHERE order_id IN (SELECT key FROM chosen) ORDER BY order_id, payment_sequential::int
"""
