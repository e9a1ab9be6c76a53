"""Why a limit ends when it does, said step by step."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shouhou.cases.access import case_for
from shouhou.cases.limits import due_at
from shouhou.cases.rows import CaseRow, DeadlineRow
from shouhou.policy.queries import calendar_now, compiled
from shouhou.web.shared.clock_words import why_then
from tests.world import World


@pytest.fixture
def case(db: None) -> CaseRow:
    world = World()
    return case_for(world.staff("auditor"), str(world.apply(world.order())["number"]))


def row(case: CaseRow, term: str, clock: list[list[str]]) -> DeadlineRow:
    due = due_at(term, clock, case, terms=compiled(case.book, case.book_version).terms, calendar=calendar_now())
    return DeadlineRow(1, "x", term, "consumer", "lapse", datetime.fromisoformat(clock[0][0]), due, None, None, "open", clock)


def test_days_that_end_in_a_holiday_name_the_days_passed_over(case: CaseRow) -> None:
    started = "2026-09-26T12:00:00+08:00"
    limit = row(case, "ship_back_days", [[started, "started", ""]])
    told = why_then(limit, case, now=limit.due_at)
    assert told[0] == "从 2026-09-26 12:00 开始计时"
    assert told[1] == "次日起计 7 天，最后一天 24 点截止"
    assert told[2].startswith("跳过非工作日与公休日：2026-10-03、2026-10-04")
    assert told[-1] == f"因此截止于 {limit.due_at:%Y-%m-%d} 23:59"


def test_time_that_stood_still_and_more_time_are_both_told(case: CaseRow) -> None:
    clock = [
        ["2026-03-10T12:00:00+08:00", "started", ""], ["2026-03-10T14:00:00+08:00", "paused", ""],
        ["2026-03-11T09:00:00+08:00", "resumed", ""], ["2026-03-11T10:00:00+08:00", "extended:24", "等检测报告"],
    ]  # fmt: skip
    limit = row(case, "review_hours", clock)
    told = why_then(limit, case, now=limit.due_at)
    assert "连续计" in told[1]
    assert told[2] == "2026-03-10 14:00 至 2026-03-11 09:00 暂停计时（等待您），时间顺延"
    assert told[3] == "延长 24 小时：等检测报告"


def test_a_clock_that_stands_still_says_since_when(case: CaseRow) -> None:
    clock = [["2026-03-10T12:00:00+08:00", "started", ""], ["2026-03-10T14:00:00+08:00", "paused", ""]]
    limit = replace(row(case, "review_hours", clock), state="paused")
    told = why_then(limit, case, now=limit.due_at + timedelta(days=1))
    assert told[2] == "2026-03-10 14:00 起暂停计时（等待您），恢复后顺延"
