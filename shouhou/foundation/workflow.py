"""Workflows as data: states, moves, limits. A definition that could trap a case refuses to load."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Literal

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
    next state names too runs on; in `pauses_in` it stands still and is resumed.
    """

    name: str
    term: str
    on_breach: str
    remind: str | None = None
    when: str | None = None
    pauses_in: frozenset[str] = frozenset()
    since: str | None = None


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


@dataclass(frozen=True, slots=True)
class Move:
    """The only way a case changes: from `sources` to `target` by one of `by`.

    `target` None keeps the state (a reminder, an extension); `or_to` are targets its effect may choose instead.
    `when` names a condition of the case without which the move is not there. `danger` asks for confirmation on the
    page. `says` is the timeline's past-tense line.
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

    @property
    def targets(self) -> frozenset[str]:
        """Every state this move can lead to, other than staying."""
        return self.or_to | ({self.target} if self.target else frozenset())


class BadWorkflow(ValueError):
    """The definition would trap a case or name something that does not exist."""


@dataclass(frozen=True)
class Workflow:
    """One service's life. Raises BadWorkflow on unknown, unreachable or dead-end states and limits without a way out."""

    service: str
    label: Text
    start: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]

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
            unknown = (move.sources | move.targets) - names
            if unknown:
                yield f"move {move.name} names unknown {sorted(unknown)}"
            if not move.sources or not move.by:
                yield f"move {move.name} can be made by nobody or from nowhere"
        reached, todo = {self.start}, [self.start]
        while todo:
            here = todo.pop()
            for move in self.moves:
                if here in move.sources:
                    todo.extend(move.targets - reached)
                    reached |= move.targets
        for name in sorted(names - reached):
            yield f"state {name} is unreachable"
        for state in self.states:
            out = [move for move in self.moves if state.name in move.sources and move.targets - {state.name}]
            if not state.final and not out:
                yield f"state {state.name} is a dead end"
            if state.final != (state.waits_on is None):
                yield f"state {state.name} must wait on somebody, or be final"
            for limit in state.limits:
                breach = self._moves.get(limit.on_breach)  # type: ignore[attr-defined]
                if breach is None or state.name not in breach.sources or "system" not in breach.by:
                    yield f"limit {limit.name} of {state.name} has nothing to do on breach"
