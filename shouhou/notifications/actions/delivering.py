"""Sends what has to leave the house: claimed first, said so after; what fails takes the next channel of its chain."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.db import transaction
from django.db.models import Q

from shouhou.accounts.models import Buyer, User
from shouhou.notifications.actions.falling import call_off, fall_on, skip
from shouhou.notifications.actions.laying import step
from shouhou.notifications.channels.im.base import ImRefused, ImSilent, ImUnclear
from shouhou.notifications.channels.im.registry import im
from shouhou.notifications.channels.sms.base import SmsRefused, SmsSilent
from shouhou.notifications.channels.sms.registry import sms
from shouhou.notifications.letter import letter
from shouhou.notifications.models import Notice, Room
from shouhou.notifications.readers import case_about, is_over, wait_for_morning
from shouhou.plumbing.jobs import OUTWARD
from shouhou.plumbing.masking import mask_phone, mask_text

CLAIM = timedelta(minutes=2)
PERMANENT = 500
JOBS = ("email", "sms", "im")


def deliver(notice_id: int, *, now: datetime) -> bool:
    """Send one mail, text message or line in a room: claim it, send it, say so; False when there was nothing (more) to send.

    The Message-ID or key belongs to the notice: should we be killed between sending and saying so, the second copy is
    recognised as the same message. A chat knows no keys: there the second copy is not sent. Raises OSError, SMTPException,
    SmsSilent or ImSilent when it is to be tried again.
    """
    notice, address = _claimed(notice_id, now=now)
    if notice is None:
        return False
    try:
        _send(notice, address)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        final = isinstance(error, SMTPRecipientsRefused) or error.smtp_code >= PERMANENT
        _not_sent(notice, error, final=final, now=now)
        if final:
            return False
        raise
    except (SmsRefused, ImRefused, ImUnclear) as error:
        _not_sent(notice, error, final=True, now=now)
        return False
    except (OSError, SmsSilent, ImSilent) as error:
        _not_sent(notice, error, final=False, now=now)
        raise
    with transaction.atomic():
        row = Notice.objects.select_for_update().get(pk=notice.pk)
        # The gateway may have reported on it before we could say that it was sent.
        if row.state in ("queued", "unknown", "failed"):
            given_up = row.state != "queued"
            row.state, row.sent_at, row.claimed_until, row.trouble, row.doubt = "sent", now, None, "", False
            row.sent_to = notice.sent_to
            step(row, "sent", now=now, detail=notice.sent_to)
            row.save(update_fields=["state", "sent_at", "claimed_until", "trouble", "doubt", "sent_to", "steps"])
            if given_up:
                call_off(row, now=now)
    return True


def give_up(notice: Notice, *, now: datetime) -> None:
    """No answer for too long: failed, or unknown where a try may have arrived; on to the next channel. In a transaction, locked."""
    notice.state, notice.claimed_until = "unknown" if notice.doubt else "failed", None
    step(notice, notice.state, now=now, detail=notice.trouble)
    notice.save(update_fields=["state", "claimed_until", "steps"])
    fall_on(notice, now=now)


def _claimed(notice_id: int, *, now: datetime) -> tuple[Notice | None, str]:
    """The notice, ours for two minutes, and where it goes; None when it is not to be sent (now, or at all)."""
    with transaction.atomic():
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        notice = Notice.objects.select_for_update().filter(free, id=notice_id, state="queued", channel__in=JOBS).first()
        if notice is None:
            return None, ""
        case = case_about(notice) if notice.channel == "sms" or notice.falls_from_id else None
        if (notice.falls_from_id or notice.send_after) and is_over(notice, case, now=now):
            skip(notice, "over", now=now)
            return None, ""
        if notice.channel == "im" and notice.doubt:
            # Whoever sent it was killed: it may stand in the room already.
            give_up(notice, now=now)
            return None, ""
        address, masked = _address(notice)
        notice.attempts += 1
        if not address:
            notice.save(update_fields=["attempts"])
            skip(notice, "no_address", now=now)
            fall_on(notice, now=now)
            return None, ""
        morning = wait_for_morning(notice.channel, case, notice.due_at, now=now)
        if morning is not None:
            notice.state, notice.reason, notice.send_after = "held", "quiet_hours", morning
            step(notice, "held", now=now, detail="quiet_hours")
            notice.save(update_fields=["state", "reason", "send_after", "steps"])
            return None, ""
        notice.claimed_until, notice.sent_to = now + CLAIM, masked
        notice.doubt = notice.doubt or notice.channel == "im"
        notice.save(update_fields=["attempts", "claimed_until", "sent_to", "doubt"])
    return notice, address


def _send(notice: Notice, address: str) -> None:
    if notice.channel == "sms":
        sms().send(phone=address, text=notice.body, key=f"notice:{notice.id}")
    elif notice.channel == "im":
        im().send(address=address, title=notice.title, body=notice.body)
    else:
        letter(notice, address).send()


def _address(notice: Notice) -> tuple[str, str]:
    """Looked up when it is sent, and masked for the record: an address changed or erased meanwhile is not used any more."""
    if notice.room_id is not None:
        room = Room.objects.filter(pk=notice.room_id, active=True).first()
        return (room.address, room.name) if room else ("", "")
    if notice.buyer_id is not None:
        field = "phone" if notice.channel == "sms" else "email"
        found = Buyer.objects.filter(id=notice.buyer_id, erased_at=None).values_list(field, flat=True).first() or ""
        return found, mask_phone(found) if notice.channel == "sms" else mask_text(found)
    if notice.channel == "sms":
        return "", ""
    staff = User.objects.filter(id=notice.user_id or 0, is_active=True)
    found = staff.values_list("email", flat=True).first() or ""
    return found, mask_text(found)


def _not_sent(notice: Notice, error: Exception, *, final: bool, now: datetime) -> None:
    """Given up after a clear no or the last try, and on to the next channel; otherwise free for the next try."""
    with transaction.atomic():
        row = Notice.objects.select_for_update().get(pk=notice.pk)
        if row.state != "queued":
            return
        row.trouble, row.claimed_until = f"{type(error).__name__}: {error}"[:200], None
        clear = isinstance(error, SMTPRecipientsRefused | SMTPResponseException | SmsRefused | ImRefused | ImSilent)
        row.doubt = not clear and (row.doubt or getattr(error, "doubt", False))
        step(row, "not_sent", now=now, detail=row.trouble)
        row.save(update_fields=["trouble", "claimed_until", "doubt", "steps"])
        if final or row.attempts >= (OUTWARD.max_attempts or 1):
            give_up(row, now=now)
