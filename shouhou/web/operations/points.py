"""The service network: the list with its filters, one point and its form, switching it off, and files that bring many."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.logistics.actions.points import put_point, switch_point
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.network import hours_of, point_json, points
from shouhou.logistics.regions import read_region, region_names
from shouhou.logistics.rules.hours import opening
from shouhou.logistics.rules.points import KINDS, SERVICES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.operations.points_form import PointForm, filled, starting
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.place_words import opening_words, week_words

PAGE_SIZE = 50
SHOWN = {"": Text("启用中", "In use"), "off": Text("已停用", "Switched off"), "all": Text("全部", "All")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; `region` is a code or a name as people write it, unknown values ask for nothing."""

    q: str = ""
    region: str = ""
    service: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN, "service": SERVICES}

    @property
    def region_code(self) -> str:
        """The beginning of the code; a name that is none finds nothing."""
        if not self.region:
            return ""
        return self.region[:6] if self.region.isascii() and self.region.isdigit() else read_region(self.region) or "none"


@operations_door
def service_points(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters = Filters.of(request.GET)
    found = _found(filters)
    if filters.after:
        found = found.filter(code__gt=filters.after)
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "filters": filters, "rows": [_row(row) for row in rows[:PAGE_SIZE]], "any": bool(rows) or ServicePoint.objects.exists(),
        "services": [(code, said(text), code == filters.service) for code, text in SERVICES.items()],
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=rows[PAGE_SIZE - 1].code) if len(rows) > PAGE_SIZE else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return operations_page(request, "points", context, actor=actor, place="ops_points")


@operations_door
def service_points_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """Under the columns that an import reads: what is exported can be mended and brought back."""
    names = [name for name in point_json(ServicePoint(week=[[]] * 7)) if name != "version"]
    return exported("service-points", form, columns=[Column(name) for name in names], rows=_cells(_found(Filters.of(request.GET)), names))


@operations_door
def new_service_point(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _edited(request, actor, None)


@operations_door
def service_point(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One point: what it is, its form, its switch."""
    row = points().filter(code=code).first()
    if row is None:
        raise Http404("no such point")
    return _edited(request, actor, row)


@require_POST
@operations_door
def switch_service_point(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    active, now = request.POST.get("active") == "on", clock.now()

    def act() -> str:
        return switch_point(code, active=active, actor=actor, now=now).outcome

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("网点已启用。") if active else _("网点已停用，不再提供给顾客。"))
    return redirect("web:ops_point", code)


def _edited(request: HttpRequest, actor: Actor, row: ServicePoint | None) -> HttpResponse:
    form, status, now = PointForm(starting(row), initial={"once": new_key()}), 200, clock.now()
    if request.method == "POST":
        form, status = PointForm(starting(row), request.POST), 422
        if form.is_valid():
            given = form.cleaned_data

            def act() -> str:
                return put_point(filled(given, row), actor=actor, now=now, version=given.get("version"), new=row is None).code

            try:
                code = once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.refuse(no, language())
                status = no.status
            else:
                messages.success(request, _("已保存。"))
                return redirect("web:ops_point", code)
    context = {"form": form, "row": _row(row) if row else None, "once": new_key()}
    return operations_page(request, "point", context, actor=actor, place="ops_points", status=status)


def _found(filters: Filters) -> QuerySet[ServicePoint]:
    active = {"": True, "off": False, "all": None}[filters.shown]
    return points(q=filters.q, region=filters.region_code, service=filters.service, active=active)


def _row(row: ServicePoint) -> dict[str, Any]:
    hours, now = hours_of(row), clock.now()
    tone, state = opening_words(opening(hours, at=now, calendar=calendar_now()), now=now)
    zh = language() != "en"
    return {
        "row": row, "name": row.name_zh if zh or not row.name_en else row.name_en, "kind": said(KINDS[row.kind]),
        "address": row.address_zh if zh or not row.address_en else row.address_en, "region": " ".join(region_names(row.region_code)),
        "services": [said(SERVICES[each]) for each in row.services if each in SERVICES], "tone": tone, "state": state,
        "week": week_words(hours.week), "shop": row.merchant.name if row.merchant else "",
    }  # fmt: skip


def _cells(rows: QuerySet[ServicePoint], names: Sequence[str]) -> Iterator[Sequence[Cell]]:
    for row in rows.iterator(chunk_size=500):
        told = point_json(row)
        yield [_cell(told[name]) for name in names]


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else value
