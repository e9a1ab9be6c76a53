"""Which limits run when a case enters a state, until when, and why: computed from the event log, pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouhou.cases.conditions import CONDITIONS, LASTING
from shouhou.cases.rows import CaseRow, DeadlineRow
from shouhou.foundation.days import Calendar, desk_hours, end_of_day, local_day
from shouhou.foundation.workflow import Limit, State, Workflow
from shouhou.policy.terms import Terms

# Fresh goods have no return without a reason; these are the ones that are fetched.
BAD_OR_WRONG = frozenset({"quality", "wrong_item", "mismatch"})

# What the law sets nobody extends: refunds, wilful delay, the length of a repair (L-03, L-11, L-12, L-15).
STATUTORY = frozenset({
    "refund_statutory_days", "delay_alarm_days", "repair_limit_days", "parts_limit_days", "parts_limit_long_days",
})  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What becomes of the limits: those that end (id, state), those that stand still or run on, those that begin."""

    ended: list[tuple[int, str]]
    changed: list[DeadlineRow]
    begun: list[DeadlineRow]
    # When the earliest limit of this state that was overrun before, and is not begun again, was due.
    overdue_at: datetime | None = None

    @property
    def running(self) -> list[DeadlineRow]:
        return [each for each in (*self.changed, *self.begun) if each.state == "open"]


def plan(
    case: CaseRow, state: State, *, workflow: Workflow, terms: Terms, calendar: Calendar, now: datetime,
    breached: str = "", stays: bool = False, begins: Collection[str] = (),
) -> Plan:  # fmt: skip
    """The limits on entering `state`, or, when the case `stays` there, what runs on: nothing that was overrun or met
    begins anew but what `begins` names. `breached` names the limit whose consequence this is."""
    named = {limit.name: limit for limit in state.limits}
    anew = {
        row.name for row in case.deadlines
        if row.name in named and row.name != breached and not stays and _counts_anew(named[row.name], row, case)
    }  # fmt: skip
    made = Plan([], [], [])
    for row in case.deadlines:
        if row.name == breached:
            made.ended.append((row.id, "breached"))
        elif row.name in anew or (
            row.name in named and named[row.name].when in LASTING and not CONDITIONS[str(named[row.name].when)](case, terms)
        ):
            made.ended.append((row.id, "met"))
        elif row.name in named:
            run_on = resume(row, case, terms=terms, calendar=calendar, now=now) if row.state == "paused" else row
            made.changed.append(_fitted(run_on, named[row.name], state, workflow))
        elif state.name in workflow.pauses(row.name):
            made.changed.append(pause(row, now=now) if row.state == "open" else row)
        else:
            made.ended.append((row.id, "met" if row.state == "paused" or now <= row.due_at else "dropped"))
    held = {row.name for row in case.deadlines} - anew
    for limit in state.limits:
        # The same limit from the same instant is overrun once, whatever states the case goes through after.
        overrun = case.overrun.get((limit.name, getattr(case, limit.since))) if limit.since else None
        if overrun is not None:
            made.overdue_at = min(overrun, made.overdue_at or overrun)
        elif (not stays or limit.name in begins) and limit.name not in held and (limit.when is None or CONDITIONS[limit.when](case, terms)):
            made.begun.append(begin(limit, state, case, terms=terms, calendar=calendar, now=now))
    return made


def _fitted(row: DeadlineRow, limit: Limit, state: State, workflow: Workflow) -> DeadlineRow:
    """A limit that runs on into a state where its first consequence is not possible has that state's own."""
    move = workflow.move(row.on_breach)
    if move is None or state.name not in move.sources:
        row.on_breach = limit.on_breach
    return row


def begin(limit: Limit, state: State, case: CaseRow, *, terms: Terms, calendar: Calendar, now: datetime) -> DeadlineRow:
    """A limit that starts to run now, or at the instant of the case that it counts from."""
    started = getattr(case, limit.since) or now if limit.since else now
    clock = [[started.isoformat(), "started", ""]]
    # What the effect knows to stand in the way from the start, each with its hours and its cause (LOG-02).
    clock += [[now.isoformat(), f"extended:{hours}", why] for hours, why in case.details.get("more_time", {}).get(limit.name, ())]
    remind = due_at(limit.remind, clock, case, terms=terms, calendar=calendar) if limit.remind else None
    return DeadlineRow(
        0, limit.name, limit.term, _responsible(limit, state, case), limit.on_breach, started,
        due_at(limit.term, clock, case, terms=terms, calendar=calendar), remind, None, "open", clock,
    )  # fmt: skip


def pause(row: DeadlineRow, *, now: datetime) -> DeadlineRow:
    """The clock stands still: it is somebody else's turn."""
    row.state, row.clock = "paused", [*row.clock, [now.isoformat(), "paused", ""]]
    return row


def resume(row: DeadlineRow, case: CaseRow, *, terms: Terms, calendar: Calendar, now: datetime) -> DeadlineRow:
    """The clock runs on; the time it stood still is added."""
    row.state, row.clock = "open", [*row.clock, [now.isoformat(), "resumed", ""]]
    row.due_at = due_at(row.term, row.clock, case, terms=terms, calendar=calendar)
    return row


def extend(row: DeadlineRow, *, hours: int, note: str, now: datetime) -> DeadlineRow:
    """More time, with a reason that both sides can read."""
    row.clock = [*row.clock, [now.isoformat(), f"extended:{hours}", note]]
    row.due_at += timedelta(hours=hours)
    return row


def due_at(
    term: str, clock: Sequence[Sequence[str]], case: CaseRow, *, terms: Terms, calendar: Calendar
) -> datetime:  # fmt: skip
    """The instant at which the term is used up, from the clock's own event log (L-03, L-04, L-05).

    Hours run on calendar time, but for what must be collected on the same day (MER-04); days end at 24:00 of the N-th
    day and roll past public holidays; working days end with the N-th working day. Time that stood still is added;
    extensions are added last.
    """
    started = datetime.fromisoformat(clock[0][0])
    still, since, extra = timedelta(0), None, timedelta(0)
    for at, what, _ in clock[1:]:
        if what == "paused":
            since = datetime.fromisoformat(at)
        elif what == "resumed" and since is not None:
            still, since = still + (datetime.fromisoformat(at) - since), None
        elif what.startswith("extended:"):
            extra += timedelta(hours=int(what.split(":")[1]))
    amount = terms.number(term, channel=case.channel, reason=case.reason, member=case.tier)
    if term == "pickup_hours" and same_day(case, terms):
        return end_of_day(local_day(started + still)) + extra
    if term == "dispute_evidence_hours":
        # Only the desk's hours count; what is left over goes on the next morning, to the minute (JD-R1 9).
        opens, closes = (int(terms.number(name)) for name in ("dispute_desk_opens", "dispute_desk_closes"))
        return desk_hours(started + still, hours=amount, opens=opens, closes=closes) + extra
    if term.endswith("_minutes"):
        return started + timedelta(minutes=amount) + still + extra
    if term.endswith("_hours"):
        return started + timedelta(hours=amount) + still + extra
    day = local_day(started + still)
    if term.endswith("_workdays"):
        # Never later than the statutory seventh calendar day after the goods are there (L-03 art. 13).
        last = calendar.add_workdays(day, amount)
        if term.startswith("refund_"):
            last = min(last, calendar.roll(day + timedelta(days=terms.number("refund_statutory_days"))))
        return end_of_day(last) + extra
    return end_of_day(calendar.roll(day + timedelta(days=amount))) + extra


def same_day(case: CaseRow, terms: Terms) -> bool:
    """Whether the courier must come on the day it was handled: fresh goods that are bad or not what was ordered (X-36)."""
    return case.reason in BAD_OR_WRONG and any(terms.value("pickup_same_day", category=item.category) for item in case.items)


def _responsible(limit: Limit, state: State, case: CaseRow) -> str:
    """Whose limit it is; a shop's own people do what runs beside a case of theirs."""
    if limit.aside and case.channel != "self" and limit.aside in ("reviewer", "technician"):
        return "merchant_operator"
    return limit.aside or state.waits_on or ""


def _counts_anew(limit: Limit, row: DeadlineRow, case: CaseRow) -> bool:
    """Whether the instant that the limit counts from is another one by now: a visit moved to another day."""
    return limit.since is not None and getattr(case, limit.since) not in (None, row.started_at)


def next_due(rows: Iterable[DeadlineRow]) -> datetime | None:
    """The earliest limit that runs."""
    return min((row.due_at for row in rows if row.state == "open"), default=None)
