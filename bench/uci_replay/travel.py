"""All returns on their way at once: who does what next is read from the case's state, when from the simulated clock."""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app

from bench.uci_replay.returns import RealReturn, Shelf, shelves_of
from shouhou.cases.actions import Application, ItemWish, make_move, open_case
from shouhou.cases.due import work_off_due
from shouhou.cases.refusals import QUANTITY_TAKEN
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Who
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor

MARK = "uci:"
TICK = timedelta(hours=6)
SETTLE_DAYS = 60
DUE_MOST = 100_000
JOBS_MOST = 1000
QUEUES = ["payments", "shop"]
WELL = {"packing": "ok", "appearance": "ok", "accessories": "ok"}
NOBODY = Shelf(id=0, buyer_id=0, placed_at=datetime.max.replace(tzinfo=UTC), paid_minor=0, freight_minor=0)
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a case in some state, so long after it came there."""

    after: timedelta
    role: Who
    move: str
    answers: Mapping[str, object] = field(default_factory=dict)


# The file tells when goods were credited, not how they travelled: over a counter, and unpacked two days later.
STEPS: Mapping[str, Step] = {
    "submitted": Step(timedelta(hours=5), "reviewer", "approve"),
    "escalated": Step(timedelta(hours=1), "supervisor", "approve"),
    "awaiting_goods": Step(timedelta(hours=20), "consumer", "drop_off", {"place": "Counter"}),
    "in_transit": Step(timedelta(days=2), "inspector", "receive", WELL),
    "received": Step(timedelta(hours=9), "inspector", "accept"),
    "refund_review": Step(timedelta(hours=4), "finance", "approve_refund"),
}


class NeverSo(Exception):
    """A return that cannot have happened, whatever the product says of it; the text is its code."""


class Replay:
    """Tells `returns` to the product. Killed and begun anew, it goes on with what the database knows.

    Between two ticks of the simulated clock everything is one transaction; then the jobs are worked off that those moves
    have enqueued, and the limits that have come due. `refusals`: event → the product's code.
    """

    def __init__(self, returns: Sequence[RealReturn], *, progress: Progress | None = None) -> None:
        self.returns, self.progress = returns, progress
        self.shelves: Mapping[str, Shelf] = shelves_of(sorted({one.order for one in returns}))
        self.refusals: dict[str, str] = {}
        self.moves: Counter[str] = Counter()
        self.done = 0
        self.agenda: list[tuple[datetime, int, RealReturn, str, str]] = []
        self.now = datetime.min.replace(tzinfo=UTC)

    def run(self, *, until: datetime | None = None) -> None:
        """Tell everything to its end, or what happens before `until`."""
        before = clock.shift()
        try:
            self._gather()
            self._tell(until)
            if until is None:
                self._settle()
        finally:
            clock.shift_to(before)

    def _gather(self) -> None:
        """Put every return on the agenda: one that has a case already goes on from its state."""
        known = standing()
        self.agenda = []
        for one in self.returns:
            case = known.get(one.event)
            if case is None:
                self.agenda.append((one.at, one.place, one, "", ""))
            else:
                self._plan(one, case.number, case.status, since=case.updated_at)
                self.now = max(self.now, case.updated_at)
        self.done = len(self.returns) - len(self.agenda)
        heapq.heapify(self.agenda)

    def _tell(self, until: datetime | None) -> None:
        while self.agenda and (until is None or self.agenda[0][0] < until):
            # What a killed run left behind its time is done at the time that was reached: nothing goes back.
            tick = max(self.now, self.agenda[0][0]) + TICK
            with transaction.atomic():
                while self.agenda and self.agenda[0][0] < min(filter(None, (tick, until))):
                    at, _, one, number, status = heapq.heappop(self.agenda)
                    self.now = max(self.now, at)
                    if number:
                        self._move(one, number, status)
                    else:
                        self._apply(one)
            self._tick()

    def _settle(self) -> None:
        """Nobody does anything any more: the clock closes what is refunded."""
        for _ in range(SETTLE_DAYS):
            if not self.returns or not any(case.open for case in standing().values()):
                return
            self.now += timedelta(days=1)
            self._tick()

    def _tick(self) -> None:
        clock.shift_to(self.now - datetime.now(UTC))
        while work_jobs():
            pass
        work_off_due(now=self.now, most=DUE_MOST)
        if self.progress:
            self.progress(self.done, len(self.returns))

    def _apply(self, one: RealReturn) -> None:
        try:
            case = self._wish(one)
        except (Refused, NeverSo) as no:
            self.refusals[one.event] = no.code if isinstance(no, Refused) else str(no)
            self.done += 1
            return
        self.moves["submit"] += 1
        self._plan(one, case["number"], case["status"], since=self.now)

    def _wish(self, one: RealReturn) -> dict[str, Any]:
        """Ask for all of it; where the product says that less is left, for what is left.

        The product is asked for the impossible, too: its answer counts, not our own sum.
        """
        shelf = self.shelves.get(one.order)
        if shelf is None:
            return self._open(one, NOBODY, {one.line: one.quantity})
        if one.at < shelf.placed_at:
            raise NeverSo("BEFORE_PURCHASE")
        lines = shelf.about(one.sku, line=one.line, each_minor=one.said_minor // one.quantity)
        if not lines:
            return self._open(one, shelf, {1 + max(line.line for line in shelf.lines): one.quantity})
        wanted, missing = {}, one.quantity
        for line in lines:
            if took := min(line.left, missing):
                wanted[line.line], missing = took, missing - took
        try:
            first = lines[0].line
            case = self._open(one, shelf, {**wanted, first: wanted.get(first, 0) + missing})
        except Refused as no:
            if no.code != QUANTITY_TAKEN.code or not wanted:
                raise
            case = self._open(one, shelf, wanted)
        for line in lines:
            line.left -= wanted.get(line.line, 0)
        return case

    def _open(self, one: RealReturn, shelf: Shelf, wanted: Mapping[int, int]) -> dict[str, Any]:
        wish = Application(
            order=one.order, service="return", reason="no_reason", channel="api", call_note=f"{MARK}{one.event}",
            lines=tuple(ItemWish(line, quantity) for line, quantity in wanted.items()), return_method="drop_off",
            contact={"name": "UCI", "phone": "00000000000"},
        )  # fmt: skip
        with transaction.atomic():
            return open_case(wish, actor=_buyer(shelf), now=self.now)

    def _move(self, one: RealReturn, number: str, status: str) -> None:
        step = STEPS[status]
        actor = _buyer(self.shelves[one.order]) if step.role == "consumer" else Actor(role=step.role, who=f"key:{step.role}")
        with transaction.atomic():
            case = make_move(number, step.move, actor=actor, answers=step.answers, version=None, now=self.now)
        self.moves[step.move] += 1
        self._plan(one, number, case["status"], since=self.now)

    def _plan(self, one: RealReturn, number: str, status: str, *, since: datetime) -> None:
        step = STEPS.get(status)
        if step is None:
            self.done += 1  # the money's own way and the clock do the rest
        else:
            heapq.heappush(self.agenda, (since + step.after, one.place, one, number, status))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the case of a return stands."""

    number: str
    status: str
    updated_at: datetime
    open: bool


def standing() -> dict[str, Standing]:
    """The cases that a replay has opened, by event."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [f"{MARK}%"])
        return {event: Standing(*facts) for event, *facts in cursor.fetchall()}


def work_jobs() -> int:
    """Do what the jobs of the outward queues do, here and now, each once; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(TODO, [QUEUES, JOBS_MOST])
        jobs = cursor.fetchall()
    for job_id, name, arguments in jobs:
        app.tasks[name].func(**json.loads(arguments))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job_id])
    return len(jobs)


def _buyer(shelf: Shelf) -> Actor:
    return Actor(role="consumer", who=f"buyer:{shelf.buyer_id}", buyer_id=shelf.buyer_id)


STANDING = """
SELECT substr(call_note, 5), number, status, updated_at, closed_at IS NULL FROM cases_case WHERE call_note LIKE %s
"""
TODO = """
SELECT id, task_name, args::text FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = ANY(%s) ORDER BY id LIMIT %s
"""
