"""The lists of a team: who has how much to do, training, checks, swaps – filtered by the address, in pages, as files."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.support.teams.access import LOOKERS, checks_of, keeps, me, member, swaps_of, trainings_of
from shouhou.support.teams.models import Check, Swap, Training
from shouhou.support.teams.queries import Load, loads
from shouhou.support.teams.rules.quality import DIMENSIONS, mean
from shouhou.support.teams.rules.skills import GROUPS
from shouhou.web.doors import View, staff_door
from shouhou.web.labels import role_label
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import ROWS_MAX, Column, exported

PAGE_SIZE, CHUNK = 50, 500
HERE = {"": Text("全部", "All"), "here": Text("正在值班", "On duty now"), "busy": Text("有超时工单", "With overdue cases")}
VALID = {"": Text("有效", "Valid"), "over": Text("已过期或未通过", "Lapsed or failed"), "all": Text("全部", "All")}
DONE = {"": Text("待检查", "To check"), "done": Text("已检查", "Checked"), "all": Text("全部", "All")}
OPEN = {"": Text("进行中", "Pending"), "ended": Text("已有结果", "Settled"), "all": Text("全部", "All")}
PENDING = ("asked", "agreed")
SWAP_STATES = {
    "asked": ("wait", Text("待同事答复", "Waiting for the colleague")), "agreed": ("wait", Text("待主管批准", "Waiting for approval")),
    "approved": ("good", Text("已批准", "Approved")), "declined": ("bad", Text("同事未同意", "Declined")),
    "refused": ("bad", Text("主管未批准", "Not approved")), "withdrawn": ("plain", Text("已撤回", "Withdrawn")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TeamFilters(Asked):
    """Of the table of people; `q` is in the name."""

    q: str = ""
    shown: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": HERE}


@dataclass(frozen=True, slots=True)
class TrainingFilters(Asked):
    q: str = ""
    course: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": VALID}


@dataclass(frozen=True, slots=True)
class CheckFilters(Asked):
    q: str = ""
    month: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": DONE}


@dataclass(frozen=True, slots=True)
class SwapFilters(Asked):
    q: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": OPEN}


def team_door(view: View) -> View:
    """`view(request, actor, …)` for people of a desk, the house's or a shop's, and those who look on."""

    @staff_door
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not member(actor):
            raise refused(FORBIDDEN)
        return view(request, actor, *args, **kwargs)

    return inside


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of a team, with what waits for this person in each."""
    swaps = swaps_of(actor).filter(day__gte=local_day(clock.now()))
    mine = swaps.filter(state="agreed").count() if keeps(actor) else swaps.filter(state="asked", colleague=me(actor)).count()
    open_checks = checks_of(actor).filter(state="open").count() if keeps(actor) else ""
    rows = (
        ("team", _("工作量"), ""), ("team_swaps", _("换班"), mine or ""), ("team_training", _("培训"), ""),
        ("team_checks", _("质检"), open_checks or ""),
    )
    return [{"address": reverse(f"web:{name}"), "label": label, "here": name == here, "count": count} for name, label, count in rows]


def frame(filters: Asked, views: Mapping[str, Text], following: str = "") -> dict[str, Any]:
    """What stands around the rows of each: views, the places to go on, the query of the export."""
    shown: Any = filters
    after = getattr(shown, "after", "")
    return {
        "filters": filters, "export": filters.address(after=""),
        "views": [{"label": said(text), "address": filters.address(shown=code, after=""), "here": shown.shown == code}
                  for code, text in views.items()],
        "first": filters.address(after="") if after else "", "next": filters.address(after=following) if following else "",
    }  # fmt: skip


def named(field: str, asked: str) -> Q:
    """Whose first or family name or account has these letters."""
    return Q(**{f"{field}__first_name__icontains": asked}) | Q(**{f"{field}__last_name__icontains": asked}) | Q(
        **{f"{field}__username__icontains": asked}
    )


def name_of(user: Any) -> str:
    """As people read it; "" of nobody."""
    return (user.get_full_name() or user.username) if user is not None else ""


def people_found(filters: TeamFilters, actor: Actor, *, now: datetime) -> list[Load]:
    """By name; those with something overdue first where that is asked."""
    rows = loads(actor, now=now)
    if filters.q:
        rows = [row for row in rows if filters.q.casefold() in f"{name_of(row.user)} {row.user.username}".casefold()]
    if filters.shown == "here":
        return [row for row in rows if row.here]
    return sorted((row for row in rows if row.overdue), key=lambda row: -row.overdue) if filters.shown == "busy" else rows


def load_words(row: Load) -> dict[str, Any]:
    return {
        "row": row, "name": name_of(row.user), "role": role_label(row.user.role),
        "lacks": _("、").join(said(GROUPS[group]) for group in GROUPS if group in row.lacks),
        "again": round(100 * row.again / row.ended) if row.ended else None,
    }  # fmt: skip


def trainings_found(filters: TrainingFilters, actor: Actor, *, now: datetime) -> QuerySet[Training]:
    found, today = trainings_of(actor), local_day(now)
    over = Q(expires_on__lt=today) | Q(score__lt=F("course__pass_score"))
    if filters.shown != "all":
        found = found.filter(over) if filters.shown else found.exclude(over)
    if filters.course.isdecimal():
        found = found.filter(course=int(filters.course[:18]))
    return found.filter(named("user", filters.q)) if filters.q else found


def checks_found(filters: CheckFilters, actor: Actor) -> QuerySet[Check]:
    found, month = checks_of(actor), month_or_none(filters.month)
    if month is not None:
        found = found.filter(month=month)
    # Who only works there sees what is done.
    if filters.shown != "all" and (filters.shown or actor.role in LOOKERS):
        found = found.filter(state="done" if filters.shown else "open")
    return found.filter(named("user", filters.q)) if filters.q else found


def swaps_found(filters: SwapFilters, actor: Actor) -> QuerySet[Swap]:
    found = swaps_of(actor)
    if filters.shown != "all":
        found = found.exclude(state__in=PENDING) if filters.shown else found.filter(state__in=PENDING)
    return found.filter(named("asked_by", filters.q) | named("colleague", filters.q)) if filters.q else found


def paged(found: QuerySet[Any], after: str) -> tuple[list[Any], str]:
    """The newest first, and where the next page begins ("" at the end). Raises INVALID_CURSOR."""
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], encode_cursor(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""


def month_or_none(text: str) -> date | None:
    """The first day of "2026-11"."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def swap_words(row: Swap, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """A swap as people read it, with what this person may do about it."""
    over, own = row.day < local_day(now), me(actor)
    tone, state = SWAP_STATES[row.state]
    return {
        "row": row, "who": name_of(row.asked_by), "colleague": name_of(row.colleague), "tone": tone, "state": said(state),
        "hours": _hours(row.duty), "back_hours": _hours(row.back) if row.back else "", "over": over and row.state in PENDING,
        "may_answer": row.state == "asked" and row.colleague_id == own and not over,
        "may_decide": row.state == "agreed" and keeps(actor) and own not in (row.asked_by_id, row.colleague_id) and not over,
        "may_withdraw": row.state in PENDING and row.asked_by_id == own,
        "decided_by": name_of(row.decided_by),
    }  # fmt: skip


def check_words(row: Check) -> dict[str, Any]:
    scores = [{"label": said(text), "score": row.scores.get(name)} for name, text in DIMENSIONS.items()]
    return {
        "row": row, "name": name_of(row.user), "by": name_of(row.checked_by), "scores": scores, "mean": mean(list(row.scores.values())),
        "kind": _("工单") if row.kind == "case" else _("会话"),
        "address": reverse("web:staff_case" if row.kind == "case" else "web:staff_talk", args=[row.number]),
    }  # fmt: skip


def training_words(row: Training, *, now: datetime) -> dict[str, Any]:
    passed, lapsed = row.score >= row.course.pass_score, row.expires_on < local_day(now)
    tone, state = ("bad", _("未通过")) if not passed else ("plain", _("已过期")) if lapsed else ("good", _("证书有效"))
    return {
        "row": row, "name": name_of(row.user), "course": course_title(row.course), "tone": tone, "state": state, "by": name_of(row.by)
    }


def course_title(course: Any) -> str:
    return str(course.title_en if course.title_en and language() == "en" else course.title_zh)


@team_door
def team_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """team.csv or .xlsx, as filtered."""
    columns = [
        Column(_("人员"), width=18), Column(_("岗位"), width=14), Column(_("正在值班"), width=10), Column(_("未结工单"), "number", 10),
        Column(_("已超时"), "number", 10), Column(_("今天到期"), "number", 10), Column(_("会话"), "number", 10),
        Column(_("等待答复"), "number", 10), Column(_("待回访"), "number", 10), Column(_("近 7 天处理"), "number", 12),
        Column(_("前 7 天办结"), "number", 12), Column(_("其中 7 天内又开启"), "number", 16), Column(_("缺少培训"), width=24),
    ]  # fmt: skip
    rows = (
        [each["name"], each["role"], _("是") if row.here else _("否"), row.cases, row.overdue, row.today, row.talks, row.waiting, row.calls,
         row.handled, row.ended, row.again, each["lacks"]]
        for row in people_found(TeamFilters.of(request.GET), actor, now=clock.now()) for each in (load_words(row),)
    )  # fmt: skip
    return exported("team", form, columns=columns, rows=rows)


@team_door
def training_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """training.csv or .xlsx, as filtered."""
    now = clock.now()
    columns = [
        Column(_("人员"), width=18), Column(_("课程"), width=30), Column(_("日期"), width=12), Column(_("成绩"), "number", 8),
        Column(_("有效期至"), width=12), Column(_("状态"), width=12), Column(_("培训记录"), width=50), Column(_("登记人"), width=18),
    ]  # fmt: skip
    found = trainings_found(TrainingFilters.of(request.GET), actor, now=now).order_by("-pk")[: ROWS_MAX + 1]
    rows = (
        [each["name"], each["course"], row.taken_on.isoformat(), row.score, row.expires_on.isoformat(), each["state"], row.note, each["by"]]
        for row in found for each in (training_words(row, now=now),)
    )  # fmt: skip
    return exported("training", form, columns=columns, rows=rows)


@team_door
def checks_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """checks.csv or .xlsx, as filtered."""
    columns = [
        Column(_("月份"), width=10), Column(_("人员"), width=18), Column(_("单号"), width=18),
        *(Column(said(text), "number", 10) for text in DIMENSIONS.values()), Column(_("平均"), width=8), Column(_("说明"), width=50),
        Column(_("检查人"), width=18), Column(_("检查时间"), "instant", 20), Column(_("本人答复"), width=40),
    ]  # fmt: skip
    found = checks_found(CheckFilters.of(request.GET), actor).order_by("-pk")[: ROWS_MAX + 1]
    return exported("quality-checks", form, columns=columns, rows=_check_rows(found))


@team_door
def swaps_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """swaps.csv or .xlsx, as filtered."""
    now = clock.now()
    columns = [
        Column(_("申请人"), width=18), Column(_("日期"), width=12), Column(_("班次"), width=14), Column(_("替班同事"), width=18),
        Column(_("换回日期"), width=12), Column(_("原因"), width=40), Column(_("状态"), width=16), Column(_("答复"), width=40),
        Column(_("批准人"), width=18), Column(_("申请时间"), "instant", 20),
    ]  # fmt: skip
    found = swaps_found(SwapFilters.of(request.GET), actor).order_by("-pk")[: ROWS_MAX + 1]
    rows = (
        [each["who"], row.day.isoformat(), each["hours"], each["colleague"], row.back_day.isoformat() if row.back_day else None, row.reason,
         each["state"], row.answer, each["decided_by"], row.asked_at]
        for row in found for each in (swap_words(row, actor, now=now),)
    )  # fmt: skip
    return exported("swaps", form, columns=columns, rows=rows)


def _check_rows(found: Iterable[Check]) -> Iterable[list[Any]]:
    for row in found:
        each = check_words(row)
        scores = [score["score"] for score in each["scores"]]
        yield [
            f"{row.month:%Y-%m}", each["name"], row.number, *scores, str(each["mean"] or ""), row.note, each["by"], row.checked_at,
            row.reply,
        ]  # fmt: skip


def _hours(duty: Any) -> str:
    whole = f"{duty.since:%H:%M}" == f"{duty.until:%H:%M}" == "00:00"
    return _("全天") if whole else f"{duty.since:%H:%M}–{duty.until:%H:%M}"
