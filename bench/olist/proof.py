"""Whether what came back is what was owed: held against Olist's own files, the channel's book and the ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.house import House
from bench.olist.orders import Goods
from bench.olist.travel import Candidate, Traveller

IN_KIND = frozenset({"voucher"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order. `wrong` is empty when all is as it should be."""

    order: Candidate
    title: str
    cases: tuple[str, ...]
    tenders: Mapping[str, int]
    owed_minor: int
    calls: int
    seconds: float
    wrong: tuple[str, ...]
    second_person: bool = False

    @property
    def paid_back_minor(self) -> int:
        return sum(self.tenders.values())

    def line(self) -> str:
        amounts = "  ".join(f"{tender} {minor / 100:.2f}" for tender, minor in self.tenders.items())
        return (
            f"{self.order.number:<34} {self.order.real.score}★  {self.title:<58} {amounts} BRL  "
            f"({self.calls} calls, {self.seconds * 1000:.0f} ms)" + "".join(f"\n    !! {wrong}" for wrong in self.wrong)
        )


def judge(one: Traveller, title: str, seconds: float, wrong: Iterable[str] = ()) -> Outcome:
    """Read the refunds through the API and compare them with what the files say was paid."""
    found, tenders = list(wrong), Counter[str]()
    second = False
    for number in one.cases:
        for row in one.ask("shop", f"/refunds?subject={number}")["items"]:
            refund = one.ask("shop", f"/refunds/{row['number']}")
            parts = {part["tender"]: 0 for part in refund["tenders"]}
            for part in refund["tenders"]:
                parts[part["tender"]] += part["amount"]["amount"]
                if part["state"] != "settled":
                    found.append(f"{row['number']}: {part['tender']} {part['state']}")
            if sum(parts.values()) != refund["amount"]["amount"]:
                found.append(f"{row['number']}: the tenders come to {parts}, the refund to {refund['amount']}")
            second = second or bool(refund.get("approved_by"))
            tenders.update(parts)
    owed, doubt = _owed(one)
    if not found and abs(sum(tenders.values()) - owed) > doubt:
        found.append(f"{sum(tenders.values())} came back, {owed} was owed")
    return Outcome(one.order, title, tuple(one.cases), dict(tenders), owed, one.calls, seconds, tuple(found), second)


def books(here: House, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Sums past the product's own arithmetic; `over_paid` counts tenders that got more than they paid."""
    told = list(outcomes)
    back: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in told:
        back[outcome.order.real.key].update(outcome.tenders)
    paid = {outcome.order.real.key: _sum(outcome.order.real.paid) for outcome in told}
    over = sum(amount > paid[key][tender] for key, tenders in back.items() for tender, amount in tenders.items())
    total, buyers = here.rows(LEDGER)[0]
    moved = sum(int(str(movement["amount"])) for movement in here.movements())
    cash = sum(minor for outcome in told for tender, minor in outcome.tenders.items() if tender not in IN_KIND)
    return {
        "over_paid": over, "ledger_sum": int(str(total)), "buyers_sum": int(str(buyers)),
        "channel_difference": moved - cash,
    }  # fmt: skip


def _owed(one: Traveller) -> tuple[int, int]:
    """Price × units from the files, and the way out where the seller is at fault and nothing is kept, less what was cut.

    Second: by how many minor units this reckoning may be off. An order whose tenders paid less than its lines cost is worth
    what was paid; how the missing cents lie on its lines is a matter of rounding.
    """
    real = one.order.real
    goods = {line.line: _goods(one.order, line.sku, line.paid_minor) for line in one.order.lines}
    worth = sum(goods[line].price_minor * units for line, units in one.owed.items())
    whole = all(one.owed.get(line.line) == line.quantity for line in one.order.lines)
    freight = sum(each.freight_minor for each in goods.values()) if one.freight and whole else 0
    if real.paid_minor >= real.costs_minor:
        return worth + freight - one.cut_minor, 0
    costs, way = real.costs_minor, sum(each.freight_minor for each in real.goods)
    worth = worth * max(0, real.paid_minor - way) // (costs - way)
    return worth + freight - one.cut_minor, len(real.goods) + len(real.paid)


def _goods(order: Candidate, sku: str, paid_minor: int) -> Goods:
    fitting = (each for each in order.real.goods if each.sku == sku and each.price_minor * each.quantity == paid_minor)
    return next(fitting)


def _sum(paid: Iterable[tuple[str, int]]) -> Counter[str]:
    sums = Counter[str]()
    for tender, amount in paid:
        sums[tender] += amount
    return sums


LEDGER = """
SELECT coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE account LIKE 'buyer:%'), 0) FROM (
    SELECT transfer_id, source AS account, -amount_minor AS amount FROM ledger_posting
    UNION ALL SELECT transfer_id, destination, amount_minor FROM ledger_posting) p
JOIN ledger_transfer t ON t.id = p.transfer_id WHERE t.phase = 'posted'
"""
