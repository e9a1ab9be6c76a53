"""A small shop to try the port against: it keeps stock, takes each restock once, remembers, and misbehaves on demand.

`python -m shouhou.orders.shop.fake.server --port 8093 --state FILE`
POST /restocks (Idempotency-Key) · POST /reservations (Idempotency-Key) · DELETE /reservations/KEY · GET /stock?sku= ·
GET /variants?sku= · POST /variants {"sku", "of", "title", "price", "quantity", "kind", "condition"}
POST /interceptions (Idempotency-Key) · DELETE /interceptions/KEY
POST /dispatches {"order", "line"?, "answer", "carrier", "tracking_number"} (without "line": of all that is not told of by itself)
POST /stock {"sku", "quantity"} · GET /prices?sku= · POST /prices {"sku", "price"}
GET /prices/history?sku= · POST /prices/history {"sku", "price", "from", "to"?, "kind"?, "in_stock"?, "merchant"?}
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
from datetime import UTC, datetime
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


def _told(known: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**more, **{name: known.get(name, "") for name in ("answer", "carrier", "tracking_number")}}


class Stock:
    """Units and prices by article, in a file that is only appended to: a killed server still knows."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self.restocks: list[dict[str, Any]] = []
        self.prices: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.instead: dict[str, dict[str, dict[str, Any]]] = {}
        self.holds: dict[str, dict[str, Any]] = {}
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.dispatches: dict[str, dict[str, Any]] = {}
        self.of_lines: dict[str, dict[int, dict[str, Any]]] = {}
        self.stops: dict[str, dict[str, Any]] = {}
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
        held = sum(each["quantity"] for each in self.holds.values() if each["sku"] == sku and not each.get("free"))
        return self.first.get(sku, FIRST_STOCK) + sum(int(entry["quantity"]) for entry in back) - int(held)

    def hold(self, key: str, sku: str, quantity: int) -> bool:
        """Whether the units are held; the same key again is the same hold, a freed one stays free."""
        known = self.holds.get(key)
        if known is None:
            if self.units(sku) < quantity:
                return False
            self.take({"hold": key, "sku": sku, "quantity": quantity})
            return True
        return not known.get("free")

    def free(self, key: str) -> None:
        known = self.holds.get(key)
        if known is None or not known.get("free"):
            self.take({"hold": key, "sku": "", "quantity": 0, **(known or {}), "free": True})

    def stop(self, key: str, order: str, lines: list[Any]) -> dict[str, Any]:
        """What becomes of the goods of the order, by what was told of its dispatch; the same key again is the same answer."""
        known = self.stops.get(key)
        if known is None:
            told = {"answer": "stopped", **self.dispatches.get(order, {})}
            known = {"stop": key, "order": order, "lines": lines, **{name: told[name] for name in told if name != "dispatch"}}
            if each := self.of_lines.get(order):
                known["told"] = [_told(each.get(int(line["line"]), told), line=int(line["line"])) for line in lines]
            self.take(known)
        return {**_told(known), **({"lines": known["told"]} if known.get("told") else {})}

    def resume(self, key: str) -> None:
        self.take({"stop": key, "order": "", "lines": [], **self.stops.get(key, {}), "resumed": True})

    def variants(self, sku: str) -> list[dict[str, Any]]:
        """The article itself and what may be had instead."""
        own = {"sku": sku, "title": sku, "price": self.prices.get(sku, 0), "kind": "same", "condition": "new"}
        others = self.instead.get(sku, {}).values()
        return [{**each, "quantity": self.units(each["sku"])} for each in (own, *others)]

    def _remember(self, entry: dict[str, Any]) -> None:
        if "was" in entry:
            self.history.setdefault(entry["was"], []).append({**entry, "price": int(entry["price"])})
        elif "dispatch" in entry and "line" in entry:
            self.of_lines.setdefault(entry["dispatch"], {})[int(entry["line"])] = entry
        elif "dispatch" in entry:
            self.dispatches[entry["dispatch"]] = entry
        elif "stop" in entry:
            self.stops[entry["stop"]] = entry
        elif "hold" in entry:
            self.holds[entry["hold"]] = entry
        elif "of" in entry:
            self.instead.setdefault(entry["of"], {})[entry["sku"]] = entry
            self.prices[entry["sku"]] = entry["price"]
            self.first.setdefault(entry["sku"], entry.get("quantity", FIRST_STOCK))
        elif "first" in entry:
            self.first[entry["sku"]] = entry["first"]
        elif "price" in entry:
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
        elif url.path == "/variants" and sku:
            self._moody(lambda: (200, {"items": self.server.stock.variants(sku)}))
        elif url.path == "/prices/history" and sku:
            self._moody(lambda: (200, {"items": self.server.stock.history.get(sku, [])}))
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
        elif self.path == "/prices/history":
            self.server.stock.take({**{name: value for name, value in body.items() if name != "sku"}, "was": str(body["sku"])})
            self._answer(200, {"ok": True})
        elif self.path == "/prices":
            self.server.stock.take({"sku": str(body["sku"]), "price": int(body["price"])})
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self.server.stock.take({"was": str(body["sku"]), "price": int(body["price"]), "from": now, "to": None})
            self._answer(200, {"ok": True})
        elif self.path == "/stock":
            self.server.stock.take({"sku": str(body["sku"]), "first": int(body["quantity"])})
            self._answer(200, {"ok": True})
        elif self.path == "/variants":
            self.server.stock.take({
                "sku": str(body["sku"]), "of": str(body["of"]), "title": str(body.get("title", "")),
                "price": int(body["price"]), "quantity": int(body.get("quantity", FIRST_STOCK)),
                "kind": str(body.get("kind", "variant")), "condition": str(body.get("condition", "new")),
            })  # fmt: skip
            self._answer(200, {"ok": True})
        elif self.path == "/dispatches":
            named = {name: str(body[name]) for name in ("answer", "carrier", "tracking_number") if body.get(name)}
            line = {"line": int(body["line"])} if body.get("line") else {}
            self.server.stock.take({"dispatch": str(body["order"]), **line, **named})
            self._answer(200, {"ok": True})
        elif self.path == "/interceptions":
            self._intercept(body)
        elif self.path == "/reservations":
            self._reserve(body)
        elif self.path == "/restocks":
            self._restock(body)
        else:
            self._answer(404, {"error": "NOT_FOUND"})

    def do_DELETE(self) -> None:
        stops, key = self.path.startswith("/interceptions/"), self.path.rpartition("/")[2]

        def act() -> tuple[int, dict[str, Any]]:
            (self.server.stock.resume if stops else self.server.stock.free)(key)
            return 200, {"ok": True}

        self._moody(act)

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

    def _intercept(self, body: dict[str, Any]) -> None:
        key, order, lines = self.headers.get("Idempotency-Key", ""), body.get("order"), body.get("lines")
        if not key or not isinstance(order, str) or not isinstance(lines, list) or not lines:
            self._answer(422, {"error": "INVALID"})
            return
        self._moody(lambda: (200, self.server.stock.stop(key, order, lines)))

    def _reserve(self, body: dict[str, Any]) -> None:
        key, sku, quantity = self.headers.get("Idempotency-Key", ""), body.get("sku"), body.get("quantity")
        if not key or not isinstance(sku, str) or not isinstance(quantity, int) or quantity < 1:
            self._answer(422, {"error": "INVALID"})
            return

        def act() -> tuple[int, dict[str, Any]]:
            if self.server.stock.hold(key, sku, quantity):
                return 200, {"ok": True, "price": self.server.stock.prices.get(sku)}
            return 409, {"error": "OUT_OF_STOCK"}

        self._moody(act)

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
