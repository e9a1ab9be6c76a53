"""The ground a benchmark stands on: a scratch database with rows, the real web server, pgbench beside it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

from psycopg.conninfo import conninfo_to_dict

from shouhou.plumbing.embedded import binary, database

CLIENTS = 8
TOKEN = "sk_bench_0123456789abcdefghij"


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated scratch database, where the web server answers, and its process."""

    url: str
    port: int
    home: Path
    pid: int

    def pgbench(self, script: str, *, seconds: float, clients: int = CLIENTS, **variables: int) -> float:
        """Transactions a second of the script, prepared, over the same connections as the product's."""
        path = self.home / "limit.sql"
        path.write_text(script)
        parts = conninfo_to_dict(self.url)
        given = [f"-D{name}={value}" for name, value in variables.items()]
        done = subprocess.run(
            [str(binary("pgbench")), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)),
             "-f", str(path), *given, "-h", str(parts["host"]), "-p", str(parts.get("port", 5432)), "-U", str(parts["user"]),
             str(parts["dbname"])],
            capture_output=True, text=True, check=False, env={**os.environ, "PGPASSWORD": str(parts.get("password", ""))},
        )  # fmt: skip
        rates = [line for line in done.stdout.splitlines() if line.startswith("tps")]
        if not rates:
            raise RuntimeError(done.stderr[-2000:])
        return float(rates[0].split("=")[1].split()[0])


@contextmanager
def ground(seed: Callable[[], None]) -> Iterator[Ground]:
    """A scratch folder with a durable database, seeded by `seed`, and the web server of production on it."""
    with tempfile.TemporaryDirectory(prefix="shouhou-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ |= {"SHOUHOU_HOME": folder, "DJANGO_SETTINGS_MODULE": "shouhou.settings", "SHOUHOU_LOG": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        with database(home) as url:
            os.environ["DATABASE_URL"] = url
            command = [sys.executable, "-m", "django"]
            subprocess.run([*command, "migrate", "-v", "0"], check=True)
            subprocess.run([*command, "collectstatic", "--noinput", "-v", "0"], check=True)
            import django

            django.setup()
            seed()
            port = _free_port()
            web = subprocess.Popen(
                [sys.executable, "-m", "shouhou.cli", "web", "--port", str(port)], stdout=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                _wait(f"http://127.0.0.1:{port}/healthz")
                yield Ground(url, port, home, web.pid)
            finally:
                web.terminate()
                web.wait(timeout=30)


def compare(name: str, limit: Callable[[], float], product: Callable[[], float], *, rounds: int = 3, floor: float) -> None:
    """A B A B …: medians of both and their ratio, as one JSON line with the ratio last."""
    limits, products = [], []
    for _ in range(rounds):
        limits.append(limit())
        products.append(product())
    top, reached = statistics.median(limits), statistics.median(products)
    say(name, {"limit_per_s": round(top, 1), "product_per_s": round(reached, 1), "floor": floor, "ratio": round(reached / top, 3)})


def say(name: str, figures: dict[str, object]) -> None:
    print(json.dumps({"bench": name, **figures}), flush=True)


def median_of(runs: Sequence[float]) -> float:
    return statistics.median(runs)


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait(url: str, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer")
