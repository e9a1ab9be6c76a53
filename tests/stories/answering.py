"""What whoever walks a workflow answers to its questions: the plain answer first, then every choice and other quantities."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shouhou.cases.as_sold import specs_of
from shouhou.cases.confirmed import to_confirm
from shouhou.cases.limits import STATUTORY
from shouhou.cases.rows import CaseRow
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.workflow import Ask, Move
from shouhou.logistics.models import ParcelRequest
from shouhou.logistics.queries import windows_for
from shouhou.plumbing.uploads import take_upload
from shouhou.repairs.rules.faults import checks_of
from tests.stories.test_forgotten_uploads import picture
from tests.world import CONTACT, World

VARIANTS_MOST, CHOICES_MOST = 16, 6
PAPERS = ("receipt", "damage_photo", "serial_photo")
GIVEN = frozenset({
    "cause", "mode", "deadline", "carrier", "tracking_number", "sku", "address", "account_of_accident", "article", "checked", "note",
    *PAPERS,
})  # fmt: skip
# Sums that wait for somebody: nothing is paid by itself.
LARGE = frozenset({"offer_compensation", "claim_freight"})


@dataclass
class Answers:
    """Of one case; `papers` are the files its consumer has at hand."""

    world: World
    papers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in PAPERS:
            self.papers[name] = take_upload(picture("red"), name=f"{name}.png", actor=self.world.buyer(), now=self.world.now).token

    def variants(self, move: Move, case: CaseRow) -> list[dict[str, Any]]:
        """The plain answers first; then every choice once, and the other quantities."""
        told = {ask.field: self._answer(ask, move, case) for ask in move.asks if ask.required or ask.field in GIVEN}
        plain = {name: value for name, value in told.items() if value is not None}
        made = [plain]
        for ask in move.asks:
            if ask.type == "choice" and ask.choices:
                made += [{**plain, ask.field: code} for code in list(ask.choices)[:CHOICES_MOST] if plain.get(ask.field) != code]
            if ask.type == "items" and ask.field == "items" and move.name != "confirm_sending":
                made += [{**plain, "items": items} for items in self._items(case) if plain.get("items") != items]
            if ask.field == "prices":
                made += [{**plain, "prices": prices} for prices in self._prices(case)]
            if ask.field in ("amount", "deposit"):
                made += [{**plain, ask.field: value} for value in (100, 60_000, 600_000)]
            if ask.field == "rest_proof":
                made.append({**plain, "rest_proof": "P-1"})
        return made[:VARIANTS_MOST]

    def _answer(self, ask: Ask, move: Move, case: CaseRow) -> Any:
        asked = ParcelRequest.objects.filter(subject=case.number).order_by("-id").first() if ask.field == "tracking_number" else None
        self.world.count += 1
        fixed: dict[str, Any] = {
            "carrier": "SF", "tracking_number": asked.tracking_number if asked else f"SF{self.world.count:013d}",
            "scanned": case.items[0].sku, "sku": case.items[0].sku, "address": CONTACT,
            "start": (self.world.now + timedelta(days=1)).isoformat(),
            "amount": 60_000 if move.name in LARGE else 1000, "paid": max(0, case.refund_minor - 1), "deadline": running(case),
        }  # fmt: skip
        if move.name == "uphold_appeal" and ask.field == "amount":
            return case.refund_minor
        if ask.field == "scanned" and case.details.get("wanted_sku"):
            return case.details["wanted_sku"]
        if ask.field in fixed:
            return fixed[ask.field]
        if ask.field == "solution":
            return "明天上门取件检测，检测属实三个工作日内原路退款。"
        if ask.field == "spec":
            return next(iter(specs_of(case.details.get("as_sold") or {})), "内存")
        if ask.field in PAPERS:
            return [self.papers[ask.field]]
        if ask.field == "window":
            return windows_for(CONTACT, calendar=NO_HOLIDAYS, now=self.world.now)[0].code
        if ask.field == "prices":
            return self._prices(case)[0]
        if move.name == "confirm_sending" and ask.type == "items":
            return [{"line": each.line, "serials": [f"S{each.line}-{n}" for n in range(each.quantity)]} for each in to_confirm(case)]
        if ask.type == "items":
            return self._items(case)[0]
        if ask.type == "checklist":
            return dict.fromkeys(checks_of(case.items[0].category) if move.name == "test" else ask.choices, "true")
        plain = {"choice": next(iter(ask.choices), "x"), "number": 24, "money": 1000, "boolean": True, "text": "说明"}
        return plain.get(ask.type)

    def _prices(self, case: CaseRow) -> list[list[dict[str, Any]]]:
        item = case.items[0]
        at, dear = (self.world.now - timedelta(hours=12)).isoformat(), item.paid_minor // item.ordered
        return [
            [{"sku": item.sku, "prices": [{"price": price, "kind": kind, "from": at}]}]
            for price, kind in ((100, "regular"), (dear - 100, "regular"), (dear // 2, "flash"), (dear, "regular"))
        ] + [[]]  # fmt: skip

    def _items(self, case: CaseRow) -> list[list[dict[str, Any]]]:
        """All of it, with a part cut, less than came, one missing."""
        rows = [(item.line, item.quantity, item.received_quantity) for item in case.items]
        cut = {"deduction": 100, "deduction_reason": "磨损"}
        return [
            [{"line": line, "accepted": got, "grade": "B", **cut} for line, of, got in rows],
            [{"line": line, "accepted": got, "grade": "A"} for line, of, got in rows],
            [{"line": line, "accepted": max(0, got - 1), "grade": "A"} for line, of, got in rows],
            [{"line": line, "received": max(1, of - 1)} for line, of, got in rows],
            [{"line": line, "received": of - got} for line, of, got in rows],
        ]  # fmt: skip


def running(case: CaseRow) -> str:
    """The limit that ends first, of those that may be extended."""
    rows = sorted((row for row in case.deadlines if row.state == "open"), key=lambda row: (row.term in STATUTORY, row.due_at))
    return rows[0].name if rows else "none"
