"""Pytest's door to a database: one embedded server for all workers, a database and a folder of its own for every run."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouhou.plumbing.embedded import data_folder, database

_open = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Before Django reads its settings. Workers of pytest-xdist inherit what their controller has set."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["SHOUHOU_TESTING"] = "1"
        home = data_folder() / "test"
        url = _open.enter_context(database(home, durable=False))
        _forget_dead_runs(url, home)
        run = f"run_{os.getpid()}"
        folder = home / run
        # With the place of the collected static files, which whoever serves pages looks for.
        (folder / "static").mkdir(parents=True, exist_ok=True)
        _open.callback(shutil.rmtree, folder, ignore_errors=True)
        # Django puts "test_" before the name: two runs at once never meet.
        os.environ["DATABASE_URL"] = make_conninfo("", **{**conninfo_to_dict(url), "dbname": run})
        os.environ["SHOUHOU_HOME"] = str(folder)
    else:
        # Each worker has uploads of its own: what one stores or prunes, the other does not count.
        folder = Path(os.environ["SHOUHOU_HOME"], os.environ["PYTEST_XDIST_WORKER"])
        (folder / "static").mkdir(parents=True, exist_ok=True)
        os.environ["SHOUHOU_HOME"] = str(folder)
    yield


def pytest_configure(config: pytest.Config) -> None:
    """Nothing hangs on how quick the machine is, nor on chance: the same examples everywhere, with no time limit for one.

    `--hypothesis-profile=default` looks for new ones.
    """
    from hypothesis import settings

    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("ci")


def pytest_unconfigure() -> None:
    """The controller leaves last; the server stops when no other run uses it."""
    _open.close()


def _forget_dead_runs(url: str, home: Path) -> None:
    """A killed run leaves its databases and folder behind; those of processes that are gone are dropped."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_run_%'").fetchall()
        for (name,) in names:
            if _gone(name.split("_")[2]):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    for folder in home.glob("run_*"):
        if _gone(folder.name.split("_")[1]):
            shutil.rmtree(folder, ignore_errors=True)


def _gone(pid: str) -> bool:
    return pid.isdigit() and not Path("/proc", pid).exists()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> Iterator[None]:
    """Between tests with real commits Django empties all tables, append-only ones and the queue too; the feed's one row stays."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def flush(operations: DatabaseOperations, statements: list[str]) -> None:
        keep = "INSERT INTO plumbing_feedhorizon (id, tx, dispatched_seq) VALUES (1, 0, 0) ON CONFLICT DO NOTHING"
        plain(operations, ["SET LOCAL session_replication_role = 'replica'", *statements, keep, "TRUNCATE procrastinate_jobs CASCADE"])

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]
