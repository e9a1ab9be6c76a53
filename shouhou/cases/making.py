"""Making a move: rule, effects, one write; for every door alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from psycopg.types.json import Jsonb

from shouhou.cases.answers import take_answers
from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.effects import effects
from shouhou.cases.effects.contact import forget_tasks
from shouhou.cases.events import CASE_MOVED
from shouhou.cases.limits import Plan, next_due, plan
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import MOVE_NOT_NOW, MOVE_NOT_YOURS, MOVE_UNKNOWN, WITH_THE_PLATFORM
from shouhou.cases.rows import OF_A_SHOP, CaseRow, DeadlineRow, load_case
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import ASIDE, WORKFLOWS
from shouhou.cases.workflows.dispute import ALL
from shouhou.foundation.refusals import OVERTAKEN, refused
from shouhou.foundation.workflow import Move, State, Who, Workflow
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced, tell
from shouhou.policy.queries import calendar_now

# Who may act in a consumer's place: recorded as such in the history.
PROXIES: frozenset[Who] = frozenset({"agent", "supervisor", "clerk", "shop"})
# While one of these has the case, a shop's own people may grant, and not refuse.
PLATFORM = frozenset({"supervisor", "arbitrator"})
DISPUTE = frozenset(ALL.split())
FOLLOW_MOST = 8


def move_case(
    number: str, move: str, *, actor: Actor, answers: Mapping[str, object], version: int | None, now: datetime,
    breached: str = "",
) -> CaseRow:  # fmt: skip
    """Make the move and what follows from it by itself; the caller's transaction must be open.

    Raises CASE_NOT_FOUND, MOVE_UNKNOWN, MOVE_NOT_NOW, MOVE_NOT_YOURS, OVERTAKEN, ANSWERS_INVALID and what the
    effect refuses; nothing has changed then.
    """
    # Whoever works off a limit has locked the case when claiming it.
    case = load_case(number, actor=actor, lock=not breached)
    if version is not None and version != case.version:
        raise refused(OVERTAKEN, version=case.version)
    workflow = WORKFLOWS[case.service]
    found = workflow.move(move)
    if found is None:
        raise refused(MOVE_UNKNOWN, move=move)
    if case.status not in found.sources or not possible(found, case):
        raise refused(MOVE_NOT_NOW, status=workflow.state(case.status).label.zh, label=found.label.zh, move=move)
    if not allowed(found, actor):
        raise refused(MOVE_NOT_YOURS, label=found.label.zh, move=move)
    if withheld(found, case, actor):
        raise refused(WITH_THE_PLATFORM, label=found.label.zh, move=move)
    follow, moved_on = _make(case, workflow, found, actor=actor, answers=take_answers(found.asks, answers), now=now, breached=breached)
    made = 0
    while follow:
        made += 1
        if made > FOLLOW_MOST:
            raise RuntimeError(f"{number}: moves follow each other without end")
        name, given = follow.pop(0)
        case = load_case(number, actor=SYSTEM)
        workflow = WORKFLOWS[case.service]
        more, _ = _make(case, workflow, workflow.need(name), actor=SYSTEM, answers=dict(given), now=now)
        follow += more
    return load_case(number, actor=SYSTEM) if made or moved_on else case


def allowed(move: Move, actor: Actor) -> bool:
    """The one permission rule: the role itself, or a proxy for the consumer."""
    return actor.role in move.by or (actor.role in PROXIES and "consumer" in move.by and not move.personal)


def withheld(move: Move, case: CaseRow, actor: Actor) -> bool:
    """Whether the platform has taken the case over, so that the shop may no longer make this move against its consumer."""
    shop = actor.merchant_id is not None or actor.role in OF_A_SHOP
    return shop and move.denies and (case.waits_on in PLATFORM or case.status in DISPUTE)


def possible(move: Move, case: CaseRow) -> bool:
    """Whether the case meets the condition that the move names."""
    return move.when is None or CONDITIONS[move.when](case, terms_of(case))


def turn(state: State, case: CaseRow) -> str:
    """Who acts next: a shop's own people review and inspect what the shop sold, unless the house has taken the case over."""
    if "taken_over" in case.details:
        return "reviewer" if state.waits_on in OF_A_SHOP else state.waits_on or ""
    if case.channel != "self" and state.waits_on in ("reviewer", "inspector", "technician"):
        return "merchant_operator"
    return state.waits_on or ""


def _make(
    case: CaseRow, workflow: Workflow, move: Move, *, actor: Actor, answers: dict[str, Any], now: datetime, breached: str = ""
) -> tuple[list[tuple[str, Mapping[str, object]]], bool]:
    terms = terms_of(case)
    moving = Moving(
        case=case, workflow=workflow, move=move, actor=actor, answers=answers, now=now, terms=terms,
        calendar=calendar_now(), target=move.target or case.status,
    )  # fmt: skip
    for effect in effects(workflow.service, move.name):
        effect(moving)
    if move.to_service is not None:
        # Converted, not filed again: one number, one timeline, one ledger; only the workflow is another one.
        workflow = WORKFLOWS[move.to_service]
        moving.set(service=workflow.service)
    forget_tasks(moving)
    state = workflow.state(moving.target)
    stays = move.target is None and moving.target == case.status and move.to_service is None
    if state.final and case.closed_at is None:
        moving.set(closed_at=now)
    limits = plan(
        case, state, workflow=workflow, terms=terms, calendar=moving.calendar, now=now, breached=breached, stays=stays,
        begins=moving.begins,
    )  # fmt: skip
    mine = (row for row in limits.running if row.name not in ASIDE)
    due = min(filter(None, (next_due(mine), limits.overdue_at)), default=None)
    if stays and case.due_at is not None and (breached or due is None):
        # Recorded, nothing else moves: the case stays overdue in the queue until somebody acts.
        due = min(case.due_at, due or case.due_at)
    _write(moving, state, limits, due)
    for call in moving.after:
        call()
    return moving.follow, bool(moving.after)


def _write(moving: Moving, state: State, limits: Plan, due: datetime | None) -> None:
    """History, case, limits and event in one statement; no row means that somebody was quicker."""
    case, actor, now = moving.case, moving.actor, moving.now
    came_from = case.status
    data = {
        "number": case.number, "order": case.order, "service": case.service, "status": state.name, "from": came_from,
        "move": moving.move.name, "role": actor.role, "stage": state.stage, "waits_on": turn(state, case),
        "due_at": due.isoformat() if due else None, "version": case.version + 1,
    }  # fmt: skip
    proxy = actor.role not in moving.move.by and actor.role != "system"
    values: dict[str, Any] = {
        "id": case.id, "version": case.version, "status": state.name, "stage": state.stage, "waits_on": turn(state, case),
        "due": due, "now": now, "move": moving.move.name, "from": came_from, "role": actor.role, "who": actor.who,
        "name": actor.name, "behalf": actor.on_behalf_of or (f"buyer:{case.buyer_id}" if proxy else ""),
        "answers": Jsonb(moving.answers), "event": CASE_MOVED.name, "number": case.number, "merchant": case.merchant_id or None,
        "buyer": case.buyer_id, "data": Jsonb(data), "ended": _json([{"id": i, "state": s} for i, s in limits.ended]),
        "changed": _json([_row(each) for each in limits.changed]), "begun": _json([_row(each) for each in limits.begun]),
        **{f"set_{name}": Jsonb(value) if isinstance(value, dict) else value for name, value in moving.sets.items()},
    }  # fmt: skip
    extra = "".join(f", {name} = %(set_{name})s" for name in moving.sets)
    with connection.cursor() as cursor:
        cursor.execute(WRITE.replace("/*sets*/", extra), values)
        row = cursor.fetchone()
    if row is None:
        raise refused(OVERTAKEN, version=case.version)
    case.status, case.stage, case.waits_on, case.due_at = state.name, state.stage, turn(state, case), due
    case.version, case.updated_at, case.deadlines = row[0], now, [*limits.changed, *limits.begun]
    tell(Announced(CASE_MOVED.name, case.number, now, data, case.merchant_id or None, case.buyer_id))


def _row(row: DeadlineRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "term": row.term, "waits_on": row.waits_on, "on_breach": row.on_breach,
        "started_at": row.started_at, "due_at": row.due_at, "remind_at": row.remind_at, "state": row.state,
        "clock": row.clock,
    }  # fmt: skip


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


WRITE = """
WITH moved AS (
    UPDATE cases_case SET status = %(status)s, stage = %(stage)s, waits_on = %(waits_on)s, due_at = %(due)s,
        version = version + 1, updated_at = %(now)s/*sets*/
    WHERE id = %(id)s AND version = %(version)s AND status = %(from)s RETURNING id, version
), written AS (
    INSERT INTO cases_historyentry
        (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
    SELECT id, version, %(move)s, %(from)s, %(status)s, %(role)s, %(who)s, %(name)s, %(behalf)s, %(answers)s, %(now)s
    FROM moved
), ended AS (
    UPDATE cases_deadline d SET state = x.state, ended_at = %(now)s
    FROM moved, jsonb_to_recordset(%(ended)s::jsonb) AS x(id bigint, state text) WHERE d.id = x.id
), changed AS (
    UPDATE cases_deadline d SET state = x.state, due_at = x.due_at, clock = x.clock, on_breach = x.on_breach
    FROM moved, jsonb_to_recordset(%(changed)s::jsonb)
        AS x(id bigint, state text, due_at timestamptz, clock jsonb, on_breach text)
    WHERE d.id = x.id
), begun AS (
    INSERT INTO cases_deadline
        (case_id, name, term, waits_on, on_breach, started_at, due_at, remind_at, state, clock, failures)
    SELECT m.id, x.name, x.term, x.waits_on, x.on_breach, x.started_at, x.due_at, x.remind_at, x.state, x.clock, 0
    FROM moved m, jsonb_to_recordset(%(begun)s::jsonb) AS x(name text, term text, waits_on text, on_breach text,
        started_at timestamptz, due_at timestamptz, remind_at timestamptz, state text, clock jsonb)
), told AS (
    INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
    SELECT %(now)s, %(event)s, %(number)s, %(merchant)s, %(buyer)s, %(data)s FROM moved
)
SELECT version FROM moved
"""
