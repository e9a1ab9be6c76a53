"""Where the fake channel takes money in: payments by key, kept in a file, and a little page to pay or decline on."""

import html
import json
import threading
import time
from pathlib import Path
from typing import Any

FINAL = ("settled", "declined", "closed")
# What can go wrong on the way in, by name; taken from the same script as the refunds' behaviours.
PAY_BEHAVIOURS = {
    "pay_silent": "the payment is made out, nobody answers",
    "pay_error": "500, nothing made out",
    "pay_lost": "the payment is made out, the connection closes without an answer",
    "no_callback": "paid, and never told",
    "wrong_amount": "tells of one cent less than was paid",
    "callback_twice": "tells twice with one id",
    "slow_callback": "tells a second later",
}


class Till:
    """Payments by key, in a file that is only appended to: a killed server still knows."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.known: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                # A line cut off by kill -9 was never acknowledged to anybody.
                if line.endswith("}"):
                    entry = json.loads(line)
                    self.known[entry["key"]] = entry
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write("\n")

    @property
    def received(self) -> list[dict[str, Any]]:
        return [entry for entry in self.known.values() if entry["status"] == "settled"]

    def make_out(self, said: dict[str, Any], *, at: str) -> dict[str, Any] | None:
        """The payment under the key, the same again; None when the key stands for another amount."""
        with self._lock:
            standing = self.known.get(said["key"])
            if standing:
                same = standing["status"] == "closed" or (standing["amount"], standing["currency"]) == (said["amount"], said["currency"])
                return standing if same else None
            return self._keep({
                "key": said["key"], "about": "payment", "amount": said["amount"], "currency": said["currency"],
                "status": "open", "reference": "FP-" + said["key"][:13], "for": said.get("reference", ""),
                "title": said.get("title", ""), "return_url": said.get("return_url", ""), "url": f"{at}/pay/{said['key']}",
            })  # fmt: skip

    def end(self, key: str, status: str, **more: object) -> dict[str, Any]:
        """Settled, declined or closed; what is final stays as it is, and an unknown key is closed for good."""
        with self._lock:
            standing = self.known.get(key) or {"key": key, "about": "payment", "amount": 0, "currency": "", "reference": ""}
            if standing.get("status") in FINAL:
                return standing
            return self._keep({**standing, "status": status, "at": time.time(), **more})

    def _keep(self, entry: dict[str, Any]) -> dict[str, Any]:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        self.known[entry["key"]] = entry
        return entry


def page(entry: dict[str, Any]) -> str:
    """What the consumer sees at the channel."""
    amount = f"{entry['currency']} {entry['amount'] / 100:.2f}"
    back = html.escape(entry.get("return_url") or "/")
    if entry["status"] == "open":
        body = f"""<form method="post"><button name="action" value="pay" class="pay">支付 Pay {amount}</button>
<button name="action" value="decline">放弃 Decline</button></form>"""
    else:
        words = {"settled": "已支付 Paid", "declined": "已放弃 Declined", "closed": "已关闭 Closed"}[entry["status"]]
        body = f'<p><strong>{words}</strong></p><p><a href="{back}">返回 Back</a></p>'
    return f"""<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>模拟支付 Fake payment</title><style>body{{font:18px/1.6 system-ui,sans-serif;max-width:24rem;margin:12vh auto;padding:0 1rem}}
button{{display:block;width:100%;min-height:3rem;margin:.75rem 0;font:inherit;border:1px solid #888;border-radius:.5rem;background:#fff}}
.pay{{background:#0a6;color:#fff;border-color:#0a6}}.sum{{font-size:2rem}}</style>
<h1>模拟支付渠道 Fake payment channel</h1><p>{html.escape(entry.get("title", ""))}</p><p class="sum">{amount}</p>
<p>{html.escape(entry.get("for", ""))}</p>{body}</html>"""
