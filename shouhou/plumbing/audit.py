"""What staff did outside of a case, kept where /admin keeps its own: one log for both."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from shouhou.plumbing.actor import Actor

SUBJECT_MOST, DETAIL_MOST = 200, 500


def note(actor: Actor, *, what: str, subject: str, detail: str, now: datetime) -> None:
    """Write one line, in the transaction of the deed; programs and the clock have logs of their own.

    `what` is a dotted name ("staff.created"), `subject` what it was done to, `detail` what exactly, in few words.
    """
    if not actor.who.startswith("user:"):
        return
    with transaction.atomic():
        LogEntry.objects.create(
            action_time=now, user_id=int(actor.who.removeprefix("user:")), content_type=None, object_id=what,
            object_repr=subject[:SUBJECT_MOST], action_flag=CHANGE, change_message=detail[:DETAIL_MOST],
        )  # fmt: skip
