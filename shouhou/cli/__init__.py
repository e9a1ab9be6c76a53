"""The command `shouhou`: each subcommand is one call into the domain. Exit 0 done, 1 failed, 2 usage."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shouhou.cli import running, showing, working
from shouhou.cli.frame import Handler, day, last_day
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.embedded import NoDatabase, data_folder


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
    except (IsADirectoryError, PermissionError) as no:
        print(f"无法读取 / cannot be read: {no.filename} ({no.strerror})", file=sys.stderr)
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
    serve = command("serve", running.serve_all, "一个进程树运行全部 / everything in one process tree")
    serve.add_argument(
        "--demo", action="store_true", help="演示商城与外部世界模拟 / a demo shop and a fake outside world"
    )
    web = command("web", running.web, "只运行网页与接口 / pages and API only")
    for parser in (serve, web):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=port)
    web.add_argument("--workers", type=int, default=2, metavar="N", help="进程数 / processes")
    work = command("work", running.work, "只运行后台任务 / the worker only")
    work.add_argument("--concurrency", type=int, default=4, metavar="N")
    prepare = command("prepare", running.prepare, "建表、静态文件、政策版本 / schema, static files, policy books")
    prepare.add_argument("parts", nargs="*", metavar="schema|static|books", help="默认全部 / all of them by default")

    orders = command("import", working.bring_in, "导入订单、网点、计划、保单 / import orders, points, sold plans, freight policies")
    orders.add_argument("what", choices=["orders", "points", "plans", "policies"])
    orders.add_argument("file", type=Path, metavar="FILE")
    orders.add_argument("--mapping", default="native", metavar="NAME", help="字段映射 / mapping of their columns")
    orders.add_argument(
        "--shift-dates-to", type=last_day, metavar="DATE", help="整体平移到该日结束 / move the set to end then"
    )

    decide = command("decide", working.decide, "对一份事实作判定 / decide on facts (JSON or YAML; - for standard input)")
    decide.add_argument("file", type=Path, metavar="FILE")
    vectors = command("vectors", working.vectors, "逐条核对判例 / run a file of vectors, one JSON line each")
    vectors.add_argument("file", type=Path, metavar="FILE")
    conduct = command("conduct", working.conduct, "商家言论筛查的准确率与召回率 / precision and recall of the screening")
    conduct.add_argument("file", type=Path, nargs="?", metavar="FILE", help="语料，默认自带 / a corpus; ours by default")

    reconcile = command("reconcile", working.reconcile, "核对渠道对账单 / match a channel's statement with the books")
    reconcile.add_argument("file", type=Path, metavar="FILE")
    reconcile.add_argument("--channel", required=True, metavar="NAME")
    reconcile.add_argument("--day", type=day, metavar="DATE", help="默认取自明细 / by its lines when not given")
    balance = command("balance", working.balance, "日结证明 / a day's proof that the books balance")
    balance.add_argument("--day", type=day, metavar="DATE", help="默认昨天 / yesterday when not given")
    balance.add_argument("--verify", action="store_true", help="复核全部证明与账本 / check every proof against the ledger")

    policy = command("policy", working.policy, "政策 / policy books")
    policy.add_argument("verb", choices=["lint", "diff", "publish", "list"])
    policy.add_argument("arguments", nargs="*", metavar="BOOK|VERSION|FILE")

    docs = command("docs", showing.docs, "由代码生成文档 / write the documentation drawn from the code")
    docs.add_argument("--check", action="store_true", help="只检查是否过期 / only say what is stale")
    blanks = command("forms", showing.forms, "空白表格 PDF / blank forms as PDF, in both languages")
    blanks.add_argument("folder", type=Path, metavar="FOLDER")
    seed = command("seed", showing.seed, "演示商城 / the demo shop")
    seed.add_argument("--orders", type=int, default=300, metavar="N")
    seed.add_argument("--cases", type=int, default=60, metavar="N")
    seed.add_argument("--seed", type=int, default=1, metavar="N")
    seed.add_argument("--date", type=day, metavar="DATE", help="以该日为今天 / the day that counts as today")
    demo = command("demo", showing.demo, "演示：一次退货全程 / the demo: a return travels from application to refund")
    demo.add_argument("--address", default=f"http://localhost:{port}")
    for parser in (serve, seed, demo):
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans", help="演示数据的语言 / the demo data's language")
    command("settle", working.settle, "商家结算：入账到期追收、编制结算单 / settle with the merchants")
    command("doctor", running.doctor, "检查这套安装 / examine this installation")
    backup = command("backup", running.backup, "备份数据库与附件 / back up database and uploads")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = command("restore", running.restore, "恢复备份 / restore a backup into an empty installation")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--force", action="store_true", help="覆盖现有数据 / replace what is there")

    key = command("key", working.key, "接口密钥 / API keys")
    key.add_argument("verb", choices=["create", "list", "revoke"])
    key.add_argument("name", nargs="?", default="")
    key.add_argument("--role", default="shop")
    key.add_argument("--merchant", metavar="CODE")
    key.add_argument("--scope", action="append", default=[], metavar="SCOPE")
    erase = command("erase", working.erase, "删除消费者个人信息 / erase a buyer's personal data")
    erase.add_argument("what", choices=["buyer"])
    erase.add_argument("buyer", metavar="EXTERNAL_ID")
    return top
