"""The notice centre of a buyer or a member of staff: what was said to them, as a list and a file; what is unread, marking it read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.notifications.actions import mark_all_read, mark_read
from shouhou.notifications.letter import kind_of, parts_of
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import site_notices, unread_count
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door, staff_door
from shouhou.web.page import page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 30
COUNT_MOST = 100
MARK_MOST, CHUNK = 500, 500
SHOWN_LINES = 2
# What people know things by; a shop's code or a channel's name says nothing to them.
NUMBER = re.compile(r"[A-Z]{1,3}-[0-9A-Z-]+\Z")


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    shown: str = ""
    case: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        shown, before = query.get("shown", ""), query.get("before", "")
        return cls(
            shown=shown if shown == "unread" else "", case=query.get("case", "").replace("\x00", "").strip()[:40].upper(),
            before=before if before.isdigit() and len(before) <= 18 else "",
        )  # fmt: skip


@consumer_door
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _list(request, actor)


@staff_door
def staff_notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _list(request, actor)


@consumer_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    return _file(request, actor, form)


@staff_door
def staff_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    return _file(request, actor, form)


@consumer_door
def notice(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    return _follow(actor, number)


@staff_door
def staff_notice(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    return _follow(actor, number)


@require_POST
@consumer_door
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _read(request, actor)


@require_POST
@staff_door
def staff_read(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _read(request, actor)


def reader_of(actor: Actor) -> dict[str, int | None]:
    """The notices' reader: a buyer by their row, a member of staff by theirs."""
    if actor.role == "consumer":
        return {"buyer_id": actor.buyer_id}
    return {"user_id": int(actor.who.removeprefix("user:"))}


def _mine(actor: Actor) -> QuerySet[Notice]:
    """This person's notices; a guest's are those of their one order."""
    return site_notices(**reader_of(actor), order_id=actor.order_id)


def _list(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters = Filters.of(request.GET)
    found = _found(filters, actor)
    if filters.before:
        found = found.filter(id__lt=int(filters.before))
    rows = list(found[: PAGE_SIZE + 1])
    unread = unread_count(**reader_of(actor), order_id=actor.order_id)
    context = {
        "here": "notices", "desk": actor.role != "consumer", "filters": filters,
        "rows": [_row(row, actor) for row in rows[:PAGE_SIZE]], "once": new_key(),
        "first": filters.address(before="") if filters.before else "",
        "next": filters.address(before=str(rows[PAGE_SIZE - 1].id)) if len(rows) > PAGE_SIZE else "",
        "export": filters.address(before=""), "export_name": f"web:{_door(actor)}notices_export",
        "read_address": reverse(f"web:{_door(actor)}notices_read"), "unread": unread, "newest": rows[0].id if rows else 0,
        "views": [
            {"label": _("全部通知"), "address": filters.address(shown="", before=""), "count": "", "here": not filters.shown},
            {"label": _("未读"), "address": filters.address(shown="unread", before=""), "here": bool(filters.shown),
             "count": f"{COUNT_MOST}+" if unread >= COUNT_MOST else unread},
        ],
    }  # fmt: skip
    return page(request, "shared/notices.html", context, actor=actor)


def _found(filters: Filters, actor: Actor) -> QuerySet[Notice]:
    """What the address asks for, the newest first."""
    found = _mine(actor).order_by("-id")
    if filters.shown:
        found = found.filter(read_at=None)
    return found.filter(subject=filters.case) if filters.case else found


def _file(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """notices.csv or .xlsx, as filtered: what this person was told, and when they read it."""
    columns = [
        Column(_("时间"), "instant", 20), Column(_("标题"), width=40), Column(_("内容"), width=80), Column(_("单号"), width=18),
        Column(_("读过"), "instant", 20),
    ]  # fmt: skip
    found = _found(Filters.of(request.GET), actor)[: ROWS_MAX + 1]
    return exported("notices", form, columns=columns, rows=map(_cells, found.iterator(chunk_size=CHUNK)))


def _cells(row: Notice) -> list[Cell]:
    number = row.subject if NUMBER.match(row.subject) else ""
    return [row.created_at, row.title or row.subject, "\n".join(parts_of(row).said), number, row.read_at]


def _row(row: Notice, actor: Actor) -> dict[str, Any]:
    """Of the text what stands above the foot (the link is the title here): the first lines at once, the rest folded."""
    told = parts_of(row).said
    return {
        "notice": row, "number": row.subject if NUMBER.match(row.subject) else "",
        "paragraphs": told[:SHOWN_LINES], "rest": told[SHOWN_LINES:],
        "open": said(kind_of(row).open),
        "language": "en" if row.language == "en" else "zh-Hans",
        "follow": reverse(f"web:{_door(actor)}notice", args=[row.id]),
    }  # fmt: skip


def _follow(actor: Actor, number: int) -> HttpResponse:
    """On to what it is about, as its text says; who goes there has read it."""
    found = _mine(actor).filter(id=number).first()
    if found is None:
        raise Http404("no such notice")
    mark_read(notice_ids=[found.id], now=clock.now(), **reader_of(actor))
    onward = urlsplit(parts_of(found).link)
    return redirect(onward.path + (f"?{onward.query}" if onward.query else ""))


def _read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One notice, or everything up to the newest that was on the page."""
    now, one, newest = clock.now(), request.POST.get("notice", ""), request.POST.get("newest", "")
    if not (_number(one) or _number(newest)):
        raise Http404("nothing to mark")
    act = _marking(actor, one=int(one or 0), newest=int(newest or 0))
    once(request.POST.get("once", ""), lambda: str(act()), actor=actor, now=now)
    back = request.POST.get("back", "")
    return redirect(reverse(f"web:{_door(actor)}notices") + (Filters.of({"shown": back}).address() if back else ""))


def _marking(actor: Actor, *, one: int, newest: int) -> Callable[[], int]:
    reader, now = reader_of(actor), clock.now()
    if one or actor.order_id is not None:
        # A guest marks what they see and nothing else of the buyer's.
        shown = _mine(actor).filter(read_at=None, **({"id": one} if one else {"id__lte": newest}))
        return lambda: mark_read(notice_ids=list(shown.values_list("id", flat=True)[:MARK_MOST]), now=now, **reader)
    return lambda: mark_all_read(newest_id=newest, now=now, **reader)


def _number(text: str) -> bool:
    return text.isdigit() and len(text) <= 18


def _door(actor: Actor) -> str:
    return "" if actor.role == "consumer" else "staff_"
