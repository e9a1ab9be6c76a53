"""Effects of a contact with the consumer and of goods stuck in picking: what was said stands in the case, the task is done."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.solution import is_concrete
from shouhou.cases.todo import WHERE
from shouhou.cases.workflows.contact import WAYS
from shouhou.foundation.refusals import FieldError


def tell_solution(moving: Moving) -> None:
    """What is done, by whom, by when. Raises ANSWERS_INVALID for words that only put it off (PRC-16)."""
    case, answers = moving.case, moving.answers
    if not is_concrete(str(answers["solution"])):
        raise invalid(FieldError(
            "solution", "请写明具体方案：办什么、谁来办、何时完成。“会尽快处理”一类的话不算方案。",
            "Write the solution itself: what is done, by whom, by when. “We will look into it” is none.",
        ))  # fmt: skip
    way = WAYS[str(answers["way"])]
    say(moving, f"已联系您（{way.zh}，{answers['reached']}），解决方案：{answers['solution']}",
        f"We contacted you ({way.en}, {answers['reached']}) with this solution: {answers['solution']}")  # fmt: skip
    moving.note(solution={
        "way": answers["way"], "reached": answers["reached"], "text": answers["solution"], "by": moving.actor.name,
        "at": moving.now.isoformat(), "round": f"{case.resubmissions}:{case.reopened_at or ''}",
    })  # fmt: skip
    done(moving, "solution")


def tell_ready(moving: Moving) -> None:
    """Sent or fetched, and when: agreed with the consumer."""
    answers = moving.answers
    way = WAYS[str(answers["way"])]
    say(moving, f"商品已修好，已联系您（{way.zh}，{answers['reached']}）：{answers['said']}",
        f"Your item is ready; we contacted you ({way.en}, {answers['reached']}): {answers['said']}")  # fmt: skip
    moving.note(ready_told={
        "way": answers["way"], "reached": answers["reached"], "text": answers["said"], "at": moving.now.isoformat(),
    })  # fmt: skip
    done(moving, "ready_contact")


def ready_again(moving: Moving) -> None:
    """Repaired once more: whoever waits for it is told once more."""
    moving.note(ready_told=None)


def overdue(moving: Moving) -> None:
    """The limit has passed: a task that stands in the queue until it is done (breached limits alone are forgotten)."""
    name = {"note_solution": "solution", "note_ready_contact": "ready_contact", "note_picking": "picking"}[moving.move.name]
    moving.note(tasks={**_tasks(moving), name: moving.now.isoformat()})


def coordinate(moving: Moving) -> None:
    """The warehouse was asked; its answer stands in the history, the shipping limit runs on."""
    done(moving, "picking")


def forget_tasks(moving: Moving) -> None:
    """What is left behind with the state, or with the service, is no task any more."""
    held = _tasks(moving)
    if held and (moving.target != moving.case.status or moving.move.to_service):
        stay = {name: at for name, at in held.items() if not moving.move.to_service and moving.target in WHERE[name]}
        if stay != held:
            moving.note(tasks=stay or None)


def done(moving: Moving, name: str) -> None:
    left = {each: at for each, at in _tasks(moving).items() if each != name}
    moving.note(tasks=left or None)


def _tasks(moving: Moving) -> dict[str, Any]:
    return dict(moving.case.details.get("tasks") or {})
