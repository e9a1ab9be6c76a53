"""One process tree: the embedded database, web, worker and, for the demo, little servers that play the outside world."""

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

from shouhou.plumbing.embedded import database


@dataclass(frozen=True, slots=True)
class Fake:
    """A little server that plays a part of the outside world; `callback` is where it reports, below our address."""

    name: str
    module: str
    url: str
    secret: str = ""
    callback: str = ""


FAKES = (
    Fake(
        "payment", "shouhou.payments.channels.fake.server", "SHOUHOU_FAKE_PAYMENT_URL",
        "SHOUHOU_PAYMENT_SECRET", "/api/v1/callbacks/payments/fake",
    ),
    Fake(
        "carrier", "shouhou.logistics.carriers.fake.server", "SHOUHOU_FAKE_CARRIER_URL",
        "SHOUHOU_CARRIER_SECRET", "/api/v1/callbacks/carriers/fake",
    ),
    Fake("shop", "shouhou.orders.shop.fake.server", "SHOUHOU_SHOP_URL"),
    Fake(
        "sms", "shouhou.notifications.channels.sms.fake.server", "SHOUHOU_SMS_URL",
        "SHOUHOU_SMS_SECRET", "/api/v1/callbacks/sms/fake",
    ),
    Fake("rooms", "shouhou.notifications.channels.im.fake.server", "SHOUHOU_IM_URL"),
)  # fmt: skip
SHOUHOU = [sys.executable, "-m", "shouhou.cli"]
STOP_SECONDS = 12.0
BACKOFF_SECONDS = 0.5
BACKOFF_MOST_SECONDS = 15.0
STEADY_SECONDS = 30.0
READY_SECONDS = 60.0
_libc = ctypes.CDLL(None, use_errno=True)


class CannotServe(RuntimeError):
    """Why nothing was started, in both languages."""


@dataclass
class Child:
    """One process of the tree, started again with growing pauses when it ends by itself."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = BACKOFF_SECONDS
    start_at: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        # A group of its own: Ctrl-C reaches us alone, and what a killed child leaves behind can be ended with its group.
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with_parent)

    def tend(self) -> None:
        """Start it, or start it again when its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            _end_group(self.process.pid, signal.SIGKILL)
            self.process = None
            steady = now - self.started > STEADY_SECONDS
            self.pause = BACKOFF_SECONDS if steady else min(self.pause * 2, BACKOFF_MOST_SECONDS)
            self.start_at = now + self.pause
            say(
                f"{self.name} 意外结束（{code}），{self.pause:.0f} 秒后重启 / ended by itself ({code}), starts again soon"
            )


@dataclass
class Tree:
    """All children; `stop` is set by SIGINT and SIGTERM."""

    children: list[Child] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def add(self, name: str, command: list[str]) -> None:
        child = Child(name, command)
        child.start()
        self.children.append(child)

    def once(self, command: list[str]) -> int | None:
        """Run something to its end while the children are kept alive: its exit code, None when told to stop first."""
        step = subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)
        self.watch(until=step)
        if step.poll() is None:
            step.terminate()
            with suppress(subprocess.TimeoutExpired):
                step.wait(STOP_SECONDS)
            _end_group(step.pid, signal.SIGKILL)
            step.wait()
        return None if self.stop.is_set() else step.returncode

    def watch(self, *, until: subprocess.Popen[bytes] | None = None) -> None:
        """Keep the children alive until told to stop, or until the process `until` has ended."""
        while (until is None or until.poll() is None) and not self.stop.wait(0.05):
            for child in self.children:
                child.tend()

    def end(self) -> None:
        """Ask all to stop, wait, then insist; nothing is left behind."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        limit = time.monotonic() + STOP_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, limit - time.monotonic()))
            _end_group(process.pid, signal.SIGKILL)
            process.wait()


def serve(*, home: Path, host: str, port: int, demo: bool, language: str = "zh-hans") -> int:
    """Everything on one machine until Ctrl-C; returns the exit code. Raises CannotServe or NoDatabase."""
    began = time.monotonic()
    home.mkdir(parents=True, exist_ok=True)
    tree = Tree()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: tree.stop.set())
    with _only_one(home) as note, _environment():
        free = free_port(host, port)
        if free != port:
            say(f"端口 {port} 已被占用，改用 {free} / port {port} is taken, using {free}")
        address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{free}"
        note(f"{address} (pid {os.getpid()})")
        os.environ.setdefault("SHOUHOU_BASE_URL", address)
        say("数据库 database …")
        with database(home):
            return _run(tree, home=home, host=host, port=free, address=address, demo=demo, language=language, began=began)


def _run(
    tree: Tree, *, home: Path, host: str, port: int, address: str, demo: bool, language: str, began: float
) -> int:  # fmt: skip
    try:
        fakes = _fakes(home, address) if demo else {}
        say("数据结构 schema …")
        # Both at once: the web loads, and waits for the schema by itself. Then the rest, which would only be in the way.
        tree.add("web", [*SHOUHOU, "web", "--host", host, "--port", str(port)])
        code = tree.once([*SHOUHOU, "prepare", "schema"])
        if code or tree.stop.is_set():
            return code or 0
        if not _answers(tree, port):
            return 0 if tree.stop.is_set() else 1
        say(f"已就绪，用时 {time.monotonic() - began:.1f} 秒 / ready after {time.monotonic() - began:.1f} s: {address}")
        tree.add("worker", [*SHOUHOU, "work"])
        for name, command in fakes.items():
            tree.add(f"{name}（模拟 fake）", command)
        code = tree.once([*SHOUHOU, "prepare", "books"])
        if code:
            return code
        if demo and tree.once([*SHOUHOU, "demo", "--address", address, "--language", language]):
            say("演示数据未能完成，服务仍在运行 / the demo did not finish; the service is running")
        if not tree.stop.is_set():
            say("按 Ctrl-C 停止 / Ctrl-C stops")
        tree.watch()
        return 0
    finally:
        say("正在停止 stopping …")
        tree.end()


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port nobody listens on. Raises CannotServe after fifty."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise CannotServe(f"端口 {wanted}–{wanted + 49} 均被占用 / ports {wanted}–{wanted + 49} are all taken")


def say(text: str) -> None:
    """A line of progress for the person at the terminal."""
    print(text, flush=True)


def _fakes(home: Path, address: str) -> dict[str, list[str]]:
    """The commands of the demo's outside world; where it is found is told to all children by the environment.

    One whose address is set already is somebody else's, and kept.
    """
    commands: dict[str, list[str]] = {}
    # Two demos started in the same second must not both find the same port free.
    port = 21_000 + os.getpid() * 7 % 11_000
    for fake in FAKES:
        if fake.url in os.environ:
            continue
        port = free_port("127.0.0.1", port)
        os.environ[fake.url] = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", fake.module, "--port", str(port), "--state", str(home / f"fake-{fake.name}.state")]
        if fake.secret:
            secret = os.environ.setdefault(fake.secret, secrets.token_hex(16))
            command += ["--callback", address + fake.callback, "--secret", secret]
        commands[fake.name] = command
        port += 1
    return commands


def _answers(tree: Tree, port: int) -> bool:
    """Wait until the web answers with a page."""
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and not tree.stop.wait(0.03):
        for child in tree.children:
            child.tend()
        with suppress(OSError, HTTPException):
            web = HTTPConnection("127.0.0.1", port, timeout=10)
            web.request("GET", "/healthz")
            if web.getresponse().status < 500:
                return True
    return False


@contextmanager
def _only_one(home: Path) -> Iterator[Callable[[str], None]]:
    """One tree per data folder; the lock dies with us."""
    with (home / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotServe(
                f"此数据文件夹已有服务在运行 / already running on this folder: {file.read().strip()}"
            ) from None

        def note(text: str) -> None:
            file.truncate(0)
            file.write(text)
            file.flush()

        yield note


@contextmanager
def _environment() -> Iterator[None]:
    """What we tell our children by the environment ends with us."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _end_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent() -> None:
    """In the child: Linux sends SIGTERM when the parent dies, be it by kill -9."""
    _libc.prctl(1, signal.SIGTERM)
