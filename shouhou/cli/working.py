"""Commands of the house's work: what comes in, what is decided, the books of money, the policy, keys, erasure."""

import argparse
import json
from pathlib import Path

from shouhou.cli.frame import django_ready, print_json, progress

STATEMENT_BYTES_MOST = 1 << 30


def bring_in(arguments: argparse.Namespace) -> int:
    with django_ready():
        if arguments.what != "orders":
            return _import_rows(arguments.what, arguments.file)
        from shouhou.orders.imports.run import import_orders
        from shouhou.plumbing.clock import now

        report = import_orders(
            arguments.file,
            mapping=arguments.mapping,
            shift_dates_to=arguments.shift_dates_to,
            now=now(),
            progress=progress,
        )
        print_json(report)
    return 0


def _import_rows(what: str, file: Path) -> int:
    from shouhou.insurance.imports import import_policies
    from shouhou.logistics.imports import import_points
    from shouhou.plans.imports import import_plans
    from shouhou.plumbing.clock import now

    imports = {"points": import_points, "plans": import_plans, "policies": import_policies}
    report = imports[what](file, now=now(), progress=progress)
    print_json(report)
    return 1 if report["refused"] else 0


def decide(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.cases.decisions import answer, read_facts

        print_json(answer(read_facts(arguments.file)))
    return 0


def conduct(arguments: argparse.Namespace) -> int:
    from shouhou.conduct.library import CORPUS
    from shouhou.conduct.measure import measure

    print(json.dumps(measure(arguments.file or CORPUS), ensure_ascii=False, indent=1))
    return 0


def vectors(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.cases.decisions import run_vectors

        failed = 0
        for line in run_vectors(arguments.file):
            print_json(line)
            failed = line.get("failed", failed)
    return 1 if failed else 0


def reconcile(arguments: argparse.Namespace) -> int:
    data = arguments.file.read_bytes()
    with django_ready():
        from shouhou.payments.reconciliation.daily import reconcile_file
        from shouhou.payments.reconciliation.queries import told
        from shouhou.plumbing.clock import now

        statement = reconcile_file(
            data, channel=arguments.channel, name=arguments.file.name, day=arguments.day, by="command",
            now=now(), most_bytes=STATEMENT_BYTES_MOST, progress=progress,
        )  # fmt: skip
        report = told(statement)
        print_json(report)
    return 1 if report["differences"] else 0


def balance(arguments: argparse.Namespace) -> int:
    with django_ready():
        from datetime import timedelta

        from shouhou.foundation.days import local_day
        from shouhou.payments.reconciliation.actions.proving import broken_links, prove
        from shouhou.payments.reconciliation.daily import grace_days
        from shouhou.plumbing.clock import now

        at = now()
        if arguments.verify:
            broken = broken_links(now=at)
            print_json({"broken": broken})
            return 1 if broken else 0
        proof = prove(arguments.day or local_day(at) - timedelta(days=1), grace_days=grace_days(), by="command", now=at)
        print_json({
            "day": proof.day, "revision": proof.revision, "state": proof.state, "sha256": proof.sha256, "before": proof.before,
            **proof.content,
        })  # fmt: skip
    return 1 if proof.state == "bad" else 0


def settle(_: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.plumbing.clock import now
        from shouhou.settlements.actions import announce_recharges, book_recharges, prepare_all

        at = now()
        print(f"新的追收 / recharges announced: {announce_recharges(now=at)}")
        print(f"入账追收 / recharges booked: {book_recharges(now=at)}")
        made = prepare_all(now=at, progress=progress)
        for number in made:
            print(number)
        print(f"结算单 / settlements prepared: {len(made)}")
    return 0


def policy(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.policy.commands import run

        failed = False
        for line in run(arguments.verb, arguments.arguments):
            print(line.text)
            failed |= not line.good
    return int(failed)


def key(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.accounts.commands import keys

        for line in keys(
            arguments.verb,
            name=arguments.name,
            role=arguments.role,
            merchant=arguments.merchant,
            scopes=arguments.scope,
        ):
            print(line)
    return 0


def erase(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.accounts.erasure import erase_buyer
        from shouhou.plumbing.actor import SYSTEM
        from shouhou.plumbing.clock import now

        print_json(erase_buyer(arguments.buyer, actor=SYSTEM, now=now()))
    return 0
