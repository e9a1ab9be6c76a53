"""Does it stay quick when it grows? Queue page and apply with many cases against 100 thousand, in one run.

`python -m bench.scale [--small 100000] [--large 1000000]`; the target's ten million take half an hour and 10 GB.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from bench.ground import ground, say
from bench.http import CONTACT, ORDERS, seed

SAMPLES = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    asked = parser.parse_args()
    with ground(seed):
        grow(asked.small)
        small = {"queue_page": median_ms(queue), "apply": median_ms(apply)}
        grow(asked.large)
        large = {"queue_page": median_ms(queue), "apply": median_ms(apply)}
    for name in small:
        say(f"{name}_at_scale", {
            "small_cases": asked.small, "large_cases": asked.large, "small_ms": round(small[name], 3),
            "large_ms": round(large[name], 3), "limit": 1.3, "ratio": round(large[name] / small[name], 3),
        })  # fmt: skip


def grow(total: int) -> None:
    """Closed and open cases up to `total`, their limits spread over a year."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        have = cursor.fetchone()[0]
        cursor.execute(GROW, {"first": have + 1, "last": total})
        cursor.execute("VACUUM ANALYZE cases_case")


def median_ms(call: Callable[[int], object]) -> float:
    """Median of SAMPLES calls after a warm-up."""
    times = []
    for place in range(SAMPLES + 20):
        began = time.perf_counter()
        call(place)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[20:])


def queue(place: int) -> object:
    from shouhou.cases.queries import CaseFilter, list_cases
    from shouhou.plumbing.actor import Actor

    agent = Actor(role="agent", who="key:1")
    return list_cases(CaseFilter(sort="due"), actor=agent, language="en", limit=25)


def apply(place: int) -> object:
    from shouhou.cases.actions import Application, ItemWish, open_case
    from shouhou.plumbing.actor import Actor
    from shouhou.plumbing.clock import now

    wish = Application(order=f"B{place % ORDERS}", service="return", reason="no_reason", lines=(ItemWish(1, 1),), contact=CONTACT)
    return open_case(wish, actor=Actor(role="agent", who="key:1"), now=now())


GROW = """
INSERT INTO cases_case (number, order_id, merchant_id, buyer_id, service, requested_service, reason, reason_detail,
    description, status, stage, waits_on, due_at, version, source, return_method, contact, created_by, on_behalf_of, call_note,
    verdict, book, book_version, policy_shown_at, currency, refund_minor, deduction_minor, preview, freight_payer, fault,
    outcome, override_reason, resubmissions, claims_held, rest_sent, title, units, submitted_at, updated_at, closed_at)
SELECT 'G' || i, o.id, o.merchant_id, o.buyer_id, 'return', 'return', 'no_reason', '', '',
    CASE WHEN i %% 10 = 0 THEN 'awaiting_goods' ELSE 'closed' END, CASE WHEN i %% 10 = 0 THEN 'goods' ELSE 'rated' END,
    CASE WHEN i %% 10 = 0 THEN 'consumer' ELSE '' END,
    CASE WHEN i %% 10 = 0 THEN now() + (i %% 8760) * interval '1 hour' END, 2, 'api', 'ship_back', '{}', 'key:1', '', '', 'allow',
    'std-1', '1', now(), 'CNY', 100, 0, '{}', 'customer', '', '', '', 0, true, false, 'x', 1, now(),
    now() - (i %% 100000) * interval '1 second', CASE WHEN i %% 10 = 0 THEN NULL ELSE now() END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
JOIN LATERAL (SELECT id, merchant_id, buyer_id FROM orders_order WHERE number = 'B' || (i %% 4000)) o ON true
"""

if __name__ == "__main__":
    main()
