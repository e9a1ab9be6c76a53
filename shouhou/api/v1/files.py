"""Files out of multipart bodies."""

from datetime import datetime
from hashlib import sha256

from ninja.files import UploadedFile

from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import take_upload


def take(file: UploadedFile, *, actor: Actor, now: datetime) -> Upload:
    """The stored upload. Raises Refused: UPLOAD_TOO_LARGE, UPLOAD_TYPE, UPLOAD_BROKEN, UPLOAD_EMPTY."""
    name = "".join(letter for letter in (file.name or "") if letter.isprintable())
    return take_upload(file, name=name[-120:], actor=actor, now=now)


def sha256_of(file: UploadedFile) -> str:
    """What the idempotency key stands for when the body is a file."""
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
