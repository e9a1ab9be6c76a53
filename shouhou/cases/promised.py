"""Services that the policy's three verdicts do not cover: the facts of their promise, the verdict, the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shouhou.cases.facts import Decided, LineFacts, OrderFacts
from shouhou.cases.records import Recorded, part_key, recorded
from shouhou.cases.terms import terms_of
from shouhou.policy.promise_rules import promise
from shouhou.policy.promises import REASONS, Promise, PromiseFacts
from shouhou.policy.queries import calendar_now, compiled

RANKS = {"allow": 0, "review": 1, "deny": 2}


@dataclass(frozen=True, slots=True)
class Promised:
    """The promise of a whole application, line by line; the strictest line decides."""

    lines: Mapping[int, Promise]

    def verdict_of_all(self, decisions: Mapping[int, Decided]) -> tuple[str, int]:
        """The verdict and the line that it comes from."""
        line = max(self.lines, key=lambda each: (RANKS[self.lines[each].verdict], -each))
        return self.lines[line].verdict, line

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason once, in the order of the lines."""
        return tuple(dict.fromkeys(code for each in self.lines.values() for code in each.reasons))

    @property
    def amount_minor(self) -> int:
        return sum(each.amount_minor or 0 for each in self.lines.values())

    def as_json(self) -> dict[str, Any]:
        """As it is kept on the case, to be shown and replayed."""
        return {
            "reasons": list(self.reasons), "amount": self.amount_minor,
            "lines": {
                str(line): {
                    "verdict": each.verdict, "reasons": list(each.reasons), "amount": each.amount_minor,
                    "until": each.until.isoformat() if each.until else None,
                }
                for line, each in self.lines.items()
            },
        }  # fmt: skip


def decide_promise(
    service: str, order: OrderFacts, lines: Sequence[LineFacts], quantities: Mapping[int, int], said: Mapping[str, Any],
    *, reason: str, now: datetime, besides: str = "", shop: Mapping[str, Any] | None = None,
    records: Mapping[int, Recorded] | None = None,
) -> Promised:  # fmt: skip
    """What the pinned book promises for each of these lines; `shop` (article → what the shop says) where it was asked.

    `besides` is the case that asks, which does not count as an earlier one; `records` are those of the order, where they
    are at hand.
    """
    terms, calendar = terms_of(order), calendar_now()
    seen = recorded(order.id, besides=besides) if records is None else records
    return Promised({
        line.line: promise(
            facts_of(service, order, line, quantities[line.line], said, reason=reason, now=now, seen=seen.get(line.line),
                     shop=(shop or {}).get(line.sku)),
            terms=terms, calendar=calendar,
        )
        for line in lines
    })  # fmt: skip


def facts_of(
    service: str, order: OrderFacts, line: LineFacts, quantity: int, said: Mapping[str, Any], *, reason: str, now: datetime,
    seen: Recorded | None = None, shop: Mapping[str, Any] | None = None,
) -> PromiseFacts:  # fmt: skip
    """The facts of one line."""
    seen = seen or Recorded()
    return PromiseFacts(
        service=service, reason=reason, at=now, channel=order.channel, member=order.tier, category=line.category,
        placed_at=order.placed_at, shipped_at=seen.shipped_at, signed_at=seen.signed_at, received_on=line.received_on,
        quantity=quantity, ordered=line.quantity, unit_price_minor=line.unit_price_minor, paid_minor=line.paid_minor,
        said=said, shop=shop or {}, merchant=order.merchant, refunded_minor=seen.refunded_minor, returned=seen.returned,
        others_open=seen.open.get(service, 0), earlier=seen.granted.get(service, 0),
        same_part=seen.parts_sent.get(part_key(said.get("part_name")), 0),
    )  # fmt: skip


def promise_words(promised: Promised, language: str) -> str:
    """The reasons as one text."""
    return "; ".join(REASONS[code].text.in_(language) for code in promised.reasons)


def promise_body(kept: Mapping[str, Any], *, book: str, version: str, language: str) -> list[dict[str, Any]]:
    """The kept promise's reasons with term, its words and sources, in the shape of the policy's own reasons."""
    terms = compiled(book, version).terms.terms
    told = []
    for code in kept.get("reasons", ()):
        reason = REASONS[code]
        term = terms.get(reason.term) if reason.term else None
        sources = list(dict.fromkeys([*(term.sources if term else ()), *reason.sources]))
        told.append({
            "code": code, "clause": reason.term, "text": reason.text.in_(language),
            "clause_text": term.label.in_(language) if term else None, "source": " · ".join(sources), "sources": sources,
        })  # fmt: skip
    return told
