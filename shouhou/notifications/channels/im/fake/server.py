"""`python -m shouhou.notifications.channels.im.fake.server --port N`: takes what robots say and shows it at `/_messages`.

A relay's paths begin with the service's own host, so that it answers as each service would. `POST /_behave {"calls": [...]}`
scripts the next calls: ok, refuse (200 with an error code, as these services say no), gone (404), error (500), later (429), wrong
(a page instead of an answer), elsewhere (a redirect), closed (does nothing), lost_answer (does it), slow and silent.
"""

import argparse
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WAIT_SECONDS = 8.0
# host: (what it answers when it did it, and when it did not)
ANSWERS: dict[str, tuple[Any, Any]] = {
    "oapi.dingtalk.com": ({"errcode": 0, "errmsg": "ok"}, {"errcode": 310000, "errmsg": "keywords not in content"}),
    "qyapi.weixin.qq.com": ({"errcode": 0, "errmsg": "ok"}, {"errcode": 93000, "errmsg": "invalid webhook url"}),
    "open.feishu.cn": ({"code": 0, "msg": "success", "data": {}}, {"code": 19001, "msg": "param invalid"}),
    "open.larksuite.com": ({"code": 0, "msg": "success", "data": {}}, {"code": 19001, "msg": "param invalid"}),
    "hooks.slack.com": ("ok", "invalid_token"),
}


class FakeRoomsServer(ThreadingHTTPServer):
    """What was said, in order. With a state file it outlives the process."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, *, state: Path | None = None, wait_seconds: float = WAIT_SECONDS) -> None:
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), Answer)
        self.state, self.wait_seconds = state, wait_seconds
        kept = state is not None and state.exists()
        self.messages: list[dict[str, Any]] = json.loads(state.read_text()) if state and kept else []
        self.calls: list[str] = []
        self.lock = threading.Lock()

    def take(self, path: str, said: Any) -> None:
        """Keep a message; call with the lock held."""
        host, _, rest = path.lstrip("/").partition("/")
        self.messages.append({"service": host, "robot": rest, "said": said})
        if self.state is not None:
            self.state.write_text(json.dumps(self.messages, ensure_ascii=False))

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: FakeRoomsServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        with self.server.lock:
            self._say(200, self.server.messages)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        with self.server.lock:
            if self.path == "/_behave":
                self.server.calls = list(body["calls"])
                return self._say(200, {})
            manner = self.server.calls.pop(0) if self.server.calls else "ok"
        yes, no = ANSWERS.get(self.path.split("/")[1], ({}, {}))
        if manner in ("gone", "error", "later"):
            return self._say({"gone": 404, "error": 500, "later": 429}[manner], {})
        if manner == "refuse":
            return self._say(200 if isinstance(no, dict) else 403, no)
        if manner == "elsewhere":
            return self._say(302, {}, location="http://127.0.0.1:1/")
        if manner in ("slow", "silent"):
            self.server.stopping.wait(self.server.wait_seconds)
        if manner not in ("closed", "silent"):
            with self.server.lock:
                self.server.take(self.path, body)
        if manner in ("closed", "silent", "lost_answer"):
            self.close_connection = True
            return None
        return self._say(200, "<html>proxy</html>" if manner == "wrong" else yes)

    def _say(self, status: int, body: Any, *, location: str = "") -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser(description="fake chat rooms")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    given = parser.parse_args()
    server = FakeRoomsServer(given.port, state=given.state)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
