"""The embedded PostgreSQL: starts, resumes, survives a killed user, mends ownership, minds long paths."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shouhou.plumbing.embedded import NoDatabase, Server, database


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder of its own, reachable for the database's system user."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with tempfile.TemporaryDirectory(prefix="sh-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_a_second_start_finds_the_data_of_the_first(home: Path) -> None:
    with database(home, durable=False) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert Server(home / "pg").pid() is None
    with database(home, durable=False) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_the_last_one_who_leaves_stops_the_server(home: Path) -> None:
    with database(home, durable=False) as first:
        os.environ.pop("DATABASE_URL")
        with database(home, durable=False) as second:
            assert second == first
        assert Server(home / "pg").pid() is not None
    assert Server(home / "pg").pid() is None


def test_after_kill_9_of_its_user_the_next_one_attaches_and_then_stops_it(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from shouhou.plumbing.embedded import database\n"
        "with database(Path(sys.argv[1]), durable=False) as url: print(url, flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    url = child.stdout.readline().strip()
    child.send_signal(signal.SIGKILL)
    child.wait()
    pid = Server(home / "pg").pid()
    assert pid is not None
    with database(home, durable=False) as again:
        assert again == url
        assert Server(home / "pg").pid() == pid
    assert Server(home / "pg").pid() is None


def test_a_stale_pid_file_of_a_dead_server_does_not_bar_the_start(home: Path) -> None:
    with database(home, durable=False) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        pid = Server(home / "pg").pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while Server(home / "pg").pid() is not None:
            pass
        lines = (home / "pg" / "postmaster.pid").read_text().splitlines()
        # The number of the dead now belongs to somebody else: to us.
        (home / "pg" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    with database(home, durable=False) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_path_too_long_for_a_socket_is_served_on_loopback_with_a_password(home: Path) -> None:
    deep = home / ("x" * 100)
    with database(deep, durable=False) as url:
        assert "@127.0.0.1:" in url
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace("shouhou:", "shouhou:wrong", 1))


def test_an_outside_database_is_taken_as_it_is_and_nothing_is_started(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    with database(home) as url:
        assert url == "postgresql://elsewhere/db"
    assert list(home.iterdir()) == []
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/db"


def test_ownership_by_another_user_is_mended_by_root_and_named_to_others(home: Path) -> None:
    with database(home, durable=False):
        pass
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody", home / "pg"], check=True)
        with database(home, durable=False) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    else:
        server = Server(home / "pg")
        server.owner = type(server.owner)((*server.owner[:2], server.owner.pw_uid + 1, *server.owner[3:]))
        with pytest.raises(NoDatabase, match="chown"):
            server.start()
