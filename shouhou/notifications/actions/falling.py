"""What happens when a channel fails: the next one, at last a call; and what the gateway reports afterwards."""

from datetime import datetime

from django.db import transaction

from shouhou.accounts.models import Buyer
from shouhou.notifications.actions.laying import About, Words, outward, step
from shouhou.notifications.models import CallTask, Notice
from shouhou.notifications.readers import buyer_reader, call_within, case_about, chain_of, is_over
from shouhou.notifications.rules.kinds import kind_of
from shouhou.notifications.rules.ways import calls_for, next_way, ways
from shouhou.notifications.templates import SHORT

FAILED = ("failed", "undelivered", "unknown")
WAITS = ("queued", "held")


def fall_on(notice: Notice, *, now: datetime) -> str:
    """The next channel after one that failed, once: its name, or "" when the site's notice is all there is. In a transaction.

    Staff have their list and their mail; only buyers are followed further. What is over is not said any more.
    """
    if notice.buyer_id is None or notice.channel in ("site", "im", "call"):
        return ""
    buyer = Buyer.objects.filter(pk=notice.buyer_id, erased_at=None).first()
    site = Notice.objects.filter(event_seq=notice.event_seq, recipient=notice.recipient, channel="site", round=0).first()
    case = case_about(notice)
    if buyer is None or site is None:
        return ""
    if is_over(notice, case, now=now):
        return _ends(notice, "over", now=now)
    reader, kind = buyer_reader(buyer), kind_of(notice.template)
    said = Notice.objects.filter(event_seq=notice.event_seq, recipient=notice.recipient).exclude(channel="site")
    tried = set(said.values_list("channel", flat=True))
    chain = chain_of(kind)
    order = ways(kind, chain, wishes=reader.wishes, reach=reader.reach, urgent_words=notice.template in SHORT)
    channel = next_way(order, tried)
    near = calls_for(notice.due_at, now=now, within=call_within(case))
    if not channel and "call" in chain and "call" not in tried and reader.phone and near and reader.wishes.wants(kind.code, "call"):
        channel = "call"
    if not channel:
        return _ends(notice, "", now=now)
    what = About(notice.event_seq, notice.event_type, notice.subject, case, notice.status, notice.due_at)
    words = Words(site.title, site.body, site.short)
    number = outward(what, reader, words, template=notice.template, channel=channel, now=now, falls_from=notice)
    if number is None:
        return ""
    step(notice, "fell_on", now=now, detail=channel)
    Notice.objects.filter(pk=notice.pk).update(steps=notice.steps)
    return channel


def _ends(notice: Notice, why: str, *, now: datetime) -> str:
    """Nothing follows: the site has said it."""
    step(notice, "site_only", now=now, detail=why)
    Notice.objects.filter(pk=notice.pk).update(steps=notice.steps)
    return ""


@transaction.atomic
def take_report(key: str, *, channel: str, arrived: bool, why: str, now: datetime) -> bool:
    """The gateway reports on a text message, or a mail server on a mail; again, or too late, it changes nothing.
    Returns whether it did.

    Arrived after all: whatever was to follow it and has not left yet is called off. Not arrived: the next channel.
    """
    notice = _reported(key, channel)
    if notice is None or notice.attempts == 0 or notice.state in ("delivered", "skipped", "held"):
        return False
    if not arrived and notice.state in ("undelivered", "failed"):
        return False
    notice.state, notice.claimed_until, notice.doubt = "delivered" if arrived else "undelivered", None, False
    notice.sent_at = notice.sent_at or now
    if arrived:
        notice.delivered_at, notice.trouble = now, ""
    else:
        notice.trouble = why[:200]
    step(notice, notice.state, now=now, detail=why)
    notice.save(update_fields=["state", "claimed_until", "doubt", "sent_at", "delivered_at", "trouble", "steps"])
    if arrived:
        call_off(notice, now=now)
    else:
        fall_on(notice, now=now)
    return True


@transaction.atomic
def note_delay(key: str, *, channel: str, why: str, now: datetime) -> bool:
    """The mail server goes on trying: that stands with the notice, once, and nothing else follows. Returns whether it was noted."""
    notice = _reported(key, channel)
    if notice is None or notice.state != "sent" or any(each["what"] == "delayed" for each in notice.steps):
        return False
    step(notice, "delayed", now=now, detail=why)
    notice.save(update_fields=["steps"])
    return True


def _reported(key: str, channel: str) -> Notice | None:
    """The notice a report is about, locked; None for what was never ours."""
    number = key.removeprefix("notice:")
    if not key.startswith("notice:") or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return Notice.objects.select_for_update().filter(pk=int(number), channel=channel).first()


def call_off(notice: Notice, *, now: datetime) -> None:
    """It has arrived: what stands behind it in its chain and has not left is not needed."""
    behind = Notice.objects.select_for_update().filter(
        event_seq=notice.event_seq, recipient=notice.recipient, state__in=WAITS, falls_from__isnull=False, claimed_until=None
    )
    for each in behind:
        skip(each, "arrived", now=now)


def skip(notice: Notice, reason: str, *, now: datetime) -> None:
    """Not sent, and why. In a transaction, with the row locked."""
    notice.state, notice.reason, notice.claimed_until = "skipped", reason, None
    step(notice, "skipped", now=now, detail=reason)
    notice.save(update_fields=["state", "reason", "claimed_until", "steps"])
    CallTask.objects.filter(notice=notice, state="open").update(state="over", outcome=reason[:12], ended_at=now)
