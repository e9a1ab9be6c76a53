"""What is wrong with this installation, what is about to be, and what to do about it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import holidays
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from shouhou.accounts.health import company_reachable, sign_in_health
from shouhou.ledger.comparing import drifted, unlike_families
from shouhou.ledger.queries import trial_balance
from shouhou.notifications.queries import stuck as stuck_notices
from shouhou.payments.channels.health import channel_health
from shouhou.payments.reconciliation.queries import troubled
from shouhou.policy.queries import compiled

Level = Literal["ok", "warn", "bad"]
MARKS: dict[Level, str] = {"ok": "✓", "warn": "!", "bad": "✗"}
WORKER_SILENT_SECONDS = 30
JOB_LATE_MINUTES = 5
DEADLINE_LATE_MINUTES = 5
FEED_LAG_SECONDS = 60
STATEMENTS_MOST = 5
HORIZON_DAYS = 60
# A minute's work; more of it means that nobody gathers.
TAIL_WARN = 200_000
FORGED_MOST = 20
LAST_DAY = date(9999, 12, 31)
DISK_BAD_MB, DISK_WARN_MB = 500, 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: how it is, and when it is not well, what to do."""

    level: Level
    zh: str
    en: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{MARKS[self.level]} {self.zh} / {self.en}" + (f"\n    → {self.advice}" if self.advice else "")


def examine(*, now: datetime) -> list[Finding]:
    """Everything, in the order in which it should be mended. Without a database only the first answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            version = cursor.fetchone()[0]
    except DatabaseError as why:
        return [
            Finding(
                "bad",
                "数据库无法连接",
                f"the database cannot be reached: {why}",
                "检查 DATABASE_URL / check DATABASE_URL",
            )
        ]
    found = [Finding("ok", f"数据库可用（PostgreSQL {version}）", "the database answers")]
    pending = _migrations()
    found.append(pending)
    if pending.level == "ok":
        for check in CHECKS:
            found.extend(check(now))
        found.extend(Finding(*seen) for seen in sign_in_health())
    found.extend(_settings())
    found.extend(Finding(*seen) for seen in channel_health())
    found.extend(_disk())
    found.extend(_holidays(now))
    return found


def examine_outside() -> list[Finding]:
    """What only a call to others can tell; seconds each, so it is for the command and not for a page."""
    return [Finding(*seen) for seen in company_reachable()]


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding(
            "bad", f"{len(plan)} 个数据库迁移未执行", f"{len(plan)} migrations not applied", "shouhou prepare"
        )
    return Finding("ok", "数据库结构是最新的", "the schema is up to date")


def _workers(now: datetime) -> Iterator[Finding]:
    silent = _seconds("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
    if silent is None or silent > WORKER_SILENT_SECONDS:
        seen = "从未 never" if silent is None else f"{silent:.0f} s"
        yield Finding(
            "warn", f"没有后台任务进程（上次心跳 {seen}）", "no worker is running",
            "运行 shouhou serve 或 shouhou work / run shouhou serve or shouhou work",
        )  # fmt: skip
    else:
        yield Finding("ok", "后台任务进程在工作", "the worker is alive")


def _jobs(now: datetime) -> Iterator[Finding]:
    late = _count(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
        " AND coalesce(scheduled_at, now()) < now() - make_interval(mins => %s)", JOB_LATE_MINUTES,
    )  # fmt: skip
    failed = _count("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    if late:
        yield Finding(
            "warn", f"{late} 个任务逾期未执行", f"{late} jobs are late", "检查后台任务进程 / look at the worker"
        )
    if failed:
        yield Finding(
            "warn", f"{failed} 个任务最终失败", f"{failed} jobs have failed for good",
            "在 运营 → 任务 查看并重试 / look and retry under Operations → Jobs",
        )  # fmt: skip
    if not late and not failed:
        yield Finding("ok", "没有滞留或失败的任务", "no job is late or failed")


def _deadlines(now: datetime) -> Iterator[Finding]:
    late = _count(
        "SELECT count(*) FROM cases_deadline WHERE state = 'open' AND due_at < %s AND failures = 0",
        now - timedelta(minutes=DEADLINE_LATE_MINUTES),
    )
    blocked = _count("SELECT count(*) FROM cases_deadline WHERE state = 'open' AND failures > 0")
    if late:
        yield Finding("bad", f"{late} 个期限已到但未处理", f"{late} limits are due and not worked off", "shouhou work")
    if blocked:
        yield Finding(
            "warn", f"{blocked} 个期限无法自动处理", f"{blocked} limits could not be worked off",
            "在工作台打开这些售后单 / open these cases on the desk",
        )  # fmt: skip
    if not late and not blocked:
        yield Finding("ok", "期限均已按时处理", "all limits are worked off in time")


def _ledger(now: datetime) -> Iterator[Finding]:
    wrong = {currency: total for currency, total in trial_balance().items() if total}
    if wrong:
        yield Finding(
            "bad", f"账目不平：{wrong}", "the ledger does not sum to zero", "停止付款并核对 / stop paying and reconcile"
        )
    else:
        yield Finding("ok", "账目平衡，合计为零", "the ledger sums to zero")
    waiting = _count("SELECT count(*) FROM ledger_tail")
    if waiting > TAIL_WARN:
        yield Finding(
            "warn", f"{waiting} 笔账户变动尚未归集，账簿页面会变慢", f"{waiting} changes of accounts wait: the books read slowly",
            "检查后台任务进程 / look at the worker",
        )  # fmt: skip


def examine_books() -> list[Finding]:
    """What is kept by day and by kind against every posting: it takes as long as the ledger is, so it is for the command alone."""
    return [*_kinds(), *_days()]


def _kinds() -> Iterator[Finding]:
    unlike = sorted({each.name for each in unlike_families(most=FORGED_MOST)})
    if unlike:
        yield Finding(
            "bad", f"科目汇总与各账户的逐日余额不符：{unlike}", f"sums by kind are not those of their accounts: {unlike}",
            "由各账户的逐日余额重新汇总，并查明原因 / add them up anew from their accounts, and find out who",
        )  # fmt: skip
    else:
        yield Finding("ok", "科目汇总与各账户的逐日余额一致", "sums by kind agree with their accounts")


def _days() -> Iterator[Finding]:
    differing = sorted({each.name for each in drifted(since=None, until=LAST_DAY, most=FORGED_MOST)})
    if differing:
        yield Finding(
            "bad", f"逐日余额与分录不符：{differing}", f"balances kept by day are not what the postings come to: {differing}",
            "有人改过余额表：以分录为准，查明原因 / somebody altered them: the postings are right; find out who",
        )  # fmt: skip
    else:
        yield Finding("ok", "逐日余额与全部分录一致", "balances kept by day agree with every posting")


def _feed(now: datetime) -> Iterator[Finding]:
    lag = _seconds(
        "SELECT extract(epoch FROM %s - min(e.at)) FROM plumbing_event e"
        " LEFT JOIN plumbing_feedentry f ON f.event_id = e.id WHERE f.seq IS NULL", now,
    )  # fmt: skip
    if lag is not None and lag > FEED_LAG_SECONDS:
        yield Finding(
            "warn", f"事件流滞后 {lag:.0f} 秒", f"the event feed lags by {lag:.0f} s",
            "检查后台任务进程与长事务 / look at the worker and at long transactions",
        )  # fmt: skip
    else:
        yield Finding("ok", "事件流没有滞后", "the event feed is up to date")


def _refunds(now: datetime) -> Iterator[Finding]:
    stuck = _count("SELECT count(*) FROM payments_refundpart WHERE state IN ('unknown', 'refused')")
    if stuck:
        yield Finding(
            "warn", f"{stuck} 笔退款需要处理", f"{stuck} refunds need attention", "工作台 → 退款 / desk → refunds"
        )
    else:
        yield Finding("ok", "没有卡住的退款", "no refund is stuck")


def _statements(now: datetime) -> Iterator[Finding]:
    """What channels hand over by themselves and could not be had; the proof of such a day turns bad after the grace."""
    missing = list(troubled()[:STATEMENTS_MOST])
    if missing:
        days = ", ".join(f"{each.channel} {each.day} ({each.outcome}, {each.tries}x)" for each in missing)
        yield Finding(
            "warn", f"对账单未取到：{days}", f"statements could not be had: {days}",
            "在 财务 → 对账单 查看并再取，或下载后导入 / look and ask again under Finance → Statements, or upload them",
        )  # fmt: skip
    else:
        yield Finding("ok", "没有取不到的对账单", "no statement is lacking")


def _rates(now: datetime) -> Iterator[Finding]:
    """A currency that people return goods in and the policy knows no rate of: everything is decided by hand there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT book, book_version, currency FROM cases_case WHERE closed_at IS NULL")
        used = cursor.fetchall()
    lacking = sorted({currency for book, version, currency in used if not compiled(book, version).terms.within(currency).has_rate})
    if lacking:
        yield Finding(
            "warn", f"政策没有这些币种的参考汇率：{', '.join(lacking)}", f"the policy has no reference rate for {', '.join(lacking)}",
            "发布含 rate_… 的政策新版本 / publish a version of the policy with the term rate_…",
        )  # fmt: skip
    else:
        yield Finding("ok", "在办售后单的币种都有参考汇率", "every currency of an open case has a reference rate")


def _notices(now: datetime) -> Iterator[Finding]:
    stuck = len(stuck_notices(now))
    if stuck:
        yield Finding(
            "warn", f"{stuck} 条通知未能送达", f"{stuck} notices have not got through",
            "在 运营 → 卡住的投递 查看并重发 / look and send again under Operations → Stuck",
        )  # fmt: skip
    else:
        yield Finding("ok", "没有卡住的通知", "no notice is stuck")


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("warn", "调试模式已开启", "debugging is on", "SHOUHOU_DEBUG=0")
    if len(settings.SECRET_KEY) < 32:
        yield Finding("bad", "密钥过短", "the secret key is too short", "SHOUHOU_SECRET_KEY: ≥ 32")
    key = settings.HOME / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding("bad", "密钥文件可被他人读取", "others can read the secret key", f"chmod 600 {key.name}")
    public = not settings.BASE_URL.startswith(("http://localhost", "http://127.0.0.1"))
    if public and not settings.SECURE:
        yield Finding("warn", "对外服务未启用 HTTPS 安全 Cookie", "cookies are not bound to HTTPS", "SHOUHOU_SECURE=1")
    if not connection.settings_dict["OPTIONS"].get("server_side_binding"):
        yield Finding(
            "warn", "未启用服务器端绑定，性能约减半", "server-side binding is off: half the speed", "settings.py"
        )


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.HOME if settings.HOME.exists() else settings.BASE_DIR).free // 2**20
    level: Level = "bad" if free < DISK_BAD_MB else "warn" if free < DISK_WARN_MB else "ok"
    advice = "" if level == "ok" else "清理或扩容磁盘 / make room"
    yield Finding(level, f"磁盘剩余 {free:,} MB", f"{free:,} MB of disk are free", advice)


def _holidays(now: datetime) -> Iterator[Finding]:
    """Without the State Council's notice the make-up working days of a year are unknown: limits would be a day off."""
    missing = [str(year) for year in sorted({now.year, (now + timedelta(days=HORIZON_DAYS)).year}) if not knows_year(year)]
    if missing:
        yield Finding(
            "warn", f"{'、'.join(missing)} 年没有官方调休数据", f"no official make-up days for {', '.join(missing)}",
            "国务院通知发布后更新依赖，或在 运营 → 日历 录入 / update, or enter the days under Operations → Calendar",
        )  # fmt: skip
    else:
        yield Finding(
            "ok", f"节假日数据覆盖今后 {HORIZON_DAYS} 天", f"holidays are known for the next {HORIZON_DAYS} days"
        )


def knows_year(year: int) -> bool:
    """Whether the calendar has the official arrangement of `year`: some day off that is a make-up for a weekend, or entered."""
    official = holidays.country_holidays("CN", years=year)
    if getattr(official, "weekend_workdays", None) and any(day.year == year for day in official.weekend_workdays):
        return True
    entered = "SELECT count(*) FROM policy_calendaroverride WHERE day BETWEEN %s AND %s"
    return _count(entered, date(year, 1, 1), date(year, 12, 31)) > 0


def _count(query: str, *values: date | int) -> int:
    return int(_seconds(query, *values) or 0)


def _seconds(query: str, *values: date | int) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        value = cursor.fetchone()[0]
        return None if value is None else float(value)


CHECKS: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
    _workers, _jobs, _deadlines, _refunds, _statements, _rates, _notices, _ledger, _feed,
)  # fmt: skip
