"""Walks a service's whole graph from one case: every move by whoever may, every limit by the clock, each tried and undone.

What was travelled is read from the history that was really written and from the limits that were really broken. Each move is shown
before it is made, and a refusal leaves everything as it was.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from shouhou.cases.making import possible
from shouhou.cases.models import Deadline, HistoryEntry
from shouhou.cases.rows import CaseRow, load_case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Move, State, Workflow
from shouhou.orders.models import Reservation
from shouhou.orders.shop.fake.server import Stock
from shouhou.orders.shop.stock import deliver_ask
from shouhou.payments.actions.charge_sending import ChargeHeard, begin_charge, finish_charge
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer, PayAnswer
from shouhou.payments.models import Charge, RefundPart
from shouhou.plumbing.actor import SYSTEM, Actor
from tests.stories.answering import Answers
from tests.stories.drawn import DISPUTED_MOVES, by_clock, step
from tests.world import World

# Brought about by the words of channels and shop alone, never made directly.
BY_REFUND = frozenset({"refund_settled", "refund_failed", "refund_contradicted", "refund_by_transfer"})
BY_CHARGE = frozenset({"charge_paid", "charge_failed"})
BY_STOCK = frozenset({"stock_held", "stock_unavailable"})
OUTSIDE = BY_REFUND | BY_CHARGE | BY_STOCK
# Another role may be let in where this one is not.
# What a dispute lays around a service is walked for itself; here only the shop's answer is given, as the way to the ruling.
BEYOND = DISPUTED_MOVES - {"answer_dispute"}
SOMEBODY_ELSE = frozenset({"MOVE_NOT_YOURS", "SAME_PERSON", "CONSENT_NOT_YOURS", "WITH_THE_PLATFORM", "GOODS_HERE", "JUDGED_BEFORE"})
DEEP_MOST, TRIES_MOST, PLACES_MOST, VAIN_MOST, ROLES_MOST = 40, 4, 5, 9, 3
# What makes two places in one state different ways on, and what only what stays there may look at.
WHERE = ("mode", "taken", "kind", "first", "missing", "rights", "plan", "flash", "scope", "route", "late", "doubt")
LARGE = 500_000
ASIDE = ("beside", "freight", "loan", "tasks")
SAME = ("status", "service", "stage", "waits_on", "version", "due_at", "outcome", "refund")
Step = tuple[str, str]
Way = Callable[[], bool]


@dataclass
class Travelled:
    """What was: (state, move), the limits that were broken, how many moves were shown first, how many refused, in which states."""

    moves: set[Step] = field(default_factory=set)
    limits: set[str] = field(default_factory=set)
    shown: int = 0
    refused: int = 0
    refused_in: set[str] = field(default_factory=set)
    why: dict[str, set[str]] = field(default_factory=dict)


class Graph:
    """A workflow with what of it is still to be travelled: what is not `wanted` is looked for by nobody."""

    def __init__(self, workflow: Workflow, travelled: Travelled, wanted: Collection[str], vain: int) -> None:
        self.workflow, self.travelled, self.wanted, self.vain = workflow, travelled, wanted, vain
        self.hopeless: dict[Step, int] = {}
        self.states: dict[str, State] = {state.name: state for state in workflow.states}
        own = [move for move in workflow.moves if not move.to_service]
        on = {name: {goal for move in own if name in move.sources for goal in move.targets} for name in self.states}
        self._reach = {name: self._from(name, on) for name in self.states}
        self.by_clock = by_clock(workflow)

    def worth(self, state: str) -> bool:
        """Whether something that has not been travelled lies there or beyond."""
        return state in self._reach and any(self._new_in(name) for name in self._reach[state])

    def new(self, state: str, move: str) -> bool:
        return step(state, move) in self.wanted and (state, move) not in self.travelled.moves

    def late(self, state: str, limit: str) -> bool:
        """Whether that limit's end is still to be seen, and was not waited for in vain too often there."""
        fresh = f"limit {limit}" in self.wanted and limit not in self.travelled.limits
        return fresh and self.hopeless.get((state, limit), 0) < self.vain

    def _new_in(self, state: str) -> bool:
        moves = (move.name for move in self.workflow.moves if state in move.sources)
        return any(self.new(state, name) and self.hopeless.get((state, name), 0) < self.vain for name in moves) or any(
            self.late(state, limit.name) for limit in self.states[state].limits
        )

    @staticmethod
    def _from(start: str, on: Mapping[str, set[str]]) -> set[str]:
        found, todo = {start}, [start]
        while todo:
            fresh = on.get(todo.pop(), set()) - found
            found |= fresh
            todo += fresh
        return found


@dataclass
class Explorer:
    """One case of `service`, from where it stands now; `seen` are the places from which everything was tried."""

    world: World
    stock: Stock
    service: str
    number: str
    travelled: Travelled
    answers: Answers
    wanted: Collection[str]
    since: int = 0
    disputed: bool = False
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    looked: set[tuple[Any, ...]] = field(default_factory=set)
    tried: dict[Step, int] = field(default_factory=dict)
    way: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.graph = Graph(WORKFLOWS[self.service], self.travelled, self.wanted, 3 * VAIN_MOST if self.disputed else VAIN_MOST)

    def everywhere(self, depth: int = 0) -> None:
        """From where the case stands, each way once and back, and on from where it led."""
        case = load_case(self.number, actor=SYSTEM)
        if case.service != self.service or depth > DEEP_MOST:
            return
        place, aside = self._place(case), tuple(str(case.details.get(name) or "")[:40] for name in ASIDE)
        # Each turn of a dispute has places of its own: what was ruled or offered there makes other ways on.
        been = sum(1 for each in self.seen if (each[0], each[-1]) == (case.status, place[-1]))
        if (place, aside) in self.looked or (place not in self.seen and not self.graph.worth(case.status)):
            return
        whole = place not in self.seen and been < PLACES_MOST
        self.seen |= {place} if whole else set()
        self.looked.add((place, aside))
        if case.status not in self.travelled.refused_in:
            self.travelled.refused_in.add(case.status)
            self._nobody_else(case)
        for way in self._ways(case, staying=not whole):
            with self._undone():
                before = case.version
                try:
                    if way():
                        self.note_history(before)
                        self.everywhere(depth + 1)
                except BaseException as broken:
                    if not hasattr(broken, "__notes__"):
                        broken.add_note(f"{self.number} went this way: {' → '.join(self.way)}")
                    raise

    @property
    def left(self) -> set[str]:
        """What is wanted and has not been travelled."""
        found = self.travelled
        return set(self.wanted) - {step(state, move) for state, move in found.moves} - {f"limit {name}" for name in found.limits}

    def note_history(self, version: int) -> None:
        """All that the history tells since then; what a conversion wrote after it belongs to the other service."""
        for entry in HistoryEntry.objects.filter(case__number=self.number, version__gt=version).order_by("version"):
            move = self.graph.workflow.move(entry.move)
            if move is None or entry.from_status not in move.sources:
                continue
            self.travelled.moves.add((entry.from_status, entry.move))
            if move.to_service:
                return

    def _place(self, case: CaseRow) -> tuple[Any, ...]:
        details = case.details
        told = tuple(_short(details.get(name)) for name in WHERE)
        offer = details.get("offer") or details.get("partial") or {}
        replacement = (details.get("replacement") or {}).get("state", "")
        items = tuple((bool(item.received_quantity), item.missing > 0, item.accepted_quantity is not None) for item in case.items)
        flags = bool(case.preview.get("contradicted")), bool(details.get("loan")), case.rest
        large = max(case.refund_minor, int(offer.get("amount") or 0)) > LARGE
        turn = _dispute(case) if self.disputed else None
        return (case.status, told, replacement, items, flags, case.outcome, large, offer.get("form"), case.return_method, turn)

    def _ways(self, case: CaseRow, *, staying: bool) -> Iterator[Way]:
        if self.disputed:
            # An appeal stays where the case has ended: what follows it is looked at before the other ways there.
            yield from self._moves(case, staying=True)
        if not staying:
            yield from self._moves(case, staying=False)
        yield from self._told(case, BY_STOCK, [partial(self._stock_said, *told) for told in ((99, 0), (99, 900_000), (0, 0))])
        yield from self._told(case, BY_CHARGE, [partial(self._charge_said, said) for said in ("settled", "declined")])
        yield from self._told(case, BY_REFUND, [partial(self._refund_said, said) for said in ("settled", "refused", "contradicted")])
        for row in sorted((row for row in case.deadlines if row.state == "open"), key=lambda row: row.due_at):
            if self.graph.late(case.status, row.name):
                yield partial(self._late, case.status, row.name, row.due_at)
        # What stays there comes last: what it changes must not stand in the way of the ways on.
        if not self.disputed:
            yield from self._moves(case, staying=True)

    def _moves(self, case: CaseRow, *, staying: bool) -> Iterator[Way]:
        for move in self.graph.workflow.moves:
            if case.status not in move.sources or move.name in OUTSIDE or bool(move.targets - {case.status}) == staying:
                continue
            if self._done_with(case.status, move) or (not self.disputed and move.name in BEYOND):
                continue
            running = {row.on_breach for row in case.deadlines if row.state == "open"}
            if (move.name in self.graph.by_clock and move.name not in running) or not possible(move, case):
                # Whoever lost appeals, and only then is there an appeal to decide: that it was not possible before tells nothing.
                if not (self.disputed and move.when):
                    self._in_vain(case.status, move.name)
                continue
            made = self.tried.get((case.status, move.name), 0)
            forks = len(move.targets) > 1 or any(ask.type == "items" or ask.field == "amount" for ask in move.asks)
            for answers in self.answers.variants(move, case):
                yield partial(self._make, move, answers, case)
                once = self.tried.get((case.status, move.name), 0) > made
                if once and not news(move) and (not forks or not any(map(self.graph.worth, move.targets))):
                    break
            if self.tried.get((case.status, move.name), 0) == made:
                self._in_vain(case.status, move.name)

    def _told(self, case: CaseRow, names: frozenset[str], ways: Sequence[Way]) -> Iterator[Way]:
        """News from outside, where a move that it can make is still to be travelled or leads to one."""
        moves = [move for move in self.graph.workflow.moves if move.name in names and case.status in move.sources]
        if not any(self.graph.new(case.status, move.name) or any(self.graph.worth(goal) for goal in move.targets) for move in moves):
            return
        yield from ways
        for move in moves:
            if self.graph.new(case.status, move.name):
                self._in_vain(case.status, move.name)

    def _in_vain(self, state: str, name: str) -> None:
        if (state, name) not in self.travelled.moves:
            self.graph.hopeless[state, name] = self.graph.hopeless.get((state, name), 0) + 1

    def _done_with(self, status: str, move: Move) -> bool:
        """Travelled, and nothing new to be found where it leads – or often enough, in any case."""
        if self.graph.new(status, move.name):
            return self.graph.hopeless.get((status, move.name), 0) >= self.graph.vain
        often = self.tried.get((status, move.name), 0) >= TRIES_MOST * (4 if news(move) else 1)
        if news(move):
            return often
        # An appeal leads to where it stands, and to what it makes possible there.
        leads = move.targets or {status} if self.disputed else move.targets - {status}
        return often or bool(move.to_service) or not any(self.graph.worth(state) for state in leads)

    def _make(self, move: Move, answers: Mapping[str, Any], case: CaseRow) -> bool:
        """By the first who may; shown before it is done, the answer is the same and nothing has happened."""
        here = case.status, move.name
        third = case.channel == "third"
        self.way.append(move.name)
        roles = sorted(move.by, key=lambda role: (role == "system", role.startswith("merchant") != third))
        for role in [role for role in roles if third or not role.startswith("merchant")][:ROLES_MOST]:
            how: dict[str, Any] = {"actor": self.actor(role), **answers}
            before = fingerprint() if self.graph.new(*here) else ""
            try:
                shown = self.world.move(self.number, move.name, dry_run=True, **how) if before else {}
                assert not before or fingerprint() == before, f"{here}: shown, and something was left"
                done = self.world.move(self.number, move.name, **how)
            except Refused as no:
                self.travelled.why.setdefault(step(*here), set()).add(no.code)
                if before:
                    self.travelled.refused += 1
                    assert fingerprint() == before, f"{here}: refused with {no.code}, and something was left"
                if no.code == "NOT_YET_TIME" and self._until_the_visit(case):
                    return self._make(move, answers, case)
                if no.code in SOMEBODY_ELSE:
                    continue
                return False
            if shown:
                told = {name: (shown[name], done[name]) for name in SAME if shown[name] != done[name]}
                assert not told, f"{here}: shown otherwise than done, {told}"
                self.travelled.shown += 1
            self.tried[here] = self.tried.get(here, 0) + 1
            self.world.now += timedelta(minutes=3)
            return True
        return False

    def _nobody_else(self, case: CaseRow) -> None:
        """Who may not, and what is not there now, is refused in every state, and nothing has changed."""
        before, moves = fingerprint(), self.graph.workflow.moves
        here = next((move for move in moves if case.status in move.sources and possible(move, case)), None)
        elsewhere = next(move for move in moves if case.status not in move.sources)
        tries = [("MOVE_NOT_NOW", elsewhere, "supervisor"), *([("MOVE_NOT_YOURS", here, "auditor")] if here else [])]
        for code, move, role in tries:
            try:
                self.world.move(self.number, move.name, actor=self.actor(role))
            except Refused as no:
                assert no.code == code, f"{case.status}: {move.name} by {role} was refused with {no.code}"
            else:
                raise AssertionError(f"{case.status}: {move.name} was made by {role}")
        assert fingerprint() == before
        self.travelled.refused += len(tries)

    def _until_the_visit(self, case: CaseRow) -> bool:
        for bound in ("window_start", "window_end"):
            at = datetime.fromisoformat(case.details[bound]) if case.details.get(bound) else self.world.now
            if at > self.world.now:
                self.world.now = at + timedelta(minutes=1)
                return True
        return False

    def _stock_said(self, units: int, price: int) -> bool:
        rows = list(Reservation.objects.filter(subject=self.number, state="asking").order_by("id"))
        # What was undone here the shop does not remember either.
        self.stock.holds.clear()
        for row in rows:
            self.stock.first[row.sku] = units
            self.stock.prices[row.sku] = price or self.stock.prices.get(row.sku, 100)
            deliver_ask(row.key, now=self.world.now)
        self.stock.prices.clear()
        return bool(rows)

    def _refund_said(self, said: str) -> bool:
        went, status = False, "settled" if said == "contradicted" else said
        parts = RefundPart.objects.filter(refund__subject=self.number).exclude(channel="inkind")
        for part in parts.exclude(refund__state="awaiting_second").order_by("id"):
            sent = begin(part.id, now=self.world.now)
            if sent is not None:
                amount = sent.amount_minor - 1 if said == "contradicted" else sent.amount_minor
                answer = ChannelAnswer(status, code="NO", amount_minor=amount)  # type: ignore[arg-type]
                finish(sent, Heard("refund", status, answer), started_at=self.world.now, now=self.world.now)
                went = True
        return went

    def _charge_said(self, said: str) -> bool:
        charge = Charge.objects.filter(subject=self.number).order_by("-id").first()
        sent = begin_charge(charge.id, now=self.world.now) if charge else None
        if charge is None or sent is None:
            return False
        answer = PayAnswer(said, amount_minor=charge.amount_minor, reference="FP", means="card", code="NO")  # type: ignore[arg-type]
        finish_charge(sent, ChargeHeard(said, answer), started_at=self.world.now, now=self.world.now)
        return True

    def _late(self, status: str, name: str, due: datetime) -> bool:
        self.way.append(f"limit {name}")
        self.world.now = max(self.world.now, due + timedelta(seconds=1))
        self.world.ring()
        rows = Deadline.objects.filter(case__number=self.number, state="breached", failures=0)
        self.travelled.limits |= set(rows.values_list("name", flat=True))
        if name not in self.travelled.limits:
            self.graph.hopeless[status, name] = self.graph.hopeless.get((status, name), 0) + 1
        return True

    @contextmanager
    def _undone(self) -> Iterator[None]:
        now, gone = self.world.now, len(self.way)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.world.now = now
        del self.way[gone:]

    def actor(self, role: str) -> Actor:
        if role in ("consumer", "system", "carrier"):
            return {"consumer": self.world.buyer(), "system": SYSTEM, "carrier": Actor(role="carrier", who="carrier")}[role]
        return self.world.staff(role, f"user:{sum(map(ord, role))}", merchant="m1" if role.startswith("merchant") else None)


def _short(kept: Any) -> str:
    return str(kept.get("state") or kept.get("where")) if isinstance(kept, dict) else str(kept or "")[:12]


def _dispute(case: CaseRow) -> tuple[Any, ...]:
    kept: Mapping[str, Any] = case.details.get("dispute") or {}
    ruling, asked, proposal = (kept.get(name) or {} for name in ("ruling", "shop_appeal", "proposal"))
    offered = proposal.get("by"), proposal.get("kind"), bool(proposal.get("agreed"))
    return ruling.get("for"), bool(kept.get("appeal")), asked.get("state"), *offered


def news(move: Move) -> bool:
    """Whether somebody outside answers: what follows hangs on the answer, whatever the state."""
    return any(ask.field == "answer" for ask in move.asks)


def fingerprint() -> str:
    """Everything that a move could have changed, in one look."""
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        return str(cursor.fetchone()[0])


EVERYTHING = """
SELECT concat_ws(' / ',
    (SELECT string_agg(concat_ws('|', number, service, status, version, details, preview), ';' ORDER BY id) FROM cases_case),
    (SELECT string_agg(concat_ws('|', received_quantity, accepted_quantity, deduction_minor), ';' ORDER BY id) FROM cases_caseitem),
    (SELECT string_agg(concat_ws('|', name, state, due_at), ';' ORDER BY id) FROM cases_deadline),
    (SELECT string_agg(concat_ws('|', claimed_quantity, returned_quantity), ';' ORDER BY id) FROM orders_orderline),
    (SELECT string_agg(concat_ws('|', state, version), ';' ORDER BY id) FROM payments_refund),
    (SELECT string_agg(state, ';' ORDER BY id) FROM payments_charge),
    (SELECT count(*) FROM cases_historyentry), (SELECT count(*) FROM cases_message), (SELECT count(*) FROM ledger_posting),
    (SELECT count(*) FROM plumbing_event), (SELECT count(*) FROM procrastinate_jobs))
"""
