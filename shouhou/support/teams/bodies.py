"""What a team's records say, in the API's shapes."""

from typing import Any

from shouhou.accounts.models import User
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.models import Check, Course, Swap, Training
from shouhou.support.teams.queries import Load, Quality
from shouhou.support.teams.rules.quality import mean


def person_body(user: User) -> dict[str, str]:
    return {"account": user.username, "name": user.get_full_name() or user.username}


def load_body(row: Load) -> dict[str, Any]:
    return {
        "person": person_body(row.user), "role": row.user.role, "on_duty": row.here, "cases": row.cases, "overdue": row.overdue,
        "due_today": row.today, "conversations": row.talks, "waiting": row.waiting, "calls": row.calls, "handled": row.handled,
        "ended": row.ended, "reopened": row.again, "untrained": sorted(row.lacks), "lapsing": row.lapses,
    }  # fmt: skip


def shift_body(row: Duty) -> dict[str, Any]:
    return {
        "number": row.pk, "person": person_body(row.user), "weekdays": list(row.weekdays), "since": f"{row.since:%H:%M}",
        "until": f"{row.until:%H:%M}", "on_holidays": row.on_holidays, "skills": list(row.skills), "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat() if row.last_day else None, "off_days": [day.isoformat() for day in row.off_days],
    }  # fmt: skip


def swap_body(row: Swap) -> dict[str, Any]:
    return {
        "number": row.pk, "shift": row.duty_id, "day": row.day.isoformat(), "asked_by": person_body(row.asked_by),
        "colleague": person_body(row.colleague), "back": row.back_id, "back_day": row.back_day.isoformat() if row.back_day else None,
        "reason": row.reason, "state": row.state, "answer": row.answer, "asked_at": row.asked_at.isoformat(),
        "decided_by": person_body(row.decided_by) if row.decided_by else None,
    }  # fmt: skip


def course_body(row: Course) -> dict[str, Any]:
    return {
        "number": row.pk, "title": {"zh": row.title_zh, "en": row.title_en}, "subject": row.subject, "groups": list(row.groups),
        "pass_score": row.pass_score, "valid_months": row.valid_months, "active": row.active,
    }  # fmt: skip


def training_body(row: Training) -> dict[str, Any]:
    return {
        "number": row.pk, "course": row.course_id, "person": person_body(row.user), "taken_on": row.taken_on.isoformat(),
        "score": row.score, "passed": row.score >= row.course.pass_score, "expires_on": row.expires_on.isoformat(), "note": row.note,
        "by": person_body(row.by),
    }  # fmt: skip


def check_body(row: Check) -> dict[str, Any]:
    average = mean(list(row.scores.values()))
    return {
        "number": row.pk, "person": person_body(row.user), "month": f"{row.month:%Y-%m}", "kind": row.kind, "about": row.number,
        "state": row.state, "scores": row.scores, "mean": str(average) if average is not None else None, "note": row.note,
        "checked_by": person_body(row.checked_by) if row.checked_by else None,
        "checked_at": row.checked_at.isoformat() if row.checked_at else None, "reply": row.reply,
    }  # fmt: skip


def quality_body(row: Quality) -> dict[str, Any]:
    return {
        "person": person_body(row.user), "drawn": row.drawn, "done": row.done, "mean": str(row.whole) if row.whole is not None else None,
        "means": {name: str(value) if value is not None else None for name, value in row.means.items()},
    }  # fmt: skip
