"""A file that never became part of a case is erased after its time; what a case rests on stays."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from shouhou.cases.actions import attach
from shouhou.cases.tasks import UNATTACHED_KEPT, forget_unattached
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import take_upload
from tests.world import World


def picture(colour: str) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.django_db
def test_files_that_nobody_attached_are_erased_after_their_time_and_evidence_stays(
    world: World, django_capture_on_commit_callbacks: object
) -> None:
    case = world.apply(world.order())["number"]
    lin = world.buyer()
    kept, lost = (take_upload(picture(c), name=f"{c}.png", actor=lin, now=world.now) for c in ("red", "blue"))
    attach(case, kept.token, "evidence", actor=lin, now=world.now)
    world.later(seconds=UNATTACHED_KEPT.total_seconds() + 60)
    young = take_upload(picture("green"), name="green.png", actor=lin, now=world.now)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert forget_unattached(now=world.now) == 1

    gone = Upload.objects.get(pk=lost.pk)
    assert (gone.erased_at, gone.name) == (world.now, "")
    assert set(Upload.objects.filter(erased_at=None)) == {kept, young}
    assert (settings.UPLOADS_ROOT / kept.path).exists()
    assert not (settings.UPLOADS_ROOT / lost.path).exists()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert forget_unattached(now=world.now + timedelta(minutes=1)) == 0
