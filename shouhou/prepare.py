"""Making an installation ready: schema, static files, the shipped policy books. Safe to run at every start."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from shouhou.plumbing.clock import now
from shouhou.policy.actions import sync_books


def prepare(parts: Collection[str]) -> None:
    """Bring the database to this version ("schema", "books"), and what stands beside it ("static")."""
    if "static" in parts:
        collect_static()
    if "schema" in parts:
        call_command("migrate", interactive=False, verbosity=0)
    if "books" in parts:
        sync_books(now())


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
