"""Why a limit ends when it does: how it counts, where it stood still, which days off it passed over."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouhou.cases.models import Deadline
from shouhou.cases.rows import CaseRow, DeadlineRow
from shouhou.cases.todo import HOUSE_ONLY
from shouhou.cases.workflows import ASIDE
from shouhou.foundation.days import Calendar, local_day
from shouhou.policy.queries import calendar_now, compiled
from shouhou.web.labels import DEADLINE_STATES, label, limit_label
from shouhou.web.templatetags.words import day, instant

DAYS_OFF_MOST = 40
PAST_MOST = 30


def why_then(row: DeadlineRow, case: CaseRow, *, now: datetime) -> list[str]:
    """The sum that gives the due instant, a sentence a step."""
    amount = compiled(case.book, case.book_version).terms.number(
        row.term, channel=case.channel, reason=case.reason, member=case.tier
    )
    told = [_("从 %(at)s 开始计时") % {"at": instant(row.started_at)}, _counted(row.term, amount), *_pauses(row, now=now)]
    told += _off(row, amount, calendar=calendar_now())
    return [*told, _("因此截止于 %(at)s") % {"at": instant(row.due_at)}]


def _counted(term: str, amount: int) -> str:
    if term.endswith("_hours"):
        return ngettext("连续计 %(n)d 小时，节假日也计", "连续计 %(n)d 小时，节假日也计", amount) % {"n": amount}
    if term.endswith("_workdays"):
        return ngettext("计 %(n)d 个工作日，最后一天 24 点截止", "计 %(n)d 个工作日，最后一天 24 点截止", amount) % {"n": amount}
    return ngettext("次日起计 %(n)d 天，最后一天 24 点截止", "次日起计 %(n)d 天，最后一天 24 点截止", amount) % {"n": amount}


def _pauses(row: DeadlineRow, *, now: datetime) -> Iterator[str]:
    since: datetime | None = None
    for at, what, note in row.clock[1:]:
        if what == "paused":
            since = datetime.fromisoformat(at)
        elif what == "resumed" and since is not None:
            span = {"start": instant(since), "end": instant(at)}
            yield _("%(start)s 至 %(end)s 暂停计时（等待您），时间顺延") % span
            since = None
        elif what.startswith("extended:"):
            yield _("延长 %(hours)s 小时：%(why)s") % {"hours": what.split(":")[1], "why": note}
    if since is not None:
        yield _("%(start)s 起暂停计时（等待您），恢复后顺延") % {"start": instant(since)}


def _off(row: DeadlineRow, amount: int, *, calendar: Calendar) -> Iterator[str]:
    """The days off between the start and the end that moved the date."""
    start, end = local_day(row.started_at), local_day(row.due_at)
    if row.term.endswith("_workdays"):
        off = [each for each in _days(start, end) if not calendar.is_workday(each)]
    elif row.term.endswith("_hours"):
        return
    else:
        off = [each for each in _days(start + timedelta(days=amount - 1), end) if calendar.is_holiday(each)]
    if off:
        yield _("跳过非工作日与公休日：%(days)s") % {"days": _("、").join(day(each) for each in off)}


def _days(start: date, end: date) -> list[date]:
    """The days after `start` up to `end`."""
    return [start + timedelta(days=n + 1) for n in range(min(DAYS_OFF_MOST, (end - start).days))]


def clocks_of(case: CaseRow, *, now: datetime) -> Mapping[str, list[str]]:
    """The sum of each running limit, by the limit's name."""
    return {row.name: why_then(row, case, now=now) for row in case.deadlines}


def past_limits(case: CaseRow) -> list[dict[str, Any]]:
    """The limits that have ended, newest first: until when it was, when it ended and whether in time."""
    rows = Deadline.objects.filter(case_id=case.id, state__in=("met", "dropped")).exclude(name__in=HOUSE_ONLY).order_by("-id")[:PAST_MOST]
    return [
        {
            "label": limit_label(case.book, case.book_version, row.term), "state": label(DEADLINE_STATES, row.state),
            "tone": "good" if row.state == "met" else "plain",
            "words": _("%(start)s 起，应于 %(due)s 前，%(end)s 结束") % {
                "start": instant(row.started_at), "due": instant(row.due_at),
                "end": instant(row.ended_at) if row.ended_at else "–",
            },
        }
        for row in rows
    ]  # fmt: skip


def first_due(case: CaseRow) -> DeadlineRow | None:
    """The limit that the case's own due instant comes from: what happens next by itself."""
    return next((row for row in case.deadlines if row.state == "open" and row.name not in ASIDE and row.due_at == case.due_at), None)
