"""Uploads, given only to who may see the case; shown or saved, never run."""

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils.cache import patch_cache_control

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import PICTURES, open_upload, uploaded_by
from shouhou.web.access import upload_of
from shouhou.web.doors import public_door
from shouhou.web.who import buyer_of, staff_of


@public_door
def file(request: HttpRequest, token: str) -> FileResponse:
    """The stored bytes with their true type. A stranger gets 404, and so does one who is not signed in."""
    actors = [actor for actor in (buyer_of(request), staff_of(request)) if actor is not None]
    upload = None
    for actor in actors:
        upload = upload or upload_of(actor, token)
    if upload is None:
        raise refused(NOT_FOUND)
    shown = upload.content_type in PICTURES
    answer = FileResponse(
        open_upload(upload), as_attachment=not shown, filename=upload.name or token, content_type=upload.content_type
    )
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, private=True, max_age=300)
    return answer


def kept_files(tokens: Iterable[str], actor: Actor) -> list[dict[str, Any]]:
    """What this person has uploaded and not sent yet, in the order given: `token`, `name`, `image`."""
    wanted = list(tokens)
    rows = Upload.objects.filter(uploaded_by(actor.uploads_as), token__in=wanted, erased_at=None)
    found = {row.token: {"token": row.token, "name": row.name, "image": row.content_type in PICTURES} for row in rows}
    return [found[token] for token in wanted if token in found]
