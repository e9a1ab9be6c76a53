"""The jobs of notifications: compose what an event says, send a mail or text message, a sign-in code, an invitation."""

from datetime import datetime

from procrastinate.contrib.django import app

from shouhou.accounts.models import Buyer, Invitation
from shouhou.accounts.signin import VALID
from shouhou.notifications import actions
from shouhou.notifications.channels.sms.base import SmsRefused, SmsSilent
from shouhou.notifications.channels.sms.registry import sms
from shouhou.notifications.codes import code_text
from shouhou.notifications.invitation import invitation_letter
from shouhou.plumbing.clock import now
from shouhou.plumbing.feed import events_after
from shouhou.plumbing.jobs import OUTWARD


@app.task(name="notifications.notify", queue=actions.QUEUE, retry=OUTWARD)
def notify(event_seq: int) -> None:
    """Write everything the event says; the same event again says nothing more."""
    found = events_after(event_seq - 1, limit=1)
    if found and found[0].seq == event_seq:
        actions.write_notices(found[0], now=now())


@app.task(name="notifications.deliver", queue=actions.QUEUE, retry=OUTWARD)
def deliver(notice_id: int) -> None:
    """Send one mail or text message."""
    actions.deliver(notice_id, now=now())


@app.periodic(cron="* * * * *")
@app.task(name="notifications.mind", queue=actions.QUEUE, queueing_lock="notifications.mind", pass_context=False)
def mind(timestamp: int) -> None:
    """Every minute: the morning, silent gateways, calls that are not needed any more."""
    actions.mind(now=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.progress", queue=actions.QUEUE, queueing_lock="notifications.progress", pass_context=False)
def progress(timestamp: int) -> None:
    """Every ten minutes (cases/quiet.py: EVERY): repairs whose consumer has heard nothing for days."""
    actions.keep_told(now=now())


@app.task(name="notifications.code", queue=actions.QUEUE)
def code(buyer_id: int, code: str, language: str, asked_at: str, tries: int) -> None:
    """Send a sign-in code while it is fresh. A failure is tried again by a new job, never by an error in a log:
    what an error shows of a job would be the code.
    """
    if now() > datetime.fromisoformat(asked_at) + VALID:
        return
    phone = Buyer.objects.filter(id=buyer_id, erased_at=None).values_list("phone", flat=True).first()
    if not phone:
        return
    try:
        sms().send(phone=phone, text=code_text(code, language), key=f"code:{buyer_id}:{asked_at}")
    except SmsRefused:
        # The number cannot be reached at all; whoever waits for the code asks for another one or another way in.
        return
    except SmsSilent:
        again = app.configure_task("notifications.code", queue=actions.QUEUE, schedule_in={"seconds": 2 * 2**tries})
        again.defer(buyer_id=buyer_id, code=code, language=language, asked_at=asked_at, tries=tries + 1)


@app.task(name="notifications.invitation", queue=actions.QUEUE, retry=OUTWARD)
def invitation(invitation_id: int, turn: int) -> None:
    """Send an invitation, unless it was used, revoked or sent anew meanwhile; the link is made here."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    found = rows.filter(pk=invitation_id, round=turn, accepted_at=None, revoked_at=None).first()
    if found is not None:
        invitation_letter(found).send()
