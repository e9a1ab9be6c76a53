"""Commands that run, prepare, examine and keep an installation."""

import argparse
import gc
import os
import sys

from shouhou.cli.frame import django_ready
from shouhou.plumbing.embedded import data_folder, database


def serve_all(arguments: argparse.Namespace) -> int:
    from shouhou.serve import CannotServe, serve

    try:
        return serve(
            home=data_folder(), host=arguments.host, port=arguments.port, demo=arguments.demo, language=arguments.language
        )
    except CannotServe as no:
        print(no, file=sys.stderr)
        return 1


def web(arguments: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    os.environ.setdefault("SHOUHOU_LOCK_WAIT", "5s")
    with database(data_folder()):
        import django

        django.setup(set_prefix=False)
        from shouhou.prepare import collect_static, wait_for_schema

        collect_static()
        # Loaded before the fork: once, and the processes share the memory. No connection is left open here.
        from django.urls import get_resolver

        import shouhou.wsgi  # noqa: F401
        from shouhou.policy.queries import warm

        get_resolver().url_patterns  # noqa: B018
        warm()
        wait_for_schema()
        gc.collect()
        gc.freeze()
        # Requests make little garbage in circles: look for it less often than a script would.
        gc.set_threshold(20_000, 20, 50)
        Granian(
            "shouhou.wsgi:application",
            address=arguments.host,
            port=arguments.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=arguments.workers,
            blocking_threads=4,
            # An idle thread ends and takes its connection with it: rarely.
            blocking_threads_idle_timeout=600,
            backpressure=64,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=10,
            log_level=LogLevels.warning,
        ).serve()
    return 0


def work(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.prepare import wait_for_schema
        from shouhou.worker import run_worker

        wait_for_schema()
        run_worker(concurrency=arguments.concurrency)
    return 0


def prepare(arguments: argparse.Namespace) -> int:
    unknown = set(arguments.parts) - {"schema", "static", "books"}
    if unknown:
        print(f"未知部分 / unknown parts: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with django_ready():
        from shouhou.prepare import prepare

        prepare(arguments.parts or ("static", "schema", "books"))
    return 0


def doctor(_: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.doctor import examine, examine_books, examine_outside
        from shouhou.plumbing.clock import now

        findings = [*examine(now=now()), *examine_books(), *examine_outside()]
        for finding in findings:
            print(finding)
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def backup(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.backup import backup

        backup(arguments.file)
        print(f"已备份 / backed up: {arguments.file} ({arguments.file.stat().st_size:,} B)")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    with django_ready():
        from shouhou.backup import restore

        restore(arguments.file, force=arguments.force)
        print(f"已恢复 / restored: {arguments.file}")
    return 0
