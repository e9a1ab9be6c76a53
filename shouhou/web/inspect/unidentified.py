"""The queue of unidentified parcels: filters in the address, pages, export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.ids import parse_number
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.logistics.rules.couriers import COURIERS, normalised
from shouhou.logistics.unknown_models import OPEN, UnknownParcel
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone, mask_text
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.access import unidentified_of
from shouhou.web.doors import staff_door
from shouhou.web.inspect.bench import inspector
from shouhou.web.page import page, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Cell, Column, exported

PAGE_SIZE = 50
CHUNK = 500
STATES = {
    "waiting": Text("待认领", "waiting"), "matched": Text("已认领", "matched"), "return_asked": Text("待复核退回", "return to check"),
    "dispose_asked": Text("待复核处置", "disposal to check"), "returned": Text("已退回寄件人", "returned to sender"),
    "disposed": Text("已处置", "disposed of"),
}  # fmt: skip
TONES = {"waiting": "wait", "matched": "good", "return_asked": "turn", "dispose_asked": "turn"}
VIEWS = {
    "": (Text("未处理", "Open"), OPEN), "waiting": (Text("待认领", "Waiting"), ("waiting",)),
    "asked": (Text("待复核", "To check"), ("return_asked", "dispose_asked")), "matched": (Text("已认领", "Matched"), ("matched",)),
    "gone": (Text("已退回、已处置", "Sent away"), ("returned", "disposed")), "all": (Text("全部", "All"), tuple(STATES)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    view: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        given = taken(query, cls.__slots__)
        for name in ("since", "until"):
            given[name] = given[name] if _day(given[name]) else ""
        return cls(**{**given, "view": given["view"] if given["view"] in VIEWS else ""})


@staff_door
def unidentified(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Parcels nobody knows, the newest first."""
    inspector(actor)
    filters = Filters.of(request.GET)
    rows = list(_after(_rows(filters, actor), filters.after)[: PAGE_SIZE + 1])
    shown, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    context = {
        "here": "inspect", "filters": filters, "rows": [_row(row) for row in shown], "views": _views(filters, actor),
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(shown[-1].found_at, shown[-1].id)) if more else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return page(request, "inspect/unidentified.html", context, actor=actor)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """unidentified.csv or .xlsx of what the address shows; personal data masked as on the page."""
    inspector(actor)
    columns = [
        Column(_("包裹编号"), width=16), Column(_("状态"), width=16), Column(_("运单号"), width=20), Column(_("承运商"), width=14),
        Column(_("寄件人"), width=12), Column(_("电话"), width=14), Column(_("包裹内的订单号"), width=20), Column(_("序列号"), width=24),
        Column(_("内容"), width=40), Column(_("存放位置"), width=16), Column(_("发现时间"), "instant", 20), Column(_("登记人"), width=14),
        Column(_("售后单"), width=16), Column(_("结束"), "instant", 20),
    ]  # fmt: skip
    return exported("unidentified", form, columns=columns, rows=_cells(_rows(Filters.of(request.GET), actor)))


def state_words(parcel: UnknownParcel) -> str:
    return said(STATES[parcel.state])


def courier_name(code: str) -> str:
    return said(COURIERS[code].name) if code in COURIERS else code


def _rows(filters: Filters, actor: Actor) -> QuerySet[UnknownParcel]:
    rows = unidentified_of(actor).filter(state__in=VIEWS[filters.view][1])
    if filters.q:
        text = filters.q
        rows = rows.filter(
            Q(number=parse_number(text) or text.upper()) | Q(waybill__startswith=normalised(text)) | Q(order_number=text)
            | Q(sender_name=text) | Q(sender_phone__endswith=text) | Q(serials__contains=[text]) | Q(place__icontains=text)
            | Q(contents__icontains=text) | Q(subject=parse_number(text) or text)
        )  # fmt: skip
    since, until = _day(filters.since), _day(filters.until)
    if since:
        rows = rows.filter(found_at__gte=datetime.combine(since, time.min, SHANGHAI))
    if until:
        rows = rows.filter(found_at__lt=datetime.combine(until + timedelta(days=1), time.min, SHANGHAI))
    return rows.order_by("-found_at", "-id")


def _after(rows: QuerySet[UnknownParcel], cursor: str) -> QuerySet[UnknownParcel]:
    """Below the last row of the page before; a cursor that is none begins at the top."""
    try:
        at, last = decode_cursor(cursor, datetime, int) if cursor else (None, None)
    except Refused:
        return rows
    if at is None or last is None:
        return rows
    return rows.filter(Q(found_at__lt=at) | Q(found_at=at, id__lt=last))


def _row(row: UnknownParcel) -> dict[str, Any]:
    return {
        "row": row, "state": state_words(row), "tone": TONES.get(row.state, "plain"), "courier": courier_name(row.carrier),
        "sender": mask_name(row.sender_name), "phone": mask_phone(row.sender_phone), "contents": mask_text(row.contents),
    }  # fmt: skip


def _views(filters: Filters, actor: Actor) -> list[dict[str, Any]]:
    counted = unidentified_of(actor)
    return [
        {
            "label": said(label), "address": filters.address(view=view, after=""), "here": view == filters.view,
            "count": counted.filter(state__in=states).count() if view in ("", "waiting", "asked") else "",
        }
        for view, (label, states) in VIEWS.items()
    ]  # fmt: skip


def _cells(rows: QuerySet[UnknownParcel]) -> Iterator[Sequence[Cell]]:
    for row in rows.iterator(CHUNK):
        yield [
            row.number, state_words(row), row.waybill, courier_name(row.carrier), mask_name(row.sender_name),
            mask_phone(row.sender_phone), row.order_number, " ".join(row.serials), mask_text(row.contents), row.place, row.found_at,
            row.found_name, row.subject, row.ended_at,
        ]  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
