"""The way of a service as people read it (REP-09, PRC): usual steps, who is at work, how long each may last."""

from dataclasses import dataclass

from shouhou.foundation.workflow import STAGES, Limit, Move, State, Text, Workflow
from shouhou.policy.terms import Terms

UNITS = {
    "hours": Text("{n} 小时", "{n} h"), "days": Text("{n} 天", "{n} d"), "workdays": Text("{n} 个工作日", "{n} working days"),
    "months": Text("{n} 个月", "{n} months"),
}  # fmt: skip
HOURS = {"hours": 1.0, "days": 24.0, "workdays": 24.0 * 7 / 5, "months": 24.0 * 30}


@dataclass(frozen=True, slots=True)
class Step:
    """A state on the usual way: `move` leads on (None at the end), `within` is how long it may last."""

    state: State
    move: Move | None
    within: Text | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit in words: how long, and what happens then."""

    term: str
    within: Text
    then: Text


def usual_way(workflow: Workflow, terms: Terms) -> list[Step]:
    """From the start to an end, as it mostly goes: forward, by whom it waits for, without refusing anything."""
    return [Step(state, move, longest(state, terms)) for state, move in trunk(workflow)]


def trunk(workflow: Workflow) -> list[tuple[State, Move | None]]:
    """The usual way without its limits: each state with the move that leads on, None at the end."""
    here, way, seen = workflow.state(workflow.start), list[tuple[State, Move | None]](), set[str]()
    while True:
        seen.add(here.name)
        onward = [move for move in workflow.moves if _leads_on(move, here, workflow, seen)]
        move = min(onward, key=lambda each: _rank(each, here, workflow), default=None)
        way.append((here, None if here.final else move))
        if here.final or move is None or move.target is None:
            return way
        here = workflow.state(move.target)


def longest(state: State, terms: Terms) -> Text | None:
    """How long the state may last: the first limit that always runs, else the longest of those that run sometimes."""
    always = [limit for limit in state.own_limits if limit.when is None]
    found = min(always, key=lambda each: _hours(each, terms), default=None) or max(
        state.own_limits, key=lambda each: _hours(each, terms), default=None
    )
    return said(found.term, terms) if found else None


def durations(workflow: Workflow, terms: Terms) -> dict[str, Text]:
    """How long each state may last, for the picture."""
    found = {state.name: longest(state, terms) for state in workflow.states}
    return {name: Text(f"≤ {text.zh}", f"≤ {text.en}") for name, text in found.items() if text}


def bounds(workflow: Workflow, state: State, terms: Terms) -> list[Bound]:
    """Every limit of the state, each with what comes at it."""
    return [Bound(limit.term, said(limit.term, terms), workflow.need(limit.on_breach).label) for limit in state.own_limits]


def said(term: str, terms: Terms) -> Text:
    """A period in words. Raises UNKNOWN_TERM."""
    number, unit = _number(term, terms), UNITS[terms.terms[term].type]
    return Text(unit.zh.format(n=number), unit.en.format(n=number))


def _number(term: str, terms: Terms) -> int:
    """The value for everybody; where it differs by whom, the longest."""
    values = [value for value in terms.terms[term].values(terms.day).values() if type(value) is int] if term in terms.terms else []
    return max(values) if values else terms.number(term)


def _hours(limit: Limit, terms: Terms) -> float:
    return _number(limit.term, terms) * HOURS[terms.terms[limit.term].type]


def _leads_on(move: Move, here: State, workflow: Workflow, seen: set[str]) -> bool:
    if here.name not in move.sources or not move.target or move.to_service or move.target in seen:
        return False
    return STAGES.index(workflow.state(move.target).stage) >= STAGES.index(here.stage)


def _rank(move: Move, here: State, workflow: Workflow) -> tuple[bool, bool, bool, bool, int]:
    final = workflow.state(move.target).final if move.target else True
    return move.denies or move.danger, not move.primary, here.waits_on not in move.by, final, workflow.moves.index(move)


