"""A small shop to try the port against: it keeps stock, takes each restock once, remembers, and misbehaves on demand.

`python -m shouhou.orders.shop.fake.server --port 8093 --state FILE`
POST /restocks (Idempotency-Key) · GET /stock?sku= · GET /prices?sku= · POST /prices {"sku", "price"}
GET /_restocks (what it was told) · POST /_behave {"behaviours": ["slow"|"fail"|"refuse"|"dead"|"lost"…], "always"?}
GET /healthz
"""

import argparse
import json
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

BEHAVIOURS = {
    "success": "takes it and answers",
    "slow": "takes it, answers after a second",
    "fail": "500, not taken",
    "refuse": "422, not taken",
    "dead": "closes the connection, not taken",
    "lost": "takes it, then closes the connection without an answer",
}
FIRST_STOCK = 100
MOST_BODY = 64 * 1024


class Stock:
    """Units and prices by article, in a file that is only appended to: a killed server still knows."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self.restocks: list[dict[str, Any]] = []
        self.prices: dict[str, int] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._file = None
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text() if path.exists() else ""
            for line in text.splitlines():
                # A line cut off by a kill was never acknowledged to anybody.
                if line.endswith("}"):
                    self._remember(json.loads(line))
            self._file = path.open("a")
            if text and not text.endswith("\n"):
                self._file.write("\n")

    def take(self, entry: dict[str, Any]) -> bool:
        """Whether the key was new; the same key again changes nothing."""
        with self._lock:
            if entry.get("key") in self._known:
                return False
            self._remember(entry)
            if self._file:
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._file.flush()
                os.fsync(self._file.fileno())
            return True

    def units(self, sku: str) -> int:
        """Only goods back in stock can be sold again; open boxes and scrap are counted, not sold."""
        back = (entry for entry in self.restocks if entry["sku"] == sku and entry["disposition"] == "restock")
        return FIRST_STOCK + sum(int(entry["quantity"]) for entry in back)

    def _remember(self, entry: dict[str, Any]) -> None:
        if "price" in entry:
            self.prices[entry["sku"]] = entry["price"]
        else:
            self._known[entry["key"]] = entry
            self.restocks.append(entry)


class Shop(ThreadingHTTPServer):
    """The server with its stock and its moods."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, *, state: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Door)
        self.stock = Stock(state)
        self.moods: deque[str] = deque()
        self.always = "success"
        self.mood_lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def mood(self) -> str:
        with self.mood_lock:
            return self.moods.popleft() if self.moods else self.always

    def behave(self, *behaviours: str, always: str | None = None) -> None:
        """The next requests behave so, one each; `always` from then on."""
        for behaviour in (*behaviours, always or "success"):
            if behaviour not in BEHAVIOURS:
                raise ValueError(f"no behaviour {behaviour}")
        with self.mood_lock:
            self.moods.extend(behaviours)
            self.always = always or self.always


class Door(BaseHTTPRequestHandler):
    """One request."""

    server: Shop
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        sku = parse_qs(url.query).get("sku", [""])[0]
        if url.path == "/_restocks":
            self._answer(200, {"items": self.server.stock.restocks})
        elif url.path == "/healthz":
            self._answer(200, {"ok": True})
        elif url.path == "/stock" and sku:
            self._moody(lambda: (200, {"sku": sku, "quantity": self.server.stock.units(sku)}))
        elif url.path == "/prices" and sku in self.server.stock.prices:
            self._moody(lambda: (200, {"sku": sku, "price": self.server.stock.prices[sku]}))
        else:
            self._answer(404, {"error": "NOT_FOUND"})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        try:
            body = json.loads(self.rfile.read(min(size, MOST_BODY)) or b"{}")
        except ValueError:
            self._answer(400, {"error": "MALFORMED_JSON"})
            return
        if self.path == "/_behave":
            try:
                self.server.behave(*body.get("behaviours", []), always=body.get("always"))
                self._answer(200, {"ok": True})
            except ValueError as error:
                self._answer(422, {"error": str(error)})
        elif self.path == "/prices":
            self.server.stock.take({"sku": str(body["sku"]), "price": int(body["price"])})
            self._answer(200, {"ok": True})
        elif self.path == "/restocks":
            self._restock(body)
        else:
            self._answer(404, {"error": "NOT_FOUND"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – the base class's name
        """Quiet."""

    def _restock(self, body: dict[str, Any]) -> None:
        key = self.headers.get("Idempotency-Key", "")
        if not key or not body.get("sku") or not isinstance(body.get("quantity"), int) or body["quantity"] < 1:
            self._answer(422, {"error": "INVALID"})
            return
        entry = {
            "key": key, "sku": body["sku"], "quantity": body["quantity"],
            "disposition": body.get("disposition", "restock"), "grade": body.get("grade", ""),
        }  # fmt: skip
        self._moody(lambda: (200, {"ok": True, "new": self.server.stock.take(entry)}))

    def _moody(self, act: Any) -> None:
        """Act and answer as the mood has it."""
        mood = self.server.mood()
        if mood == "dead":
            self._hang_up()
        elif mood == "fail":
            self._answer(500, {"error": "OUT_OF_ORDER"})
        elif mood == "refuse":
            self._answer(422, {"error": "UNKNOWN_ARTICLE"})
        else:
            status, answer = act()
            if mood == "lost":
                self._hang_up()
                return
            if mood == "slow":
                time.sleep(1.0)
            self._answer(status, answer)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="shop")
    parser.add_argument("--port", type=int, default=8093)
    parser.add_argument("--state", type=Path)
    given = parser.parse_args(arguments)
    with Shop(given.port, state=given.state) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
