"""The audit log: every move of every case and what staff changed outside of cases; filtered, paged, exported."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.accounts.models import KEY_ROLES, User
from shouhou.cases.models import HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.ids import parse_number
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import role_label, status_label
from shouhou.web.operations.deeds import DEEDS
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Cell, Column, exported

STAFF_KEY = re.compile(r"(user|key):\d{1,18}")
PAGE_SIZE = 50
CHUNK = 500
SOURCES = {"": Text("全部", "All"), "cases": Text("售后单操作", "Moves of cases"), "staff": Text("后台操作", "Staff actions")}
# Not moves of a workflow: how a case begins.
BEGINNINGS = {"submit": Text("提交申请", "application sent")}
ADMIN_FLAGS = {1: Text("后台新增", "added at /admin"), 2: Text("后台修改", "changed at /admin"), 3: Text("后台删除", "deleted at /admin")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for: who (a name or "user:7"), what (a move or a deed), when, which case."""

    who: str = ""
    what: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    source: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        given = taken(query, cls.__slots__)
        for name in ("since", "until"):
            given[name] = given[name] if _day(given[name]) else ""
        return cls(**{**given, "source": given["source"] if given["source"] in SOURCES else ""})


@dataclass(frozen=True, slots=True)
class Line:
    """One deed: `source` and `id` are where it is kept."""

    source: str
    id: int
    at: datetime
    who: str
    role: str
    what: str
    about: str
    detail: str
    case: bool


@operations_door
def audit(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters = Filters.of(request.GET)
    rows = _lines(filters, most=PAGE_SIZE + 1)
    context = {
        "filters": filters, "rows": rows[:PAGE_SIZE], "deeds": _deeds(filters.what),
        "views": [
            {"label": said(label), "address": filters.address(source=source, after=""), "count": "", "here": filters.source == source}
            for source, label in SOURCES.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=_cursor(filters, rows[:PAGE_SIZE])) if len(rows) > PAGE_SIZE else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return operations_page(request, "audit", context, actor=actor, place="ops_audit")


@operations_door
def audit_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    columns = [Column(_("时间"), "instant", 20), Column(_("操作人")), Column(_("角色")), Column(_("操作"), width=24),
               Column(_("对象"), width=24), Column(_("内容"), width=60)]  # fmt: skip
    return exported("audit", form, columns=columns, rows=_all(Filters.of(request.GET)))


def _all(filters: Filters) -> Iterator[Sequence[Cell]]:
    """Everything that the filters ask for, chunk by chunk."""
    while rows := _lines(filters, most=CHUNK):
        for row in rows:
            yield (row.at, row.who, row.role, row.what, row.about, row.detail)
        filters = Filters(**{name: getattr(filters, name) for name in Filters.__slots__} | {"after": _cursor(filters, rows)})


def _lines(filters: Filters, *, most: int) -> list[Line]:
    """The newest first, out of both books: each is read from where the page before left it."""
    moves, deeds = _places(filters.after)
    rows: list[Line] = []
    if filters.source != "staff":
        rows += [_of_move(row) for row in _moves(filters, moves)[:most]]
    if filters.source != "cases" and not filters.case:
        rows += [_of_deed(row) for row in _staff(filters, deeds)[:most]]
    return sorted(rows, key=lambda row: (row.at, row.source, row.id), reverse=True)[:most]


def _moves(filters: Filters, before: int | None) -> QuerySet[HistoryEntry]:
    """By the instant, which has an index: a page of any day is read from that day, not from today backwards."""
    found = HistoryEntry.objects.select_related("case").order_by("-at", "-id")
    last = HistoryEntry.objects.filter(id=before).values_list("at", flat=True).first() if before is not None else None
    if last is not None:
        found = found.filter(Q(at__lt=last) | Q(id__lt=before), at__lte=last)
    if filters.case:
        found = found.filter(case__number=parse_number(filters.case) or filters.case.upper())
    if filters.what:
        found = found.filter(move=filters.what)
    if STAFF_KEY.fullmatch(filters.who):
        # Said as the index of what staff and programs did says it.
        found = found.filter(~Q(role__in=["consumer", "system"]), who=filters.who)
    elif filters.who:
        found = found.filter(Q(who=filters.who) | Q(name__icontains=filters.who) | Q(who__in=_users(filters.who)))
    return found.filter(**_span(filters, "at"))


def _staff(filters: Filters, before: int | None) -> QuerySet[LogEntry]:
    found = LogEntry.objects.select_related("user").order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    if filters.what:
        found = found.filter(object_id=filters.what, content_type=None)
    if filters.who:
        found = found.filter(user_id__in=[int(who.removeprefix("user:")) for who in _users(filters.who)])
    return found.filter(**_span(filters, "action_time"))


def _users(text: str) -> list[str]:
    """Staff with this name, as the history writes them."""
    wanted = Q(username__iexact=text) | Q(last_name=text[:1], first_name=text[1:]) | Q(first_name__iexact=text)
    number = text.removeprefix("user:")
    if number.isdecimal() and len(number) <= 9:
        wanted |= Q(pk=int(number))
    return [f"user:{pk}" for pk in User.objects.filter(wanted).values_list("pk", flat=True)[:50]]


def _span(filters: Filters, field: str) -> dict[str, datetime]:
    since, until = _day(filters.since), _day(filters.until)
    span = {f"{field}__gte": datetime.combine(since, time.min, SHANGHAI)} if since else {}
    return span | ({f"{field}__lt": datetime.combine(until + timedelta(days=1), time.min, SHANGHAI)} if until else {})


def _of_move(row: HistoryEntry) -> Line:
    service = row.case.service
    move = WORKFLOWS[service].move(row.move) if row.move in MOVES.get(service, ()) else None
    label = move.label if move else BEGINNINGS.get(row.move)
    change = status_label(service, row.to_status)
    if row.from_status and row.from_status != row.to_status:
        change = f"{status_label(service, row.from_status)} → {change}"
    return Line(
        "cases", row.id, row.at, _name(row), _role(row.role), said(label) if label else row.move, row.case.number, change,
        True,
    )  # fmt: skip


def _of_deed(row: LogEntry) -> Line:
    code = row.object_id or ""
    known = DEEDS.get(code) if row.content_type_id is None else ADMIN_FLAGS.get(row.action_flag)
    user = User.objects.get(pk=row.user_id) if not isinstance(row.user, User) else row.user
    detail = row.change_message if row.content_type_id is None else str(row.get_change_message())
    return Line(
        "staff", row.pk, row.action_time, user.get_full_name() or user.username, role_label(user.role),
        said(known) if known else code, row.object_repr, detail, False,
    )  # fmt: skip


def _name(row: HistoryEntry) -> str:
    """The clock has no name of its own: it is called what its role is called."""
    return role_label(row.role) if row.role == "system" else row.name or row.who


def _role(role: str) -> str:
    """Programs act by keys, which know a role more than people do."""
    return said(Text(*KEY_ROLES[role])) if role in KEY_ROLES else role_label(role)


def _cursor(filters: Filters, rows: Sequence[Line]) -> str:
    """Where each book was left: "moves.deeds"; a book of which nothing was shown stays where it was."""
    left = dict(zip(("cases", "staff"), _places(filters.after), strict=True))
    for row in rows:
        left[row.source] = row.id
    return ".".join("" if place is None else str(place) for place in left.values())


def _places(after: str) -> tuple[int | None, int | None]:
    parts = [int(part) if part.isdecimal() and len(part) <= 18 else None for part in after.split(".")]
    return (parts[0], parts[1]) if len(parts) == 2 else (None, None)


def _deeds(chosen: str) -> list[dict[str, Any]]:
    """The drop-down: what can be done to a case, then what can be done outside of one."""
    moves = {move.name: said(move.label) for workflow in WORKFLOWS.values() for move in workflow.moves}
    moves |= {code: said(text) for code, text in BEGINNINGS.items()}
    return [
        {"label": label, "options": [(code, words, code == chosen) for code, words in sorted(options.items(), key=lambda pair: pair[1])]}
        for label, options in (
            (said(SOURCES["cases"]), moves), (said(SOURCES["staff"]), {code: said(text) for code, text in DEEDS.items()}),
        )
    ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


MOVES = {service: {move.name for move in workflow.moves} for service, workflow in WORKFLOWS.items()}
