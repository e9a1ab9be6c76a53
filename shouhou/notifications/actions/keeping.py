"""What becomes of notices later: read by their reader, emptied when the buyer is erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.notifications.actions.preferring import forget_wishes
from shouhou.notifications.models import CallTask, Notice

MARK_MOST = 500


@transaction.atomic
def mark_read(*, notice_ids: list[int], now: datetime, buyer_id: int | None = None, user_id: int | None = None) -> int:
    """The reader's own site notices among these are read; returns how many were unread. Raises Refused NOT_FOUND."""
    return _unread(buyer_id, user_id).filter(id__in=notice_ids[:MARK_MOST]).update(read_at=now)


@transaction.atomic
def mark_all_read(*, newest_id: int, now: datetime, buyer_id: int | None = None, user_id: int | None = None) -> int:
    """All of the reader's up to the newest they have seen: what came meanwhile stays unread. Raises Refused NOT_FOUND."""
    return _unread(buyer_id, user_id).filter(id__lte=newest_id).update(read_at=now)


def erase_notices(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: what was said to the buyer goes, that it was said stays."""
    said = Notice.objects.filter(buyer_id=buyer_id).exclude(title="", body="")
    Notice.objects.filter(buyer_id=buyer_id, state__in=("queued", "held")).update(state="skipped", reason="erased")
    tasks = CallTask.objects.filter(notice__buyer_id=buyer_id)
    tasks.filter(state="open").update(state="over", outcome="erased", ended_at=now)
    for task in tasks.exclude(calls=[]):
        CallTask.objects.filter(pk=task.pk).update(calls=[{**call, "note": ""} for call in task.calls])
    forget_wishes(buyer_id)
    return {"notices": said.update(title="", body="", short="", trouble="", sent_to="", steps=[])}


def _unread(buyer_id: int | None, user_id: int | None) -> QuerySet[Notice]:
    if (buyer_id is None) == (user_id is None):
        raise refused(NOT_FOUND)
    unread = Notice.objects.filter(channel="site", read_at=None)
    return unread.filter(buyer_id=buyer_id) if buyer_id is not None else unread.filter(user_id=user_id)
