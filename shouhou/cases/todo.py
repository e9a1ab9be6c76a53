"""Tasks beside a case's own turn: contact with a solution, contact before the hand-back, goods stuck in picking."""

from dataclasses import dataclass
from datetime import datetime

from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text

TASKS: dict[str, Text] = {
    "solution": Text("联系消费者，告知解决方案", "Contact the consumer with a solution"),
    "ready_contact": Text("联系消费者，约定交还", "Contact the consumer about the hand-back"),
    "picking": Text("协调仓库，查明为何未发出", "Ask the warehouse why it has not gone out"),
}
# With which move each is done, and where it can still be.
DONE_BY = {"solution": "tell_solution", "ready_contact": "tell_ready", "picking": "coordinate"}
# Between the house and its warehouse: no limit that a consumer waits for.
HOUSE_ONLY = frozenset({"picking"})
# Open from the start of their limit; picking becomes a task only once a day has passed.
FROM_THE_START = ("solution", "ready_contact")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, until when, and whether that has passed."""

    name: str
    label: Text
    move: str
    due_at: datetime
    late: bool


def tasks_of(case: CaseRow) -> list[Task]:
    """The open tasks of this case, those overdue first."""
    late = [
        Task(name, TASKS[name], DONE_BY[name], datetime.fromisoformat(at), True)
        for name, at in (case.details.get("tasks") or {}).items()
        if name in TASKS and case.status in WHERE[name]
    ]
    running = [
        Task(row.name, TASKS[row.name], DONE_BY[row.name], row.due_at, False)
        for row in case.deadlines
        if row.name in FROM_THE_START and row.state == "open"
    ]
    return [*sorted(late, key=lambda task: task.due_at), *sorted(running, key=lambda task: task.due_at)]


WHERE = {
    "solution": frozenset({"submitted", "escalated"}), "ready_contact": frozenset({"ready"}),
    "picking": frozenset({"advance_due", "accepted", "replacement_reserved", "to_resend", "resend_held"}),
}  # fmt: skip
# For the queue: the same rule in the database's words.
TASKS_OPEN = " OR ".join((
    "EXISTS (SELECT 1 FROM cases_deadline d WHERE d.case_id = c.id AND d.state = 'open' AND d.name IN ('solution', 'ready_contact'))",
    *(
        f"(c.details -> 'tasks' ? '{name}' AND c.status IN ({', '.join(repr(state) for state in sorted(states))}))"
        for name, states in WHERE.items()
    ),
))  # fmt: skip
