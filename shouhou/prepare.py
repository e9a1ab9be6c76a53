"""Making an installation ready: schema, static files, the shipped policy books. Safe to run at every start."""

import os
import time
from collections.abc import Collection
from contextlib import suppress

import psycopg
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from shouhou.foundation.refusals import refusal, refused
from shouhou.plumbing.clock import now
from shouhou.policy.actions import sync_books
from shouhou.support.help.actions import sync_shipped

SCHEMA_BEHIND = refusal(
    "SCHEMA_BEHIND", "conflict",
    zh="数据库还有 {missing} 个迁移未执行，请先运行 shouhou prepare。",
    en="{missing} migrations are not applied. Run shouhou prepare first.",
)  # fmt: skip


def prepare(parts: Collection[str]) -> None:
    """Bring the database to this version ("schema", "books"), and what stands beside it ("static")."""
    if "static" in parts:
        collect_static()
    if "schema" in parts:
        call_command("migrate", interactive=False, verbosity=0)
    if "books" in parts:
        sync_books(now())
        sync_shipped(now())


def wait_for_schema(*, seconds: float = 120.0) -> None:
    """Return once every migration shipped here is applied, by whomever. Raises Refused SCHEMA_BEHIND.

    On a connection of its own, closed again: the web calls this before it forks.
    """
    wanted = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    limit = time.monotonic() + seconds
    missing = len(wanted)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        while time.monotonic() < limit:
            with suppress(psycopg.errors.UndefinedTable):
                missing = len(wanted.difference(own.execute("SELECT app, name FROM django_migrations").fetchall()))
                if not missing:
                    return
            time.sleep(0.05)
    raise refused(SCHEMA_BEHIND, missing=missing)


def collect_static() -> None:
    """Only when a file is newer than the collected ones: hashing and compressing costs a second."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    newest = max(
        (
            storage.get_modified_time(path).timestamp()
            for finder in finders.get_finders()
            for path, storage in finder.list([])
        ),
        default=0.0,
    )
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
