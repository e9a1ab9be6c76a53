"""A staged line becomes the snapshots it means: codes sorted out, repeats added up, sellers parted, dates moved. Pure."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shouhou.foundation.money import exponent, split
from shouhou.orders.imports.mapping import INSTANTS, Field, Spec

Raw = dict[str, Any]
# Amounts are staged in ten-thousandths of the main unit.
SCALE = 10_000
ROW_KINDS = ("goods", "freight", "not_goods", "credit", "adjustment", "empty")
NOTHING = Field()
FACTS = ("shipped_at", "arrived_at", "signed_at")


@dataclass(slots=True)
class Shaped:
    """The orders of one staged line, or why there are none; `rows` says what its rows were."""

    key: str
    row: int
    orders: list[Raw] = field(default_factory=list)
    refusal: str | None = None
    rows: Counter[str] = field(default_factory=Counter)
    straggler: bool = False


class Shaper:
    """The mapping made ready for many lines. `shift_days` moves every instant; what then lies after `end` has not
    happened yet: an order is placed on `end` itself, a parcel is still on its way.
    """

    def __init__(self, spec: Spec, *, shift_days: int = 0, end: date | None = None) -> None:
        self.spec, self.zone = spec, ZoneInfo(spec.zone)
        self.shift = timedelta(days=shift_days)
        self.end = datetime.combine(end, time(23, 59, 59), self.zone) if end else None
        self.order = {name: spec.field(spec.order, name) for name in spec.order}
        self.line = {name: spec.field(spec.line, name) for name in spec.line}
        tender = spec.payments.tender
        self.tender = Field(column=tender) if isinstance(tender, str) else tender
        self.freight_codes = frozenset(spec.codes.freight)
        self.no_goods = frozenset(spec.codes.not_goods)
        self.instant = lru_cache(maxsize=100_000)(self._instant)

    def shape(self, raw: Raw) -> Shaped:
        spec, key = self.spec, str(raw["key"] or "").removeprefix(self.spec.strip_key)
        shaped = Shaped(key, raw["row"])
        if spec.credit_note and key.startswith(spec.credit_note.prefix):
            shaped.rows["credit"] = len(raw["rows"])
            shaped.refusal = "CREDIT_NOTE"
            return shaped
        order = {name: self._text(given, raw["order"].get(name), key) for name, given in self.order.items()}
        currency = order.get("currency") or "CNY"
        unit = 10 ** exponent(currency)
        goods, freight, whole = self._rows(raw["rows"], shaped, unit, key)
        if not goods:
            shaped.refusal = "ORDER_WITHOUT_LINES"
            return shaped
        freight = _plus(freight, _minor(raw["order"].get("freight") or 0, unit))
        total = _minor(raw["order"].get("total"), unit)
        if spec.spread_total:
            _spread(goods, total, freight)
        if spec.payments.whole:
            payments = [{"tender": spec.payments.whole, "amount": max(0, whole)}]
        elif spec.payments.total:
            payments = [{"tender": order.get("tender"), "amount": total, "reference": order.get("reference") or ""}]
        else:
            payments = [
                {"tender": self._text(self.tender, p["tender"], key), "amount": _minor(p["amount"], unit)}
                for p in raw["payments"] or ()
            ]
        common = self._common(order, key, currency, shaped)
        parts = _by_merchant(goods) if spec.split_by_merchant else [goods]
        shaped.orders = self._parts(parts, common, payments, freight, order, key)
        return shaped

    def _rows(self, rows: list[Raw], shaped: Shaped, unit: int, key: str) -> tuple[list[Raw], Any, int]:
        """The goods' lines, the freight, and what all rows together cost."""
        kinds, line, text = shaped.rows, self.line, self._text
        category = line.get("category", NOTHING)
        goods: list[Raw] = []
        repeated: dict[tuple[object, ...], Raw] = {}
        freight: Any = 0
        whole = 0
        for row in rows:
            sku = text(line["sku"], row.get("sku"), key)
            if sku is None:
                kinds["empty"] += 1
                continue
            quantity = row.get("quantity", 1)
            price = row.get("unit_price")
            sound = type(quantity) is int and type(price) is int
            cost = _minor(price * quantity, unit) if sound else _minor(row.get("paid"), unit)
            whole += cost if type(cost) is int else 0
            if sound and quantity <= 0:
                kinds["adjustment"] += 1
                continue
            code = sku.upper()
            if code in self.freight_codes:
                kinds["freight"] += 1
                freight = _plus(freight, cost)
                continue
            if code in self.no_goods:
                kinds["not_goods"] += 1
                continue
            kinds["goods"] += 1
            if "freight" in row:
                freight = _plus(freight, _minor(row["freight"] or 0, unit))
            merchant = text(line["merchant"], row.get("merchant"), key) if "merchant" in line else None
            if self.spec.merge_repeated and sound:
                known = repeated.get((sku, merchant, price))
                if known is not None:
                    known["quantity"] += quantity
                    known["paid"] += cost
                    known["discounts"] += self._discounts(row, unit)
                    known["_freight"] = _plus(known["_freight"], _minor(row.get("freight") or 0, unit))
                    continue
            made = {
                "line": len(goods) + 1, "sku": sku, "title": text(line["title"], row.get("title"), key) or sku,
                "quantity": quantity, "unit_price": _minor(price, unit), "paid": _paid(row, cost, unit),
                "category": text(category, row.get("category"), key) or "generic",
                "discounts": self._discounts(row, unit), "_merchant": merchant, "_freight": _minor(row.get("freight") or 0, unit),
            }  # fmt: skip
            if price is None and type(made["paid"]) is int and type(quantity) is int and quantity > 0:
                made["unit_price"] = made["paid"] // quantity
            if merchant is not None:
                made["_name"] = text(line.get("merchant_name", NOTHING), row.get("merchant_name"), key) or ""
                made["_channel"] = text(line.get("channel", NOTHING), row.get("channel"), key)
            goods.append(made)
            repeated[sku, merchant, price] = made
        return goods, freight, whole

    def _discounts(self, row: Raw, unit: int) -> list[Raw]:
        """The seller's own discount of a line, where the export tells it and the line's price is what follows from it."""
        minor = _minor(row.get("discount"), unit)
        told = type(minor) is int and minor > 0 and "paid" not in row and not self.spec.spread_total
        return [{"bearer": "merchant", "amount": minor}] if told else []

    def _common(self, order: dict[str, str | None], key: str, currency: str, shaped: Shaped) -> Raw:
        """What every part of the order shares."""
        at = {name: self.instant(order[name]) if order.get(name) else None for name in INSTANTS}
        if self.end:
            shaped.straggler = self._happen(at)
        common: Raw = {
            "buyer": {
                "id": order.get("buyer") or f"buyer-{key}", "name": order.get("buyer_name") or "",
                "phone": order.get("buyer_phone") or "", "email": order.get("buyer_email") or "",
            },
            "currency": currency, "placed_at": at["placed_at"], "paid_at": at["paid_at"],
            "promised_by": at["promised_by"], "extra": {"status": order["status"]} if order.get("status") else {},
        }  # fmt: skip
        address = {name: value for name in ("contact", "phone", "region", "region_code", "address") if (value := order.get(name))}
        if address:
            common["address"] = address
        if any(at[name] for name in FACTS) or order.get("tracking"):
            facts = {name: at[name] for name in FACTS}
            common["shipments"] = [{"carrier": order.get("carrier") or "other", "number": order.get("tracking") or "", **facts}]
        if order.get("invoice"):
            common["invoice"] = {"number": order["invoice"], "amount": 0}
        return common

    def _parts(
        self, parts: list[list[Raw]], common: Raw, payments: list[Raw], freight: Any, order: dict[str, str | None], key: str
    ) -> list[Raw]:  # fmt: skip
        """One order per seller; what was paid is parted by what their goods and freight cost."""
        alone = len(parts) == 1
        sound = all(type(p["amount"]) is int for p in payments)
        costs = [sum(_whole(line["paid"]) + _whole(line["_freight"]) for line in part) for part in parts]
        if not any(costs):
            costs = [1, *[0] * (len(parts) - 1)]
        shares = _shares([p["amount"] for p in payments], costs) if not alone and sound else []
        made = []
        for place, part in enumerate(parts):
            first = part[0]
            mine = payments if alone or not sound else [
                {**p, "amount": share[place]} for p, share in zip(payments, shares, strict=True)
            ]  # fmt: skip
            merchant = {
                "code": first["_merchant"] or order.get("merchant") or "self",
                "channel": first.get("_channel") or order.get("channel") or "self",
                "name": first.get("_name") or order.get("merchant_name") or "",
            }
            lines = [{name: v for name, v in line.items() if name[0] != "_"} | {"line": n} for n, line in enumerate(part, 1)]
            made.append({
                **common, "number": key if alone else f"{key}-{place + 1}", "merchant": merchant, "lines": lines,
                "payments": mine, "freight": freight if alone else sum(_whole(line["_freight"]) for line in part),
                "extra": common["extra"] if alone else {**common["extra"], "order": key},
            })  # fmt: skip
        return made

    def _happen(self, at: dict[str, datetime | str | None]) -> bool:
        """Whether anything lay after the end; then it is as if the end were now."""
        late = False
        for name in ("placed_at", "paid_at", *FACTS):
            moment = at[name]
            if isinstance(moment, datetime) and self.end is not None and moment > self.end:
                late = True
                at[name] = self.end if name == "placed_at" else None
        return late

    def _text(self, given: Field, value: str | None, key: str) -> str | None:
        if given.const is not None:
            return given.const
        if value is None:
            return given.default.replace("{key}", key) if given.default is not None else None
        if given.trim:
            value = value.removesuffix(given.trim)
        if given.map:
            return given.map.get(value, given.otherwise if given.otherwise is not None else value)
        return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")[:30] if given.code else value

    def _instant(self, text: str) -> datetime | str:
        """The instant, with their zone when it has no offset, moved; a text that is none stays as it is."""
        try:
            at = datetime.fromisoformat(re.sub(r" (?=[+-]\d{2}:?\d{2}$)", "", text).replace(" UTC", "+00:00"))
        except ValueError:
            return text
        return (at if at.tzinfo else at.replace(tzinfo=self.zone)) + self.shift


def _minor(value: Any, unit: int) -> Any:
    """Staged ten-thousandths as whole minor units, half away from zero; what is no amount stays what it was."""
    if type(value) is not int:
        return value
    return (value * unit + SCALE // 2) // SCALE if value >= 0 else -((-value * unit + SCALE // 2) // SCALE)


def _paid(row: Raw, cost: Any, unit: int) -> Any:
    if "paid" in row:
        return _minor(row["paid"], unit)
    discount = row.get("discount")
    return max(0, cost - _minor(discount, unit)) if type(discount) is int and type(cost) is int else cost


def _plus(one: Any, other: Any) -> Any:
    """The sum, or the one that is no amount (it will be refused by name)."""
    if type(one) is not int:
        return one
    return one + other if type(other) is int else other


def _whole(value: Any) -> int:
    return value if type(value) is int and value > 0 else 0


def _spread(goods: list[Raw], total: Any, freight: Any) -> None:
    """Let the lines together cost what was paid without freight, in proportion to their own prices."""
    weights = [_whole(line["paid"]) for line in goods]
    if type(total) is int and type(freight) is int and total >= freight and any(weights):
        for line, share in zip(goods, split(total - freight, weights), strict=True):
            line["paid"] = share


def _shares(amounts: list[int], costs: list[int]) -> list[list[int]]:
    """Each amount parted by what the parts still cost: when all together is paid, each part is paid to the cent."""
    left, shares = list(costs), []
    for amount in amounts:
        share = split(amount, left if sum(left) >= amount > 0 else costs)
        left = [max(0, cost - part) for cost, part in zip(left, share, strict=True)]
        shares.append(share)
    return shares


def _by_merchant(goods: list[Raw]) -> list[list[Raw]]:
    parts: dict[str | None, list[Raw]] = {}
    for line in goods:
        parts.setdefault(line["_merchant"], []).append(line)
    return list(parts.values())
