"""Rows a second of `shouhou import orders` against COPY of the very same rows, in one run: `python -m bench.import_orders`.

The input is UCI Online Retail where the real data is beside the repository (SHOUHOU_SHARED), else 20,000 made-up orders.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouhou.plumbing.embedded import database

ROUNDS = 3
FLOOR = 0.3
# In the order in which they refer to each other.
TABLES = (
    "accounts_organisation", "accounts_buyer", "merchants_merchant", "orders_orderimport", "orders_order",
    "orders_orderline", "orders_payment", "orders_shipment", "plumbing_event",
)  # fmt: skip
IMPORT = """
import json, sys, time, django
django.setup()
from shouhou.orders.imports.run import import_orders
from shouhou.plumbing import clock
started = time.perf_counter()
report = import_orders(sys.argv[1], mapping=sys.argv[2], now=clock.now())
print(json.dumps({"seconds": time.perf_counter() - started, "orders": report["orders"]}))
"""


def source(home: Path) -> tuple[Path, str]:
    """(file, mapping)."""
    shared = Path(os.environ.get("SHOUHOU_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    real = shared / "data" / "uci" / "online_retail.parquet"
    if real.is_file():
        return real, "uci"
    dice, path = random.Random(7), home / "orders.ndjson"
    with path.open("w") as file:
        for number in range(20_000):
            lines = [
                {"line": n, "sku": f"S{dice.randrange(4000)}", "title": "商品", "quantity": 1, "unit_price": 1990, "paid": 1990}
                for n in range(1, dice.randrange(2, 20))
            ]
            order = {
                "number": f"B{number}", "buyer": {"id": f"u{dice.randrange(5000)}"},
                "merchant": {"code": f"m{dice.randrange(50)}", "channel": "third"}, "placed_at": "2026-01-05T10:00:00+08:00",
                "lines": lines, "payments": [{"tender": "card", "amount": 1990 * len(lines)}],
            }  # fmt: skip
            file.write(json.dumps(order) + "\n")
    return path, "ndjson"


def main() -> int:
    """Import, copy, import, copy …; prints one JSON line with the ratio last."""
    with tempfile.TemporaryDirectory(prefix="shouhou-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ |= {"SHOUHOU_HOME": folder, "DJANGO_SETTINGS_MODULE": "shouhou.settings", "SHOUHOU_LOG": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        with database(home) as url:
            subprocess.run([sys.executable, "-m", "django", "migrate", "-v", "0"], check=True, env=os.environ | {"DATABASE_URL": url})
            file, mapping = source(home)
            imports, copies, rows = [], [], 0
            for turn in range(ROUNDS):
                first, second = _fresh(url, f"a{turn}"), _fresh(url, f"b{turn}")
                done = subprocess.run(
                    [sys.executable, "-c", IMPORT, str(file), mapping], check=True, capture_output=True, text=True,
                    env=os.environ | {"DATABASE_URL": first},
                )  # fmt: skip
                imports.append(float(json.loads(done.stdout.splitlines()[-1])["seconds"]))
                rows = _dump(first, home)
                copies.append(_copy(second, home))
            medians = statistics.median(imports), statistics.median(copies)
            print(json.dumps({
                "bench": "import of orders", "mapping": mapping, "rows": rows,
                "import_rows_per_second": round(rows / medians[0]), "copy_rows_per_second": round(rows / medians[1]),
                "floor": FLOOR, "ratio": round(medians[1] / medians[0], 3),
            }))  # fmt: skip
            return 0 if medians[1] / medians[0] >= FLOOR else 1


def _fresh(url: str, name: str) -> str:
    """A copy of the migrated, empty database."""
    parts = conninfo_to_dict(url)
    template = str(parts["dbname"])
    maintenance = make_conninfo("", **{**parts, "dbname": "template1"})
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return make_conninfo("", **{**parts, "dbname": name})


def _dump(url: str, home: Path) -> int:
    """Write the imported rows to files; answers how many they are."""
    rows = 0
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            with (home / f"{table}.copy").open("wb") as file, cursor.copy(f"COPY {table} TO STDOUT".encode()) as copy:
                for block in copy:
                    file.write(block)
            rows += cursor.rowcount
    return rows


def _copy(url: str, home: Path) -> float:
    """Seconds that plain COPY of the same rows into the same tables takes, indexes and checks included."""
    started = time.perf_counter()
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            with (home / f"{table}.copy").open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
