"""`python -m shouhou.notifications.channels.sms.fake.server --port N`: takes messages and shows them at `/_messages`.

With `--callback URL --secret S` it reports every message as delivered; one to a number that ends in 0008 or 0013, or taken in the
manner `undeliverable`, as undelivered.
`POST /_behave {"calls": [...]}` scripts the next calls: ok, error (500), refuse (422), wrong (answers about something
else), closed (does nothing), lost_answer (does it), slow and silent (keep the caller waiting; slow does it in the end).
"""

import argparse
import json
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from shouhou.logistics.carriers.signing import ID_HEADER, SIGNATURE_HEADER, signature

WAIT_SECONDS = 8.0
REPORT_SECONDS = 1.5
NOBODY = ("0008", "0013")


class FakeGatewayServer(ThreadingHTTPServer):
    """Messages by key: the same key is the same message. With a state file they outlive the process."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, port: int, *, state: Path | None = None, wait_seconds: float = WAIT_SECONDS, callback: str = "", secret: str = "",
        report_seconds: float = REPORT_SECONDS,
    ) -> None:  # fmt: skip
        # Before the port is taken: where it is not free, the server closes what is not there yet.
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), Answer)
        self.state, self.wait_seconds = state, wait_seconds
        self.callback, self.secret, self.report_seconds = callback, secret, report_seconds
        kept = state is not None and state.exists()
        self.messages: dict[str, dict[str, Any]] = json.loads(state.read_text()) if state and kept else {}
        self.calls: list[str] = []
        self.lock = threading.Lock()

    def take(self, message: dict[str, Any], *, arrives: bool = True) -> None:
        """Keep a message, and report on it later when it is new; call with the lock held."""
        known = self.messages.setdefault(str(message["key"]), {**message, "calls": 0})
        known["calls"] += 1
        if self.callback and known["calls"] == 1:
            arrives = arrives and not str(message["phone"]).endswith(NOBODY)
            threading.Thread(target=self._report, args=(str(message["key"]), arrives), daemon=True).start()
        if self.state is not None:
            self.state.write_text(json.dumps(self.messages, ensure_ascii=False))

    def _report(self, key: str, arrives: bool) -> None:
        said = {"key": key, "state": "delivered"} if arrives else {"key": key, "state": "undelivered", "why": "absent subscriber"}
        body, number = json.dumps(said).encode(), uuid4().hex
        headers = {ID_HEADER: number, SIGNATURE_HEADER: signature(self.secret, number, body), "content-type": "application/json"}
        # Nobody there: some tries more, as a gateway would.
        for tries in range(5):
            if self.stopping.wait(self.report_seconds * (tries + 1)):
                return
            with suppress(urllib.error.URLError, TimeoutError):
                urllib.request.urlopen(urllib.request.Request(self.callback, body, headers), timeout=5)  # noqa: S310
                return

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: FakeGatewayServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        with self.server.lock:
            self._say(200, list(self.server.messages.values()))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        with self.server.lock:
            if self.path == "/_behave":
                self.server.calls = list(body["calls"])
                return self._say(200, {})
            manner = self.server.calls.pop(0) if self.server.calls else "ok"
        if manner == "error":
            return self._say(500, {})
        if manner == "refuse":
            return self._say(422, {"error": "unknown number"})
        if manner in ("slow", "silent"):
            self.server.stopping.wait(self.server.wait_seconds)
        if manner not in ("closed", "silent"):
            with self.server.lock:
                self.server.take(body, arrives=manner != "undeliverable")
        if manner in ("closed", "silent", "lost_answer"):
            self.close_connection = True
            return None
        return self._say(200, {"key": "somebody-elses" if manner == "wrong" else body["key"]})

    def _say(self, status: int, body: object) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: what came is at /_messages."""


def main() -> None:
    parser = argparse.ArgumentParser(description="a fake text message gateway")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--callback", default="")
    parser.add_argument("--secret", default="")
    given = parser.parse_args()
    server = FakeGatewayServer(given.port, state=given.state, callback=given.callback, secret=given.secret)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
