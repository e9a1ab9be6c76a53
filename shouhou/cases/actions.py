"""What can be done with a case; every door calls these and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg import errors

from shouhou.cases.events import CASE_ATTACHED, CASE_MESSAGE, CASE_RATED
from shouhou.cases.evidence import attach_tokens, message_files
from shouhou.cases.making import move_case
from shouhou.cases.opening import Application, ItemWish, open_application
from shouhou.cases.plain import is_plain, open_plain
from shouhou.cases.rating import fitting, rated_until
from shouhou.cases.refusals import ANSWERS_INVALID, CLAIMED_ALREADY, MOVE_NOT_YOURS, RATING_NOT_YET, RATING_OVER
from shouhou.cases.rows import CaseRow, load_case
from shouhou.cases.view import case_body
from shouhou.cases.workflows import ASIDE, WORKFLOWS
from shouhou.conduct.actions import weigh
from shouhou.foundation.refusals import FieldError, refused
from shouhou.foundation.workflow import Ask
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish

__all__ = [
    "Application", "ItemWish", "attach", "claim", "claim_free", "claim_next", "make_move", "may_claim", "open_case", "rate",
    "release", "say", "weigh_answers", "weigh_message",
]  # fmt: skip
MESSAGE_MOST = 2000
DEADLOCK_TRIES = 3
# What an ask of so many characters takes is sentences, not a number or a code.
SENTENCES = 200


def _prose(ask: Ask) -> bool:
    return ask.type == "text" and (ask.most or 0) >= SENTENCES


PROSE = frozenset(ask.field for workflow in WORKFLOWS.values() for move in workflow.moves for ask in move.asks if _prose(ask))


def open_case(
    application: Application, *, actor: Actor, now: datetime, dry_run: bool = False, language: str = "zh-hans"
) -> dict[str, Any]:  # fmt: skip
    """Apply for a service; answers the new case in the contract's shape. `dry_run` shows it and changes nothing.

    Raises ORDER_NOT_FOUND, NO_LINES, LINE_UNKNOWN, LINE_TWICE, QUANTITY_TAKEN, SERVICE_UNKNOWN, REASON_UNKNOWN,
    DESCRIPTION_REQUIRED, CONTACT_REQUIRED, NOT_ELIGIBLE, PART_UNDER_WAY, UPLOAD_UNKNOWN, OVERRIDE_NOT_YOURS, CASE_NOT_FOUND,
    SHOP_UNKNOWN, COMPLAINANT_UNKNOWN.
    """
    with _unit(dry_run=dry_run):
        if is_plain(application):
            case = open_plain(application, actor=actor, now=now)
        else:
            case = open_application(application, actor=actor, now=now, language=language)
    return case_body(case, language=language)


def make_move(
    number: str, move: str, *, actor: Actor, answers: Mapping[str, object], version: int | None, now: datetime,
    dry_run: bool = False, language: str = "zh-hans",
) -> dict[str, Any]:  # fmt: skip
    """Make a move; answers the case as it stands then. `dry_run` is the same, rolled back.

    Raises CASE_NOT_FOUND, MOVE_UNKNOWN, MOVE_NOT_NOW, MOVE_NOT_YOURS, OVERTAKEN, ANSWERS_INVALID, MESSAGE_BLOCKED and what
    the move's effect refuses.
    """
    weigh_answers(number, move, answers, actor=actor, now=now)
    tries = 1 if connection.in_atomic_block else DEADLOCK_TRIES
    while True:
        try:
            with _unit(dry_run=dry_run):
                case = move_case(number, move, actor=actor, answers=answers, version=version, now=now)
            return case_body(case, language=language)
        except OperationalError as error:
            # The money side and the case side lock each other's rows in either order; the loser simply goes again.
            tries -= 1
            if not tries or not isinstance(error.__cause__, errors.DeadlockDetected):
                raise


def say(
    number: str, text: str, *, internal: bool, actor: Actor, now: datetime, uploads: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """Add a message to the case, with the files that belong to it.

    Raises CASE_NOT_FOUND, ANSWERS_INVALID, MOVE_NOT_YOURS (consumers have no notes), UPLOAD_UNKNOWN, EVIDENCE_TOO_MANY.
    """
    text = _text(text, "text", MESSAGE_MOST)
    with transaction.atomic():
        case = load_case(number, actor=actor, lock=True)
        if internal and actor.role in ("consumer", "shop"):
            raise refused(MOVE_NOT_YOURS, label="内部备注")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_message (case_id, role, who, name, text, internal, at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
                [case.id, actor.role, actor.who, actor.name, text, internal, now],
            )
            message_id = cursor.fetchone()[0]
            attach_tokens(case.id, uploads, kind=message_files(message_id), actor=actor, now=now)
            if actor.role not in ("consumer", "shop") and not internal:
                # An answer of a person is the first response that the clock waits for (REV-01).
                cursor.execute(ANSWERED, {"now": now, "case": case.id, "aside": list(ASIDE)})
        _announce(CASE_MESSAGE, case, now, role=actor.role, internal=internal)
    return {"id": message_id, "role": actor.role, "name": actor.name, "text": text, "internal": internal, "at": now.isoformat()}


def weigh_message(number: str, text: str, *, internal: bool, actor: Actor, now: datetime) -> None:
    """What may not be said to a buyer is refused before `say`, outside of its transaction, so that the record of it stands (CDT).

    Raises CASE_NOT_FOUND, MESSAGE_BLOCKED.
    """
    if internal or actor.role in ("consumer", "shop"):
        return
    case = load_case(number, actor=actor)
    own = [str(case.contact.get(name) or "") for name in ("phone", "email")]
    weigh(text, actor=actor, subject=case.number, merchant_id=actor.merchant_id, buyer_id=case.buyer_id, now=now, own=own)


def weigh_answers(number: str, move: str, answers: Mapping[str, object], *, actor: Actor, now: datetime) -> None:
    """What a shop's own people write into a move is told to the buyer: held to the same rules. Before a transaction begins, as
    `weigh_message`, where the record of a refusal is to stand.

    Raises CASE_NOT_FOUND, MESSAGE_BLOCKED.
    """
    if actor.merchant_id is None or actor.role in ("consumer", "shop"):
        return
    said = [str(answers[field]) for field in sorted(PROSE & answers.keys()) if isinstance(answers[field], str) and answers[field]]
    if not said:
        return
    case = load_case(number, actor=actor)
    kind = WORKFLOWS[case.service].move(move)
    prose = {ask.field for ask in kind.asks if _prose(ask)} if kind else set()
    if text := "\n".join(str(answers[field]) for field in sorted(prose & answers.keys()) if isinstance(answers[field], str)).strip():
        own = [str(case.contact.get(name) or "") for name in ("phone", "email")]
        weigh(text, actor=actor, subject=case.number, merchant_id=actor.merchant_id, buyer_id=case.buyer_id, now=now, own=own)


def attach(number: str, upload: str, kind: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Bind an upload to the case, at any time while it can be seen. Raises CASE_NOT_FOUND, UPLOAD_UNKNOWN."""
    kind = _text(kind, "kind", 24)
    with transaction.atomic():
        case = load_case(number, actor=actor, lock=True)
        attach_tokens(case.id, [upload], kind=kind, actor=actor, now=now)
        _announce(CASE_ATTACHED, case, now, kind=kind, role=actor.role)
    return {"number": number, "upload": upload, "kind": kind, "at": now.isoformat()}


def rate(
    number: str, grade: int, text: str, *, actor: Actor, now: datetime, reasons: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """The consumer's grade 1–5 with reasons (cases/rating.py), once, amendable while the window is open (SAT-01).

    Raises CASE_NOT_FOUND, RATING_NOT_YET, RATING_OVER, MOVE_NOT_YOURS, ANSWERS_INVALID.
    """
    if not isinstance(grade, int) or isinstance(grade, bool) or not 1 <= grade <= 5:
        raise refused(ANSWERS_INVALID, FieldError("grade", "请选择 1 到 5 星。", "Choose 1 to 5."))
    text, named = _text(text, "text", 1000, required=False), fitting(reasons, grade=grade)
    with transaction.atomic():
        case = load_case(number, actor=actor, lock=True)
        if actor.role not in ("consumer", "shop"):
            raise refused(MOVE_NOT_YOURS, label="评价")
        until = rated_until(case)
        if until is None:
            raise refused(RATING_NOT_YET)
        if now > until:
            raise refused(RATING_OVER)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_rating (case_id, grade, reasons, text, at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (case_id) "
                "DO UPDATE SET grade = excluded.grade, reasons = excluded.reasons, text = excluded.text, amended_at = excluded.at",
                [case.id, grade, named, text, now],
            )
        _announce(CASE_RATED, case, now, grade=grade, reasons=named)
    return {"number": number, "grade": grade, "reasons": named, "text": text, "at": now.isoformat()}


def claim(number: str, *, actor: Actor, now: datetime) -> None:
    """This member of staff works on the case from now on; whoever had it hands it over.

    No move: status, version and history stay. Raises CASE_NOT_FOUND, MOVE_NOT_YOURS.
    """
    _assign(number, int(actor.who.removeprefix("user:")) if may_claim(actor) else None, actor=actor, now=now)


def claim_free(number: str, *, actor: Actor, now: datetime) -> None:
    """Take a case that nobody works on; one's own stays one's own. Raises CASE_NOT_FOUND, MOVE_NOT_YOURS, CLAIMED_ALREADY."""
    with transaction.atomic():
        case = load_case(number, actor=actor, lock=True)
        user_id = _claimer(actor)
        with connection.cursor() as cursor:
            cursor.execute(HOLDER, [case.id])
            holder = cursor.fetchone()
            if holder is not None and holder[0] != user_id:
                raise refused(CLAIMED_ALREADY, number=number, name=holder[1])
            cursor.execute("UPDATE cases_case SET assigned_to_id = %s::bigint, updated_at = %s WHERE id = %s", [user_id, now, case.id])
            cursor.execute(OWNED, [now, number])


def claim_next(
    *, waits_on: Sequence[str], actor: Actor, now: datetime, but: Sequence[str] = (), only: Sequence[str] | None = None
) -> str | None:  # fmt: skip
    """Take the most urgent open case that nobody works on and that waits on one of these roles; its number, or None.

    Never one with goods of the categories `but`, or of others than `only`, for which they are not trained (ORG-01).
    Two who ask at once get two cases. Raises MOVE_NOT_YOURS.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEXT, {
            "user": _claimer(actor), "now": now, "turns": list(waits_on), "merchant": actor.merchant_id, "but": list(but),
            "only": list(only or ()), "some": only is not None,
        })  # fmt: skip
        row = cursor.fetchone()
        if row is not None:
            cursor.execute(OWNED, [now, row[0]])
        return str(row[0]) if row else None


def give_to(number: str, user_id: int, *, now: datetime) -> bool:
    """A case that nobody works on becomes this person's, because they are on duty; False where somebody was quicker."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GIVE, [user_id, now, number])
        return cursor.fetchone() is not None


def release(number: str, *, actor: Actor, now: datetime) -> None:
    """Nobody in particular works on the case any more. Raises CASE_NOT_FOUND, MOVE_NOT_YOURS."""
    _assign(number, None, actor=actor, now=now)


def may_claim(actor: Actor) -> bool:
    """People of the staff; not programs, and not the auditor, who changes nothing."""
    return actor.role not in ("consumer", "auditor") and actor.who.startswith("user:")


def _assign(number: str, user_id: int | None, *, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        case = load_case(number, actor=actor)
        if not may_claim(actor):
            raise refused(MOVE_NOT_YOURS, label="由我处理")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_case SET assigned_to_id = %s::bigint, updated_at = %s WHERE id = %s", [user_id, now, case.id])
            if user_id is not None:
                cursor.execute(OWNED, [now, number])


def _claimer(actor: Actor) -> int:
    if not may_claim(actor):
        raise refused(MOVE_NOT_YOURS, label="由我处理")
    return int(actor.who.removeprefix("user:"))


@contextmanager
def _unit(*, dry_run: bool) -> Iterator[None]:
    """One unit of work. A door that has opened a transaction already is the unit itself: what is refused inside rolls
    back as a whole there, and two round trips are spared. A dry run is always undone, in a part of its own."""
    if dry_run:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    elif connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


def _text(text: object, name: str, most: int, *, required: bool = True) -> str:
    if not isinstance(text, str) or "\x00" in text or len(text) > most or (required and not text.strip()):
        raise refused(ANSWERS_INVALID, FieldError(name, f"请填写 1 到 {most} 字。", f"Write 1 to {most} characters."))
    return text.strip()


def _announce(what: EventType, case: CaseRow, now: datetime, **more: object) -> None:
    data = {
        "number": case.number, "order": case.order, "service": case.service, "status": case.status, "stage": case.stage,
        "waits_on": case.waits_on, "due_at": case.due_at.isoformat() if case.due_at else None, "version": case.version,
        **more,
    }  # fmt: skip
    publish(what, subject=case.number, now=now, data=data, merchant_id=case.merchant_id or None, buyer_id=case.buyer_id)


# Whoever takes a complaint owns it: that limit is kept, or late, by this instant (CMP-01).
OWNED = """
UPDATE cases_deadline SET state = CASE WHEN due_at >= x.now THEN 'met' ELSE 'dropped' END, ended_at = x.now
FROM (SELECT %s::timestamptz AS now) x
WHERE case_id = (SELECT id FROM cases_case WHERE number = %s) AND name = 'owner' AND state = 'open'
"""
GIVE = """
UPDATE cases_case SET assigned_to_id = %s::bigint, updated_at = %s WHERE number = %s AND assigned_to_id IS NULL AND closed_at IS NULL
RETURNING id
"""
# The case's own next limit follows, not what runs beside it: a queue must not call overdue what has been answered.
ANSWERED = """
WITH met AS (
    UPDATE cases_deadline SET state = 'met', ended_at = %(now)s
    WHERE case_id = %(case)s AND name = 'first_response' AND state = 'open' AND due_at >= %(now)s RETURNING id
)
UPDATE cases_case SET due_at = coalesce((
    SELECT min(d.due_at) FROM cases_deadline d
    WHERE d.case_id = %(case)s AND d.state = 'open' AND d.id NOT IN (SELECT id FROM met) AND d.name <> ALL(%(aside)s)), due_at)
WHERE id = %(case)s AND EXISTS (SELECT 1 FROM met)
"""
HOLDER = """
SELECT u.id, coalesce(nullif(trim(u.last_name || u.first_name), ''), u.username)
FROM cases_case c JOIN accounts_user u ON u.id = c.assigned_to_id WHERE c.id = %s
"""
NEXT = """
UPDATE cases_case SET assigned_to_id = %(user)s::bigint, updated_at = %(now)s WHERE id = (
    SELECT id FROM cases_case WHERE closed_at IS NULL AND assigned_to_id IS NULL AND waits_on = ANY(%(turns)s)
        AND (%(merchant)s::bigint IS NULL OR merchant_id = %(merchant)s::bigint)
        AND (%(but)s::text[] = '{}' AND NOT %(some)s OR NOT EXISTS (
            SELECT 1 FROM cases_caseitem i JOIN orders_orderline l ON l.id = i.line_id WHERE i.case_id = cases_case.id
                AND (l.category = ANY(%(but)s::text[]) OR %(some)s AND l.category <> ALL(%(only)s::text[]))))
    ORDER BY queue_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING number
"""
