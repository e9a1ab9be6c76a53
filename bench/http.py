"""The hot operations over HTTP against the same work done by pgbench: apply, make_move, entitlements, queue, feed.

`python -m bench.http [apply move entitlements queue feed] [--seconds 4] [--rounds 3]`
"""

import argparse
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable

from bench.client import load, request
from bench.ground import CLIENTS, TOKEN, Ground, compare, ground
from shouhou.plumbing.actor import Actor

ORDERS, WIDE, MOVING = 4000, 300, 400
AGENT = Actor(role="agent", who="key:1")
CONTACT = {"name": "Bench", "phone": "10000000000", "region": "四川省成都市", "address": "1"}


def seed() -> None:
    """Orders of one huge line, orders of ten lines, and cases that can be moved back and forth."""
    from django.db import connection

    from shouhou.cases.actions import Application, ItemWish, open_case
    from shouhou.plumbing.clock import now

    with connection.cursor() as cursor:
        for statement in SEED.split(";\n"):
            if statement.strip():
                cursor.execute(
                    statement.replace(":hash", f"'\\x{hashlib.sha256(TOKEN.encode()).hexdigest()}'::bytea")
                    .replace(":orders", str(ORDERS)).replace(":wide", str(WIDE))
                )  # fmt: skip
    agent = Actor(role="agent", who="key:1", name="bench")
    for place in range(MOVING):
        open_case(
            Application(order=f"M{place}", service="return", reason="quality", description="x", contact=CONTACT,
                        lines=(ItemWish(1, 1),), channel="api"), actor=agent, now=now(),
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def apply(at: Ground, seconds: float, rounds: int) -> None:
    def make(client: int, count: int) -> bytes:
        body = {"order": f"B{(client * 997 + count * 31) % ORDERS}", "service": "return", "reason": "no_reason",
                "lines": [{"line": 1, "quantity": 1}], "return_method": "ship_back", "contact": CONTACT, "channel": "api"}  # fmt: skip
        return request("POST", "/api/v1/cases", TOKEN, json.dumps(body).encode(), f"Idempotency-Key: {uuid.uuid4()}\r\n")

    compare(
        "apply", lambda: at.pgbench(APPLY, seconds=seconds, orders=ORDERS),
        lambda: load(at.port, make, seconds=seconds, clients=CLIENTS, expect=b"201"), rounds=rounds, floor=0.35,
    )  # fmt: skip


def move(at: Ground, seconds: float, rounds: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT number, status FROM cases_case WHERE reason = 'quality' ORDER BY id LIMIT %s", [MOVING])
        rows = cursor.fetchall()
    state = dict(rows)
    mine = [[number for number, _ in rows[client::CLIENTS]] for client in range(CLIENTS)]

    def make(client: int, count: int) -> bytes:
        number = mine[client][count % len(mine[client])]
        if state[number] == "evidence_asked":
            state[number], name, answers = "submitted", "send_evidence", {"description": "y"}
        else:
            state[number], name, answers = "evidence_asked", "ask_evidence", {"what": "z"}
        body = json.dumps({"answers": answers}).encode()
        return request("POST", f"/api/v1/cases/{number}/moves/{name}", TOKEN, body, f"Idempotency-Key: {uuid.uuid4()}\r\n")

    compare(
        "make_move", lambda: at.pgbench(MOVE, seconds=seconds, cases=MOVING),
        lambda: load(at.port, make, seconds=seconds, clients=CLIENTS, expect=b"200"), rounds=rounds, floor=0.3,
    )  # fmt: skip


def entitlements(at: Ground, seconds: float, rounds: int) -> None:
    from shouhou.cases.queries import entitlements as entitled
    from shouhou.plumbing.clock import now

    def make(client: int, count: int) -> bytes:
        return request("GET", f"/api/v1/orders/W{(client * 37 + count) % WIDE}/entitlements?reason=no_reason", TOKEN)

    own = own_statement(lambda: entitled("W0", actor=AGENT, reason="no_reason", at=now(), language="en"))
    script = f"\\set o random(0, {WIDE - 1})\n" + own.replace("'W0'", "'W' || :o")
    compare(
        "entitlements", lambda: at.pgbench(script, seconds=seconds),
        lambda: load(at.port, make, seconds=seconds, clients=CLIENTS, expect=b"200"), rounds=rounds, floor=0.12,
    )  # fmt: skip


def own_statement(act: Callable[[], object]) -> str:
    """The look at the key, then the very statement that the product sends: the limit of a read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as sent:
        act()
    if len(sent) != 1:
        raise RuntimeError(f"{len(sent)} statements instead of one")
    return f"{TOKEN_SQL}\n{sent[0]['sql']};\n"


def queue(at: Ground, seconds: float, rounds: int) -> None:
    from shouhou.cases.queries import CaseFilter, list_cases

    own = own_statement(lambda: list_cases(CaseFilter(sort="due"), actor=AGENT, language="en", limit=25))
    wanted = request("GET", "/api/v1/cases?sort=due&limit=25", TOKEN)
    compare(
        "queue_page", lambda: at.pgbench(own, seconds=seconds),
        lambda: load(at.port, lambda client, count: wanted, seconds=seconds, clients=CLIENTS, expect=b"200"),
        rounds=rounds, floor=0.2,
    )  # fmt: skip


def feed(at: Ground, seconds: float, rounds: int) -> None:
    from django.db import connection

    from shouhou.plumbing.feed import number_events

    number_events()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE plumbing_feedentry")
    wanted = request("GET", "/api/v1/events?after=0&limit=100", TOKEN)
    compare(
        "event_feed", lambda: at.pgbench(FEED, seconds=seconds),
        lambda: load(at.port, lambda client, count: wanted, seconds=seconds, clients=CLIENTS, expect=b"200"),
        rounds=rounds, floor=0.2,
    )  # fmt: skip


def deadlines(at: Ground, seconds: float, rounds: int) -> None:
    """Due limits worked off by as many threads as a worker has, each a real move; the limit is that of make_move."""
    from django.db import connection

    from shouhou.cases.due import work_off_due
    from shouhou.plumbing.clock import now
    from shouhou.ticker import TICKERS

    due = int(400 * seconds)

    def work() -> float:
        with connection.cursor() as cursor:
            cursor.execute(MAKE_DUE, [due])
            cursor.execute("SELECT count(*) FROM cases_deadline WHERE state = 'open' AND due_at < now()")
            waiting = cursor.fetchone()[0]
        if not waiting:
            raise RuntimeError("no limits to put into the past: run the apply scene first")
        done: list[int] = []

        def run() -> None:
            done.append(work_off_due(now=now(), most=due))
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(TICKERS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if sum(done) != waiting:
            raise RuntimeError(f"{waiting} were due, {sum(done)} were worked off")
        return float(waiting / (time.monotonic() - began))

    compare("due_deadlines", lambda: at.pgbench(MOVE, seconds=seconds, cases=MOVING), work, rounds=rounds, floor=0.4)


def main() -> None:
    scenes = {
        "apply": apply, "move": move, "entitlements": entitlements, "queue": queue, "feed": feed, "deadlines": deadlines,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", choices=[[], *scenes], default=[])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with ground(seed) as at:
        for name in asked.scenes or scenes:
            scenes[name](at, asked.seconds, asked.rounds)


TOKEN_SQL = "SELECT id, role, scopes FROM accounts_apikey WHERE token_hash = '\\x%s'::bytea;" % (  # noqa: UP031
    hashlib.sha256(TOKEN.encode()).hexdigest()
)
JOB_SQL = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('bench', 'bench.nothing', 0, NULL, NULL, '{}'::jsonb, now() + interval '9 years')
    ::procrastinate_job_to_defer_v1]);
"""
HISTORY_SQL = """
INSERT INTO cases_historyentry (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
VALUES (:case, %s, 'submit', '', 'submitted', 'agent', 'key:1', '', '', '{}', now());
INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
VALUES (now(), 'case.opened', 'SO-BENCH', 1, 1, '{"number": "SO-BENCH", "status": "submitted"}');
"""
APPLY = f"""
\\set o random(0, :orders - 1)
BEGIN;
{TOKEN_SQL}
SELECT l.id AS line, o.id AS ord, o.book, o.book_version, l.received_on, l.category FROM orders_orderline l
    JOIN orders_order o ON o.id = l.order_id WHERE o.number = 'B' || :o AND l.line = 1 \\gset
UPDATE orders_orderline SET claimed_quantity = claimed_quantity + 1 WHERE id = :line AND claimed_quantity + 1 <= quantity;
INSERT INTO cases_case (number, order_id, merchant_id, buyer_id, service, requested_service, reason, reason_detail,
    description, status, stage, waits_on, due_at, version, source, return_method, contact, created_by, on_behalf_of, call_note,
    verdict, book, book_version, policy_shown_at, currency, refund_minor, deduction_minor, preview, freight_payer, fault,
    outcome, override_reason, resubmissions, claims_held, rest_sent, title, units, submitted_at, updated_at)
VALUES (substr(md5(random()::text || clock_timestamp()::text), 1, 16), :ord, 1, 1, 'return', 'return', 'no_reason', '', '',
    'awaiting_goods', 'goods', 'consumer', now() + interval '7 days', 2, 'api', 'ship_back', '{{}}', 'key:1', '', '', 'allow',
    'std-1', '1', now(), 'CNY', 100, 0, '{{}}', 'customer', '', '', '', 0, true, false, 'x', 1, now(), now())
RETURNING id AS case \\gset
{HISTORY_SQL % 1}
{JOB_SQL}
COMMIT;
"""
MOVE = f"""
\\set k random(1, :cases)
BEGIN;
{TOKEN_SQL}
SELECT c.id AS case, c.version AS v FROM cases_case c WHERE c.id = :k FOR UPDATE \\gset
UPDATE cases_case SET version = version + 1, updated_at = now() WHERE id = :case AND version = :v;
UPDATE cases_deadline SET due_at = due_at WHERE case_id = :case AND state = 'open';
{HISTORY_SQL % "1000000 + :v"}
{JOB_SQL}
COMMIT;
"""
# Cases that wait for goods, from the apply scene or made here by a short cut: their limit is put into the past.
MAKE_DUE = """
UPDATE cases_deadline SET due_at = now() - interval '1 minute' WHERE id IN (
    SELECT id FROM cases_deadline WHERE state = 'open' AND name = 'ship_back' LIMIT %s)
"""
FEED = f"""
{TOKEN_SQL}
SELECT f.seq, e.at, e.type, e.subject, e.data FROM plumbing_feedentry f JOIN plumbing_event e ON e.id = f.event_id
WHERE f.seq > 0 ORDER BY f.seq LIMIT 100;
"""
SEED = """
INSERT INTO accounts_organisation (code, name, kind) VALUES ('bench', 'Bench', 'operator');
INSERT INTO accounts_apikey (organisation_id, name, prefix, token_hash, role, scopes, active)
    SELECT id, 'bench', 'sk_bench', :hash, 'agent', '{}', true FROM accounts_organisation WHERE code = 'bench';
INSERT INTO merchants_merchant (code, name, channel, active, auto_review) VALUES ('self', '自营', 'self', true, true);
INSERT INTO merchants_returnaddress (merchant_id, label, contact, phone, region, address, is_default, active)
    SELECT id, '仓', '仓', '1', '广东', '1', true, true FROM merchants_merchant;
INSERT INTO accounts_buyer (external_id, name, phone, email, tier, language) VALUES ('u1', '林', '10000000001', '', 'none', 'zh-hans');
INSERT INTO orders_order (number, buyer_id, merchant_id, channel, buyer_tier, placed_at, currency, freight_minor, paid_minor,
    difference_minor, invoice_number, invoice_minor, address, promotion, extra, book, book_version, in_use, version, fingerprint)
    SELECT p || i, (SELECT id FROM accounts_buyer LIMIT 1), (SELECT id FROM merchants_merchant LIMIT 1), 'self', 'none',
        now() - interval '4 days', 'CNY', 0, 100000000, 0, '', 0, '{}', '{}', '{}', 'std-1', '1', false, 1, ''
    FROM (VALUES ('B', :orders), ('W', :wide), ('M', 1000)) AS x(p, n), LATERAL generate_series(0, n - 1) AS i;
INSERT INTO orders_orderline (order_id, line, sku, title, category, quantity, unit_price_minor, paid_minor, serials,
    excludable_by_nature, confirmed_no_return, confirmation, promised_no_reason, is_gift, warranty, plans, received_on,
    receipt_source, claimed_quantity, returned_quantity)
    SELECT o.id, l, 'SKU' || l, '商品 ' || l, 'generic', 1000000, 100, 100000000 / CASE WHEN o.number LIKE 'W%' THEN 10 ELSE 1 END,
        '{}', false, false, '{}', false, false, '{}', '{}', current_date - 2, 'signature', 0, 0
    FROM orders_order o, LATERAL generate_series(1, CASE WHEN o.number LIKE 'W%' THEN 10 ELSE 1 END) AS l;
INSERT INTO orders_payment (order_id, position, tender, amount_minor, reference)
    SELECT id, 1, 'card', 100000000, 'x' FROM orders_order;
"""

if __name__ == "__main__":
    main()
