"""What the index of who did what costs each write of staff and saves the audit log: with it and without, in turns, in one run.

`python -m bench.audit_index [--rows 1000000] [--rounds 3] [--seconds 4]`
"""

import argparse
import statistics
import time
from collections.abc import Callable

from bench.ground import Ground, ground, say
from bench.http import MOVE, MOVING, seed

CREATE = "CREATE INDEX history_staff ON cases_historyentry (who, at) WHERE NOT (role IN ('consumer', 'system'))"
DROP = "DROP INDEX IF EXISTS history_staff"
SAMPLES = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    asked = parser.parse_args()
    with ground(seed) as at:
        run(FILL, {"rows": asked.rows})
        run("VACUUM ANALYZE cases_historyentry", {})
        moves, inserts, read, wal = ({"with": [], "without": []} for _ in range(4))  # type: ignore[var-annotated]
        for _ in range(asked.rounds):
            for state, change in (("without", DROP), ("with", CREATE)):
                run(DROP, {})
                run(change, {})
                run("CHECKPOINT", {})
                moves[state].append(at.pgbench(MOVE, seconds=asked.seconds, cases=MOVING))
                written, rate = inserted(at, asked.seconds)
                inserts[state].append(rate)
                wal[state].append(written)
                read[state].append(median_ms(lambda: run(READ, {"who": "user:77"})))
        middle = {name: {state: statistics.median(each[state]) for state in each} for name, each in
                  {"moves": moves, "inserts": inserts, "read": read, "wal": wal}.items()}  # fmt: skip
        say("audit_index", {
            "rows": asked.rows, "moves_per_s": rounded(middle["moves"]), "inserts_per_s": rounded(middle["inserts"]),
            "wal_bytes_per_insert": rounded(middle["wal"]), "one_persons_page_ms": rounded(middle["read"], 2),
            "ratio": round(middle["moves"]["with"] / middle["moves"]["without"], 3),
        })  # fmt: skip


def inserted(at: Ground, seconds: float) -> tuple[float, float]:
    """Bytes of the write-ahead log for each row that nothing else is written with, and rows a second."""
    before, had = run("SELECT pg_current_wal_lsn() - '0/0'", {})[0], rows()
    rate = at.pgbench(INSERT, seconds=seconds, cases=MOVING)
    return float(run("SELECT pg_current_wal_lsn() - '0/0'", {})[0] - before) / max(rows() - had, 1), rate


def rows() -> int:
    return int(run("SELECT max(id) FROM cases_historyentry", {})[0])


def run(sql: str, values: dict[str, str | int]) -> tuple[float, ...]:
    """One statement; its first row, empty when it has none."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return (cursor.fetchone() or ()) if cursor.description else ()


def median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(SAMPLES):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def rounded(figures: dict[str, float], places: int = 0) -> dict[str, float]:
    return {name: round(value, places) for name, value in figures.items()}


# One in a hundred thousand is by the person who is looked for.
FILL = """
INSERT INTO cases_historyentry (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
SELECT 1 + i %% 400, 1000 + i, 'approve', 'submitted', 'approved', CASE WHEN i %% 2 = 0 THEN 'reviewer' ELSE 'consumer' END,
    CASE WHEN i %% 100000 = 0 THEN 'user:77' WHEN i %% 2 = 0 THEN 'user:' || 100 + i %% 50 ELSE 'buyer:' || i %% 5000 END, '小审', '', '{}',
    now() - (%(rows)s - i) * interval '20 seconds'
FROM generate_series(1, %(rows)s) AS i
"""
INSERT = """
\\set k random(1, :cases)
\\set v random(10000000, 2000000000)
\\set w random(100, 150)
INSERT INTO cases_historyentry (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
VALUES (:k, :v, 'approve', 'submitted', 'approved', 'reviewer', 'user:' || :w, '小审', '', '{}', now()) ON CONFLICT DO NOTHING;
"""
READ = """
SELECT id FROM cases_historyentry WHERE NOT (role IN ('consumer', 'system')) AND who = %(who)s ORDER BY at DESC, id DESC LIMIT 51
"""

if __name__ == "__main__":
    main()
