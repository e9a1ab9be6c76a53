"""`python -m shouhou.notifications.channels.sms.fake.server --port N`: takes messages and shows them at `/_messages`.

`POST /_behave {"calls": [...]}` scripts the next calls: ok, error, closed (does nothing), lost_answer (does it).
"""

import argparse
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeGatewayServer(ThreadingHTTPServer):
    """Messages by key: the same key is the same message."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Answer)
        self.messages: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.lock = threading.Lock()


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
            if manner != "closed":
                known = self.server.messages.setdefault(body["key"], {**body, "calls": 0})
                known["calls"] += 1
            if manner in ("closed", "lost_answer"):
                self.close_connection = True
                return None
        return self._say(200, {})

    def _say(self, status: int, body: object) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: what came is at /_messages."""


def main() -> None:
    parser = argparse.ArgumentParser(description="a fake text message gateway")
    parser.add_argument("--port", type=int, required=True)
    server = FakeGatewayServer(parser.parse_args().port)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
