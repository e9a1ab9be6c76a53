"""Workflows as data: states, moves, limits. A definition that could trap a case refuses to load."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import Literal

from shouhou.foundation.ids import CasePrefix

Stage = Literal["applied", "reviewed", "goods", "inspected", "resolved", "rated"]
STAGES: tuple[Stage, ...] = ("applied", "reviewed", "goods", "inspected", "resolved", "rated")
Who = Literal[
    "consumer", "merchant_operator", "merchant_manager", "agent", "reviewer", "supervisor", "inspector",
    "technician", "clerk", "finance", "insurer", "arbitrator", "operations", "auditor", "carrier", "shop", "system",
]  # fmt: skip
AskType = Literal["text", "choice", "money", "number", "boolean", "date", "instant", "items", "files", "address", "checklist"]


@dataclass(frozen=True, slots=True)
class Text:
    """A label in both languages; Chinese first."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language.lower().startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing a move asks for. `choices` maps code to label; `most` bounds text length, number or item count."""

    field: str
    type: AskType
    label: Text
    required: bool = False
    choices: Mapping[str, Text] = default(default_factory=dict)
    most: int | None = None
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a state may last: `term` names the policy term; at the limit `on_breach` names the system move to make.

    `remind` names the term after which the one we wait for is reminded, once. `when` names a condition of the case
    (None: always), `since` an instant of the case that it counts from (None: entering the state). A limit that the
    next state names too runs on; in `pauses_in` it stands still and is resumed. `aside` is whose turn it is where the
    limit runs beside what the case itself waits for: it does not make the case due.
    """

    name: str
    term: str
    on_breach: str
    remind: str | None = None
    when: str | None = None
    pauses_in: frozenset[str] = frozenset()
    since: str | None = None
    aside: Who | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand. `waits_on` acts next (None: nobody, the end); `limits` are worked off by the clock."""

    name: str
    label: Text
    stage: Stage
    waits_on: Who | None
    limits: tuple[Limit, ...] = ()
    final: bool = False
    hint: Text | None = None

    @property
    def own_limits(self) -> tuple[Limit, ...]:
        """How long the state itself may last: without what runs beside it."""
        return tuple(limit for limit in self.limits if limit.aside is None)


@dataclass(frozen=True, slots=True)
class Move:
    """The only way a case changes: from `sources` to `target` by one of `by`.

    `target` None keeps the state (a reminder, an extension); `or_to` are targets its effect may choose instead.
    `to_service` makes it a conversion: the same case goes on in that service's workflow, whose states the targets are.
    `when` names a condition of the case without which the move is not there. `danger` asks for confirmation on the
    page. `says` is the timeline's past-tense line. `denies`: it refuses or puts off what the consumer asks for, so a shop's
    own people may not make it while the platform has the case. `personal`: nobody makes it in the consumer's place.
    """

    name: str
    label: Text
    sources: frozenset[str]
    target: str | None
    by: frozenset[Who]
    asks: tuple[Ask, ...] = ()
    says: Text | None = None
    danger: bool = False
    primary: bool = False
    when: str | None = None
    or_to: frozenset[str] = frozenset()
    to_service: str | None = None
    denies: bool = False
    personal: bool = False

    @property
    def targets(self) -> frozenset[str]:
        """Every state this move can lead to, other than staying."""
        return self.or_to | ({self.target} if self.target else frozenset())


@dataclass(frozen=True, slots=True)
class Applying:
    """How a service is applied for, besides order, items, reason, description, evidence and contact.

    `verdict` names the service whose policy verdict decides (None: the promise of the service's own name does);
    `reasons` are the families that fit (empty: all). `goods`: goods come back, so a way of return is asked for;
    `claims`: the units are held for this case while it lives, but not where an answer is one of `spares` (ask, choice):
    then only a part of them is meant; `refunds`: a refund is previewed. `by_book` is the move that approves at once what
    the policy allows without a reason (PRC-01); `at_once` are system moves tried in this order right after opening, each
    once, where the case meets their `when`. `about_goods` False: it may be about an order, another case or nothing bought
    yet, so neither an order nor items are needed, and no policy is asked.
    """

    verdict: str | None = None
    about_goods: bool = True
    reasons: frozenset[str] = frozenset()
    goods: bool = False
    claims: bool = False
    refunds: bool = False
    spares: frozenset[tuple[str, str]] = frozenset()
    asks: tuple[Ask, ...] = ()
    by_book: str = ""
    at_once: tuple[str, ...] = ()

    def holds_units(self, details: Mapping[str, object]) -> bool:
        """Whether a case with these answers keeps its units from every other case."""
        return self.claims and not any(details.get(ask) == choice for ask, choice in self.spares)


class BadWorkflow(ValueError):
    """The definition would trap a case or name something that does not exist."""


@dataclass(frozen=True)
class Workflow:
    """One service's life. Raises BadWorkflow on unknown, unreachable or dead-end states and limits without a way out.

    `prefix` begins the numbers of its cases; a case that is converted keeps its number.
    """

    service: str
    label: Text
    start: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    applying: Applying = Applying()
    prefix: CasePrefix = "SO"

    def __post_init__(self) -> None:
        object.__setattr__(self, "_states", {state.name: state for state in self.states})
        object.__setattr__(self, "_moves", {move.name: move for move in self.moves})
        problems = list(self._problems())
        if problems:
            raise BadWorkflow(f"{self.service}: " + "; ".join(problems))

    def state(self, name: str) -> State:
        return self._states[name]  # type: ignore[attr-defined,no-any-return]

    def move(self, name: str) -> Move | None:
        return self._moves.get(name)  # type: ignore[attr-defined,no-any-return]

    def need(self, name: str) -> Move:
        """The move, which the caller knows to exist. Raises KeyError otherwise."""
        return self._moves[name]  # type: ignore[attr-defined,no-any-return]

    def pauses(self, limit_name: str) -> frozenset[str]:
        """The states in which the limit stands still instead of ending."""
        return frozenset().union(
            *(limit.pauses_in for state in self.states for limit in state.limits if limit.name == limit_name)
        )

    def moves_from(self, state: str, who: Who) -> list[Move]:
        """What `who` may do in `state`, in the definition's order."""
        return [move for move in self.moves if state in move.sources and who in move.by]

    def _problems(self) -> Iterator[str]:
        names = {state.name for state in self.states}
        if len(names) != len(self.states) or len({move.name for move in self.moves}) != len(self.moves):
            yield "a name stands twice"
        if self.start not in names:
            yield f"the start {self.start} is unknown"
        for move in self.moves:
            unknown = (move.sources if move.to_service else move.sources | move.targets) - names
            if unknown:
                yield f"move {move.name} names unknown {sorted(unknown)}"
            if not move.sources or not move.by:
                yield f"move {move.name} can be made by nobody or from nowhere"
        reached, todo = {self.start}, [self.start]
        while todo:
            here = todo.pop()
            for move in self.moves:
                if here in move.sources and not move.to_service:
                    todo.extend(move.targets - reached)
                    reached |= move.targets
        for name in sorted(names - reached):
            yield f"state {name} is unreachable"
        for state in self.states:
            out = [
                move for move in self.moves if state.name in move.sources and (move.to_service or move.targets - {state.name})
            ]
            if not state.final and not out:
                yield f"state {state.name} is a dead end"
            if state.final != (state.waits_on is None):
                yield f"state {state.name} must wait on somebody, or be final"
            for limit in state.limits:
                breach = self._moves.get(limit.on_breach)  # type: ignore[attr-defined]
                if breach is None or state.name not in breach.sources or "system" not in breach.by:
                    yield f"limit {limit.name} of {state.name} has nothing to do on breach"
        for name in self.applying.at_once:
            first = self._moves.get(name)  # type: ignore[attr-defined]
            if first is None or "system" not in first.by:
                yield f"{name} cannot be made by the system right after opening"


def states_of(workflow: Workflow, names: str, *, without: Collection[str] = ()) -> tuple[State, ...]:
    """States that another service shares with `workflow`, by their names in one text, in this order.

    Limits whose consequence is a move in `without` are not shared.
    """
    found = (workflow.state(name) for name in names.split())
    return tuple(
        replace(state, limits=tuple(limit for limit in state.limits if limit.on_breach not in without)) for state in found
    )


def moves_of(
    workflow: Workflow, states: Iterable[State], *, without: Collection[str] = (), also: Mapping[str, str] | None = None
) -> tuple[Move, ...]:  # fmt: skip
    """The moves of `workflow` that another service with these `states` shares: each narrowed to the states that are here.

    One whose target is not among them is not shared; `also` names further states that a move may start from.
    """
    names, more = {state.name for state in states}, also or {}
    return tuple(
        replace(move, sources=(move.sources & names) | frozenset(more.get(move.name, "").split()), or_to=move.or_to & names)
        for move in workflow.moves
        if move.sources & names and (move.target is None or move.target in names)
        and move.name not in without and not move.to_service
    )  # fmt: skip


def merged(*moves: Move) -> tuple[Move, ...]:
    """Moves in order; a later one of the same name stands in the earlier one's place."""
    return tuple({move.name: move for move in moves}.values())


def catalogue(*workflows: Workflow) -> dict[str, Workflow]:
    """All services by name. Raises BadWorkflow where a conversion leads to a service or state that does not exist."""
    found = {workflow.service: workflow for workflow in workflows}
    if len(found) != len(workflows):
        raise BadWorkflow("a service stands twice")
    for workflow in workflows:
        for move in workflow.moves:
            if move.to_service is None:
                continue
            goal = found.get(move.to_service)
            known = {state.name for state in goal.states} if goal else set()
            for target in move.targets or move.sources:
                if target not in known:
                    raise BadWorkflow(f"{workflow.service}: {move.name} leads to {move.to_service}/{target}, which is unknown")
    return found
