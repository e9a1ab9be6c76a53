"""The command `shouhou`: each subcommand is one call into the domain. Exit 0 done, 1 failed, 2 usage."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.embedded import NoDatabase, data_folder, database

STATEMENT_BYTES_MOST = 1 << 30
Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; what cannot be done is said in both languages on standard error."""
    arguments = _parser().parse_args(argv)
    os.environ["SHOUHOU_HOME"] = str(data_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    handler: Handler = arguments.handler
    try:
        return handler(arguments)
    except Refused as no:
        print(f"{no.code}: {no.sentence('zh')} / {no.sentence('en')}", file=sys.stderr)
    except NoDatabase as no:
        print(no, file=sys.stderr)
    except FileNotFoundError as no:
        print(f"没有此文件 / no such file: {no.filename}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("已中断 / interrupted", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="shouhou", description="售后服务平台 / the open after-sales platform")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, handler: Handler, about: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=about, description=about)
        parser.set_defaults(handler=handler)
        return parser

    port = int(os.environ.get("PORT", "8000"))
    serve = command("serve", _serve, "一个进程树运行全部 / everything in one process tree")
    serve.add_argument(
        "--demo", action="store_true", help="演示商城与外部世界模拟 / a demo shop and a fake outside world"
    )
    web = command("web", _web, "只运行网页与接口 / pages and API only")
    for parser in (serve, web):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=port)
    web.add_argument("--workers", type=int, default=2, metavar="N", help="进程数 / processes")
    work = command("work", _work, "只运行后台任务 / the worker only")
    work.add_argument("--concurrency", type=int, default=4, metavar="N")
    prepare = command("prepare", _prepare, "建表、静态文件、政策版本 / schema, static files, policy books")
    prepare.add_argument("parts", nargs="*", metavar="schema|static|books", help="默认全部 / all of them by default")

    orders = command("import", _import, "导入订单、网点、保障计划或运费险保单 / import orders, points, sold plans or freight policies")
    orders.add_argument("what", choices=["orders", "points", "plans", "policies"])
    orders.add_argument("file", type=Path, metavar="FILE")
    orders.add_argument("--mapping", default="native", metavar="NAME", help="字段映射 / mapping of their columns")
    orders.add_argument(
        "--shift-dates-to", type=_last_day, metavar="DATE", help="整体平移到该日结束 / move the set to end then"
    )

    decide = command("decide", _decide, "对一份事实作判定 / decide on facts (JSON or YAML; - for standard input)")
    decide.add_argument("file", type=Path, metavar="FILE")
    vectors = command("vectors", _vectors, "逐条核对判例 / run a file of vectors, one JSON line each")
    vectors.add_argument("file", type=Path, metavar="FILE")
    conduct = command("conduct", _conduct, "商家言论筛查的准确率与召回率 / precision and recall of the screening")
    conduct.add_argument("file", type=Path, nargs="?", metavar="FILE", help="语料，默认自带 / a corpus; ours by default")

    reconcile = command("reconcile", _reconcile, "核对渠道对账单 / match a channel's statement with the books")
    reconcile.add_argument("file", type=Path, metavar="FILE")
    reconcile.add_argument("--channel", required=True, metavar="NAME")
    reconcile.add_argument("--day", type=_day, metavar="DATE", help="默认取自明细 / by its lines when not given")
    balance = command("balance", _balance, "日结证明 / a day's proof that the books balance")
    balance.add_argument("--day", type=_day, metavar="DATE", help="默认昨天 / yesterday when not given")
    balance.add_argument("--verify", action="store_true", help="复核全部证明与账本 / check every proof against the ledger")

    policy = command("policy", _policy, "政策 / policy books")
    policy.add_argument("verb", choices=["lint", "diff", "publish", "list"])
    policy.add_argument("arguments", nargs="*", metavar="BOOK|VERSION|FILE")

    docs = command("docs", _docs, "由代码生成文档 / write the documentation drawn from the code")
    docs.add_argument("--check", action="store_true", help="只检查是否过期 / only say what is stale")
    blanks = command("forms", _forms, "空白表格 PDF / blank forms as PDF, in both languages")
    blanks.add_argument("folder", type=Path, metavar="FOLDER")
    seed = command("seed", _seed, "演示商城 / the demo shop")
    seed.add_argument("--orders", type=int, default=300, metavar="N")
    seed.add_argument("--cases", type=int, default=60, metavar="N")
    seed.add_argument("--seed", type=int, default=1, metavar="N")
    seed.add_argument("--date", type=_day, metavar="DATE", help="以该日为今天 / the day that counts as today")
    demo = command("demo", _demo, "演示：一次退货全程 / the demo: a return travels from application to refund")
    demo.add_argument("--address", default=f"http://localhost:{port}")
    for parser in (serve, seed, demo):
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans", help="演示数据的语言 / the demo data's language")
    command("settle", _settle, "商家结算：入账到期追收、编制结算单 / settle with the merchants")
    command("doctor", _doctor, "检查这套安装 / examine this installation")
    backup = command("backup", _backup, "备份数据库与附件 / back up database and uploads")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = command("restore", _restore, "恢复备份 / restore a backup into an empty installation")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--force", action="store_true", help="覆盖现有数据 / replace what is there")

    key = command("key", _key, "接口密钥 / API keys")
    key.add_argument("verb", choices=["create", "list", "revoke"])
    key.add_argument("name", nargs="?", default="")
    key.add_argument("--role", default="shop")
    key.add_argument("--merchant", metavar="CODE")
    key.add_argument("--scope", action="append", default=[], metavar="SCOPE")
    erase = command("erase", _erase, "删除消费者个人信息 / erase a buyer's personal data")
    erase.add_argument("what", choices=["buyer"])
    erase.add_argument("buyer", metavar="EXTERNAL_ID")
    return top


def _serve(arguments: argparse.Namespace) -> int:
    from shouhou.serve import CannotServe, serve

    try:
        return serve(
            home=data_folder(), host=arguments.host, port=arguments.port, demo=arguments.demo, language=arguments.language
        )
    except CannotServe as no:
        print(no, file=sys.stderr)
        return 1


def _web(arguments: argparse.Namespace) -> int:
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


def _work(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.prepare import wait_for_schema
        from shouhou.worker import run_worker

        wait_for_schema()
        run_worker(concurrency=arguments.concurrency)
    return 0


def _prepare(arguments: argparse.Namespace) -> int:
    unknown = set(arguments.parts) - {"schema", "static", "books"}
    if unknown:
        print(f"未知部分 / unknown parts: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with _django():
        from shouhou.prepare import prepare

        prepare(arguments.parts or ("static", "schema", "books"))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    with _django():
        if arguments.what != "orders":
            return _import_rows(arguments.what, arguments.file)
        from shouhou.orders.imports.run import import_orders
        from shouhou.plumbing.clock import now

        report = import_orders(
            arguments.file,
            mapping=arguments.mapping,
            shift_dates_to=arguments.shift_dates_to,
            now=now(),
            progress=_progress,
        )
        _print_json(report)
    return 0


def _import_rows(what: str, file: Path) -> int:
    from shouhou.insurance.imports import import_policies
    from shouhou.logistics.imports import import_points
    from shouhou.plans.imports import import_plans
    from shouhou.plumbing.clock import now

    imports = {"points": import_points, "plans": import_plans, "policies": import_policies}
    report = imports[what](file, now=now(), progress=_progress)
    _print_json(report)
    return 1 if report["refused"] else 0


def _decide(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.cases.decisions import answer, read_facts

        _print_json(answer(read_facts(arguments.file)))
    return 0


def _conduct(arguments: argparse.Namespace) -> int:
    from shouhou.conduct.library import CORPUS
    from shouhou.conduct.measure import measure

    print(json.dumps(measure(arguments.file or CORPUS), ensure_ascii=False, indent=1))
    return 0


def _vectors(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.cases.decisions import run_vectors

        failed = 0
        for line in run_vectors(arguments.file):
            _print_json(line)
            failed = line.get("failed", failed)
    return 1 if failed else 0


def _reconcile(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.payments.reconciliation.daily import reconcile_file
        from shouhou.payments.reconciliation.queries import told
        from shouhou.plumbing.clock import now

        statement = reconcile_file(
            arguments.file.read_bytes(), channel=arguments.channel, name=arguments.file.name, day=arguments.day, by="command",
            now=now(), most_bytes=STATEMENT_BYTES_MOST, progress=_progress,
        )  # fmt: skip
        report = told(statement)
        _print_json(report)
    return 1 if report["differences"] else 0


def _balance(arguments: argparse.Namespace) -> int:
    with _django():
        from datetime import timedelta

        from shouhou.foundation.days import local_day
        from shouhou.payments.reconciliation.actions.proving import broken_links, prove
        from shouhou.payments.reconciliation.daily import grace_days
        from shouhou.plumbing.clock import now

        at = now()
        if arguments.verify:
            broken = broken_links(now=at)
            _print_json({"broken": broken})
            return 1 if broken else 0
        proof = prove(arguments.day or local_day(at) - timedelta(days=1), grace_days=grace_days(), by="command", now=at)
        _print_json({
            "day": proof.day, "revision": proof.revision, "state": proof.state, "sha256": proof.sha256, "before": proof.before,
            **proof.content,
        })  # fmt: skip
    return 1 if proof.state == "bad" else 0


def _policy(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.policy.commands import run

        failed = False
        for line in run(arguments.verb, arguments.arguments):
            print(line.text)
            failed |= not line.good
    return int(failed)


def _docs(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.documentation import documents, stale, write

        if not arguments.check:
            for path in write(documents()):
                print(path)
            return 0
        outdated = stale(documents())
        for path in outdated:
            print(f"过期，请运行 make docs / stale, run make docs: {path}", file=sys.stderr)
    return 1 if outdated else 0


def _forms(arguments: argparse.Namespace) -> int:
    """Needs no database: a counter prints them before there is one."""
    from shouhou.documents.printing import print_blanks
    from shouhou.plumbing.clock import now

    for path in print_blanks(arguments.folder, at=now()):
        print(path)
    return 0


def _seed(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.demo.seed import seed
        from shouhou.plumbing.clock import now

        seed(
            orders=arguments.orders,
            cases=arguments.cases,
            seed=arguments.seed,
            today=arguments.date,
            now=now(),
            say=print,
            language=arguments.language,
        )
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.demo.show import show

        return show(arguments.address, say=print, language=arguments.language)


def _settle(_: argparse.Namespace) -> int:
    with _django():
        from shouhou.plumbing.clock import now
        from shouhou.settlements.actions import announce_recharges, book_recharges, prepare_all

        at = now()
        print(f"新的追收 / recharges announced: {announce_recharges(now=at)}")
        print(f"入账追收 / recharges booked: {book_recharges(now=at)}")
        for number in prepare_all(now=at):
            print(number)
    return 0


def _doctor(_: argparse.Namespace) -> int:
    with _django():
        from shouhou.doctor import examine, examine_outside
        from shouhou.plumbing.clock import now

        findings = [*examine(now=now()), *examine_outside()]
        for finding in findings:
            print(finding)
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def _backup(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.backup import backup

        backup(arguments.file)
        print(f"已备份 / backed up: {arguments.file} ({arguments.file.stat().st_size:,} B)")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.backup import restore

        restore(arguments.file, force=arguments.force)
        print(f"已恢复 / restored: {arguments.file}")
    return 0


def _key(arguments: argparse.Namespace) -> int:
    with _django():
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


def _erase(arguments: argparse.Namespace) -> int:
    with _django():
        from shouhou.accounts.erasure import erase_buyer
        from shouhou.plumbing.actor import SYSTEM
        from shouhou.plumbing.clock import now

        _print_json(erase_buyer(arguments.buyer, actor=SYSTEM, now=now()))
    return 0


@contextmanager
def _django() -> Iterator[None]:
    """A database and Django's applications, for commands of the domain."""
    with database(data_folder()):
        import django

        django.setup()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def _progress(done: int, total: int | None) -> None:
    of = f"/{total:,}" if total else ""
    print(f"\r{done:,}{of}", end="" if total is None or done < total else "\n", file=sys.stderr, flush=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def _day(text: str) -> date:
    if text.upper() == "TODAY":
        from shouhou.foundation.days import local_day
        from shouhou.plumbing.clock import now

        return local_day(now())
    return date.fromisoformat(text)


def _last_day(text: str) -> date | str:
    """TODAY stays a word: the mapping knows in whose zone its orders were placed."""
    return text if text.upper() == "TODAY" else date.fromisoformat(text)


if __name__ == "__main__":
    sys.exit(main())
