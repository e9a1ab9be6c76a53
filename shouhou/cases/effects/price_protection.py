"""Price protection: ask the shop, compare, grant or deny with reasons; a person looks where the consumer or the clock asks."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.effects.payout import instruct, over_lines, payout_quote
from shouhou.cases.facts import load_order
from shouhou.cases.moving import Moving
from shouhou.cases.promised import decide_promise, facts_of
from shouhou.cases.records import recorded
from shouhou.orders.claims import hold_order
from shouhou.orders.shop.prices import ask_prices
from shouhou.payments.queries import order_money
from shouhou.plumbing.actor import SYSTEM
from shouhou.policy.rules.price_protection import compare

SERVICE = "price_protection"


def check(moving: Moving) -> None:
    """Ask the shop for its prices since the order; the answer is a move of its own."""
    case = moving.case
    ask_prices(
        skus=[item.sku for item in case.items], since=case.placed_at, subject=case.number, merchant_id=case.merchant_id,
        buyer_id=case.buyer_id,
    )  # fmt: skip


def told(moving: Moving) -> None:
    """Compare as of the application. While people look already it only stands beside for them."""
    case, now = moving.case, moving.case.submitted_at
    # Two comparisons of one order are made one after the other: the second sees what the first has paid back.
    hold_order(case.order_id)
    shop: dict[str, Mapping[str, Any]] = {
        str(each["sku"]): {"prices": each["prices"]} for each in moving.answers.get("prices", ())
    }  # fmt: skip
    order, wanted = load_order(case.order, actor=SYSTEM), {item.line: item.quantity for item in case.items}
    lines = [order.lines[line] for line in wanted]
    seen = recorded(order.id, besides=case.number)
    promised = decide_promise(
        SERVICE, order, lines, wanted, case.details, reason=case.reason, now=now, records=seen, shop=shop
    )
    found: list[dict[str, Any]] = []
    for line in lines:
        facts = facts_of(SERVICE, order, line, wanted[line.line], case.details, reason=case.reason, now=now,
                         seen=seen[line.line], shop=shop.get(line.sku, {"prices": []}))  # fmt: skip
        compared = compare(facts, moving.terms)
        found.append({
            "line": line.line, "quantity": wanted[line.line], "paid": compared.paid_minor, "price": compared.price_minor,
            "since": compared.since, "amount": promised.lines[line.line].amount_minor or 0,
        })  # fmt: skip
    amounts = {each["line"]: each["amount"] for each in found if each["amount"]}
    total = sum(amounts.values())
    moving.note(promise=promised.as_json(), check=found, amounts=_kept(amounts) if amounts else None)
    if case.status != "checking":
        moving.target = case.status
        return
    moving.set(verdict="allow" if total else "deny", refund_minor=total)
    if not total:
        moving.go("denied")
        moving.set(outcome="denied")
    elif total > moving.terms.number("price_protection_auto_most"):
        moving.go("submitted")
        doubt(moving)
    else:
        _preview(moving, amounts)
        moving.then("start_payout")


def doubt(moving: Moving) -> None:
    """What is at stake when nobody decides: what was compared, or else what the consumer says to have seen."""
    case = moving.case
    seen, checked = case.details.get("seen_price"), case.details.get("amounts")
    amount = sum(checked.values()) if checked else 0
    if not amount and isinstance(seen, int) and len(case.items) == 1:
        item = case.items[0]
        line = next(each for each in order_money(case.order_id).lines if each.line == item.line)
        left = (line.paid_minor - line.refunded_minor) * item.quantity // max(1, line.kept_quantity)
        amount = max(0, left - seen * item.quantity)
    moving.note(doubt=amount or None)
    moving.set(outcome="")


def grant(moving: Moving) -> None:
    """A person names the amount; more than is left of the lines is refused."""
    _grant(moving, moving.answers["amount"])


def settle(moving: Moving, amount_minor: int) -> None:
    """What both sides agreed on in a dispute. Raises EXCEEDS_PAID."""
    _grant(moving, amount_minor)


def grant_in_doubt(moving: Moving) -> None:
    _grant(moving, int(moving.case.details.get("doubt") or 0))


def pay(moving: Moving) -> None:
    """To the tenders that paid, or with consent to the balance; either way the lines are worth less from now on."""
    amounts = {int(line): int(amount) for line, amount in moving.case.details["amounts"].items()}
    instruct(moving, way=_way(moving), amounts=amounts, bearer="merchant")


def _grant(moving: Moving, amount: int) -> None:
    amounts = {line: share for line, share in over_lines(moving.case, amount).items() if share}
    moving.note(amounts=_kept(amounts))
    moving.set(outcome="")
    _preview(moving, amounts)
    moving.then("start_payout")


def _preview(moving: Moving, amounts: dict[int, int]) -> None:
    due = payout_quote(moving.case, way=_way(moving), amounts=amounts)
    moving.set(refund_minor=due.total_minor, preview={**moving.case.preview, "agreed": due.as_json()})


def _way(moving: Moving) -> str:
    return "price_to_balance" if moving.case.details.get("payout") == "balance" else "original"


def _kept(amounts: Mapping[int, int]) -> dict[str, int]:
    return {str(line): amount for line, amount in amounts.items()}
