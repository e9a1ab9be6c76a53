"""A small payment channel to try ours against: it pays once per key, remembers over kill -9, and misbehaves on demand.

`python -m shouhou.payments.channels.fake.server --port 8091 --state FILE [--callback URL --secret S]`
POST /refunds · GET /refunds/{key} · POST /payments · GET and DELETE /payments/{key} · /pay/{key} (the consumer's page) ·
POST /payouts · GET /payouts/{key} (to a shop's account, as refunds are made) ·
GET /statement?day=2026-03-10 (CSV) · GET /_ledger (every movement) · POST /_behave {"behaviours": ["lost", …], "key"?,
"always"?} · GET /healthz
"""

import argparse
import json
import os
import random
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from shouhou.payments.channels.fake.statement import written
from shouhou.payments.channels.fake.till import PAY_BEHAVIOURS, Till, page
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign

BEHAVIOURS = {
    "success": "pays and answers",
    "refuse": "refuses with ACCOUNT_CLOSED",
    "slow": "pays, answers after a second",
    "delay": "answers in_process, pays half a second later and calls back",
    "lost": "pays, then closes the connection without an answer",
    "silent": "does nothing and does not answer",
    "silent_paid": "pays and does not answer",
    "error": "500, not paid",
    "error_paid": "pays, then 500",
    "outage": "closes the connection, not paid",
    "duplicate_callback": "pays, answers, calls back twice with one id",
    "late_callback": "pays, answers in_process, calls back two seconds later",
    "callback_first": "pays, calls back, then answers",
    "dies": "its process dies before it has paid",
    "dies_paid": "pays, and its process dies before the answer",
}
# Paid, and how the answer is lost.
LOST_ANSWERS = {"lost": "outage", "silent_paid": "silent", "error_paid": "error", "dies_paid": "dies"}
SILENCE_SECONDS = 30.0
# What a bad day looks like (`--always chaos`), in parts of a hundred.
CHAOS = {
    "success": 40, "callback_first": 12, "duplicate_callback": 12, "lost": 12, "error_paid": 8, "delay": 8, "outage": 4,
    "error": 4,
}  # fmt: skip
# The same day with a process that dies between call and answer (`--always dying`): whoever tends it starts it again.
DYING = {**CHAOS, "dies_paid": 3, "dies": 1}
DAYS = {"chaos": CHAOS, "dying": DYING}


class Book:
    """What was paid, in a file that is only appended to: a killed server still knows."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self.known: dict[str, dict[str, Any]] = {}
        self.movements: list[dict[str, Any]] = []
        if path.exists():
            for line in path.read_text().splitlines():
                # A line cut off by kill -9 was never acknowledged to anybody.
                if line.endswith("}"):
                    self._take(json.loads(line))
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write("\n")

    def record(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The standing answer for the key: a settled one stays, whatever is asked again."""
        with self._lock:
            standing = self.known.get(entry["key"])
            if standing and standing["status"] == "settled":
                return standing
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
            self._take(entry)
            return entry

    def _take(self, entry: dict[str, Any]) -> None:
        self.known[entry["key"]] = entry
        if entry["status"] == "settled":
            self.movements.append(entry)


class Channel(ThreadingHTTPServer):
    """The server with its book, its script of behaviours and where it calls back."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, *, state: Path, callback: str = "", secret: str = "", always: str = "success") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.book, self.callback, self.secret, self.always = Book(state), callback, secret, always
        self.till = Till(state.with_name(state.name + ".till"))
        self.payouts = Book(state.with_name(state.name + ".payouts"))
        self.script: deque[str] = deque()
        self.by_key: dict[str, str] = {}
        self.calls: list[str] = []
        self.numbers = threading.Lock()
        # What dying means: a process of its own ends; one that lives in another's only hangs up.
        self.die: Callable[[], None] = lambda: None
        self.gone = False
        for entry in list(self.book.known.values()):
            # Promised before we were killed: kept now.
            if entry["status"] == "in_process":
                self.call_back(self.book.record({**entry, "status": "settled"}), after=1.0)

    def server_close(self) -> None:
        """Gone, as if killed: what was promised for later is kept by whoever opens the book next, not by us."""
        self.gone = True
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hung up on us is no news."""

    def behaviour(self, key: str) -> str:
        with self.numbers:
            self.calls.append(key)
            if key in self.by_key:
                return self.by_key.pop(key)
            if self.script:
                return self.script.popleft()
            if (day := DAYS.get(self.always)) is not None:
                return random.choices(list(day), weights=list(day.values()))[0]  # noqa: S311
            return self.always

    def call_back(self, entry: dict[str, Any], *, times: int = 1, after: float = 0.0) -> None:
        """Tell the callback address, in the background when it is for later."""
        if not self.callback:
            return
        body = json.dumps({"id": f"cb-{entry['reference']}-{entry['status']}", **entry}).encode()

        def tell() -> None:
            time.sleep(after)
            for _ in range(times):
                request = urllib.request.Request(self.callback, data=body, method="POST")  # noqa: S310
                request.add_header("Content-Type", "application/json")
                request.add_header(SIGNATURE_HEADER, sign(body, secret=self.secret))
                try:
                    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
                except OSError as error:
                    print(f"callback: {error}", file=sys.stderr)  # noqa: T201

        if after:
            threading.Thread(target=tell, daemon=True).start()
        else:
            tell()


class Handler(BaseHTTPRequestHandler):
    """One request; what it does is the next behaviour of the script."""

    protocol_version = "HTTP/1.1"
    server: Channel
    PATHS: ClassVar[tuple[str, ...]] = ("/refunds", "/_behave")

    def do_GET(self) -> None:
        if self.path == "/_ledger":
            self._answer(200, {
                "movements": self.server.book.movements, "received": self.server.till.received,
                "payouts": self.server.payouts.movements, "calls": len(self.server.calls),
            })  # fmt: skip
        elif self.path.startswith("/statement?day="):
            self._statement(self.path.partition("=")[2])
        elif self.path == "/healthz":
            self._answer(200, {"ok": True})
        elif self.path.startswith(("/payments/", "/pay/")):
            paid = self.server.till.known.get(self.path.rpartition("/")[2])
            if paid is None:
                self._answer(404, {"status": "not_known"})
            elif self.path.startswith("/pay/"):
                self._page(200, page(paid))
            else:
                self._answer(200, paid)
        elif self.path.startswith("/payouts/"):
            entry = self.server.payouts.known.get(self.path.rpartition("/")[2])
            self._answer(200, entry) if entry else self._answer(404, {"status": "not_known"})
        else:
            entry = self.server.book.known.get(self.path.removeprefix("/refunds/"))
            self._answer(200, entry) if entry else self._answer(404, {"status": "not_known"})

    def do_DELETE(self) -> None:
        key = self.path.rpartition("/")[2]
        if not self.path.startswith("/payments/"):
            self._answer(404, {"error": "no such path"})
            return
        self._after(self.server.behaviour(key), self.server.till.end(key, "closed"))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}"
        if self.path.startswith("/pay/"):
            self._paid(self.path.rpartition("/")[2], decline=b"action=decline" in raw)
            return
        said = json.loads(raw)
        if self.path == "/_behave":
            self._behave(said)
        elif self.path == "/refunds":
            self._refund(said)
        elif self.path == "/payments":
            self._make_out(said)
        elif self.path == "/payouts":
            self._pay_out(said)
        else:
            self._answer(404, {"error": "no such path"})

    def _behave(self, said: dict[str, Any]) -> None:
        names = [*said.get("behaviours", []), *([said["always"]] if "always" in said else [])]
        if unknown := set(names) - {*BEHAVIOURS, *PAY_BEHAVIOURS, *DAYS}:
            self._answer(422, {"error": f"unknown {sorted(unknown)}", "known": BEHAVIOURS | PAY_BEHAVIOURS})
            return
        if "key" in said:
            self.server.by_key[said["key"]] = said["behaviours"][0]
        else:
            self.server.script.extend(said.get("behaviours", []))
        self.server.always = said.get("always", self.server.always)
        self._answer(200, {"script": list(self.server.script), "always": self.server.always})

    def _refund(self, said: dict[str, Any]) -> None:
        earlier = self.server.book.known.get(said["key"])
        if earlier and (earlier["amount"], earlier["currency"]) != (said["amount"], said["currency"]):
            self._answer(409, {"error": "this key was used for another amount"})
            return
        does = self.server.behaviour(said["key"])
        if does in ("outage", "silent", "error", "dies"):
            self._fail(does)
            return
        if does in ("delay", "late_callback"):
            self._later(said, pay_now=does == "late_callback")
            return
        entry = self._entry(said, "refused" if does == "refuse" else "settled")
        entry = self.server.book.record(entry)
        if does in LOST_ANSWERS:
            self._fail(LOST_ANSWERS[does])
            return
        if does == "slow":
            time.sleep(1.0)
        if does == "callback_first":
            self.server.call_back(entry)
        self._answer(402 if entry["status"] == "refused" else 200, entry)
        if does == "duplicate_callback":
            self.server.call_back(entry, times=2)

    def _pay_out(self, said: dict[str, Any]) -> None:
        """To a shop's account: nothing calls back, whoever wants to know asks."""
        earlier = self.server.payouts.known.get(said["key"])
        if earlier and (earlier["amount"], earlier["currency"]) != (said["amount"], said["currency"]):
            self._answer(409, {"error": "this key was used for another amount"})
            return
        does = self.server.behaviour(said["key"])
        if does in ("outage", "silent", "error"):
            self._fail(does)
            return
        entry = {**self._entry(said, "refused" if does == "refuse" else "settled"), "account": said.get("account", "")}
        if does in ("delay", "late_callback"):
            self.server.payouts.record({**entry, "status": "in_process"})
            threading.Timer(0.5, lambda: self.server.payouts.record(entry)).start()
            self._answer(202, {**entry, "status": "in_process"})
            return
        entry = self.server.payouts.record(entry)
        if does in ("lost", "silent_paid", "error_paid"):
            self._fail({"lost": "outage", "silent_paid": "silent", "error_paid": "error"}[does])
            return
        if does == "slow":
            time.sleep(1.0)
        self._answer(402 if entry["status"] == "refused" else 200, entry)

    def _later(self, said: dict[str, Any], *, pay_now: bool) -> None:
        """Accepted now; the money and the callback follow."""
        entry = self._entry(said, "settled")
        if pay_now:
            entry = self.server.book.record(entry)
            self.server.call_back(entry, after=2.0)
        else:
            self.server.book.record(self._entry(said, "in_process"))

            def pay() -> None:
                time.sleep(0.5)
                if not self.server.gone:
                    self.server.call_back(self.server.book.record(entry), after=0.001)

            threading.Thread(target=pay, daemon=True).start()
        self._answer(202, {**entry, "status": "in_process"})

    def _entry(self, said: dict[str, Any], status: str) -> dict[str, Any]:
        return {
            "key": said["key"], "amount": said["amount"], "currency": said["currency"], "status": status,
            "reference": "FR-" + said["key"][:13], "for": said.get("reference", ""), "at": time.time(),
            **({"code": "ACCOUNT_CLOSED"} if status == "refused" else {}),
        }  # fmt: skip

    def _make_out(self, said: dict[str, Any]) -> None:
        does = self.server.behaviour(said["key"])
        if does in ("pay_error", "error", "outage", "silent", "dies"):
            self._fail("error" if does == "pay_error" else does)
            return
        entry = self.server.till.make_out(said, at=f"http://{self.headers.get('Host', '127.0.0.1')}")
        if entry is None:
            self._answer(409, {"error": "this key was used for another amount"})
        else:
            self._after(does, entry)

    def _paid(self, key: str, *, decline: bool) -> None:
        """The consumer has pressed a button: told to the house, then back to the shop."""
        does = self.server.behaviour(key)
        entry = self.server.till.known.get(key)
        if entry is None:
            self._answer(404, {"status": "not_known"})
            return
        first = entry["status"] == "open"
        more = {"code": "DECLINED_BY_PAYER"} if decline else {"means": "card"}
        entry = self.server.till.end(key, "declined" if decline else "settled", **more)
        if first and does != "no_callback":
            told = {**entry, "amount": entry["amount"] - 1} if does == "wrong_amount" else entry
            self.server.call_back(told, times=2 if does == "callback_twice" else 1, after=1.0 if does == "slow_callback" else 0.0)
        self.send_response(303)
        self.send_header("Location", entry.get("return_url") or self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _after(self, does: str, entry: dict[str, Any]) -> None:
        """The answer about a payment, or what is left of it."""
        if does in ("pay_lost", "pay_silent", *LOST_ANSWERS):
            self._fail({"pay_lost": "outage", "pay_silent": "silent", **LOST_ANSWERS}[does])
            return
        if does == "slow":
            time.sleep(1.0)
        self._answer(200, entry)

    def _statement(self, day: str) -> None:
        """Of a day that is over, or of this one so far."""
        does = self.server.behaviour("statement")
        if does in ("error", "outage", "silent"):
            self._fail(does)
            return
        if does == "slow":
            time.sleep(1.0)
        try:
            found = written(date.fromisoformat(day), paid_back=self.server.book.movements, received=self.server.till.received)
        except ValueError:
            self._answer(404, {"error": "no such day"})
            return
        # What it can do wrong besides: cut off in the middle.
        self._page(200, found[: len(found) // 2].decode() if does == "lost" else found.decode(), kind="text/csv")

    def _page(self, status: int, text: str, *, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _fail(self, how: str) -> None:
        if how == "error":
            self._answer(500, {"error": "internal"})
            return
        if how == "dies":
            self.server.die()
        if how == "silent":
            time.sleep(SILENCE_SECONDS)
        self.close_connection = True

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet: the ledger is the log."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--callback", default=os.environ.get("SHOUHOU_PAYMENT_CALLBACK", ""))
    parser.add_argument("--secret", default=os.environ.get("SHOUHOU_PAYMENT_SECRET", ""))
    parser.add_argument("--always", default="success", choices=[*sorted(BEHAVIOURS), *DAYS])
    given = parser.parse_args(arguments)
    server = Channel(
        given.port, state=given.state, callback=given.callback, secret=given.secret, always=given.always
    )
    server.die = lambda: os._exit(os.EX_TEMPFAIL)
    server.serve_forever()


if __name__ == "__main__":
    main()
