"""Do the running month's scorecard, the statistics and the live board stay as quick when years lie behind them?

`python -m bench.figures [--days 730] [--daily 1400]`: the same thirty days are computed with sixty days of cases and with all of them;
the ratio is the one by the other. A shop of two hundred, and the house.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bench.ground import ground, say
from bench.http import seed

NEAR_DAYS, SHOPS, LIMIT, RUNS = 60, 200, 1.3, 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--daily", type=int, default=1400)
    asked = parser.parse_args()
    with ground(seed):
        shops()
        grow(NEAR_DAYS, 0, daily=asked.daily)
        near = {name: median_ms(call) for name, call in figures().items()}
        grow(asked.days, NEAR_DAYS, daily=asked.daily)
        far = {name: median_ms(call) for name, call in figures().items()}
    for name in near:
        say(f"{name}_after_years", {
            "near_cases": NEAR_DAYS * asked.daily, "far_cases": asked.days * asked.daily, "near_ms": round(near[name], 1),
            "far_ms": round(far[name], 1), "limit": LIMIT, "ratio": round(far[name] / near[name], 3),
        })  # fmt: skip


def figures() -> Mapping[str, Callable[[datetime], object]]:
    """What the pages compute, by name."""
    from shouhou.analytics.statistics import breakdown, by_week, durations, latest, stages, whole, window_of
    from shouhou.foundation.days import local_day
    from shouhou.merchants.models import Merchant
    from shouhou.plumbing.actor import Actor
    from shouhou.sla.queries.board import BoardFilter, board_counts, board_page
    from shouhou.sla.queries.figures import month_figures

    shop = Merchant.objects.get(code="S7")
    manager = Actor(role="merchant_manager", who="user:1", merchant_id=shop.pk)
    boss = Actor(role="supervisor", who="user:1")

    def page(actor: Actor) -> Callable[[datetime], object]:
        def look(now: datetime) -> object:
            window = window_of(None, None, {}, now=now)
            return (breakdown("sku", window, actor=actor), whole(window, actor=actor), by_week(window, actor=actor),
                    durations(window, actor=actor), stages(window, actor=actor), latest(window, actor=actor))  # fmt: skip

        return look

    return {
        "scorecard": lambda now: month_figures(shop.pk, local_day(now - timedelta(days=28)).replace(day=1)),
        "statistics_shop": page(manager), "statistics_house": page(boss),
        "board": lambda now: (board_page(BoardFilter("overdue"), actor=boss, now=now), board_counts(actor=boss, now=now)),
    }  # fmt: skip


def median_ms(call: Callable[[datetime], object]) -> float:
    """Median of RUNS after a warm-up that outlasts the plans made for single values."""
    from shouhou.plumbing.clock import now

    times = []
    for _turn in range(RUNS + 8):
        began = time.perf_counter()
        call(now())
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[8:])


def shops() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SHOP, {"shops": SHOPS})


def grow(since: int, until: int, *, daily: int) -> None:
    """Orders, cases with items and history, clocks and breaches of the days from `since` to `until` days ago, the oldest first."""
    from django.db import connection

    values = {"first": until * daily, "last": since * daily - 1, "daily": daily, "shops": SHOPS}
    with connection.cursor() as cursor:
        for statement in (ORDERS, LINES, CASES, ITEMS, HISTORY, CLOCKS, BREACHES):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


SHOP = """
INSERT INTO merchants_merchant (code, name, channel, active, auto_review)
SELECT 'S' || i, '店 ' || i, 'third', true, true FROM generate_series(1, %(shops)s) AS i
"""
ORDERS = """
INSERT INTO orders_order (number, buyer_id, merchant_id, channel, buyer_tier, placed_at, currency, freight_minor, paid_minor,
    difference_minor, invoice_number, invoice_minor, address, promotion, extra, book, book_version, in_use, version, fingerprint)
SELECT 'F' || i, (SELECT id FROM accounts_buyer LIMIT 1), m.id, 'third', 'none',
    now() - (i::float8 / %(daily)s + 5) * interval '1 day', 'CNY', 0, 10000, 0, '', 0, '{}', '{}', '{}', 'std-1', '1', false, 1, ''
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN merchants_merchant m ON m.code = 'S' || (i %% %(shops)s + 1)
"""
LINES = """
INSERT INTO orders_orderline (order_id, line, sku, title, category, quantity, unit_price_minor, paid_minor, serials,
    excludable_by_nature, confirmed_no_return, confirmation, promised_no_reason, is_gift, warranty, plans, receipt_source,
    claimed_quantity, returned_quantity)
SELECT o.id, 1, 'SKU' || substr(o.number, 2)::bigint %% 997, '商品', 'generic', 1, 10000, 10000, '{}', false, false, '{}', false, false,
    '{}', '{}', 'signature', 0, 0
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN orders_order o ON o.number = 'F' || i
"""
CASES = """
INSERT INTO cases_case (number, order_id, merchant_id, buyer_id, service, requested_service, reason, reason_detail,
    description, status, stage, waits_on, due_at, version, source, return_method, contact, created_by, on_behalf_of, call_note,
    verdict, book, book_version, policy_shown_at, currency, refund_minor, deduction_minor, preview, freight_payer, fault,
    outcome, override_reason, resubmissions, claims_held, rest_sent, title, units, submitted_at, updated_at, resolved_at, closed_at)
SELECT 'F' || i, o.id, o.merchant_id, o.buyer_id, (ARRAY['return', 'exchange', 'repair'])[1 + i %% 3], 'return',
    CASE WHEN i %% 3 = 0 THEN 'quality' ELSE 'no_reason' END, '', '', 'closed', 'rated', '', NULL, 4, 'api', 'ship_back', '{}', 'key:1',
    '', '', 'allow', 'std-1', '1', now(), 'CNY', 100, 0, '{}', 'customer', '', '', '', 0, true, false, '商品', 1,
    o.placed_at + interval '5 days', o.placed_at + interval '8 days', o.placed_at + interval '8 days', o.placed_at + interval '8 days'
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN orders_order o ON o.number = 'F' || i
"""
ITEMS = """
INSERT INTO cases_caseitem (case_id, line_id, quantity, condition, serials, received_quantity, accepted_quantity, finding, grade,
    disposition, deduction_minor, deduction_reason, inspection)
SELECT c.id, l.id, 1, '{}', '{}', 1, 1, '', '', '', 0, '', '{}'
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN cases_case c ON c.number = 'F' || i
JOIN orders_orderline l ON l.order_id = c.order_id
"""
HISTORY = """
INSERT INTO cases_historyentry (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
SELECT c.id, s.version, s.move, '', s.status, s.role, s.role || ':1', '', '', '{}', c.submitted_at + (s.version - 1) * interval '1 day'
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN cases_case c ON c.number = 'F' || i,
    (VALUES (1, 'apply', 'reviewing', 'consumer'), (2, 'approve', 'awaiting_goods', 'merchant_operator'),
            (3, 'receive', 'inspecting', 'merchant_operator'), (4, 'accept', 'closed', 'system')) AS s(version, move, status, role)
"""
CLOCKS = """
INSERT INTO sla_clock (deadline_id, case_id, merchant_id, kind, team, seller, party, service, started_at, due_at, ended_at, outcome)
SELECT c.id * 2 + k, c.id, c.merchant_id, CASE k WHEN 0 THEN 'MER-01' ELSE 'MER-05' END, 'merchant_operator', true, 'shop', c.service,
    c.submitted_at, c.submitted_at + interval '2 days', c.submitted_at + interval '1 day' * (1 + k),
    CASE WHEN i %% 20 = 0 THEN 'late' ELSE 'met' END
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN cases_case c ON c.number = 'F' || i, generate_series(0, 1) AS k
"""
BREACHES = """
INSERT INTO sla_breach (number, deadline_id, case_id, merchant_id, kind, team, seller, party, service, started_at, due_at, recorded_at,
    settled_at, consequence, facts, points, amount_minor, table_missing, state, appeal_until)
SELECT 'BR' || k.deadline_id, k.deadline_id, k.case_id, k.merchant_id, k.kind, k.team, true, 'shop', k.service, k.started_at, k.due_at,
    k.ended_at, CASE WHEN k.ended_at < now() - interval '3 days' THEN k.ended_at END, '', '{}', 0, 0, true, 'standing', k.ended_at
FROM generate_series(%(last)s::bigint, %(first)s::bigint, -1) AS i JOIN cases_case c ON c.number = 'F' || i
JOIN sla_clock k ON k.deadline_id IN (c.id * 2, c.id * 2 + 1) WHERE k.outcome = 'late'
"""

if __name__ == "__main__":
    main()
