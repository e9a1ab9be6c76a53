"""The queue of scanned paper forms: taking them in, filters in the address, pages, export."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.documents.actions import MAY_KEY, scans_of, take_scan
from shouhou.documents.forms import FORMS
from shouhou.documents.models import OPEN, PaperScan
from shouhou.foundation.ids import parse_number
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.moves import FilesField, FilesInput
from shouhou.web.shared.once import new_key, once

PAGE_SIZE, CHUNK, FIELD_MAX, CURSOR_MAX, FILES_MAX = 50, 500, 80, 400, 10
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"
STATES = {
    "waiting": Text("待录入", "to be keyed in"), "unclear": Text("待复核", "second look"), "keyed": Text("已录入", "keyed in"),
    "added": Text("已并入售后单", "added to a case"), "dropped": Text("已作废", "dropped"),
}  # fmt: skip
TONES = {"waiting": "wait", "unclear": "turn", "keyed": "good", "added": "good"}
VIEWS = {
    "": (Text("未处理", "Open"), OPEN), "waiting": (Text("待录入", "To key in"), ("waiting",)),
    "unclear": (Text("待复核", "Second look"), ("unclear",)), "done": (Text("已录入", "Done"), ("keyed", "added")),
    "dropped": (Text("已作废", "Dropped"), ("dropped",)), "all": (Text("全部", "All"), tuple(STATES)),
}  # fmt: skip


class TakeForm(forms.Form):
    once = forms.CharField(widget=forms.HiddenInput, max_length=80)
    scans = FilesField(
        label=gettext_lazy("扫描件"), help_text=gettext_lazy("照片或 PDF，一份表格一个文件，最多 10 份；条形码会自动识别。"),
        widget=FilesInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip


def keyer(actor: Actor) -> Actor:
    """Raises FORBIDDEN for whoever does not key in forms."""
    if actor.role not in MAY_KEY:
        raise refused(FORBIDDEN, roles=sorted(MAY_KEY))
    return actor


@staff_door
def scans(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits, the oldest first; sending files takes them in."""
    keyer(actor)
    form, status = TakeForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form = TakeForm(request.POST, request.FILES)
        if form.is_valid() and (taken := _take(form, actor)):
            messages.success(request, _("已收到 %(n)d 份扫描件。") % {"n": len(taken)})
            if not form.errors:
                return redirect("web:scan", taken[0]) if len(taken) == 1 else redirect("web:scans")
        status = 422
    return _list(request, actor, form, status=status)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """scans.csv or .xlsx of what the address shows."""
    keyer(actor)
    columns = [
        Column(_("扫描件"), width=16), Column(_("状态"), width=14), Column(_("表格名称"), width=18), Column(_("售后单"), width=16),
        Column(_("订单号"), width=20), Column(_("页数"), "number", 8), Column(_("收到"), "instant", 20), Column(_("上传人"), width=14),
        Column(_("处理人"), width=14), Column(_("处理时间"), "instant", 20),
    ]  # fmt: skip
    return exported("scans", form, columns=columns, rows=_cells(_rows(request.GET, actor)))


def form_title(code: str) -> str:
    return said(FORMS[code].title) if code in FORMS else ""


def _take(form: TakeForm, actor: Actor) -> list[str]:
    """The numbers of what was taken in; a refused file is told at the field, the others stay taken in."""
    taken: list[str] = []
    for place, file in enumerate((form.cleaned_data["scans"] or [])[:FILES_MAX]):
        name = file.name or ""
        try:
            key = f"{form.cleaned_data['once'][:70]}-{place}"
            taken.append(once(key, partial(_taken, file, name, actor), actor=actor, now=clock.now()))
        except Refused as no:
            form.add_error("scans", f"{name}{_('：')}{no.sentence(language())}")
    return taken


def _taken(file: Any, name: str, actor: Actor) -> str:
    return take_scan(file, name=name, actor=actor, now=clock.now()).number


def _list(request: HttpRequest, actor: Actor, form: TakeForm, *, status: int) -> HttpResponse:
    asked = _asked(request.GET)
    rows = list(_after(_rows(request.GET, actor), request.GET.get("after", "")[:CURSOR_MAX])[: PAGE_SIZE + 1])
    shown, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    counted = scans_of(actor)
    context = {
        "here": "scans", "form": form, "rows": [_row(each, actor) for each in shown], "asked": asked, "export": _address(asked),
        "views": [
            {"label": said(words), "address": _address({**asked, "view": view}), "here": view == asked["view"],
             "count": counted.filter(state__in=states).count() if view in ("", "waiting", "unclear") else ""}
            for view, (words, states) in VIEWS.items()
        ],
        "first": _address(asked) if request.GET.get("after") else "",
        "next": _address({**asked, "after": encode_cursor(shown[-1].taken_at, shown[-1].id)}) if more else "",
    }  # fmt: skip
    return page(request, "staff/scans.html", context, actor=actor, status=status)


def _asked(query: QueryDict) -> dict[str, str]:
    given = {name: query.get(name, "").replace("\x00", "").strip()[:FIELD_MAX] for name in ("q", "view")}
    return {**given, "view": given["view"] if given["view"] in VIEWS else ""}


def _address(values: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _rows(query: QueryDict, actor: Actor) -> QuerySet[PaperScan]:
    asked = _asked(query)
    rows = scans_of(actor).filter(state__in=VIEWS[asked["view"]][1])
    if text := asked["q"]:
        number = parse_number(text) or text.upper()
        rows = rows.filter(
            Q(number=number) | Q(case_number=number) | Q(order_number=text) | Q(taken_name=text) | Q(ended_name=text)
        )
    return rows.order_by("taken_at", "id")


def _after(rows: QuerySet[PaperScan], cursor: str) -> QuerySet[PaperScan]:
    """Behind the last row of the page before; a cursor that is none begins at the top."""
    try:
        at, last = decode_cursor(cursor, datetime, int) if cursor else (None, None)
    except Refused:
        return rows
    if at is None or last is None:
        return rows
    return rows.filter(Q(taken_at__gt=at) | Q(taken_at=at, id__gt=last))


def _row(scan: PaperScan, actor: Actor) -> dict[str, Any]:
    return {
        "scan": scan, "state": said(STATES[scan.state]), "tone": TONES.get(scan.state, "plain"), "form": form_title(scan.form),
        "drafted": bool(scan.fields), "mine": scan.asked_by == actor.who,
    }  # fmt: skip


def _cells(rows: QuerySet[PaperScan]) -> Iterator[Sequence[Cell]]:
    for scan in rows.iterator(CHUNK):
        yield [
            scan.number, said(STATES[scan.state]), form_title(scan.form), scan.case_number, scan.order_number, scan.pages,
            scan.taken_at, scan.taken_name, scan.ended_name, scan.ended_at,
        ]  # fmt: skip
