"""Housekeeping of the cases: files that were uploaded and never became part of a case are erased."""

from datetime import datetime, timedelta

from procrastinate.contrib.django import app

from shouhou.cases.quiet import tell_silence
from shouhou.plumbing import clock
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import erase_upload

# As long as a half-filled application may wait for its author.
UNATTACHED_KEPT = timedelta(days=30)
BATCH = 500


@app.periodic(cron="37 3 * * *")
@app.task(name="cases.forget_uploads", queue="plumbing", queueing_lock="cases.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    """Nightly; what is left of a batch that was too large is done the next night."""
    forget_unattached(now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.tell_silence", queue="plumbing", queueing_lock="cases.tell_silence", pass_context=False)
def tell_of_silence(timestamp: int) -> None:
    """Every ten minutes: open cases of which nothing was heard for long."""
    tell_silence(now=clock.now())


def forget_unattached(*, now: datetime) -> int:
    """Erase the files that nobody has attached for UNATTACHED_KEPT (L-19: no longer than needed); returns how many."""
    lost = Upload.objects.filter(erased_at=None, created_at__lt=now - UNATTACHED_KEPT)
    # Whatever else holds it – a case, an unidentified parcel, a scanned form – needs it still.
    for held in Upload._meta.related_objects:
        lost = lost.exclude(pk__in=held.related_model._base_manager.values(held.field.attname))
    for upload in (found := list(lost.order_by("pk")[:BATCH])):
        erase_upload(upload, now=now)
    return len(found)
