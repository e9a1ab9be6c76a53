"""Uploads are judged by their bytes; what is refused leaves neither row nor file."""

import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from PIL import Image
from pytest_django import Settings

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import uploads
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import KINDS, PICTURES, Kind, clean_name, erase_upload, open_upload, take_upload

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)
BUYER = Actor(role="consumer", who="buyer:1", buyer_id=1)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
MP4 = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + struct.pack(">I4s", 12, b"moov") + b"\0" * 4
WEBM = b"\x1aE\xdf\xa3\x93B\x82\x84webm" + b"\0" * 32


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOADS_ROOT = tmp_path
    return tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 30,000 pixels wide and high."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def take(body: bytes, *, name: str = "photo.jpg", allow: frozenset[str] = uploads.ALL) -> Upload:
    return take_upload(io.BytesIO(body), name=name, actor=BUYER, now=NOW, allow=allow)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png"), (picture("WEBP"), "image/webp"),
        (PDF, "application/pdf"), (MP4, "video/mp4"), (WEBM, "video/webm"),
    ],
)  # fmt: skip
def test_the_kind_is_what_the_bytes_say(root: Path, body: bytes, content_type: str) -> None:
    upload = take(body, name="../../evil.exe")
    assert (upload.content_type, upload.size, upload.name) == (content_type, len(body), "evil.exe")
    with open_upload(upload) as file:
        assert file.read() == body
    assert root in files(root)[0].parents


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "UPLOAD_EMPTY"),
        (b"MZ\x90\x00 a program", "UPLOAD_TYPE"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "UPLOAD_TYPE"),
        (b"<html><script>alert(1)</script>", "UPLOAD_TYPE"),
        (b"GIF89a" + b"\0" * 40, "UPLOAD_TYPE"),
        (picture("JPEG")[:400], "UPLOAD_BROKEN"),
        (picture("PNG")[:-40], "UPLOAD_BROKEN"),
        (b"\xff\xd8\xff\xe0 no picture", "UPLOAD_BROKEN"),
        (bomb(), "UPLOAD_BROKEN"),
        (PDF[:-8], "UPLOAD_BROKEN"),
        (MP4[:-3], "UPLOAD_BROKEN"),
        (MP4[:16], "UPLOAD_BROKEN"),
    ],
)
def test_what_is_refused_leaves_nothing(root: Path, body: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        take(body)
    assert (caught.value.code, Upload.objects.count(), files(root)) == (code, 0, [])


def test_a_file_beyond_its_kinds_limit_is_not_read_to_the_end(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "video/webm", Kind("video/webm", 1_000_000, "WebM"))
    source = io.BytesIO(WEBM + b"\0" * 20_000_000)
    with pytest.raises(Refused) as caught:
        take_upload(source, name="x", actor=BUYER, now=NOW)
    assert (caught.value.code, caught.value.status, files(root)) == ("UPLOAD_TOO_LARGE", 413, [])
    assert source.tell() < 2_000_000


def test_only_what_is_allowed_here_is_taken() -> None:
    with pytest.raises(Refused) as caught:
        take(PDF, allow=PICTURES)
    assert caught.value.facts == {"allowed": "JPEG, PNG, WebP"}


def test_an_erased_upload_is_gone_and_its_row_stays(root: Path, django_capture_on_commit_callbacks: object) -> None:
    upload = take(PDF, name="林一的发票.pdf")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erase_upload(upload, now=NOW)
    assert files(root) == []
    assert Upload.objects.get().name == ""
    with pytest.raises(Refused):
        open_upload(upload)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_rolled_back_keeps_the_bytes(root: Path) -> None:
    upload = take(PDF)

    def fail() -> None:
        with transaction.atomic():
            erase_upload(upload, now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert len(files(root)) == 1
    assert Upload.objects.get().erased_at is None


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\x\\照片 1.jpg", "照片 1.jpg"), ("a\u202egpj.exe", "agpj.exe"), ("", "PNG"), ("..", "PNG"),
        ("x" * 300 + ".png", "x" * 100 + ".png"), ("a\0b.png", "ab.png"),
    ],
)  # fmt: skip
def test_names_lose_folders_and_tricks(name: str, clean: str) -> None:
    assert clean_name(name, KINDS["image/png"]) == clean
