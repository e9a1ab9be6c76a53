"""Writes notices, once per event, person and channel, and sends what has to leave the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from shouhou.accounts.models import Buyer, User
from shouhou.accounts.ports import CodeToSend
from shouhou.cases.models import Case
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.notifications.choose import for_buyer, for_staff
from shouhou.notifications.facts import facts_of
from shouhou.notifications.models import Notice
from shouhou.notifications.templates import TEMPLATES, rendered
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.jobs import OUTWARD

QUEUE = "notifications"
OVERSEERS = ("supervisor", "operations")
STAFF_MOST = 20
CLAIM = timedelta(minutes=2)
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told: a buyer or a member of staff, with their mail address ("" for none) and language."""

    recipient: str
    email: str
    language: str
    buyer_id: int | None = None
    user_id: int | None = None


@transaction.atomic
def write_notices(event: FeedEvent, *, now: datetime) -> int:
    """Everything this event says to anybody; mail is enqueued. Again: nothing. Returns how many notices are new."""
    case = (
        Case.objects.filter(number=event.subject)
        .select_related("order", "merchant", "buyer", "return_address", "assigned_to")
        .prefetch_related("items__line", "deadlines")
        .first()
    )
    if case is None:
        return 0
    new = 0
    for template, reader in _readers(event, case):
        title, body = rendered(TEMPLATES[template], facts_of(event, case, language=reader.language), language=reader.language)
        for channel in ("site", "email") if reader.email else ("site",):
            new += _write(event, case, reader, channel=channel, template=template, title=title, body=body, now=now)
    return new


def deliver(notice_id: int, *, now: datetime) -> bool:
    """Send one mail: claim it, send it, say so; False when it was sent, failed or is being sent by somebody else.

    The Message-ID belongs to the notice: should we be killed between sending and saying so, the second copy is
    recognised as the same message. Raises OSError or SMTPException when it is to be tried again.
    """
    with transaction.atomic():
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        notice = Notice.objects.select_for_update().filter(free, id=notice_id, state="queued", channel="email").first()
        if notice is None:
            return False
        address = _address(notice)
        notice.attempts += 1
        notice.claimed_until = now + CLAIM
        if not address:
            notice.state, notice.claimed_until = "skipped", None
        notice.save(update_fields=["attempts", "claimed_until", "state"])
    if not address:
        return False
    try:
        _mail(notice, address).send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        final = isinstance(error, SMTPRecipientsRefused) or error.smtp_code >= PERMANENT
        _not_sent(notice, error, final=final)
        if final:
            return False
        raise
    except OSError as error:
        _not_sent(notice, error, final=False)
        raise
    Notice.objects.filter(id=notice.id).update(state="sent", sent_at=now, claimed_until=None, trouble="")
    return True


@transaction.atomic
def mark_read(*, notice_ids: list[int], now: datetime, buyer_id: int | None = None, user_id: int | None = None) -> int:
    """The reader's own site notices among these are read; returns how many were unread. Raises Refused NOT_FOUND."""
    if (buyer_id is None) == (user_id is None):
        raise refused(NOT_FOUND)
    mine = Notice.objects.filter(channel="site", read_at=None, id__in=notice_ids[:500])
    mine = mine.filter(buyer_id=buyer_id) if buyer_id is not None else mine.filter(user_id=user_id)
    return mine.update(read_at=now)


def send_sign_in_code(code: CodeToSend) -> None:
    """The port of accounts: enqueue the text message in the transaction that stored the code."""
    app.configure_task("notifications.code", queue=QUEUE).defer(
        buyer_id=code.buyer_id, code=code.code, language=code.language, asked_at=code.now.isoformat(), tries=0
    )


def erase_notices(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: what was said to the buyer goes, that it was said stays."""
    said = Notice.objects.filter(buyer_id=buyer_id).exclude(title="", body="")
    Notice.objects.filter(buyer_id=buyer_id, state="queued").update(state="skipped")
    return {"notices": said.update(title="", body="", trouble="")}


def _readers(event: FeedEvent, case: Case) -> list[tuple[str, Reader]]:
    told: list[tuple[str, Reader]] = []
    buyer = case.buyer
    template = for_buyer(event.type, event.data)
    if template and buyer.erased_at is None:
        told.append((template, Reader(f"buyer:{buyer.id}", buyer.email, _language(buyer.language), buyer_id=buyer.id)))
    template = for_staff(event.type, event.data)
    if template == "staff_blocked":
        staff = User.objects.filter(role__in=OVERSEERS, is_active=True).order_by("id")[:STAFF_MOST]
    else:
        staff = User.objects.filter(id=case.assigned_to_id or 0, is_active=True)
    if template:
        told += [(template, Reader(f"user:{user.id}", user.email, _language(user.language), user_id=user.id)) for user in staff]
    return told


def _write(
    event: FeedEvent, case: Case, reader: Reader, *, channel: str, template: str, title: str, body: str, now: datetime
) -> int:
    mail = channel == "email"
    values: list[str | int | datetime | None] = [
        event.seq, event.type, case.number, reader.recipient, reader.buyer_id, reader.user_id, channel, template,
        reader.language, title, body, "queued" if mail else "sent", now, None if mail else now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        row = cursor.fetchone()
    if row and mail:
        app.configure_task("notifications.deliver", queue=QUEUE).defer(notice_id=row[0])
    return 1 if row else 0


def _address(notice: Notice) -> str:
    """Looked up when it is sent: an address that was changed or erased meanwhile is not used any more."""
    if notice.buyer_id is not None:
        return Buyer.objects.filter(id=notice.buyer_id, erased_at=None).values_list("email", flat=True).first() or ""
    staff = User.objects.filter(id=notice.user_id or 0, is_active=True)
    return staff.values_list("email", flat=True).first() or ""


def _mail(notice: Notice, address: str) -> EmailMessage:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<notice-{notice.id}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(notice.title, notice.body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)


def _not_sent(notice: Notice, error: Exception, *, final: bool) -> None:
    """Given up after a clear no or the last try; otherwise free for the next one."""
    given_up = final or notice.attempts >= (OUTWARD.max_attempts or 1)
    Notice.objects.filter(id=notice.id).update(
        state="failed" if given_up else "queued", claimed_until=None, trouble=f"{type(error).__name__}: {error}"[:200]
    )


def _language(language: str) -> str:
    return "en" if language.lower().startswith("en") else "zh-hans"


WRITE = """
INSERT INTO notifications_notice (event_seq, event_type, subject, recipient, buyer_id, user_id, channel, template, language,
    title, body, state, created_at, sent_at, attempts, trouble)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (event_seq, recipient, channel) DO NOTHING RETURNING id
"""
