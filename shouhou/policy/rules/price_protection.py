"""Price protection (价保): a promise with a window, a basis of comparison and exclusions that are told beforehand (L-23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shouhou.foundation.days import Calendar, end_of_day, local_day
from shouhou.policy.promises import Promise, PromiseFacts
from shouhou.policy.terms import Terms

# What the shop says of a price, the flag of the book that leaves it out, and the reason that is told then.
EXCLUSIONS: tuple[tuple[str, str, str], ...] = (
    ("flash", "price_protection_excludes_flash", "PP_FLASH_SALE"),
    ("clearance", "price_protection_excludes_clearance", "PP_CLEARANCE"),
    ("coupon", "price_protection_excludes_coupon", "PP_COUPON_ONLY"),
    ("member", "price_protection_excludes_member", "PP_MEMBER_PRICE"),
    ("secondary", "price_protection_excludes_secondary", "PP_SECONDARY"),
    ("sold_out", "price_protection_excludes_sold_out", "PP_SOLD_OUT"),
    ("other_merchant", "price_protection_excludes_other_merchant", "PP_OTHER_MERCHANT"),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was paid for the units asked for, and the price that counts against it; None: no price that counts is known.

    `left_out` are the reasons of lower prices that do not count."""

    paid_minor: int
    price_minor: int | None
    since: str = ""
    left_out: tuple[str, ...] = ()

    def difference(self, quantity: int) -> int:
        return 0 if self.price_minor is None else max(0, self.paid_minor - self.price_minor * quantity)


def price_protection(facts: PromiseFacts, terms: Terms, calendar: Calendar) -> Promise:
    """Verdict, last instant and, once the shop has told its prices, the amount.

    Before that a line in the window is allowed "to be compared": what would stand in the way is told at once.
    """
    _ = calendar
    days = min(
        terms.number("price_protection_days", channel=facts.channel),
        terms.number("price_protection_category_days", category=facts.category),
    )
    if not days:
        return Promise("deny", ("PP_NOT_PROMISED",))
    until = end_of_day(local_day(facts.placed_at) + timedelta(days=days - 1))
    if facts.at > until:
        return Promise("deny", ("PP_WINDOW_OVER",), until)
    if facts.earlier >= terms.number("price_protection_times"):
        return Promise("deny", ("PP_TIMES_USED",), until)
    if facts.quantity > facts.ordered - facts.returned or not facts.paid_minor:
        return Promise("deny", ("PP_RETURNED",), until)
    if "prices" not in facts.shop:
        return Promise("allow", ("PP_TO_BE_COMPARED",), until)
    found = compare(facts, terms)
    amount = found.difference(facts.quantity)
    if not amount:
        return Promise("deny", found.left_out or ("PP_NO_LOWER_PRICE",), until, 0)
    if amount < terms.number("price_protection_minimum"):
        return Promise("deny", ("PP_BELOW_MINIMUM",), until, 0)
    return Promise("allow", ("PP_LOWER_PRICE",), until, amount)


def compare(facts: PromiseFacts, terms: Terms) -> Comparison:
    """What the units cost the buyer, by what is still paid for them, against the shop's prices since the order.

    Both for all units together, so that no cent is lost or won by rounding.
    """
    kept = max(1, facts.ordered - facts.returned)
    paid = (facts.paid_minor - facts.refunded_minor) * facts.quantity // kept
    if terms.value("price_protection_basis") == "listed":
        paid = min(paid, facts.unit_price_minor * facts.quantity)
    shown: list[tuple[int, str]] = []
    left_out: list[str] = []
    for entry in _of_the_window(facts, terms):
        price = int(entry["price"])
        out = [reason for kind, flag, reason in EXCLUSIONS if _is(entry, kind, facts) and terms.value(flag)]
        if not out:
            shown.append((price, str(entry.get("from") or "")))
        elif price * facts.quantity < paid:
            left_out += out
    lowest = min(shown, default=None)
    reasons = tuple(dict.fromkeys(left_out))
    return Comparison(paid, lowest[0], lowest[1], reasons) if lowest else Comparison(paid, None, left_out=reasons)


def _of_the_window(facts: PromiseFacts, terms: Terms) -> list[Mapping[str, Any]]:
    """The prices that held between the order and now; or those that hold now. Nothing is no price."""
    since = facts.at if terms.value("price_protection_price") == "now" else facts.placed_at
    return [
        entry for entry in facts.shop["prices"]
        if int(entry["price"]) > 0
        if (begin := _instant(entry.get("from"))) is None or begin <= facts.at
        if (end := _instant(entry.get("to"))) is None or end > since
    ]  # fmt: skip


def _is(entry: Mapping[str, Any], kind: str, facts: PromiseFacts) -> bool:
    if kind == "sold_out":
        return entry.get("in_stock") is False
    if kind == "other_merchant":
        return bool(entry.get("merchant")) and entry["merchant"] != facts.merchant
    return str(entry.get("kind") or "regular") == kind


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
