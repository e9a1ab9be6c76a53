"""Which real orders travel, and which story each of them tells."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import httpx

from bench.olist.orders import RealOrder
from bench.olist.stories import REASONS, STORIES, Story
from bench.olist.travel import Candidate, Line

SPECIAL = tuple(story for story in STORIES if story.lines > 1 or story.units > 1 or story.tenders > 1)


class Shelf:
    """The real orders, worst score first; what the house says of each is asked once, when it is needed."""

    def __init__(self, real: Sequence[RealOrder], *, address: str, token: str) -> None:
        self.real = real
        self.client = httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        self.asked: dict[str, list[Candidate]] = {}

    def candidates(self, *, sellers: int, units: int = 1, lines: int = 1, tenders: int = 1) -> Iterator[Candidate]:
        """Orders that can be returned now. The numbers filter before anything is asked."""
        for order in self.real:
            if (
                order.sellers <= sellers
                and len(order.goods) >= lines
                and max(goods.quantity for goods in order.goods) >= units
                and len({tender for tender, _ in order.paid}) >= tenders
            ):
                yield from self._parts(order)

    def _parts(self, order: RealOrder) -> list[Candidate]:
        if order.key not in self.asked:
            numbers = [order.key] if order.sellers == 1 else [f"{order.key}-{part}" for part in range(1, order.sellers + 1)]
            found = [self._ask(number, order) for number in numbers]
            self.asked[order.key] = [candidate for candidate in found if candidate.reasons]
        return self.asked[order.key]

    def _ask(self, number: str, order: RealOrder) -> Candidate:
        lines: tuple[Line, ...] = ()
        reasons = set()
        for reason in REASONS:
            answer = self.client.get(f"/orders/{number}/entitlements", params={"reason": reason}).raise_for_status().json()
            lines = tuple(Line(one["line"], one["sku"], one["quantity"], one["paid"]["amount"]) for one in answer["lines"])
            services = [service for one in answer["lines"] for service in one["services"] if service["service"] == "return"]
            if services and all(service["offered"] for service in services):
                reasons.add(reason)
        return Candidate(number, order, lines, frozenset(reasons))


class Cast:
    """The lowest scores, each with a story of its own; the few stories that need a special order take the lowest one."""

    def __init__(self, shelf: Shelf, *, orders: int) -> None:
        self.shelf, self.orders = shelf, orders

    @cached_property
    def chosen(self) -> list[tuple[Candidate, Story]]:
        """Lowest score first."""
        made: dict[str, tuple[Candidate, Story]] = {}
        for story in SPECIAL[: self.orders]:
            fitting = self.shelf.candidates(sellers=1, units=story.units, lines=story.lines, tenders=story.tenders)
            order = next((each for each in fitting if each.number not in made and story.fits(each)), None)
            if order is not None:
                made[order.number] = (order, story)
        stories = [story for story in STORIES if story not in SPECIAL]
        for order in self.shelf.candidates(sellers=9):
            if len(made) == self.orders:
                break
            told = next((story for story in stories if story.fits(order)), None)
            if order.number not in made and told is not None:
                made[order.number] = (order, told)
                # When all are told they begin again.
                stories = [story for story in stories if story is not told] or [s for s in STORIES if s not in SPECIAL]
        return sorted(made.values(), key=lambda pair: pair[0].real.score)
