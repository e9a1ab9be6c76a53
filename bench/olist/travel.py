"""One real order's way through the API: each person with a key of their own, every call counted."""

import io
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import holidays
import httpx
from PIL import Image

from bench.olist.orders import RealOrder
from shouhou.foundation.days import SHANGHAI, local_day

SETTLE_SECONDS = 240.0
POLL_SECONDS = 0.1
WELL = {"packing": "ok", "appearance": "ok", "accessories": "ok"}


class NotAsTold(AssertionError):
    """A call was answered otherwise than the story says."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the API shows it."""

    line: int
    sku: str
    quantity: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A real order (or one seller's part of it) that is in the house: what may be returned, and for which reasons."""

    number: str
    real: RealOrder
    lines: tuple[Line, ...]
    reasons: frozenset[str]

    @property
    def tenders(self) -> int:
        return len({tender for tender, _ in self.real.paid})


@dataclass
class Traveller:
    """Makes the calls of one story and remembers what should come of them.

    `owed`: line → units whose money is due; `cut_minor`: what was agreed to be kept back; `freight`: whether the way out
    is due, too.
    """

    address: str
    courier: str
    tokens: Mapping[str, str]
    order: Candidate
    cases: list[str] = field(default_factory=list)
    version: int = 0
    calls: int = 0
    owed: dict[int, int] = field(default_factory=dict)
    cut_minor: int = 0
    freight: bool = False

    def __post_init__(self) -> None:
        self.client = httpx.Client(timeout=30, base_url=f"{self.address}/api/v1")

    def ask(self, by: str, path: str) -> dict[str, Any]:
        return self._answered(self.client.get(path, headers={"Authorization": f"Bearer {self.tokens[by]}"}))

    def post(
        self, by: str, path: str, *, body: object = None, files: Mapping[str, Any] | None = None, key: str = "",
        refused: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """One POST under a key of its own. `refused`: the code it must be refused with."""
        headers = {"Authorization": f"Bearer {self.tokens[by]}", "Idempotency-Key": key or str(uuid.uuid4())}
        answer = self.client.post(path, headers=headers, json=body, files=files)
        if not refused:
            return self._answered(answer)
        self.calls += 1
        if not answer.is_client_error or answer.json()["code"] != refused:
            raise NotAsTold(f"{path}: {refused} expected, {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    def wish(self, reason: str, units: Mapping[int, int], **more: Any) -> dict[str, Any]:
        """An application in the buyer's own words."""
        said = self.order.real.comment.strip() or "没有评语 no comment"
        return {
            "order": self.order.number, "service": "return", "reason": reason, "description": said[:2000],
            "lines": [{"line": line, "quantity": quantity} for line, quantity in units.items()],
            "return_method": "ship_back", "channel": "api",
            "contact": {"name": "买家", "phone": "13800000001", "region": "四川省成都市锦江区", "address": "春熙路 1 号"}, **more,
        }  # fmt: skip

    def apply(self, reason: str, *, units: Mapping[int, int] | None = None, by: str = "consumer", **more: Any) -> str:
        """Open a case for these units (all of the order by default); its status."""
        chosen = dict(units) if units is not None else self.all_units
        case = self.post(by, "/cases", body=self.wish(reason, chosen, **more))
        self.cases.append(str(case["number"]))
        for line, quantity in chosen.items():
            self.owed[line] = self.owed.get(line, 0) + quantity
        return self._seen(case)

    def move(self, by: str, move: str, *, key: str = "", **answers: Any) -> str:
        """Make a move with the version seen last; the status it leads to."""
        path = f"/cases/{self.cases[-1]}/moves/{move}"
        return self._seen(self.post(by, path, body={"answers": answers, "version": self.version}, key=key))

    def look(self) -> str:
        """The case as it is now."""
        return self._seen(self.ask("shop", f"/cases/{self.cases[-1]}"))

    def until(self, status: str) -> None:
        """Wait for worker, carrier, channel and their callbacks. Raises NotAsTold."""
        limit = time.monotonic() + SETTLE_SECONDS
        while (now := self.look()) != status:
            if time.monotonic() > limit:
                raise NotAsTold(f"{self.cases[-1]}: still {now}, not {status}")
            time.sleep(POLL_SECONDS)

    def photo(self, by: str) -> str:
        """Upload a picture; its token."""
        stream = io.BytesIO()
        Image.new("RGB", (640, 480), (self.calls * 40 % 256, 90, 140)).save(stream, "JPEG")
        return str(self.post(by, "/uploads", files={"file": ("photo.jpg", stream.getvalue(), "image/jpeg")})["token"])

    def ship(self, *, by: str = "consumer") -> str:
        return self.move(by, "ship", carrier="SF", tracking_number=f"SF{uuid.uuid4().int % 10**13:013d}")

    def receive(self, **answers: Any) -> str:
        return self.move("merchant", "receive", **{**WELL, **answers})

    def back_and_accepted(self, **answers: Any) -> None:
        """The parcel travels, the shop unpacks and takes it back whole, the money returns."""
        self.ship()
        self.receive()
        self.move("merchant", "accept", **answers)
        self.until("refunded")

    @property
    def all_units(self) -> dict[int, int]:
        return {line.line: line.quantity for line in self.order.lines}

    @property
    def window(self) -> str:
        """The next working day at noon, which the courier offers everywhere."""
        day = local_day(datetime.now(UTC)) + timedelta(days=1)
        while day in holidays.country_holidays("CN", years=day.year):
            day += timedelta(days=1)
        start = datetime(day.year, day.month, day.day, 13, tzinfo=SHANGHAI)
        return f"{start.isoformat()}/{(start + timedelta(hours=2)).isoformat()}"

    def _answered(self, answer: httpx.Response) -> dict[str, Any]:
        self.calls += 1
        if not answer.is_success:
            raise NotAsTold(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}")
        return dict(answer.json())

    def _seen(self, case: Mapping[str, Any]) -> str:
        self.version = int(case["version"])
        return str(case["status"])
