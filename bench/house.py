"""A whole installation on a scratch database, as real processes that can be killed: web, workers, fake channel."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import httpx
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouhou.plumbing.embedded import database

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180.0


@dataclass
class Child:
    """One process with its own group, so that kill -9 takes all of it."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    kills: int = 0
    # How often it ended by itself and was started again.
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True, cwd=ROOT
            )

    def kill(self) -> None:
        """Kill -9, without a word."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def die_and_rise(self) -> None:
        self.kill()
        self.kills += 1
        self.start()

    def tend(self) -> None:
        """Who ended by itself is started again, as `serve` does."""
        if self.process is not None and self.process.poll() is not None:
            self.deaths += 1
            self.start()


@dataclass
class House:
    """Where it is reached, its keys by role, its processes by name."""

    address: str
    channel: str
    url: str
    tokens: dict[str, str]
    folder: Path
    children: dict[str, Child] = field(default_factory=dict)
    courier: str = ""

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Read the database directly, past all of the product's code."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def wait_for(self, name: str, url: str) -> None:
        """Until `name` answers at `url`; who ended meanwhile is started again. Raises TimeoutError with its last words."""
        child, limit = self.children[name], time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            try:
                httpx.get(url, timeout=5)
                return
            except httpx.TransportError:
                child.tend()
                time.sleep(0.1)
        raise TimeoutError(f"{url}: {child.log.read_text(errors='replace')[-2000:]}")

    def movements(self) -> list[dict[str, object]]:
        """What the channel says it has paid."""
        found: list[dict[str, object]] = httpx.get(f"{self.channel}/_ledger", timeout=30).json()["movements"]
        return found


@contextmanager
def house(*, workers: int = 2, always: str = "chaos", courier: bool = False) -> Iterator[House]:
    """A running installation on a scratch database and folder; everything is gone afterwards. `courier`: one calls, too.

    `DATABASE_URL` names an outside server (a database of our own is made there); else an embedded one is started.
    """
    folder = Path(tempfile.mkdtemp(prefix="shouhou-crash-"))
    try:
        with database(folder / "server") as server, _scratch(server) as url:
            shop, web, channel, carrier = _free_ports(4)
            address = f"http://127.0.0.1:{web}"
            secret = secrets.token_urlsafe(24)
            environment = {
                **os.environ, "DATABASE_URL": url, "SHOUHOU_HOME": str(folder / "home"), "SHOUHOU_TESTING": "1",
                "SHOUHOU_PAYMENT_SECRET": secret, "SHOUHOU_FAKE_PAYMENT_URL": f"http://127.0.0.1:{channel}",
                "SHOUHOU_SHOP_URL": f"http://127.0.0.1:{shop}", "SHOUHOU_BASE_URL": address,
                "SHOUHOU_FAKE_CARRIER_URL": f"http://127.0.0.1:{carrier}", "SHOUHOU_CARRIER_SECRET": secret,
            }  # fmt: skip
            (folder / "home").mkdir()
            program = [sys.executable, "-m", "shouhou.cli"]
            subprocess.run([*program, "prepare"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            tokens = json.loads(
                subprocess.run([sys.executable, "-m", "bench.staff"], env=environment, cwd=ROOT, check=True,
                               stdout=subprocess.PIPE).stdout
            )  # fmt: skip
            here = House(address, f"http://127.0.0.1:{channel}", url, tokens, folder, courier=f"http://127.0.0.1:{carrier}")
            commands = {
                "channel": [
                    sys.executable, "-m", "shouhou.payments.channels.fake.server", "--port", str(channel), "--state",
                    str(folder / "channel.jsonl"), "--callback", f"{address}/api/v1/callbacks/payments/fake", "--secret",
                    secret, "--always", always,
                ],
                "web": [*program, "web", "--port", str(web), "--workers", "2"],
                **{f"worker-{place}": [*program, "work"] for place in range(1, workers + 1)},
            }  # fmt: skip
            if find_spec("shouhou.orders.shop.fake.server"):
                commands["shop"] = [
                    sys.executable, "-m", "shouhou.orders.shop.fake.server", "--port", str(shop), "--state",
                    str(folder / "shop.json"),
                ]  # fmt: skip
            if courier:
                commands["courier"] = [
                    sys.executable, "-m", "shouhou.logistics.carriers.fake.server", "--port", str(carrier), "--state",
                    str(folder / "courier.state"), "--callback", f"{address}/api/v1/callbacks/carriers/fake", "--secret",
                    secret, "--pace", "0.3",
                ]  # fmt: skip
            try:
                for name, command in commands.items():
                    here.children[name] = Child(name, command, environment, folder / f"{name.split('-')[0]}.log")
                    here.children[name].start()
                here.wait_for("web", f"{address}/healthz")
                here.wait_for("channel", f"{here.channel}/healthz")
                yield here
            finally:
                for child in here.children.values():
                    child.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _scratch(server: str) -> Iterator[str]:
    name = f"crash_{os.getpid()}"
    parts = conninfo_to_dict(server)
    with psycopg.connect(make_conninfo("", **{**parts, "dbname": "postgres"}), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo("", **{**parts, "dbname": name})
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _free_ports(count: int) -> list[int]:
    """All different, and below those that the system lends to outgoing connections: one could take it before we listen."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            probe, port = held.enter_context(socket.socket()), 20_000 + secrets.randbelow(12_000)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
        return found
