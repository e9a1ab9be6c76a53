"""The couriers' day plan: routes by slot and block, how many places an area has, and the form that settles it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions.coverage import CAPACITY_MOST, set_capacity
from shouhou.logistics.day_plan import plan_of_day
from shouhou.logistics.models import PickupCapacity
from shouhou.logistics.regions import read_region, region_names
from shouhou.logistics.rules.routes import Route
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.once import new_key, once

AREAS_MOST = 500
COLUMNS = ("route", "order", "slot", "region", "block", "pickup", "case", "parcels", "attempts")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a day, a region by code or by name."""

    day: date
    region: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        try:
            day = date.fromisoformat(query.get("day", ""))
        except ValueError:
            day = local_day(clock.now())
        return cls(day, query.get("region", "").replace("\x00", "").strip()[:80])

    def address(self, day: date) -> str:
        return "?" + urlencode({"day": day.isoformat(), **({"region": self.region} if self.region else {})})

    @property
    def routes(self) -> list[Route]:
        plain = self.region.isascii() and self.region.isdigit()
        code = self.region[:6] if plain else read_region(self.region)
        return plan_of_day(self.day, region_code=code) if code or not self.region else []


class CapacityForm(forms.Form):
    """How many pickups an area takes; both empty removes its own limit."""

    region_code = forms.CharField(
        label=gettext_lazy("地区编码"), max_length=6, required=False, help_text=gettext_lazy("留空表示全国；最具体的一条为准")
    )
    per_window = forms.IntegerField(label=gettext_lazy("每时段最多"), min_value=0, max_value=CAPACITY_MOST, required=False)
    per_day = forms.IntegerField(label=gettext_lazy("每日最多"), min_value=0, max_value=CAPACITY_MOST, required=False)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)


@operations_door
def pickups(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request, actor, CapacityForm(initial={"once": new_key()}))


@operations_door
def pickups_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The plan as a courier desk's own program reads it; doors and phones go with the courier's order, not with a list."""
    asked = Asked.of(request.GET)
    return exported(f"pickups-{asked.day}", form, columns=[Column(name) for name in COLUMNS], rows=_cells(asked.routes))


@require_POST
@operations_door
def capacity(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = CapacityForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    now, given = clock.now(), form.cleaned_data

    def act() -> str:
        set_capacity(
            region_code=given["region_code"], per_window=given["per_window"], per_day=given["per_day"], actor=actor, now=now
        )
        return ""

    try:
        once(given["once"], act, actor=actor, now=now)
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return _page(request, actor, form, status=422)
    messages.success(request, _("已保存。"))
    return redirect(reverse("web:ops_pickups") + "#capacity")


def _page(request: HttpRequest, actor: Actor, form: CapacityForm, *, status: int = 200) -> HttpResponse:
    asked = Asked.of(request.GET)
    found = asked.routes
    context = {
        "asked": asked, "routes": [_route(route) for route in found], "stops": sum(len(route.stops) for route in found),
        "parcels": sum(route.parcels for route in found),
        "before": asked.address(asked.day - timedelta(days=1)), "after": asked.address(asked.day + timedelta(days=1)),
        "export": asked.address(asked.day), "form": form, "once": new_key(),
        "areas": [
            {"row": row, "name": " ".join(region_names(row.region_code))}
            for row in PickupCapacity.objects.order_by("region_code")[:AREAS_MOST]
        ],
    }  # fmt: skip
    return operations_page(request, "pickups", context, actor=actor, place="ops_pickups", status=status)


def _route(route: Route) -> dict[str, Any]:
    return {"route": route, "region": " ".join(region_names(route.region_code)) or "–", "slot": _slot(route)}


def _slot(route: Route) -> str:
    return f"{route.window.start:%H:%M}–{route.window.end:%H:%M}"


def _cells(found: list[Route]) -> Iterator[list[Cell]]:
    for route in found:
        for place, stop in enumerate(route.stops, 1):
            yield [route.code, place, _slot(route), stop.region_code, stop.block, stop.number, stop.subject, stop.parcels, stop.attempts]
