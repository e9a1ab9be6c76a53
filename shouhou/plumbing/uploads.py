"""Files from people: known by their content, bounded, kept outside the web root under a random token."""

import hashlib
import os
import re
import secrets
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from PIL import Image

from shouhou.foundation.refusals import NOT_FOUND, refusal, refused
from shouhou.plumbing.actor import GUESTS_OF, Actor
from shouhou.plumbing.models import Upload

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024
# A picture is refused by its stated size before a single row of it is unpacked.
MAX_PIXELS = 50_000_000

UPLOAD_EMPTY = refusal("UPLOAD_EMPTY", "invalid", zh="文件是空的。", en="The file is empty.")
UPLOAD_TYPE = refusal(
    "UPLOAD_TYPE", "invalid",
    zh="不支持此类文件；可上传：{allowed}。", en="This kind of file is not taken; allowed are: {allowed}.",
)  # fmt: skip
UPLOAD_TOO_LARGE = refusal(
    "UPLOAD_TOO_LARGE", "too_large",
    zh="文件过大，最多 {most_megabytes} MB。", en="The file is too large; at most {most_megabytes} MB.",
)  # fmt: skip
UPLOAD_BROKEN = refusal(
    "UPLOAD_BROKEN", "invalid",
    zh="文件已损坏或不完整，请重新上传。", en="The file is damaged or incomplete. Upload it again.",
)  # fmt: skip


class Readable(Protocol):
    """What can be read by pieces: a file, Django's uploaded file, a request's body."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we take."""

    content_type: str
    most_bytes: int
    label: str


KINDS = {
    kind.content_type: kind
    for kind in (
        Kind("image/jpeg", 10 * MEGABYTE, "JPEG"),
        Kind("image/png", 10 * MEGABYTE, "PNG"),
        Kind("image/webp", 10 * MEGABYTE, "WebP"),
        Kind("application/pdf", 10 * MEGABYTE, "PDF"),
        Kind("video/mp4", 100 * MEGABYTE, "MP4"),
        Kind("video/quicktime", 100 * MEGABYTE, "MOV"),
        Kind("video/webm", 100 * MEGABYTE, "WebM"),
    )
}
ALL = frozenset(KINDS)
PICTURES = frozenset(kind for kind in KINDS if kind.startswith("image/"))


def take_upload(
    file: Readable, *, name: str, actor: Actor, now: datetime, allow: frozenset[str] = ALL
) -> Upload:  # fmt: skip
    """Store the file and its row. The name and the stated type are never believed.

    Raises Refused: UPLOAD_EMPTY, UPLOAD_TYPE, UPLOAD_TOO_LARGE, UPLOAD_BROKEN; then nothing is kept.
    """
    root = Path(settings.UPLOADS_ROOT)
    token = secrets.token_urlsafe(24)
    path = f"{token[:2].lower().strip('-_') or '0'}/{token}"
    part = root / "parts" / token
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        kind, size, digest = _write(file, part, allow)
        _verify(part, kind)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        part.rename(root / path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    try:
        return Upload.objects.create(
            token=token, path=path, name=clean_name(name, kind), content_type=kind.content_type, size=size,
            sha256=digest, uploaded_by=actor.uploads_as, created_at=now,
        )  # fmt: skip
    except BaseException:
        (root / path).unlink(missing_ok=True)
        raise


def uploaded_by(who: str) -> Q:
    """What was uploaded as `who` (Actor.uploads_as), for a buyer also as a guest of any of their orders."""
    return Q(uploaded_by=who) | Q(uploaded_by__startswith=f"{who}{GUESTS_OF}")


def open_upload(upload: Upload) -> BinaryIO:
    """The stored bytes. Raises Refused NOT_FOUND for an erased one."""
    if upload.erased_at is not None:
        raise refused(NOT_FOUND)
    try:
        return _stored(upload).open("rb")
    except FileNotFoundError as error:
        raise refused(NOT_FOUND) from error


def erase_upload(upload: Upload, *, now: datetime) -> None:
    """Remove the bytes and the name; the row stays as the proof that there was something."""
    upload.erased_at, upload.name = now, ""
    upload.save(update_fields=["erased_at", "name"])
    path = _stored(upload)
    # Only what is really erased loses its bytes: a transaction that is rolled back keeps them.
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def drop_bytes(upload: Upload) -> None:
    """For a caller whose transaction is being rolled back: the row is gone then, the bytes go here."""
    _stored(upload).unlink(missing_ok=True)


def clean_name(name: str, kind: Kind) -> str:
    """The file's name without folders, control characters and tricks of direction, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(ch for ch in last if unicodedata.category(ch)[0] != "C").strip(". ")
    stem, dot, end = plain.rpartition(".")
    return plain if len(plain) <= 120 and plain else (f"{stem[:100]}.{end[:15]}" if dot else plain[:120]) or kind.label


def sniff(head: bytes) -> str | None:
    """The content type by the first bytes, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand == b"qt  ":
            return "video/quicktime"
        return "video/mp4" if brand in MP4_BRANDS else None
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return "video/webm"
    return None


MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"3gp4", b"3gp5", b"MSNV", b"dash"}
)


def _stored(upload: Upload) -> Path:
    return Path(settings.UPLOADS_ROOT) / upload.path


def _chunks(file: Readable) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _write(file: Readable, part: Path, allow: frozenset[str]) -> tuple[Kind, int, str]:
    """Chunk by chunk to disk; stops at the limit of the kind that the first bytes show."""
    kind: Kind | None = None
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as out:
        for chunk in _chunks(file):
            if kind is None:
                found = sniff(chunk)
                if found not in allow:
                    raise refused(UPLOAD_TYPE, allowed=", ".join(KINDS[name].label for name in KINDS if name in allow))
                kind = KINDS[found]
            size += len(chunk)
            if size > kind.most_bytes:
                raise refused(UPLOAD_TOO_LARGE, most_megabytes=kind.most_bytes // MEGABYTE)
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if kind is None:
        raise refused(UPLOAD_EMPTY)
    return kind, size, digest.hexdigest()


def _verify(part: Path, kind: Kind) -> None:
    if kind.content_type in PICTURES:
        _verify_picture(part)
    elif kind.content_type == "application/pdf":
        with part.open("rb") as file:
            file.seek(max(0, part.stat().st_size - 2048))
            if b"%%EOF" not in file.read():
                raise refused(UPLOAD_BROKEN)
    elif kind.content_type in ("video/mp4", "video/quicktime") and not _has_film(part):
        raise refused(UPLOAD_BROKEN)


def _verify_picture(part: Path) -> None:
    try:
        with warnings.catch_warnings(), Image.open(part, formats=["JPEG", "PNG", "WEBP"]) as picture:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if picture.width * picture.height > MAX_PIXELS:
                raise refused(UPLOAD_BROKEN)
            # A JPEG is unpacked at an eighth: a torn one shows as well.
            picture.draft("RGB", (64, 64))
            picture.load()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise refused(UPLOAD_BROKEN) from error


def _has_film(part: Path) -> bool:
    """Whether the boxes of an MP4 or MOV add up to the file and its index ("moov") is among them."""
    left, found = part.stat().st_size, False
    with part.open("rb") as file:
        for _ in range(10_000):
            if left == 0:
                return found
            head = file.read(8)
            if len(head) < 8:
                return False
            size, name, start = int.from_bytes(head[:4]), head[4:8], 8
            if size == 1:
                size, start = int.from_bytes(file.read(8)), 16
            elif size == 0:
                size = left
            if size < start or size > left:
                return False
            found = found or name in (b"moov", b"moof")
            file.seek(size - start, os.SEEK_CUR)
            left -= size
    return False
