"""Reads of notices: the site's notice centre, what was said about a case, what could not be sent."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from shouhou.cases.models import Case
from shouhou.notifications.letter import parts_of
from shouhou.notifications.models import Notice, Preference

PAGE_MOST = 100
STUCK_AFTER = timedelta(minutes=30)
FAILED_SHOWN = timedelta(days=7)


def site_notices(
    *, buyer_id: int | None = None, user_id: int | None = None, order_id: int | None = None
) -> QuerySet[Notice]:  # fmt: skip
    """One reader's notices on the site; without a reader none. `order_id` narrows a guest to the cases of one order."""
    mine = Notice.objects.filter(channel="site", state="sent")
    if order_id is not None:
        mine = mine.filter(subject__in=Case.objects.filter(order_id=order_id).values("number"))
    if buyer_id is not None:
        return mine.filter(buyer_id=buyer_id)
    return mine.filter(user_id=user_id) if user_id is not None else mine.none()


def notices_of(buyer_id: int, *, limit: int = 50, before_id: int | None = None) -> list[dict[str, Any]]:
    """The buyer's site notices, newest first, at most 100; `before_id` for the next page."""
    return _page(site_notices(buyer_id=buyer_id), limit, before_id)


def notices_for_staff(user_id: int, *, limit: int = 50, before_id: int | None = None) -> list[dict[str, Any]]:
    """A member of staff's site notices, newest first."""
    return _page(site_notices(user_id=user_id), limit, before_id)


def unread_count(*, buyer_id: int | None = None, user_id: int | None = None, order_id: int | None = None) -> int:
    """How many site notices are unread; for the number beside the bell (stops at 100)."""
    return site_notices(buyer_id=buyer_id, user_id=user_id, order_id=order_id).filter(read_at=None)[:PAGE_MOST].count()


def preference_of(*, buyer_id: int | None = None, user_id: int | None = None) -> Preference:
    """What they chose; unsaved and empty for who chose nothing."""
    return Preference.objects.filter(buyer_id=buyer_id, user_id=user_id).first() or Preference(buyer_id=buyer_id, user_id=user_id, off=[])


def told_about(subject: str, *, buyer_id: int | None = None) -> list[Notice]:
    """Every notice about a case in order, at most 500; to its buyer alone when `buyer_id` is given."""
    rows = Notice.objects.filter(subject=subject).select_related("room").order_by("id")
    return list((rows.filter(buyer_id=buyer_id) if buyer_id is not None else rows)[:500])


def outward() -> QuerySet[Notice]:
    """What leaves the house, the newest first."""
    return Notice.objects.exclude(channel="site").select_related("room").order_by("-id")


def notices_about(subject: str) -> list[dict[str, Any]]:
    """What was said about a case to whom and whether it got there: for staff, without the texts."""
    rows = Notice.objects.filter(subject=subject).order_by("id")[:500]
    return [
        {"at": row.created_at, "to": row.recipient, "channel": row.channel, "template": row.template, "state": row.state,
         "attempts": row.attempts, "sent_at": row.sent_at, "read_at": row.read_at, "trouble": row.trouble}
        for row in rows
    ]  # fmt: skip


def stuck(now: datetime) -> list[dict[str, Any]]:
    """Mail and text messages that wait too long or were given up in the last week: for the doctor and the staff."""
    return [
        {"id": row.id, "subject": row.subject, "channel": row.channel, "template": row.template, "state": row.state,
         "attempts": row.attempts, "trouble": row.trouble, "since": row.created_at}
        for rows in (waiting(now), Notice.objects.filter(state="failed", created_at__gt=now - FAILED_SHOWN))
        for row in rows.order_by("id")[:PAGE_MOST]
    ]  # fmt: skip


def waiting(now: datetime) -> QuerySet[Notice]:
    """What should have left the house by now and has not."""
    late = Q(send_after=None) | Q(send_after__lt=now - STUCK_AFTER)
    return Notice.objects.filter(late, state="queued", created_at__lt=now - STUCK_AFTER).exclude(channel="call")


def _page(mine: QuerySet[Notice], limit: int, before_id: int | None) -> list[dict[str, Any]]:
    rows = mine.filter(id__lt=before_id) if before_id is not None else mine
    return [
        {"id": row.id, "at": row.created_at, "title": row.title, "body": row.body, "number": row.subject,
         "link": parts_of(row).link, "read": row.read_at is not None}
        for row in rows.order_by("-id")[: max(1, min(limit, PAGE_MOST))]
    ]  # fmt: skip
