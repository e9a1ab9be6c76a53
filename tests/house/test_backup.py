"""Backup and restore are really done: rows, triggers and uploads come back, and nothing is lost by a refusal."""

import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from shouhou.accounts.models import User
from shouhou.backup import backup, restore
from shouhou.foundation.refusals import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backup")]


@pytest.fixture
def filled(settings: Any, tmp_path: Path) -> Path:
    """An installation with a person and an upload, in a folder that no other test writes to."""
    settings.UPLOADS_ROOT = tmp_path / "installation" / "uploads"
    User.objects.create(username="lin", role="agent")
    upload: Path = settings.UPLOADS_ROOT / "ab" / "token"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_bytes(b"\xff\xd8evidence")
    return upload


def test_a_forced_restore_brings_rows_uploads_and_triggers_back(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.tar"
    backup(file)
    assert file.stat().st_mode & 0o077 == 0
    User.objects.update(username="changed afterwards")
    filled.unlink()
    (filled.parent / "newer").write_bytes(b"came after the backup")

    restore(file, force=True)

    assert list(User.objects.values_list("username", flat=True)) == ["lin"]
    assert filled.read_bytes() == b"\xff\xd8evidence"
    assert not (filled.parent / "newer").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'before_restore'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname LIKE 'ledger_%'")
        assert cursor.fetchone()[0] > 0


def test_a_full_database_is_not_overwritten_without_being_told_to(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.tar"
    backup(file)
    User.objects.update(username="newer")
    with pytest.raises(Refused) as no:
        restore(file)
    assert no.value.code == "RESTORE_NOT_EMPTY"
    assert no.value.facts == {"rows": 1}
    assert User.objects.get().username == "newer"
    assert filled.exists()


def test_an_empty_installation_takes_a_backup_without_force(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.tar"
    backup(file)
    User.objects.all().delete()
    restore(file)
    assert User.objects.get().username == "lin"


def test_a_restore_while_others_are_connected_is_refused(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.tar"
    backup(file)
    wanted = ("host", "port", "user", "password", "dbname")
    parts = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    with psycopg.connect(make_conninfo("", **parts)), pytest.raises(Refused) as no:
        restore(file, force=True)
    assert no.value.code == "RESTORE_IN_USE"
    assert User.objects.get().username == "lin"


def test_a_broken_dump_leaves_everything_as_it_was(filled: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.tar", tmp_path / "broken.tar"
    backup(whole)
    with tarfile.open(whole) as source, tarfile.open(broken, "w") as target:
        for member in source:
            content = source.extractfile(member)
            body = content.read() if content else b""
            if member.name == "database.dump":
                body = body[: len(body) // 2]
            member.size = len(body)
            target.addfile(member, BytesIO(body))
    with pytest.raises(Refused) as no:
        restore(broken, force=True)
    assert no.value.code == "TOOL_FAILED"
    assert User.objects.get().username == "lin"
    assert filled.exists()


def test_a_file_that_is_no_backup_is_refused_and_touches_nothing(filled: Path, tmp_path: Path) -> None:
    for name, content in (("text.tar", b"hello"), ("empty.tar", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused) as no:
            restore(tmp_path / name, force=True)
        assert no.value.code == "NOT_A_BACKUP"
    assert User.objects.get().username == "lin"


def test_a_tar_that_names_files_outside_cannot_write_there(filled: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        member = tarfile.TarInfo("uploads/../../escaped")
        member.size = 4
        tar.addfile(member, BytesIO(b"evil"))
    with pytest.raises(Refused):
        restore(evil, force=True)
    assert not list(tmp_path.rglob("escaped"))
    assert not list(settings.HOME.rglob("escaped"))


def test_a_backup_never_replaces_a_file(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "whole.tar"
    file.write_text("mine")
    with pytest.raises(Refused) as no:
        backup(file)
    assert no.value.code == "BACKUP_EXISTS"
    assert file.read_text() == "mine"
