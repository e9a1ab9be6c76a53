"""Reads of notices: the site's notice centre, what was said about a case, what could not be sent."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from shouhou.notifications.models import Notice

PAGE_MOST = 100


def notices_of(buyer_id: int, *, limit: int = 50, before_id: int | None = None) -> list[dict[str, Any]]:
    """The buyer's site notices, newest first, at most 100; `before_id` for the next page."""
    return _page(Notice.objects.filter(channel="site", buyer_id=buyer_id), limit, before_id)


def notices_for_staff(user_id: int, *, limit: int = 50, before_id: int | None = None) -> list[dict[str, Any]]:
    """A member of staff's site notices, newest first."""
    return _page(Notice.objects.filter(channel="site", user_id=user_id), limit, before_id)


def unread_count(*, buyer_id: int | None = None, user_id: int | None = None) -> int:
    """How many site notices are unread; for the number beside the bell (stops at 100)."""
    mine = Notice.objects.filter(channel="site", read_at=None)
    mine = mine.filter(buyer_id=buyer_id) if buyer_id is not None else mine.filter(user_id=user_id)
    return mine[:PAGE_MOST].count()


def notices_about(subject: str) -> list[dict[str, Any]]:
    """What was said about a case to whom and whether it got there: for staff, without the texts."""
    rows = Notice.objects.filter(subject=subject).order_by("id")[:500]
    return [
        {"at": row.created_at, "to": row.recipient, "channel": row.channel, "template": row.template, "state": row.state,
         "attempts": row.attempts, "sent_at": row.sent_at, "read_at": row.read_at, "trouble": row.trouble}
        for row in rows
    ]  # fmt: skip


def stuck(now: datetime, *, after_minutes: int = 30) -> list[dict[str, Any]]:
    """Mail that waits too long or was given up in the last week: for the doctor and the staff."""
    waiting = Notice.objects.filter(state="queued", created_at__lt=now - timedelta(minutes=after_minutes))
    failed = Notice.objects.filter(state="failed", created_at__gt=now - timedelta(days=7))
    return [
        {"id": row.id, "subject": row.subject, "state": row.state, "trouble": row.trouble, "since": row.created_at}
        for rows in (waiting, failed)
        for row in rows.order_by("id")[:PAGE_MOST]
    ]


def _page(mine: Any, limit: int, before_id: int | None) -> list[dict[str, Any]]:
    rows = mine.filter(id__lt=before_id) if before_id is not None else mine
    return [
        {"id": row.id, "at": row.created_at, "title": row.title, "body": row.body, "number": row.subject,
         "link": f"{settings.BASE_URL}/cases/{row.subject}/", "read": row.read_at is not None}
        for row in rows.order_by("-id")[: max(1, min(limit, PAGE_MOST))]
    ]  # fmt: skip
