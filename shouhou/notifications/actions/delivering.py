"""Sends what has to leave the house: claimed first, said so after; what is stuck is sent again by a person."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouhou.accounts.models import Buyer, User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.notifications.actions.writing import QUEUE
from shouhou.notifications.channels.sms.base import SmsRefused, SmsSilent
from shouhou.notifications.channels.sms.registry import sms
from shouhou.notifications.letter import letter
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import STUCK_AFTER
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.jobs import OUTWARD

CLAIM = timedelta(minutes=2)
PERMANENT = 500
MAY_SEND_AGAIN = ("operations", "supervisor")
NOTICE_NOT_STUCK = refusal(
    "NOTICE_NOT_STUCK", "conflict",
    zh="这条通知没有卡住，无需重发。", en="This notice is not stuck; there is nothing to send again.",
)  # fmt: skip


def deliver(notice_id: int, *, now: datetime) -> bool:
    """Send one mail or text message: claim it, send it, say so; False when it was sent, failed or is being sent elsewhere.

    The Message-ID or key belongs to the notice: should we be killed between sending and saying so, the second copy is
    recognised as the same message. Raises OSError, SMTPException or SmsSilent when it is to be tried again.
    """
    with transaction.atomic():
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        notice = Notice.objects.select_for_update().filter(free, id=notice_id, state="queued").exclude(channel="site").first()
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
        _send(notice, address)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        final = isinstance(error, SMTPRecipientsRefused) or error.smtp_code >= PERMANENT
        _not_sent(notice, error, final=final)
        if final:
            return False
        raise
    except SmsRefused as error:
        _not_sent(notice, error, final=True)
        return False
    except (OSError, SmsSilent) as error:
        _not_sent(notice, error, final=False)
        raise
    Notice.objects.filter(id=notice.id).update(state="sent", sent_at=now, claimed_until=None, trouble="")
    return True


@transaction.atomic
def send_again(notice_id: int, *, actor: Actor, now: datetime) -> None:
    """Take up a notice that was given up or has waited too long. Raises Refused FORBIDDEN, NOT_FOUND, NOTICE_NOT_STUCK."""
    if actor.role not in MAY_SEND_AGAIN or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    notice = Notice.objects.select_for_update().filter(id=notice_id).exclude(channel="site").first()
    if notice is None:
        raise refused(NOT_FOUND)
    waits = notice.state == "queued" and notice.created_at < now - STUCK_AFTER
    held = notice.claimed_until is not None and notice.claimed_until > now
    if held or not (waits or notice.state == "failed"):
        raise refused(NOTICE_NOT_STUCK)
    notice.state, notice.attempts, notice.claimed_until = "queued", 0, None
    notice.save(update_fields=["state", "attempts", "claimed_until"])
    try:
        with transaction.atomic():
            job = app.configure_task("notifications.deliver", queue=QUEUE, queueing_lock=f"notice:{notice.id}")
            job.defer(notice_id=notice.id)
    except AlreadyEnqueued as error:
        raise refused(NOTICE_NOT_STUCK) from error
    audit.note(actor, what="notice.sent_again", subject=notice.subject, detail=f"{notice.channel} #{notice.id}", now=now)


def _send(notice: Notice, address: str) -> None:
    if notice.channel == "sms":
        sms().send(phone=address, text=notice.body, key=f"notice:{notice.id}")
    else:
        letter(notice, address).send()


def _address(notice: Notice) -> str:
    """Looked up when it is sent: an address that was changed or erased meanwhile is not used any more."""
    if notice.buyer_id is not None:
        field = "phone" if notice.channel == "sms" else "email"
        return Buyer.objects.filter(id=notice.buyer_id, erased_at=None).values_list(field, flat=True).first() or ""
    if notice.channel == "sms":
        return ""
    staff = User.objects.filter(id=notice.user_id or 0, is_active=True)
    return staff.values_list("email", flat=True).first() or ""


def _not_sent(notice: Notice, error: Exception, *, final: bool) -> None:
    """Given up after a clear no or the last try; otherwise free for the next one."""
    given_up = final or notice.attempts >= (OUTWARD.max_attempts or 1)
    Notice.objects.filter(id=notice.id).update(
        state="failed" if given_up else "queued", claimed_until=None, trouble=f"{type(error).__name__}: {error}"[:200]
    )
