"""Backup and restore: the database (pg_dump's own format) and the uploads in one tar file."""

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from shouhou.foundation.refusals import refusal, refused
from shouhou.plumbing.clock import now
from shouhou.plumbing.embedded import binary

FORMAT = 1
DUMP, MANIFEST, UPLOADS = "database.dump", "manifest.json", "uploads"
NOT_A_BACKUP = refusal(
    "NOT_A_BACKUP", "invalid",
    zh="{file} 不是本系统的备份：{reason}", en="{file} is no backup of this system: {reason}",
)  # fmt: skip
BACKUP_EXISTS = refusal(
    "BACKUP_EXISTS", "conflict",
    zh="{file} 已存在，请换一个文件名。", en="{file} exists already. Choose another name.",
)  # fmt: skip
RESTORE_NOT_EMPTY = refusal(
    "RESTORE_NOT_EMPTY", "conflict",
    zh="数据库非空（{rows} 行业务数据）。确认覆盖请加 --force。",
    en="The database is not empty ({rows} rows of business). Add --force to replace it.",
)  # fmt: skip
RESTORE_IN_USE = refusal(
    "RESTORE_IN_USE", "conflict",
    zh="有 {sessions} 个连接正在使用数据库，请先停止 shouhou。",
    en="{sessions} sessions use the database. Stop shouhou first.",
)  # fmt: skip
TOOL_FAILED = refusal("TOOL_FAILED", "conflict", zh="{tool} 失败：{said}", en="{tool} failed: {said}")
LEAVING_SECONDS = 15.0
BUSINESS_TABLES = ("orders_order", "cases_case", "accounts_user")


def backup(file: Path) -> None:
    """Write everything that cannot be made again into `file`; it appears whole or not at all. Raises Refused."""
    if file.exists():
        raise refused(BACKUP_EXISTS, file=file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as work:
        dump = Path(work, DUMP)
        # The database first: a file is stored before its row, so every row dumped finds its file.
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        whole = Path(work, "whole.tar")
        with tarfile.open(whole, "w") as tar:
            _add_manifest(tar)
            tar.add(dump, DUMP)
            if settings.UPLOADS_ROOT.is_dir():
                _add_uploads(tar)
        whole.chmod(0o600)
        whole.rename(file)


def restore(file: Path, *, force: bool = False) -> None:
    """Put a backup in place of what is here. Raises Refused, and then everything is as before."""
    with tempfile.TemporaryDirectory(dir=_beside_uploads(), prefix=".restore-") as work:
        _unpack(file, Path(work))
        _may_replace(force=force)
        _replace_database(Path(work, DUMP))
        _replace_uploads(Path(work, UPLOADS))


def _add_uploads(tar: tarfile.TarFile) -> None:
    """Every file; one that is pruned while we read is left out: nothing was attached to it."""
    root: Path = settings.UPLOADS_ROOT
    for found in (root, *sorted(root.rglob("*"))):
        with suppress(FileNotFoundError):
            tar.add(found, str(Path(UPLOADS, found.relative_to(root))), recursive=False)


def _add_manifest(tar: tarfile.TarFile) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), count(*) FROM django_migrations")
        server, migrations = cursor.fetchone()
    facts = {"format": FORMAT, "made_at": now().isoformat(), "server_version": server, "migrations": migrations}
    body = json.dumps(facts).encode()
    member = tarfile.TarInfo(MANIFEST)
    member.size = len(body)
    tar.addfile(member, io.BytesIO(body))


def _unpack(file: Path, work: Path) -> None:
    """Only what a backup holds, only below `work`, whatever names the file claims."""
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                known = member.name in (DUMP, MANIFEST) or (path.parts[0] == UPLOADS and ".." not in path.parts)
                source = tar.extractfile(member) if known and member.isfile() else None
                if source is not None:
                    target = work.joinpath(*path.parts)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with source, target.open("wb") as copy:
                        shutil.copyfileobj(source, copy)
        made_by = json.loads((work / MANIFEST).read_text())["format"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as why:
        if isinstance(why, FileNotFoundError) and not file.exists():
            raise
        raise refused(NOT_A_BACKUP, file=file, reason=str(why)) from why
    if made_by != FORMAT or not (work / DUMP).exists():
        raise refused(NOT_A_BACKUP, file=file, reason=f"format {made_by}")


def _sessions(cursor: CursorWrapper) -> int:
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    return int(cursor.fetchone()[0])


def _may_replace(*, force: bool) -> None:
    with connection.cursor() as cursor:
        # A program that has just ended (the dump before us, shouhou itself) may be listed for a moment longer.
        until = time.monotonic() + LEAVING_SECONDS
        while sessions := _sessions(cursor):
            if time.monotonic() > until:
                raise refused(RESTORE_IN_USE, sessions=sessions)
            time.sleep(0.05)
        there = set(connection.introspection.table_names(cursor))
        rows = 0
        for table in there.intersection(BUSINESS_TABLES):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            rows += cursor.fetchone()[0]
    if rows and not force:
        raise refused(RESTORE_NOT_EMPTY, rows=rows)


def _replace_database(dump: Path) -> None:
    """The present schema steps aside until the restored one is whole."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS before_restore CASCADE")
        cursor.execute("ALTER SCHEMA public RENAME TO before_restore")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dump))
    except BaseException:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("ALTER SCHEMA before_restore RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA before_restore CASCADE")


def _replace_uploads(fresh: Path) -> None:
    here: Path = settings.UPLOADS_ROOT
    fresh.mkdir(exist_ok=True)
    if here.exists():
        shutil.rmtree(here)
    fresh.rename(here)


def _beside_uploads() -> Path:
    """On the same disk as the uploads, so that taking their place is one rename."""
    parent: Path = settings.UPLOADS_ROOT.parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _run(tool: str, *options: str) -> None:
    parts = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT"}
    # By the environment, not the command line: a password is nobody else's to read.
    chosen = {variable: str(parts[name]) for name, variable in names.items() if parts.get(name)}
    target = [f"--dbname={parts['dbname']}"] if tool == "pg_restore" else []
    done = subprocess.run(
        [str(binary(tool)), *target, *options],
        env={**os.environ, **chosen},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise refused(TOOL_FAILED, tool=tool, said=done.stderr.strip()[-500:])
