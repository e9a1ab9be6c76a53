"""How long the books take to read when they are large, against what the database needs to add up or copy the same postings.

`python -m bench.ledger [--postings 1000000]`: written with COPY and counted by the database's own triggers, half of them pending
ones that have been settled since; every figure over HTTP but the gathering and the comparing. One JSON line each, ratio last.
"""

import argparse
import io
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bench.exports import memory_mb, session
from bench.ground import Ground, ground, median_of, say

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
DAYS, SHOPS, CHANNELS = 500, 200, ("fake", "stripe", "wechat", "alipay")
BLOCK = 1 << 16
# Of what adding every posting up takes, and (export) of what copying the bare postings takes.
PAGES = {
    "kinds": ("/finance/ledger/", 0.15),
    "accounts": ("/finance/ledger/?all=1", 0.15),
    "family": ("/finance/ledger/?family=buyer", 0.15),
    "few": ("/finance/ledger/?family=merchant_payable", 0.15),
    "period": ("/finance/ledger/?family=tender&since=2024-03-01&until=2024-03-31", 0.15),
    "account": ("/finance/ledger/accounts/tender:fake:card/", 0.3),
    "postings": ("/finance/ledger/postings/", 0.15),
    "of_account": ("/finance/ledger/postings/?account=tender:fake:card", 0.15),
    "of_family": ("/finance/ledger/postings/?family=merchant_payable", 0.15),
}  # fmt: skip
COMPARE_MAX, EXPORT_MAX, MEMORY_MAX_MB = 6.0, 12.0, 64.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=1_000_000)
    count = parser.parse_args().postings
    with ground(lambda: None) as at:
        began = time.perf_counter()
        build(count)
        built = time.perf_counter() - began
        rows, seconds = gathering()
        say("ledger_build", {"postings": count, "build_s": round(built, 1), "tail_rows": rows, "gather_s": round(seconds, 1),
                             "ratio": round(seconds / built, 3)})  # fmt: skip
        cookie = session()
        took(lambda: read(at, cookie, "/finance/ledger/"))
        for name, (address, most) in PAGES.items():
            sums, pages = [], []
            for _ in range(3):
                sums.append(took(add_up))
                pages.append(took(lambda address=address: read(at, cookie, address)))  # type: ignore[misc]
            tell(f"ledger_{name}", page=median_of(pages), limit=median_of(sums), most=most, postings=count)
        tell("ledger_compare", page=took(compare), limit=took(add_up), most=COMPARE_MAX, postings=count)
        before, copied = memory_mb(at.pid), took(copy_out)
        whole = took(lambda: read(at, cookie, "/finance/ledger/postings.csv"))
        grown = memory_mb(at.pid) - before
        told = {"postings": count, "memory_mb": round(grown, 1), "memory_limit_mb": MEMORY_MAX_MB}
        tell("ledger_export", page=whole, limit=copied, most=EXPORT_MAX, **told)


def tell(name: str, *, page: float, limit: float, most: float, **more: float) -> None:
    say(name, {**more, "seconds": round(page, 3), "against_s": round(limit, 3), "limit": most, "ratio": round(page / limit, 3)})


def took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def read(at: Ground, cookie: str, address: str) -> int:
    """The bytes of the answer."""
    asked = urllib.request.Request(f"http://127.0.0.1:{at.port}{address}", headers={"Cookie": f"sessionid={cookie}"})
    size = 0
    with urllib.request.urlopen(asked, timeout=600) as answer:
        while block := answer.read(BLOCK):
            size += len(block)
    return size


def build(count: int) -> None:
    """Refunds, each held and then settled: two transfers of two postings."""
    from django.db import connection

    refunds = count // 4
    with connection.cursor() as cursor:
        for first in (1, refunds + 1):
            settled = first > 1
            with cursor.cursor.copy("COPY ledger_transfer (id, recipe, subject, phase, resolves_id, key, by, at) FROM STDIN") as into:
                for lines in portions(refunds, lambda place, first=first, settled=settled: transfer(place, first, settled)):  # type: ignore[misc]
                    into.write(lines)
            with cursor.cursor.copy("COPY ledger_posting (transfer_id, source, destination, amount_minor, currency) FROM STDIN") as into:
                for lines in portions(refunds, lambda place, first=first: postings(place, first)):  # type: ignore[misc]
                    into.write(lines)
        for table in ("ledger_transfer", "ledger_posting"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE ledger_transfer, ledger_posting, ledger_tail")


def portions(count: int, line: Callable[[int], str], size: int = 5000) -> Iterator[str]:
    for begin in range(0, count, size):
        kept = io.StringIO()
        for place in range(begin, min(begin + size, count)):
            kept.write(line(place))
        yield kept.getvalue()


def transfer(place: int, first: int, settled: bool) -> str:
    at = BEGIN + timedelta(days=place % DAYS, seconds=place % 80_000)
    resolves, phase, tail = (str(place + 1), "posted", "/resolved") if settled else ("\\N", "pending", "")
    return f"{first + place}\trefund\tSO-{place}\t{phase}\t{resolves}\trefund:{place}{tail}\tclock\t{at.isoformat()}\n"


def postings(place: int, first: int) -> str:
    buyer, shop, channel, amount = f"buyer:{place // 3}:refunds", place % SHOPS, CHANNELS[place % len(CHANNELS)], 100 + place % 9000
    return (
        f"{first + place}\tmerchant:{shop}:payable\t{buyer}\t{amount}\tCNY\n"
        f"{first + place}\t{buyer}\ttender:{channel}:card\t{amount}\tCNY\n"
    )


def gathering() -> tuple[int, float]:
    """The whole tail: its rows and the seconds."""
    from django.db import connection

    from shouhou.ledger.actions import gather

    began, rows = time.perf_counter(), 0
    while found := gather():
        rows += found
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_turnover, ledger_familyturnover, ledger_tail")
    return rows, seconds


def add_up() -> None:
    """What every account holds, from all postings: the least that a page without kept balances would cost."""
    _run(
        "SELECT count(*), sum(abs(held)) FROM (SELECT account, currency, sum(amount) AS held FROM (SELECT source AS account, currency,"
        " -amount_minor AS amount FROM ledger_posting UNION ALL SELECT destination, currency, amount_minor FROM ledger_posting) sides"
        " GROUP BY account, currency) held"
    )


def copy_out() -> None:
    """The bare postings, as quickly as they leave the database."""
    from django.db import connection

    with connection.cursor() as cursor, cursor.cursor.copy("COPY ledger_posting TO STDOUT") as rows:
        for _ in rows:
            pass


def compare() -> None:
    from shouhou.ledger.comparing import drifted

    if drifted(since=None, until=(BEGIN + timedelta(days=DAYS + 9)).date(), most=1):
        raise SystemExit("what is kept is not what is written")


def _run(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


if __name__ == "__main__":
    main()
