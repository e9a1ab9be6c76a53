"""A move in the making: what its effect may read, set and ask to follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouhou.cases.rows import CaseRow
from shouhou.foundation.days import Calendar
from shouhou.foundation.workflow import Move, Workflow
from shouhou.plumbing.actor import Actor
from shouhou.policy.terms import Terms

COLUMNS = frozenset({
    "refund_minor", "deduction_minor", "preview", "freight_payer", "fault", "return_address_id", "outcome",
    "override_reason", "resubmissions", "claims_held", "rest_sent", "received_at", "resolved_at", "closed_at",
    "reopened_at", "description", "return_method", "contact", "service", "decision_id", "verdict", "submitted_at", "details",
})  # fmt: skip


@dataclass(slots=True)
class Moving:
    """One move of one case, inside its transaction."""

    case: CaseRow
    workflow: Workflow
    move: Move
    actor: Actor
    answers: dict[str, Any]
    now: datetime
    terms: Terms
    calendar: Calendar
    target: str
    sets: dict[str, object] = field(default_factory=dict)
    follow: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    # Limits that begin now though the case stays where it is.
    begins: set[str] = field(default_factory=set)
    after: list[Callable[[], object]] = field(default_factory=list)

    def set(self, **columns: object) -> None:
        """Change columns of the case with this move."""
        for name, value in columns.items():
            if name not in COLUMNS:
                raise KeyError(name)
            setattr(self.case, name, value)
            self.sets[name] = value

    def go(self, target: str) -> None:
        """Choose another target than the move's first; it must be one that the move declares."""
        if target not in self.move.targets:
            raise KeyError(f"{self.move.name} does not lead to {target}")
        self.target = target

    def note(self, **details: object) -> None:
        """Keep what only this kind of service knows, beside what is known already; None forgets it."""
        kept = {**self.case.details, **details}
        self.set(details={name: value for name, value in kept.items() if value is not None})

    def then(self, move: str, **answers: object) -> None:
        """Let the system make `move` right after this one, in the same transaction."""
        self.follow.append((move, answers))

    def once_moved(self, call: Callable[[], object]) -> None:
        """Call down only when this move is written: what is called announces something that moves the case itself."""
        self.after.append(call)


Effect = Callable[[Moving], None]
