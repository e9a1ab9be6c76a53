"""What the small servers of the channels share: what came, in a file that outlives the process, and a script of misbehaviours."""

import json
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

WAIT_SECONDS = 8.0


class Scripted(ThreadingHTTPServer):
    """What came (`messages`, as the child keeps it), and what happens to the next calls."""

    daemon_threads = True
    allow_reuse_address = True
    messages: Any

    def __init__(
        self, port: int, handler: type["Speaking"], *, empty: list[Any] | dict[str, Any], state: Path | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:  # fmt: skip
        # Before the port is taken: where it is not free, the server closes what is not there yet.
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), handler)
        self.state, self.wait_seconds = state, wait_seconds
        self.messages = json.loads(state.read_text()) if state is not None and state.exists() else empty
        self.calls: list[str] = []
        self.lock = threading.Lock()

    def keep(self) -> None:
        """Call with the lock held, after a message was taken."""
        if self.state is not None:
            self.state.write_text(json.dumps(self.messages, ensure_ascii=False))

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()


class Speaking(BaseHTTPRequestHandler, ABC):
    """One request: `GET` shows what came, `POST /_behave {"calls": [...]}` scripts, every other `POST` is a message."""

    server: Any
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    # Manners that say no by their status alone, before anything is done.
    refuses: ClassVar[dict[str, int]] = {"error": 500}

    @abstractmethod
    def shown(self) -> object:
        """What came, for who looks; the lock is held."""

    @abstractmethod
    def take(self, said: Any, manner: str) -> None:
        """Keep the message; the lock is held."""

    @abstractmethod
    def answer(self, said: Any, manner: str) -> None:
        """Say that it was taken, or what else the manner says."""

    def refuse(self, said: Any, manner: str) -> bool:
        """Whether it was refused in a manner of the child's own."""
        return False

    def do_GET(self) -> None:
        with self.server.lock:
            self.say(200, self.shown())

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        with self.server.lock:
            if self.path == "/_behave":
                self.server.calls = list(said["calls"])
                return self.say(200, {})
            manner = self.server.calls.pop(0) if self.server.calls else "ok"
        if manner in self.refuses:
            return self.say(self.refuses[manner], {})
        if self.refuse(said, manner):
            return None
        if manner in ("slow", "silent"):
            self.server.stopping.wait(self.server.wait_seconds)
        if manner not in ("closed", "silent"):
            with self.server.lock:
                self.take(said, manner)
                self.server.keep()
        if manner in ("closed", "silent", "lost_answer"):
            self.close_connection = True
            return None
        return self.answer(said, manner)

    def say(self, status: int, body: object, *, location: str = "") -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: what came is at /_messages."""


def serve(server: Scripted) -> None:
    """Until it is interrupted."""
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()
