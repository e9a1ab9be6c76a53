"""How goods travel: the couriers with their waybills, where the own network comes, and when pickups are suspended."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions.couriers import set_tracking_link, switch_courier
from shouhou.logistics.actions.coverage import end_suspension, set_area, suspend_pickups
from shouhou.logistics.models import CarrierSetting, OwnArea, PickupSuspension
from shouhou.logistics.rules.couriers import ANY_NUMBER, COURIERS
from shouhou.logistics.rules.links import LINKS
from shouhou.logistics.rules.waybills import SHAPES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.once import new_key, once

ROWS_MOST = 500
Given = Mapping[str, Any]


class AreaForm(forms.Form):
    """A region the own network serves, or does not."""

    region_code = forms.CharField(
        label=gettext_lazy("地区编码"), max_length=6, help_text=gettext_lazy("2–6 位行政区划代码前缀，例如 510104")
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    active = forms.BooleanField(label=gettext_lazy("提供服务"), required=False, initial=True)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)


class SuspensionForm(forms.Form):
    """No pickups for some days."""

    suspended_code = forms.CharField(
        label=gettext_lazy("地区编码"), max_length=6, required=False, help_text=gettext_lazy("留空表示全国")
    )
    first_day = forms.DateField(label=gettext_lazy("首日"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("末日"), widget=forms.DateInput(attrs={"type": "date"}))
    cause = forms.CharField(label=gettext_lazy("原因"), max_length=40, help_text=gettext_lazy("例如：台风、停电"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)


@operations_door
def carriers(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request, actor, AreaForm(initial={"once": new_key()}), SuspensionForm(initial={"once": new_key()}))


@require_POST
@operations_door
def area(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add an area or switch one."""
    form, now = AreaForm(request.POST), clock.now()

    def act(given: Given) -> None:
        set_area(region_code=given["region_code"], name=given["name"], active=given["active"], actor=actor, now=now)

    answer = _taken(request, form, act, actor=actor, done=_("已保存。"), where="areas")
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, actor, form, SuspensionForm(initial={"once": new_key()}), status=answer)


@require_POST
@operations_door
def suspend(request: HttpRequest, actor: Actor) -> HttpResponse:
    """No pickups for some days."""
    form, now = SuspensionForm(request.POST), clock.now()

    def act(given: Given) -> None:
        suspend_pickups(
            region_code=given["suspended_code"], first_day=given["first_day"], last_day=given["last_day"], cause=given["cause"],
            note=given["note"], actor=actor, now=now,
        )  # fmt: skip

    answer = _taken(request, form, act, actor=actor, done=_("已暂停取件，新的预约不再提供这些时段。"), where="suspensions")
    if isinstance(answer, HttpResponse):
        return answer
    return _page(request, actor, AreaForm(initial={"once": new_key()}), form, status=answer)


@require_POST
@operations_door
def resume(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Pickups again before the last day."""
    now = clock.now()
    _once(request.POST.get("once", ""), lambda: end_suspension(number, actor=actor, now=now), actor=actor)
    return _back(request, _("取件已恢复。"), "suspensions")


@require_POST
@operations_door
def switch(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Take new waybills of this courier, or no longer."""
    active, now = request.POST.get("active") == "on", clock.now()
    _once(request.POST.get("once", ""), lambda: switch_courier(code, active=active, actor=actor, now=now), actor=actor)
    return _back(request, _("已启用，可以登记新运单。") if active else _("已停用，不再接受新运单；在途包裹照常。"), "couriers")


@require_POST
@operations_door
def link(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Where a waybill of this courier is looked up."""
    url, now = request.POST.get("tracking_url", ""), clock.now()
    try:
        _once(request.POST.get("once", ""), lambda: set_tracking_link(code, link=url, actor=actor, now=now), actor=actor)
    except Refused as no:
        messages.error(request, no.sentence(language()))
        return redirect(reverse("web:ops_carriers") + f"#courier-{code}")
    return _back(request, _("已保存。"), f"courier-{code}")


def _taken(
    request: HttpRequest, form: forms.Form, act: Callable[[Given], object], *, actor: Actor, done: str, where: str
) -> HttpResponse | int:  # fmt: skip
    """The way back after the form was taken, once however often it is sent; a status where the form says what is against it."""
    if not form.is_valid():
        return 422
    try:
        _once(form.cleaned_data["once"], lambda: act(form.cleaned_data), actor=actor)
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return no.status
    return _back(request, done, where)


def _once(key: str, act: Callable[[], object], *, actor: Actor) -> None:
    """The deed behind a form, however often it is sent. Raises what the deed raises."""

    def done() -> str:
        act()
        return "done"

    once(key, done, actor=actor, now=clock.now())


def _back(request: HttpRequest, done: str, where: str) -> HttpResponse:
    messages.success(request, done)
    return redirect(reverse("web:ops_carriers") + f"#{where}")


def _page(
    request: HttpRequest, actor: Actor, area_form: forms.Form, suspension_form: forms.Form, *, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        "area_form": area_form, "suspension_form": suspension_form, "once": new_key(),
        "couriers": courier_rows(),
        "areas": OwnArea.objects.order_by("region_code")[:ROWS_MOST],
        "suspensions": suspension_rows(PickupSuspension.objects.order_by("-first_day", "-id")[:ROWS_MOST]),
    }  # fmt: skip
    return operations_page(request, "carriers", context, actor=actor, place="ops_carriers", status=status)


def courier_rows() -> list[dict[str, Any]]:
    """Every courier with its switch, the shapes of its numbers in words, and its link."""
    settings_ = {row.code: row for row in CarrierSetting.objects.all()}
    shapes: dict[str, list[str]] = {}
    for shape in SHAPES:
        shapes.setdefault(shape.courier, []).append(said(shape.words))
    return [
        {
            "code": code, "name": said(courier.name), "known": courier.pattern != ANY_NUMBER, "shapes": shapes.get(code, []),
            "provider": _provider(code), "active": code not in settings_ or settings_[code].active,
            "link": settings_[code].tracking_url if code in settings_ else "", "own_link": LINKS.get(code, ""),
        }
        for code, courier in COURIERS.items()
    ]  # fmt: skip


def suspension_rows(found: Iterable[PickupSuspension]) -> list[dict[str, Any]]:
    """The suspensions with whether they hold today."""
    today = local_day(clock.now())
    return [_suspension(row, today) for row in found]


def _suspension(row: PickupSuspension, today: date) -> dict[str, Any]:
    if row.last_day < today:
        return {"row": row, "state": _("已结束"), "tone": "plain", "open": False}
    if row.first_day > today:
        return {"row": row, "state": _("未开始"), "tone": "wait", "open": True}
    return {"row": row, "state": _("暂停中"), "tone": "bad", "open": True}


def _provider(code: str) -> str:
    """The configured connection that speaks for this courier."""
    names = [name for name, configured in settings.CARRIERS.items() if code in configured.get("couriers", ())]
    return names[0] if names else next(iter(settings.CARRIERS), "")
