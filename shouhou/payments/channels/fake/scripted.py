"""What the small servers of real protocols share: a script of misbehaviours, a file that outlives kill -9, plain HTTP."""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SILENCE_SECONDS = 30.0
# Before anything is done there, and after it was done; what a protocol can do wrong besides, its own server knows.
BEFORE = {
    "outage": "closes the connection, nothing done", "silent": "nothing done, no answer", "error": "an error of theirs, nothing done",
    "limited": "too many requests, nothing done",
}  # fmt: skip
AFTER = {
    "lost": "done, then closes the connection", "silent_done": "done, no answer", "error_done": "done, then an error of theirs",
    "slow": "done, answers after a second", "bad_signature": "done, the answer is signed by somebody else",
    "other_amount": "done, tells of one cent less", "success": "done",
}  # fmt: skip


class Shelf:
    """Entries by name, in a file that is only appended to: a killed server still knows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.known: dict[str, dict[str, Any]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in path.read_text().splitlines() if path.exists() else []:
            # A line cut off by kill -9 was never acknowledged to anybody.
            if line.endswith("}"):
                entry = json.loads(line)
                self.known[entry["name"]] = entry
        self._file = path.open("a")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write("\n")

    def put(self, name: str, entry: dict[str, Any]) -> dict[str, Any]:
        kept = {**self.known.get(name, {}), **entry, "name": name}
        self._file.write(json.dumps(kept) + "\n")
        self._file.flush()
        self.known[name] = kept
        return kept


class Scripted(ThreadingHTTPServer):
    """The server, its shelves of trades and refunds, and what it will do wrong next."""

    daemon_threads = True
    request_queue_size = 128
    own: dict[str, str] = {}

    def __init__(self, port: int, *, state: Path, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.trades, self.refunds = Shelf(state.with_suffix(".trades")), Shelf(state.with_suffix(".refunds"))
        self.script: deque[str] = deque()
        self.always = "success"
        self.lock, self.stopping = threading.RLock(), threading.Event()
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def behave(self, *names: str) -> None:
        """What happens to the next calls, in order. Raises ValueError for what it cannot do."""
        if unknown := set(names) - {*BEFORE, *AFTER, *self.own}:
            raise ValueError(f"cannot do {sorted(unknown)}")
        self.script.extend(names)

    def next_behaviour(self, what: str) -> str:
        with self.lock:
            self.calls.append(what)
            return self.script.popleft() if self.script else self.always

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hung up on us is no news."""


class Speaking(BaseHTTPRequestHandler, ABC):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        self._speak(b"")

    def do_POST(self) -> None:
        self._speak(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    @abstractmethod
    def exchange(self, method: str, path: str, body: bytes) -> None:
        """What is done there, and how an answer looks."""

    @abstractmethod
    def control(self, path: str, said: dict[str, Any]) -> object:
        """A hand at the server's own desk (paths that begin with an underscore); None when there is no such thing."""

    def misbehave(self, does: str, work: Callable[[], None], *, answer: Callable[[], None], error: Callable[[], None]) -> None:
        """Do `work` and answer, or what the script says instead."""
        if does == "silent":
            self.server.stopping.wait(SILENCE_SECONDS)
            does = "outage"
        if does in ("error", "limited"):
            error()
            return
        if does == "outage":
            self.close_connection = True
            return
        work()
        if does == "silent_done":
            self.server.stopping.wait(SILENCE_SECONDS)
            does = "lost"
        if does == "lost":
            self.close_connection = True
            return
        if does == "slow":
            time.sleep(1.0)
        error() if does == "error_done" else answer()

    def reply(self, status: int, body: bytes, *, kind: str = "application/json", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _speak(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        if path == "/healthz":
            self.reply(200, b'{"ok":true}')
        elif path.startswith("/_"):
            said = self.control(path, json.loads(body or b"{}"))
            self.reply(404 if said is None else 200, json.dumps(said).encode())
        else:
            self.exchange(self.command, self.path, body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet: the shelves are the log."""
