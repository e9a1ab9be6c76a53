"""The monthly figure of satisfaction with its formula and cohort, its causes, and what is done about them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.cases.rating import REASONS
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.satisfaction.access import follow_ups_of, improvements_of
from shouhou.support.satisfaction.actions import Planned, end_improvement, plan_improvement
from shouhou.support.satisfaction.queries import (
    COHORT,
    FORMULA,
    Figure,
    causes,
    figures,
    floor_now,
    month_of,
    months_back,
    whole,
)
from shouhou.support.satisfaction.rules.outcomes import IMPROVERS, READERS
from shouhou.web.doors import View, staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once, told

RESULTS = {
    "pass": ("good", Text("达标", "Met")), "fail": ("bad", Text("未达标", "Not met")),
    "not_assessable": ("plain", Text("无人评价，不作评定", "Nobody rated: not assessed")),
}  # fmt: skip


class ImproveForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    month = forms.CharField(max_length=7, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("针对的原因"))
    merchant = forms.CharField(label=gettext_lazy("店铺编码（留空为平台）"), max_length=40, required=False)
    action = forms.CharField(label=gettext_lazy("改进措施"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.CharField(label=gettext_lazy("负责人"), max_length=80)
    due_on = forms.DateField(label=gettext_lazy("完成日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(each.code, said(each.label)) for each in REASONS if not each.praise]  # type: ignore[attr-defined]


def reader_door(view: View) -> View:
    """`view(request, actor, …)` for whoever reads ratings at all."""

    @staff_door
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in READERS or actor.insurer is not None:
            raise refused(FORBIDDEN, roles=sorted(READERS))
        return view(request, actor, *args, **kwargs)

    return inside


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of satisfaction that this person may open."""
    rows = [("satisfaction", _("月度满意度")), ("ratings", _("评价"))]
    if actor.merchant_id is None:
        rows.append(("follow_ups", _("回访")))
    count = follow_ups_of(actor).filter(state="open").count()
    return [
        {"address": reverse(f"web:{name}"), "label": label, "here": name == here, "count": count if name == "follow_ups" else ""}
        for name, label in rows
    ]


@reader_door
def satisfaction(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request, actor, month_of(request.GET.get("month", ""), now=clock.now()))


@reader_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """satisfaction.csv or .xlsx of the month, each row with its formula and cohort."""
    month = month_of(request.GET.get("month", ""), now=clock.now())
    columns = [
        Column(_("月份"), width=10), Column(_("商家"), width=24), Column(_("非常满意"), "number", 10), Column(_("满意"), "number", 10),
        Column(_("参与评价"), "number", 10), Column(_("已邀请"), "number", 10), Column(_("满意度 %"), width=12),
        Column(_("要求 %"), "number", 10), Column(_("结果"), width=18), Column(_("公式"), width=60), Column(_("统计口径"), width=60),
    ]  # fmt: skip
    rows = (
        (f"{month:%Y-%m}", each.name or _("平台"), each.very, each.satisfied, each.total, each.asked, str(each.result.score or ""),
         each.floor, said(RESULTS[each.result.result][1]), said(FORMULA), said(COHORT))
        for each in figures(month, actor=actor)
    )  # fmt: skip
    return exported(f"satisfaction-{month:%Y-%m}", form, columns=columns, rows=rows)


@require_POST
@reader_door
def improve(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Put an action into the register."""
    form, now = ImproveForm(request.POST), clock.now()
    month = month_of(request.POST.get("month", ""), now=now)
    if form.is_valid():
        given = form.cleaned_data
        wish = Planned(month, given["merchant"].strip(), given["reason"], given["action"], given["owner"], given["due_on"])
        try:
            once(given["once"], lambda: str(plan_improvement(wish, actor=actor, now=now)), actor=actor, now=now)
        except Refused as no:
            told(form, no)
        else:
            messages.success(request, _("已登记改进措施。"))
            return redirect(f"{reverse('web:satisfaction')}?month={month:%Y-%m}#improvements")
    return _page(request, actor, month, form=form, status=422)


@require_POST
@reader_door
def improved(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """What came of it."""
    try:
        end_improvement(key, request.POST.get("result", ""), actor=actor, now=clock.now())
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        messages.error(request, " ".join([no.sentence(language()), *(each.en if language() == "en" else each.zh for each in no.errors)]))
    return redirect(f"{reverse('web:satisfaction')}?month={request.POST.get('month', '')[:7]}#improvements")


def figure_words(figure: Figure) -> dict[str, Any]:
    found, (tone, words) = figure.result, RESULTS[figure.result.result]
    return {"row": figure, "score": found.score, "tone": tone, "result": said(words), "name": figure.name or _("平台")}


def _page(request: HttpRequest, actor: Actor, month: date, *, form: ImproveForm | None = None, status: int = 200) -> HttpResponse:
    now = clock.now()
    found, ranked = figures(month, actor=actor), causes(month, actor=actor)
    floor = floor_now(month)
    most = max((times for _code, _label, times in ranked), default=1)
    labels: dict[str, Callable[[], str] | str] = {each.code: said(each.label) for each in REASONS}
    planned = improvements_of(actor).filter(month=month).order_by("due_on", "id")
    covered = {each.reason for each in planned}
    context = {
        "here": "satisfaction", "tabs": tabs(actor, "satisfaction"), "month": f"{month:%Y-%m}",
        "months": [f"{each:%Y-%m}" for each in months_back(now=now)], "rows": [figure_words(each) for each in found],
        "all": figure_words(whole(found, floor=floor)), "floor": floor, "formula": said(FORMULA), "cohort": said(COHORT),
        "causes": [
            {"code": code, "label": said(label), "times": times, "percent": round(100 * times / most), "covered": code in covered}
            for code, label, times in ranked
        ],
        "improvements": [
            {"row": each, "reason": labels.get(each.reason, each.reason), "late": each.done_at is None and each.due_on < now.date()}
            for each in planned
        ],
        "may_improve": actor.role in IMPROVERS and actor.merchant_id is None, "own": actor.merchant_id is not None,
        "form": form or ImproveForm(initial={"once": new_key(), "month": f"{month:%Y-%m}"}),
    }  # fmt: skip
    return page(request, "staff/satisfaction.html", context, actor=actor, status=status)
