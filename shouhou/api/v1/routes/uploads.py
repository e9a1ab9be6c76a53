"""Files before there is a case to put them on; their tokens are named as evidence."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.files import sha256_of, take
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import answers
from shouhou.api.v1.shapes.others import UploadShape
from shouhou.plumbing.clock import now

router = Router(tags=["uploads 上传"])


@router.post(
    "", auth=Key("cases:write"), response=answers(UploadShape, status=201), operation_id="upload",
    summary="上传文件 Store a file",
)  # fmt: skip
def upload(request: HttpRequest, file: Annotated[UploadedFile, File()]) -> HttpResponse:
    """JPEG, PNG, WebP, PDF (10 MB each), MP4, MOV, WebM (100 MB): judged by content, not by name."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        stored = take(file, actor=actor, now=at)
        return {
            "token": stored.token, "name": stored.name, "content_type": stored.content_type, "size": stored.size,
            "sha256": stored.sha256,
        }  # fmt: skip

    return once(request, act, status=201, files={"file": sha256_of(file)})
