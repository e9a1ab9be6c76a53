"""Every minute: the morning has come, a gateway has been silent for too long, a call is no longer needed."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from shouhou.notifications.actions.delivering import give_up
from shouhou.notifications.actions.falling import skip
from shouhou.notifications.actions.laying import enqueue, step
from shouhou.notifications.models import CallTask, Notice
from shouhou.notifications.readers import case_about, fallback_after, is_over

BATCH = 200


def mind(*, now: datetime) -> int:
    """One round, each notice in a transaction of its own; returns how many it did something about."""
    return _release(now) + _give_up_the_silent(now) + _drop_calls(now)


def _release(now: datetime) -> int:
    """What was held goes out in the morning, unless its matter is over by then."""
    done = 0
    held = Notice.objects.filter(state="held", send_after__lte=now).order_by("send_after", "id")
    for number in held.values_list("id", flat=True)[:BATCH]:
        with transaction.atomic():
            notice = Notice.objects.select_for_update(skip_locked=True).filter(pk=number, state="held").first()
            if notice is None:
                continue
            done += 1
            if is_over(notice, case_about(notice), now=now):
                skip(notice, "over", now=now)
                continue
            notice.state = "queued"
            step(notice, "queued", now=now, detail="morning")
            notice.save(update_fields=["state", "steps"])
            enqueue(notice.pk)
    return done


def _give_up_the_silent(now: datetime) -> int:
    """A text message that could not be sent within the book's time is given up, so that its next channel speaks."""
    done, shortest = 0, fallback_after(None)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    waiting = Notice.objects.filter(free, state="queued", channel="sms", attempts__gt=0)
    waiting = waiting.annotate(since=Coalesce(F("send_after"), F("created_at"))).filter(since__lte=now - shortest)
    for number in waiting.order_by("id").values_list("id", flat=True)[:BATCH]:
        with transaction.atomic():
            notice = Notice.objects.select_for_update(skip_locked=True).filter(free, pk=number, state="queued").first()
            if notice is None or (notice.send_after or notice.created_at) > now - fallback_after(case_about(notice)):
                continue
            done += 1
            give_up(notice, now=now)
    return done


def _drop_calls(now: datetime) -> int:
    """Nobody need be called about what was done, or has run out, meanwhile."""
    done = 0
    for number in CallTask.objects.filter(state="open").order_by("id").values_list("notice_id", flat=True)[:BATCH]:
        with transaction.atomic():
            notice = Notice.objects.select_for_update(skip_locked=True).filter(pk=number, state="queued").first()
            if notice is not None and is_over(notice, case_about(notice), now=now):
                skip(notice, "over", now=now)
                done += 1
    return done
