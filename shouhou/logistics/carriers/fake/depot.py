"""The fake carrier's truth: pickups, parcels, what happens next and whom to tell, kept in one SQLite file."""

import hashlib
import json
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

PICKUP_JOURNEY = ("collect", "transit", "arrive", "delivering", "deliver")
FOLLOW_JOURNEY = ("accepted", "transit", "arrive", "delivering", "deliver")
STEPS: dict[str, tuple[str, str, str, str]] = {
    "accepted": ("1", "快递员已揽收", "Collected by the courier", "始发网点"),
    "transit": ("2", "包裹正在运输途中", "The parcel is on its way", "转运中心"),
    "arrive": ("201", "包裹已到达派件城市", "The parcel has arrived in the destination city", "目的城市"),
    "delivering": ("202", "快递员正在派送", "The courier is delivering", "派件网点"),
    "problem": ("405", "派送遇到问题，稍后重派", "Delivery problem, will be tried again", "派件网点"),
    "damaged": ("414", "包裹破损，正在核实", "The parcel is damaged, being looked into", "转运中心"),
    "refuse": ("404", "收件人拒收，包裹退回", "Refused by the recipient, going back", "派件网点"),
    "deliver": ("301", "包裹已由收件人签收", "Signed for by the recipient", "收件地址"),
}
# How an asking can go on, step by step.
HANDLED: dict[str, tuple[str, str, str]] = {
    "success": ("已拦截，包裹退回寄件人", "Stopped: the parcel goes back to the sender", "转运中心"),
    "failure": ("拦截失败，包裹已派送", "It could not be stopped and was delivered", "派件网点"),
    "refused_at_door": ("收件人拒收，包裹退回寄件人", "Refused at the door: the parcel goes back", "派件网点"),
    "delivered": ("包裹已由收件人签收", "Signed for by the recipient", "收件地址"),
    "under_way": ("包裹在途，继续查找", "Under way, the search goes on", "转运中心"),
    "returned": ("包裹已退回寄件人", "Returned to the sender", "始发网点"),
    "lost": ("确认包裹丢失", "The parcel is lost", "转运中心"),
}
# A scribble of 160 × 56 pixels, as a courier keeps it of who signed.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAKAAAAA4AQAAAABSgc6uAAABPUlEQVR42u2TPU4CURSFv3mgmYKCwhi7mbgCSisZd+AS6FyAlYUy"
    "Bb3swA1YWNiZmElMhMoQ4wIoiBgrghQMmXnHYsY3AS1cALd678vJufe8H0/8LsMWbkJF/1XaDpNyN/lLOXYwh/cSJpWy5ZQHDq5g"
    "BH2Aq0oZUoMYUOjgYgkIJtifiaXpVMdde6YnLVNJkgx8NAALz6QbibKYJqbu4AidJCn0mKlS7gIGBS6tAbAxs4aNGOK6t9NMN4Ov"
    "zHaDzHWnBgzJICzPxKCIHPqkCAOH1UitkLn3GBHnl01Amey5XtrpQEey3VTjwhPYj/C5AD4JfAw5HmQxCa/ALcwKz3s86FMH3YGP"
    "YQXQRCER3ipxiTrMqUcM4aGMuQCfPYBTeCtjTqVrSUtJUlDGLG9wh8Jo7TEUixgAb/sN1+sbniONLb7csOIAAAAASUVORK5CYII="
)
TABLES = (
    "thing (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))",
    "plan (id INTEGER PRIMARY KEY, due REAL, kind TEXT, key TEXT, step TEXT)",
    "outbox (id TEXT PRIMARY KEY, due REAL, body TEXT, tries INTEGER)",
)
FAILED_VISIT = ("nobody_home", "快递员上门时无人在家", "Nobody was at home when the courier came")


@dataclass
class Manner:
    """How the carrier behaves; `calls` is used up one entry per call, everything else stays until changed."""

    calls: list[str] = field(default_factory=list)
    journey: list[str] = field(default_factory=lambda: list(PICKUP_JOURNEY))
    follow: list[str] = field(default_factory=lambda: list(FOLLOW_JOURNEY))
    intercept: list[str] = field(default_factory=lambda: ["success"])
    trace: list[str] = field(default_factory=lambda: ["under_way"])
    pace: float = 2.0
    outage: bool = False
    callbacks: bool = True
    duplicate: bool = False
    reverse: bool = False


class Depot:
    """All state behind one lock; every change is in the file before it is answered."""

    def __init__(self, file: str, pace: float) -> None:
        self.manner = Manner(pace=pace)
        self.lock = threading.RLock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        for table in TABLES:
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    def close(self) -> None:
        with self.lock:
            self._db.close()

    def book(self, order: dict[str, Any], declined: str | None) -> dict[str, Any]:
        """The same key is the same pickup, whatever came in between."""
        known = self.get("pickup", order["key"])
        if known is None:
            known = {"order": order, "cancelled": False, "collected": False, "attempt": 0, "updates": [], "calls": 0}
            if declined:
                zh, en = "承运商无法上门", "The carrier cannot come"
                known |= {"answer": "declined", "code": declined, "zh": zh, "en": en}
            else:
                digits = _digits(order["key"])
                number = f"{order['courier']}{digits}"
                known |= {"answer": "booked", "reference": f"R{digits}", "tracking_number": number}
                self._plan("pickup", order["key"], self.manner.journey)
        known["calls"] += 1
        self.put("pickup", order["key"], known)
        return known

    def cancel(self, key: str) -> bool:
        known = self.get("pickup", key)
        if known is None:
            # Remembered, so that a late order under this key brings nobody to a door.
            known = {"order": {"key": key, "courier": ""}, "answer": "declined", "code": "CANCELLED_BEFORE",
                     "zh": "已取消", "en": "Cancelled", "cancelled": True, "collected": False, "attempt": 0,
                     "updates": [], "calls": 0}  # fmt: skip
        if known["collected"]:
            return False
        known["cancelled"] = True
        self.put("pickup", key, known)
        return True

    def label(self, order: dict[str, Any]) -> dict[str, Any]:
        known = self.get("label", order["key"])
        if known is None:
            digits = _digits(order["key"])
            known = {"answer": "booked", "reference": f"L{digits}", "tracking_number": f"{order['courier']}{digits}"}
            self.put("label", order["key"], known)
            self.follow(order["courier"], known["tracking_number"])
        return known

    def follow(self, courier: str, tracking_number: str) -> dict[str, Any]:
        key = f"{courier}/{tracking_number}"
        if self.get("parcel", key) is None:
            self.put("parcel", key, {"courier": courier, "tracking_number": tracking_number, "updates": []})
            self._plan("parcel", key, self.manner.follow)
        return {"following": True}

    def request(self, order: dict[str, Any], declined: str | None) -> dict[str, Any]:
        """The same key is the same asking; what follows is scripted by `intercept` and `trace`."""
        known = self.get("request", order["key"])
        if known is None:
            known = {"order": order, "updates": [], "answer": "accepted"}
            if declined:
                known |= {"answer": "declined", "code": declined, "zh": "承运商无法办理", "en": "The carrier cannot do it"}
            else:
                self._plan("request", order["key"], getattr(self.manner, order["kind"]))
            self.put("request", order["key"], known)
        return known

    def take_due_step(self) -> bool:
        """Do the next planned step that is due; False when there is none."""
        with self.lock:
            row = self._db.execute(
                "SELECT id, kind, key, step FROM plan WHERE due <= ? ORDER BY due, id LIMIT 1", [time.time()]
            ).fetchone()
            if row is None:
                return False
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM plan WHERE id = ?", [row[0]])
            self._step(row[1], row[2], row[3])
            self._db.execute("COMMIT")
            return True

    def due_callback(self) -> tuple[str, str, int] | None:
        with self.lock:
            newest_first = "DESC" if self.manner.reverse else "ASC"
            return self._db.execute(  # type: ignore[no-any-return]
                f"SELECT id, body, tries FROM outbox WHERE due <= ? ORDER BY due {newest_first} LIMIT 1", [time.time()]  # noqa: S608
            ).fetchone()

    def called_back(self, callback_id: str, tries: int, *, taken: bool) -> None:
        with self.lock:
            if taken or tries >= 20:
                self._db.execute("DELETE FROM outbox WHERE id = ?", [callback_id])
            else:
                later = time.time() + min(30.0, 0.1 * 2**tries)
                self._db.execute("UPDATE outbox SET tries = tries + 1, due = ? WHERE id = ?", [later, callback_id])

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT body FROM thing WHERE kind = ? AND key = ?", [kind, key]).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        self._db.execute("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", [kind, key, json.dumps(body)])

    def all(self) -> dict[str, Any]:
        things: dict[str, Any] = {"pickup": {}, "label": {}, "parcel": {}, "request": {}}
        for kind, key, body in self._db.execute("SELECT kind, key, body FROM thing"):
            things[kind][key] = json.loads(body)
        left = self._db.execute("SELECT (SELECT count(*) FROM plan), (SELECT count(*) FROM outbox)").fetchone()
        return {**things, "planned": left[0], "untold": left[1]}

    def _plan(self, kind: str, key: str, steps: list[str]) -> None:
        for place, step in enumerate(steps):
            due = time.time() + self.manner.pace * (place + 1)
            self._db.execute("INSERT INTO plan (due, kind, key, step) VALUES (?, ?, ?, ?)", [due, kind, key, step])

    def _step(self, kind: str, key: str, step: str) -> None:
        thing = self.get(kind, key)
        if thing is None or thing.get("cancelled"):
            return
        at = datetime.now(UTC).isoformat()
        if kind == "request":
            zh, en, place = HANDLED[step]
            told: dict[str, Any] = {"kind": "handled", "key": key, "outcome": step, "at": at, "zh": zh, "en": en, "location": place}
            if step == "delivered":
                told |= {"signed_by": "王**", "signature": SIGNATURE}
        elif kind == "pickup" and step in ("fail", "collect"):
            thing["attempt"] += 1
            told = {"kind": "attempted", "key": key, "attempt": thing["attempt"], "at": at}
            if step == "fail":
                told |= dict(zip(("code", "zh", "en"), FAILED_VISIT, strict=True))
            else:
                thing["collected"] = True
                told |= {"kind": "collected", "reference": thing["reference"],
                         "tracking_number": thing["tracking_number"], "fee_minor": thing["order"]["fee_minor"]}  # fmt: skip
        else:
            courier = thing["order"]["courier"] if kind == "pickup" else thing["courier"]
            code, zh, en, place = STEPS[step]
            number = thing["tracking_number"]
            told = {"kind": "tracked", "courier": courier, "tracking_number": number, "at": at, "code": code, "zh": zh,
                    "en": en, "event": f"{number}:{len(thing['updates']) + 1}", "location": place}  # fmt: skip
        thing["updates"].append(told)
        self.put(kind, key, thing)
        if self.manner.callbacks:
            # A whole journey told backwards is held until its last step.
            delay = self.manner.pace * 8 if self.manner.reverse else 0
            row = [f"{kind}:{key}:{len(thing['updates'])}", time.time() + delay, json.dumps(told)]
            self._db.execute("INSERT INTO outbox VALUES (?, ?, ?, 0)", row)


def _digits(key: str) -> str:
    """Thirteen digits that belong to the key: a repeated order, even after a loss of the file, gets the same."""
    return f"{int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], 'big') % 10**13:013d}"
