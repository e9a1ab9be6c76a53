"""`python -m bench.uci_replay [--limit N] [--home DIR] [--shift-dates-to DATE|TODAY]`: all real returns, told in their time.

UCI's orders are imported by the command line's own import, then every return of the file goes through the real moves until
the money is back, with a fake payment channel and a fake shop as processes. A report is printed as JSON; exit 1 unless it is
right. With `--home` a killed run goes on where it stood. SHOUHOU_SHARED names the folder with the data.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("SHOUHOU_SHARED", ROOT.parent / "shared")) / "data" / "uci"
START_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.uci_replay", description=__doc__)
    parser.add_argument("--orders", type=Path, default=FOLDER / "online_retail.parquet")
    parser.add_argument("--returns", type=Path, default=FOLDER / "uci_returns.ndjson.gz")
    parser.add_argument("--home", type=Path, help="a folder to keep; without it everything is gone afterwards")
    parser.add_argument("--limit", type=int, help="only the earliest N returns")
    parser.add_argument("--shift-dates-to", metavar="DATE|TODAY", help="move orders and returns so that the orders end then")
    given = parser.parse_args(arguments)
    if given.home:
        given.home.mkdir(parents=True, exist_ok=True)
        return _inside(given.home.absolute(), given)
    with tempfile.TemporaryDirectory(prefix="shouhou-replay-", ignore_cleanup_errors=True) as folder:
        return _inside(Path(folder), given)


def _inside(home: Path, given: argparse.Namespace) -> int:
    from shouhou.plumbing.embedded import database

    os.environ |= {"SHOUHOU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "shouhou.settings", "SHOUHOU_LOG": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    with database(home), _outside(home) as channel:
        import django

        django.setup()
        from django.db import connections

        try:
            return _replay(given, channel)
        finally:
            connections.close_all()


def _replay(given: argparse.Namespace, channel: str) -> int:
    from bench.uci_replay.proof import report
    from bench.uci_replay.returns import read_returns
    from bench.uci_replay.shop import open_shop
    from bench.uci_replay.travel import Replay
    from shouhou.prepare import prepare

    prepare(("schema", "books"))
    imported = open_shop(given.orders, shift_dates_to=given.shift_dates_to, progress=_progress)
    print(json.dumps({"imported": imported}), flush=True)
    returns = read_returns(given.returns, limit=given.limit, shift_days=imported["shift_days"])
    replay, began, worked = Replay(returns, progress=_progress), time.monotonic(), time.process_time()
    replay.run()
    seconds, cpu = time.monotonic() - began, time.process_time() - worked
    movements: list[dict[str, Any]] = httpx.get(f"{channel}/_ledger", timeout=60).json()["movements"]
    found = report(
        returns, replay.shelves, replay.refusals, seconds=seconds, cpu_seconds=cpu, moves=replay.moves, movements=movements
    )
    print(json.dumps({**found.figures, "wrong": found.wrong, "good": found.good}, indent=1), flush=True)
    return 0 if found.good else 1


@contextmanager
def _outside(home: Path) -> Iterator[str]:
    """The payment channel and the shop as processes that remember in `home`; answers the channel's address."""
    children, addresses = [], {}
    try:
        for name, module in (("channel", "shouhou.payments.channels.fake.server"), ("shop", "shouhou.orders.shop.fake.server")):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            command = [sys.executable, "-m", module, "--port", str(port), "--state", str(home / f"{name}.jsonl")]
            children.append(subprocess.Popen(command, cwd=ROOT))
            addresses[name] = f"http://127.0.0.1:{port}"
        for address in addresses.values():
            _wait(f"{address}/healthz")
        os.environ |= {"SHOUHOU_FAKE_PAYMENT_URL": addresses["channel"], "SHOUHOU_SHOP_URL": addresses["shop"]}
        yield addresses["channel"]
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=30)


def _wait(address: str) -> None:
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(address, timeout=5)
            return
        except httpx.TransportError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def _progress(done: int, total: int | None) -> None:
    of = f"/{total:,}" if total else ""
    print(f"\r{done:,}{of}", end="" if total is None or done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
