"""Calls to make: somebody takes one, telephones, and writes down what came of it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from shouhou.accounts.models import User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refusal, refused
from shouhou.foundation.workflow import Text
from shouhou.notifications.actions.laying import step
from shouhou.notifications.models import CallTask
from shouhou.plumbing.actor import Actor

CALLERS = ("agent", "reviewer", "supervisor")
TRIES_MOST, NOTE_MOST = 3, 300
OUTCOMES: Mapping[str, Text] = {
    "told": Text("已告知", "Told"), "not_reached": Text("未接通", "Not reached"), "wrong_number": Text("号码不对", "Wrong number"),
}  # fmt: skip
CALL_ENDED = refusal("CALL_ENDED", "conflict", zh="这个电话已经办结。", en="This call has been settled.")
CALL_TAKEN = refusal("CALL_TAKEN", "conflict", zh="{name} 已接手这个电话。", en="{name} has taken this call.")
CALL_EARLY = refusal("CALL_EARLY", "conflict", zh="现在是夜间，请早上再打。", en="It is night there; call in the morning.")
CALL_WORDS = refusal("CALL_WORDS", "invalid", zh="通话记录有误。", en="The note of the call is not valid.")


@transaction.atomic
def take_call(key: int, *, actor: Actor, now: datetime) -> None:
    """I telephone. Raises FORBIDDEN, NOT_FOUND, CALL_ENDED, CALL_TAKEN."""
    task, me = _mine(key, actor)
    CallTask.objects.filter(pk=task.pk).update(assigned_to=me)


@transaction.atomic
def note_call(key: int, outcome: str, note: str, *, actor: Actor, now: datetime) -> None:
    """What came of a call: told is its end, not reached is tried three times. Raises also CALL_EARLY, CALL_WORDS."""
    task, me = _mine(key, actor)
    note = note.replace("\x00", "").strip()
    if outcome not in OUTCOMES:
        raise refused(CALL_WORDS, FieldError("outcome", "请选择结果。", "Choose an outcome."))
    if len(note) > NOTE_MOST:
        raise refused(CALL_WORDS, FieldError("note", f"最多 {NOTE_MOST} 字。", f"At most {NOTE_MOST} characters."))
    if now < task.not_before:
        raise refused(CALL_EARLY)
    task.calls = [*task.calls, {"at": now.isoformat(), "by": actor.who, "name": actor.name, "outcome": outcome, "note": note}]
    task.assigned_to = me
    notice, tries = task.notice, sum(1 for call in task.calls if call["outcome"] == "not_reached")
    notice.attempts += 1
    step(notice, f"call_{outcome}", now=now, detail=actor.name)
    if outcome == "told":
        notice.state, notice.sent_at, notice.delivered_at = "delivered", now, now
    elif outcome == "wrong_number" or tries >= TRIES_MOST:
        notice.state, notice.trouble = "undelivered", outcome
    if notice.state != "queued":
        task.state, task.outcome, task.ended_at = "done", outcome, now
    notice.save(update_fields=["state", "sent_at", "delivered_at", "attempts", "trouble", "steps"])
    task.save(update_fields=["calls", "assigned_to", "state", "outcome", "ended_at"])


def _mine(key: int, actor: Actor) -> tuple[CallTask, User]:
    """The open task with its notice, locked, and who has it in hand.

    Locked first and read after: a join made before the wait would not know whom it was given to meanwhile.
    """
    if actor.role not in CALLERS or actor.merchant_id is not None or not actor.who.startswith("user:"):
        raise refused(FORBIDDEN)
    rows = CallTask.objects.filter(pk=key)
    rows.select_related("notice").select_for_update(of=("self", "notice")).first()
    task = rows.select_related("notice", "assigned_to").first()
    if task is None:
        raise refused(NOT_FOUND)
    if task.state != "open":
        raise refused(CALL_ENDED)
    me = User.objects.get(pk=int(actor.who.removeprefix("user:")))
    if task.assigned_to is not None and task.assigned_to_id != me.pk:
        raise refused(CALL_TAKEN, name=task.assigned_to.get_full_name() or task.assigned_to.get_username())
    return task, me
