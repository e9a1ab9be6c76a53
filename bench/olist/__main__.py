"""`python -m bench.olist [--orders 20] [--channel success|chaos]`: real orders, worst reviews first, to settled refunds.

A scratch house is started, all of Olist is imported by the command line and moved to today, then every order tells its
story through the HTTP API. One line per order, a JSON line last; exit 1 unless every refund is right.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.house import ROOT, House, house
from bench.olist.choose import Cast, Shelf
from bench.olist.orders import lately_received
from bench.olist.proof import Outcome, books, judge
from bench.olist.stories import Story
from bench.olist.travel import Candidate, NotAsTold, Traveller

DRIVERS = 3
FOLDER = Path(os.environ.get("SHOUHOU_SHARED", ROOT.parent / "shared")) / "data" / "olist"


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to."""

    imported: dict[str, Any]
    outcomes: tuple[Outcome, ...]
    books: dict[str, Any]
    seconds: float

    @property
    def settled(self) -> int:
        return sum(not outcome.wrong for outcome in self.outcomes)

    @property
    def good(self) -> bool:
        return self.settled == len(self.outcomes) and not any(self.books.values())

    def summary(self) -> dict[str, Any]:
        return {
            "orders": len(self.outcomes), "settled": self.settled,
            "paid_minor": sum(outcome.paid_back_minor for outcome in self.outcomes),
            "owed_minor": sum(outcome.owed_minor for outcome in self.outcomes),
            "split_tenders": sum(len(outcome.tenders) > 1 for outcome in self.outcomes),
            "second_person": sum(outcome.second_person for outcome in self.outcomes),
            "calls": sum(outcome.calls for outcome in self.outcomes), **self.books, "seconds": round(self.seconds, 1),
        }  # fmt: skip


def run(orders: int, *, channel: str, say: Callable[[str], None] = print) -> Result:
    """Import, choose, drive, hold against the files. Raises RuntimeError when there are too few orders."""
    began = time.monotonic()
    with house(always=channel, courier=True) as here:
        imported = _import(here)
        say(f"导入 import: {json.dumps({name: imported[name] for name in ('orders', 'refused', 'seconds')})}")
        real = lately_received(FOLDER, shift_days=imported["shift_days"], now=datetime.now(UTC))
        cast = Cast(Shelf(real, address=here.address, token=here.tokens["shop"]), orders=orders).chosen
        if len(cast) < orders:
            raise RuntimeError(f"只有 only {len(cast)} orders can be returned")
        keys = _keys(here, [order.number for order, _ in cast])

        def tell(pair: tuple[Candidate, Story]) -> Outcome:
            order, story = pair
            tokens = {**here.tokens, **keys["staff"], **keys[order.number]}
            outcome = _tell(Traveller(here.address, here.courier, tokens, order), story)
            say(outcome.line())
            return outcome

        with ThreadPoolExecutor(DRIVERS) as pool:
            outcomes = tuple(pool.map(tell, cast))
        return Result(imported, outcomes, books(here, outcomes), time.monotonic() - began)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--channel", choices=["success", "chaos"], default="success", help="how the payment channel behaves")
    given = parser.parse_args(arguments)
    result = run(given.orders, channel=given.channel)
    print(json.dumps(result.summary()))
    return 0 if result.good else 1


def _tell(one: Traveller, story: Story) -> Outcome:
    began, wrong = time.monotonic(), []
    try:
        story.tell(one)
    except (NotAsTold, httpx.HTTPError) as error:
        wrong.append(f"{type(error).__name__}: {error}")
    return judge(one, story.title, time.monotonic() - began, wrong)


def _import(here: House) -> dict[str, Any]:
    """`shouhou import orders … --shift-dates-to TODAY`, as a person would type it; its report and seconds."""
    began = time.monotonic()
    command = ["import", "orders", str(FOLDER), "--mapping", "olist", "--shift-dates-to", "TODAY"]
    said = _inside(here, "shouhou.cli", *command)
    report: dict[str, Any] = json.loads(said)
    return {**report, "seconds": round(time.monotonic() - began, 1)}


def _keys(here: House, numbers: Sequence[str]) -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = json.loads(_inside(here, "bench.olist.keys", *numbers))
    return made


def _inside(here: House, module: str, *arguments: str) -> bytes:
    environment = here.children["web"].environment
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr.decode()[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
