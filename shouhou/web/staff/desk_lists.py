"""The lists a desk keeps for its conversations, canned replies and shifts: filtered by the address, in pages, as files."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.foundation.days import local_day
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.support.conversations.models import CannedReply, Duty
from shouhou.support.conversations.rules.topics import SKILLS, TOPICS
from shouhou.web.doors import staff_door
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.staff.talks import talker

PAGE_SIZE = 50
DAYS = {
    1: Text("周一", "Mon"), 2: Text("周二", "Tue"), 3: Text("周三", "Wed"), 4: Text("周四", "Thu"), 5: Text("周五", "Fri"),
    6: Text("周六", "Sat"), 7: Text("周日", "Sun"),
}  # fmt: skip
ALL_DAY = "00:00"
IN_USE, ENDED, EVERY = Text("使用中", "In use"), Text("已停用", "Ended"), Text("全部", "All")
ON_DUTY, OFF_DUTY = Text("值班", "On duty"), Text("休息", "Off")
SHOWN = {"": IN_USE, "ended": ENDED, "all": EVERY}


@dataclass(frozen=True, slots=True)
class ReplyFilters(Asked):
    """What the address asks for; `q` is in the title or the words. Unknown values ask for nothing."""

    q: str = ""
    topic: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"topic": TOPICS, "shown": SHOWN}


@dataclass(frozen=True, slots=True)
class DutyFilters(Asked):
    """What the address asks for; `q` is in the person's name."""

    q: str = ""
    skill: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"skill": SKILLS, "shown": SHOWN}


@staff_door
def replies_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """replies.csv or .xlsx, as filtered."""
    columns = [
        Column(_("标题"), width=24), Column(_("常用于"), width=18), Column(_("中文内容"), width=60), Column(_("英文内容"), width=60),
        Column(_("状态"), width=10), Column(_("添加"), "instant", 20),
    ]  # fmt: skip
    found = replies_found(ReplyFilters.of(request.GET), talker(actor))
    return exported("canned-replies", form, columns=columns, rows=_replies(found[: ROWS_MAX + 1]))


@staff_door
def rota_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """rota.csv or .xlsx, as filtered."""
    columns = [
        Column(_("人员"), width=18), Column(_("星期"), width=30), Column(_("时间"), width=14), Column(_("法定节假日"), width=12),
        Column(_("技能组"), width=24), Column(_("开始日期"), width=12), Column(_("结束日期"), width=12),
    ]  # fmt: skip
    found = duties_found(DutyFilters.of(request.GET), talker(actor), now=clock.now())
    return exported("rota", form, columns=columns, rows=_shifts(found[: ROWS_MAX + 1]))


def replies_found(filters: ReplyFilters, actor: Actor) -> QuerySet[CannedReply]:
    """The replies of this desk, by title."""
    found = CannedReply.objects.filter(merchant=actor.merchant_id).order_by("title", "id")
    if filters.shown != "all":
        found = found.filter(active=not filters.shown)
    if filters.topic:
        found = found.filter(topic=filters.topic)
    if filters.q:
        found = found.filter(Q(title__icontains=filters.q) | Q(text_zh__icontains=filters.q) | Q(text_en__icontains=filters.q))
    return found


def duties_found(filters: DutyFilters, actor: Actor, *, now: datetime) -> QuerySet[Duty]:
    """The shifts of this desk, by person; who has left works no more."""
    found = Duty.objects.filter(merchant=actor.merchant_id).select_related("user")
    over = Q(last_day__lt=local_day(now)) | Q(user__is_active=False)
    if filters.shown != "all":
        found = found.filter(over) if filters.shown else found.exclude(over)
    if filters.skill:
        found = found.filter(Q(skills__contains=[filters.skill]) | Q(skills=[]))
    if filters.q:
        named = Q(user__first_name__icontains=filters.q) | Q(user__last_name__icontains=filters.q) | Q(user__username__icontains=filters.q)
        found = found.filter(named)
    return found.order_by("user__last_name", "user__first_name", "id")


def replies_page(filters: ReplyFilters, actor: Actor) -> tuple[list[CannedReply], str]:
    """One page, and the cursor of the next (or ""). Raises INVALID_CURSOR."""
    found = replies_found(filters, actor)
    if filters.after:
        title, key = decode_cursor(filters.after, str, int)
        found = found.filter(Q(title__gt=title) | Q(title=title, id__gt=key))
    rows = list(found[: PAGE_SIZE + 1])
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return rows[:PAGE_SIZE], encode_cursor(last.title, last.pk) if last else ""


def duties_page(filters: DutyFilters, actor: Actor, *, now: datetime) -> tuple[list[Duty], str]:
    """One page, and the cursor of the next (or ""). Raises INVALID_CURSOR."""
    found = duties_found(filters, actor, now=now)
    if filters.after:
        family, given, key = decode_cursor(filters.after, str, str, int)
        same = Q(user__last_name=family)
        further = Q(user__last_name__gt=family) | same & Q(user__first_name__gt=given)
        found = found.filter(further | same & Q(user__first_name=given, id__gt=key))
    rows = list(found[: PAGE_SIZE + 1])
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return rows[:PAGE_SIZE], encode_cursor(last.user.last_name, last.user.first_name, last.pk) if last else ""


def frame(filters: ReplyFilters | DutyFilters, following: str) -> dict[str, Any]:
    """What a page of either list has around its rows: views, the places to go on, the query of its export."""
    return {
        "filters": filters, "export": filters.address(after=""),
        "views": [{"label": said(text), "address": filters.address(shown=code, after=""), "here": filters.shown == code}
                  for code, text in SHOWN.items()],
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
    }  # fmt: skip


def shift_words(row: Duty) -> dict[str, Any]:
    """A shift as people read it."""
    skills = _("、").join(said(SKILLS[code]) for code in row.skills if code in SKILLS)
    whole = f"{row.since:%H:%M}" == f"{row.until:%H:%M}" == ALL_DAY
    return {
        "row": row, "name": row.user.get_full_name() or row.user.username, "days": " ".join(said(DAYS[day]) for day in row.weekdays),
        "hours": _("全天") if whole else f"{row.since:%H:%M}–{row.until:%H:%M}", "skills": skills or _("全部"),
    }  # fmt: skip


def _replies(found: QuerySet[CannedReply]) -> Iterator[list[Cell]]:
    for row in found:
        topic = said(TOPICS[row.topic]) if row.topic in TOPICS else _("不限")
        yield [row.title, topic, row.text_zh, row.text_en, said(IN_USE if row.active else ENDED), row.at]


def _shifts(found: QuerySet[Duty]) -> Iterator[list[Cell]]:
    for row in found:
        words = shift_words(row)
        yield [
            words["name"], words["days"], words["hours"], said(ON_DUTY if row.on_holidays else OFF_DUTY), words["skills"],
            row.first_day.isoformat(), row.last_day.isoformat() if row.last_day else None,
        ]  # fmt: skip
