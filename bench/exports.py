"""How long 50,000 rows of the queue take as CSV and as a workbook, over HTTP, and what the server's memory grows by.

`python -m bench.exports [--rows 50000] [--beside 2]`: `beside` processes that only count keep the processors busy meanwhile.
"""

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ground import Ground, ground, say
from bench.http import seed
from bench.scale import grow

SECONDS_MAX = {"csv": 10.0, "xlsx": 10.0}
MEMORY_MAX_MB = 32.0
BLOCK = 1 << 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--beside", type=int, default=2)
    asked = parser.parse_args()
    with ground(seed) as at:
        grow(asked.rows + 1000)
        cookie = session()
        fetch(at, cookie, "csv", query="?q=none")  # the worker has loaded what it needs
        with busy(asked.beside):
            for form, most in SECONDS_MAX.items():
                before, worked = memory_mb(at.pid), cpu_seconds(at.pid)
                first, whole, size = fetch(at, cookie, form, query="?shown=all")
                say(f"export_{form}", {
                    "rows": asked.rows, "beside": asked.beside, "first_byte_s": round(first, 2), "seconds": round(whole, 2),
                    "server_cpu_s": round(cpu_seconds(at.pid) - worked, 2), "bytes": size,
                    "memory_mb": round(memory_mb(at.pid) - before, 1), "memory_limit_mb": MEMORY_MAX_MB, "limit": most,
                    "ratio": round(whole / most, 3),
                })  # fmt: skip


def fetch(at: Ground, session: str, form: str, *, query: str) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and how many there were."""
    asked = urllib.request.Request(f"http://127.0.0.1:{at.port}/staff/cases.{form}{query}", headers={"Cookie": f"sessionid={session}"})
    began, first, size = time.perf_counter(), 0.0, 0
    with urllib.request.urlopen(asked, timeout=300) as answer:
        while block := answer.read(BLOCK):
            first = first or time.perf_counter() - began
            size += len(block)
    return first, time.perf_counter() - began, size


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Processes beside that only count."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def memory_mb(pid: int) -> float:
    """The most that the process and its children ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    own = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0) / 1024
    return own + sum(memory_mb(child) for child in _children(pid))


def cpu_seconds(pid: int) -> float:
    """What the process and its children have computed so far: the same on a busy machine and on an idle one."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    return [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]


def session() -> str:
    """A supervisor who has signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from shouhou.accounts.models import Organisation, User

    house = Organisation.objects.get_or_create(code="operator", defaults={"name": "bench", "kind": "operator"})[0]
    user = User.objects.create_user("bench", password=None, role="supervisor", organisation=house)
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    main()
