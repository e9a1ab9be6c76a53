"""Returns driven to their refund through the API while web, workers and the payment channel die.

`python -m bench.crash --returns 2000`: they are killed with -9 at random moments. `--mode channel`: the channel's process ends
by itself between call and answer, with the money paid or not. Prints one JSON line; exit 1 unless nothing was lost, nothing
paid twice, and the ledger says what the channel says.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal, get_args

import httpx

from bench.house import House, house

DRIVERS = 8
STEP_SECONDS = 120.0
SETTLE_SECONDS = 300.0
PATIENCE_SECONDS = 1800.0
TEND_SECONDS = 0.1
TO_TRY = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.send_part' AND status IN ('todo', 'doing')"
Mode = Literal["all", "channel"]
WELL = {"packing": "ok", "appearance": "ok", "accessories": "ok"}


class Lost(AssertionError):
    """A step that never got its answer."""


@dataclass(frozen=True)
class Result:
    """What `--returns N` came to: `refunds` were instructed; `kills` are deaths by name.

    `channel_difference`: the channel's money minus the ledger's.
    """

    mode: str
    returns: int
    refunds: int
    kills: dict[str, int]
    lost: int
    doubles: int
    short: int
    ledger_sum: int
    buyers_sum: int
    channel_difference: int
    retried_calls: int
    slowest_settlement_seconds: float
    seconds: float

    @property
    def good(self) -> bool:
        wrong = (self.lost, self.doubles, self.short, self.ledger_sum, self.buyers_sum, self.channel_difference)
        return not any(wrong)


class Driver:
    """A shop's backend that never gives up: every call has one key and is repeated until it is answered."""

    def __init__(self, here: House) -> None:
        self.here = here
        self.retried = count()
        self.client = httpx.Client(timeout=15, limits=httpx.Limits(max_keepalive_connections=0))

    def call(self, method: str, path: str, *, role: str, key: str, body: dict[str, object] | None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.here.tokens[role]}", "Idempotency-Key": key}
        limit = time.monotonic() + STEP_SECONDS
        said = ""
        while time.monotonic() < limit:
            try:
                answer = self.client.request(method, f"{self.here.address}/api/v1{path}", headers=headers, json=body)
            except httpx.HTTPError as error:
                said = repr(error)
            else:
                if answer.is_success:
                    found: dict[str, object] = answer.json()
                    return found
                said = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code < 500 and "IN_PROGRESS" not in said:
                    raise Lost(f"{method} {path}: {said}")
            next(self.retried)
            time.sleep(0.2)
        raise Lost(f"{method} {path}: {said}")

    def travel(self, place: int, tenders: dict[str, int]) -> str:
        """One order from its snapshot to the accepted goods; returns the case's number."""
        number = f"CRASH{place:06d}"
        self.call("PUT", f"/orders/{number}", role="shop", key=f"{number}-order", body=_order(place, tenders))
        case = self.call("POST", "/cases", role="shop", key=f"{number}-apply", body={
            "order": number, "service": "return", "reason": "no_reason", "lines": [{"line": 1, "quantity": 1 + place % 3}],
            "return_method": "ship_back", "contact": {"name": "林悦", "phone": "13800000001"}, "channel": "api",
            "requested_by": f"buyer-{place % 50}",
        })  # fmt: skip
        steps: list[tuple[str, str, dict[str, object]]] = [
            ("ship", "shop", {"carrier": "SF", "tracking_number": f"SF{place:012d}"}), ("receive", "inspector", dict(WELL)),
            ("accept", "inspector", {}),
        ]  # fmt: skip
        if case["status"] == "submitted":
            steps.insert(0, ("approve", "reviewer", {}))
        for move, role, answers in steps:
            case = self.call(
                "POST", f"/cases/{case['number']}/moves/{move}", role=role, key=f"{number}-{move}",
                body={"answers": answers, "version": case["version"]},
            )  # fmt: skip
        return str(case["number"])


def run(
    returns: int, *, seed: int = 1, every_seconds: tuple[float, float] = (2.0, 5.0), mode: Mode = "all"
) -> Result:  # fmt: skip
    """Drive `returns` returns under fire, let everything settle, count. Nothing dies any more once all are driven."""
    chance = random.Random(seed)
    carts = [_tenders(chance) for _ in range(returns)]
    began = time.monotonic()
    with house(always="dying" if mode == "channel" else "chaos") as here:
        driver, done = Driver(here), threading.Event()
        if mode == "channel":
            # Chance alone may spare a short run: the first call is one that is paid and dies.
            httpx.post(f"{here.channel}/_behave", json={"behaviours": ["dies_paid"]}).raise_for_status()
        aim = (_tend, (here, done)) if mode == "channel" else (_kill, (here, chance, every_seconds, done))
        with ThreadPoolExecutor(DRIVERS) as pool:
            killer = threading.Thread(target=aim[0], args=aim[1], daemon=True)
            killer.start()
            try:
                numbers = list(pool.map(driver.travel, range(returns), carts))
            finally:
                done.set()
                killer.join()
        _settle(here, returns)
        return _count(here, numbers, carts, mode=mode, retried=next(driver.retried), seconds=time.monotonic() - began)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mode", choices=get_args(Mode), default="all")
    given = parser.parse_args(arguments)
    result = run(given.returns, seed=given.seed, mode=given.mode)
    print(json.dumps(vars(result)))
    return 0 if result.good else 1


def _kill(here: House, chance: random.Random, every_seconds: tuple[float, float], done: threading.Event) -> None:
    """At random moments one of web, workers, channel dies; it is started again at once, as `serve` does."""
    names = [name for name in here.children if name != "shop"]
    while not done.wait(chance.uniform(*every_seconds)):
        here.children[chance.choice(names)].die_and_rise()
        for child in here.children.values():
            child.tend()


def _tend(here: House, done: threading.Event) -> None:
    """The channel dies by itself, in the middle of a call; here it is only started again."""
    while not done.wait(TEND_SECONDS):
        here.children["channel"].tend()


def _settle(here: House, returns: int) -> None:
    """Wait until every case is refunded, or until none more was for SETTLE_SECONDS and none is to be tried again: the sixth try of
    a refund comes twelve minutes after the fifth (`plumbing.jobs.OUTWARD`)."""
    ended, limit, patience = -1, 0.0, time.monotonic() + PATIENCE_SECONDS
    while True:
        found = int(str(here.rows("SELECT count(*) FROM cases_case WHERE status IN ('refunded', 'closed')")[0][0]))
        if found != ended:
            ended, limit = found, time.monotonic() + SETTLE_SECONDS
        if ended == returns or time.monotonic() > patience or (time.monotonic() > limit and not here.rows(TO_TRY)[0][0]):
            return
        for child in here.children.values():
            child.tend()
        time.sleep(0.5)


def _count(
    here: House, numbers: list[str], carts: list[dict[str, int]], *, mode: Mode, retried: int, seconds: float
) -> Result:  # fmt: skip
    """By the channel's book and by plain SQL, past the product's own arithmetic."""
    ended = {number for (number,) in here.rows("SELECT number FROM cases_case WHERE status IN ('refunded', 'closed')")}
    orders = {
        str(refund): str(order)
        for refund, order in here.rows(
            "SELECT r.number, o.number FROM payments_refund r JOIN orders_order o ON o.id = r.order_id"
        )
    }
    paid: dict[str, int] = defaultdict(int)
    moved = 0
    for movement in here.movements():
        amount = int(str(movement["amount"]))
        paid[orders.get(str(movement["for"]), "nobody's")] += amount
        moved += amount
    owed = {f"CRASH{place:06d}": cart["card"] + cart["wallet"] for place, cart in enumerate(carts)}
    ledger = here.rows("""
        SELECT sum(CASE side WHEN 1 THEN amount_minor ELSE -amount_minor END),
          sum(CASE side WHEN 1 THEN amount_minor ELSE -amount_minor END) FILTER (WHERE account LIKE 'buyer:%'),
          sum(CASE side WHEN 1 THEN amount_minor ELSE -amount_minor END) FILTER (WHERE account LIKE 'tender:fake:%')
        FROM (SELECT transfer_id, source AS account, amount_minor, -1 AS side FROM ledger_posting
              UNION ALL SELECT transfer_id, destination, amount_minor, 1 FROM ledger_posting) p
        JOIN ledger_transfer t ON t.id = p.transfer_id WHERE t.phase = 'posted'""")[0]
    slowest = here.rows("SELECT max(extract(epoch FROM settled_at - instructed_at)) FROM payments_refund")[0][0]
    total, buyers, fake = (int(str(value or 0)) for value in ledger)
    deaths = {name: child.kills + child.deaths for name, child in here.children.items()}
    return Result(
        mode=mode, returns=len(carts), refunds=len(orders), kills={name: many for name, many in deaths.items() if many},
        lost=len(set(numbers) - ended) + len(carts) - len(set(numbers)),
        doubles=sum(paid[order] > amount for order, amount in owed.items()) + len(set(paid) - set(owed)),
        short=sum(paid[order] < amount for order, amount in owed.items()),
        ledger_sum=total, buyers_sum=buyers, channel_difference=moved - fake, retried_calls=retried,
        slowest_settlement_seconds=round(float(str(slowest or 0)), 1), seconds=round(seconds, 1),
    )  # fmt: skip


def _tenders(chance: random.Random) -> dict[str, int]:
    return {
        "card": chance.randint(1, 99999), "wallet": chance.choice([0, chance.randint(1, 9999)]),
        "coupon": chance.choice([0, 0, 500]),
    }  # fmt: skip


def _order(place: int, tenders: dict[str, int]) -> dict[str, object]:
    at = datetime.now(UTC)
    paid, quantity = sum(tenders.values()), 1 + place % 3
    return {
        "buyer": {"id": f"buyer-{place % 50}", "name": "林悦", "phone": "13800000001"},
        "merchant": {"code": "self", "channel": "self", "name": "自营"},
        "placed_at": (at - timedelta(days=4)).isoformat(), "currency": "CNY",
        "lines": [{
            "line": 1, "sku": f"P{place}", "title": "电热水壶", "category": "generic", "quantity": quantity,
            "unit_price": paid, "paid": paid,
        }],
        "payments": [{"tender": tender, "amount": amount} for tender, amount in tenders.items() if amount],
        "shipments": [{
            "lines": [1], "carrier": "jd", "number": f"JD{place:010d}", "shipped_at": (at - timedelta(days=3)).isoformat(),
            "signed_at": (at - timedelta(days=2)).isoformat(),
        }],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
