"""The calendar limits are reckoned by: a year's days off and make-up working days, and the house's own corrections."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import Calendar, local_day
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.calendars import unofficial
from shouhou.policy.models import CalendarOverride
from shouhou.policy.overriding import drop_override, override_day
from shouhou.policy.queries import CALENDAR_YEARS, calendar_now
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.once import new_key, once

OVERRIDES_MOST = 500
KINDS = {"holiday": Text("放假", "day off"), "workday": Text("调休上班", "working day")}
WEEKDAYS = (
    Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"), Text("六", "Sat"), Text("日", "Sun"),
)  # fmt: skip


class OverrideForm(forms.Form):
    """One day that the public calendar has wrong."""

    day = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    source = forms.CharField(label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("例如：国务院办公厅通知文号"))
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, said(text)) for code, text in KINDS.items()]  # type: ignore[attr-defined]


@operations_door
def calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A year at a glance; operations add a day here."""
    form = OverrideForm(request.POST or None, initial={"once": new_key()})
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _override(request, actor, form.cleaned_data)
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
    today, year = local_day(clock.now()), year_of(request)
    held = calendar_now()
    context = {
        "form": form, "refusal": refusal, "year": year, "official": not unofficial([year]), "once": new_key(),
        "years": [{"label": str(each), "address": f"?year={each}", "count": "", "here": each == year}
                  for each in range(today.year - 2, today.year + 3)],
        "off": _runs(held, year), "extra": [_said(day) for day in sorted(held.workdays_extra) if day.year == year],
        "overrides": [{"row": row, "kind": said(KINDS[row.kind])}
                      for row in CalendarOverride.objects.filter(country="CN").order_by("-day")[:OVERRIDES_MOST]],
    }  # fmt: skip
    return operations_page(request, "calendar", context, actor=actor, place="ops_calendar", status=status)


def year_of(request: HttpRequest) -> int:
    """The year the address asks for, or this one."""
    wanted = request.GET.get("year", "")
    known = wanted.isdecimal() and len(wanted) == 4 and int(wanted) in CALENDAR_YEARS
    return int(wanted) if known else local_day(clock.now()).year


@require_POST
@operations_door
def drop(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    now = clock.now()

    def act() -> str:
        drop_override(number, actor=actor, now=now)
        return "done"

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("修订已删除，恢复公共日历。"))
    return redirect("web:ops_calendar")


def _override(request: HttpRequest, actor: Actor, given: dict[str, Any]) -> HttpResponse:
    now = clock.now()

    def act() -> str:
        override_day(day=given["day"], kind=given["kind"], source=given["source"], actor=actor, now=now)
        return "done"

    once(given["once"], act, actor=actor, now=now)
    messages.success(request, _("日历已修订，新的期限按此计算；已在计时的期限不变。"))
    return redirect(reverse("web:ops_calendar") + f"?year={given['day'].year}")


def _runs(held: Calendar, year: int) -> list[dict[str, Any]]:
    """Days off that follow one another, as one row."""
    days = sorted(day for day in held.holidays if day.year == year)
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - timedelta(days=pair[0]))]
    return [{"first": _said(run[0]), "last": _said(run[-1]) if len(run) > 1 else None, "days": len(run)} for run in runs]


def _said(day: date) -> dict[str, Any]:
    return {"day": day, "weekday": said(WEEKDAYS[day.weekday()])}
