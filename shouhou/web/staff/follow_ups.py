"""Calls owed after a poor rating: what is due first, one call with its outcome, and where it led."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.models import Rating
from shouhou.cases.rating import GRADES
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.support.satisfaction.access import follow_up_for
from shouhou.support.satisfaction.actions import NOTE_MOST, note_call, take_follow_up
from shouhou.support.satisfaction.models import FollowUp
from shouhou.support.satisfaction.queries import follow_ups, narrow_follow_ups
from shouhou.support.satisfaction.rules.outcomes import CALLERS, OUTCOMES
from shouhou.web.doors import View, staff_door
from shouhou.web.labels import service_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once, told
from shouhou.web.shared.rating_view import rating_words
from shouhou.web.staff.satisfaction import tabs

MAY_SEE = CALLERS | {"operations", "auditor"}
CHUNK = 500
SHOWN = {
    "open": Text("待回访", "To call"), "overdue": Text("已超时", "Overdue"), "done": Text("已回访", "Done"), "all": Text("全部", "All"),
}  # fmt: skip
STATES = {
    "open": ("wait", Text("待回访", "To call")), "done": ("good", Text("已回访", "Done")),
    "lifted": ("plain", Text("评价已改好", "Grade amended")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address of the list asks for."""

    shown: str = "open"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


class CallForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=gettext_lazy("回访结果"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("记录"), max_length=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, reopens: bool, compensates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = {*(() if reopens else ("reopened",)), *(() if compensates else ("compensated",))}
        choices = [(code, capfirst(said(text))) for code, text in OUTCOMES.items() if code not in left_out]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


def caller_door(view: View) -> View:
    """`view(request, actor, …)` for the house's callers and those who look on."""

    @staff_door
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in MAY_SEE or actor.merchant_id is not None:
            raise refused(FORBIDDEN, roles=sorted(MAY_SEE))
        return view(request, actor, *args, **kwargs)

    return inside


@caller_door
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters, now = Filters.of(request.GET), clock.now()
    rows, following = follow_ups(filters.shown, actor=actor, now=now, after=filters.after)
    context = {
        "here": "satisfaction", "tabs": tabs(actor, "follow_ups"), "rows": [_words(row, now=now) for row in rows],
        "views": [
            {"label": said(label), "address": filters.address(shown=code, after=""), "here": filters.shown == code}
            for code, label in SHOWN.items()
        ],
        "next": filters.address(after=following) if following else "", "first": filters.address(after="") if filters.after else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return page(request, "staff/follow_ups.html", context, actor=actor)


@caller_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """follow-ups.csv or .xlsx."""
    now = clock.now()
    columns = [
        Column(_("售后单号"), width=18), Column(_("商家"), width=24), Column(_("分值"), "number", 8), Column(_("状态"), width=14),
        Column(_("截止"), "instant", 20), Column(_("办结"), "instant", 20), Column(_("是否超时"), width=10),
        Column(_("回访次数"), "number", 10),
        Column(_("回访结果"), width=20), Column(_("转到"), width=18), Column(_("处理人"), width=14),
    ]  # fmt: skip
    rows = narrow_follow_ups(Filters.of(request.GET).shown, actor=actor, now=now).order_by("-asked_at", "-pk")
    cells = (
        (each["case"].number, each["shop"], row.grade, each["state"], row.due_at, row.ended_at, _("是") if each["late"] else _("否"),
         len(row.calls), each["outcome"], row.led_to, each["holder"])
        for row in rows.iterator(chunk_size=CHUNK) if (each := _words(row, now=now))
    )  # fmt: skip
    return exported("follow-ups", form, columns=columns, rows=cells)


@caller_door
def follow_up(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One call: whom, why, what was said, and where it leads."""
    found, now, status = follow_up_for(actor, number), clock.now(), 200
    form = _form(found)
    if request.method == "POST":
        form = _form(found, request.POST)
        try:
            if request.POST.get("deed") == "take":
                take_follow_up(found.case.number, actor=actor, now=now)
                return redirect("web:follow_up", found.case.number)
            if form.is_valid():
                given = form.cleaned_data

                def act() -> str:
                    return note_call(found.case.number, given["outcome"], given["note"], actor=actor, now=now) or "-"

                led_to = once(given["once"], act, actor=actor, now=now)
                messages.success(request, _("已记录。") if led_to == "-" else _("已记录，转到 %(case)s。") % {"case": led_to})
                return redirect("web:follow_up", found.case.number)
        except Refused as no:
            if request.POST.get("deed") == "take":
                messages.error(request, no.sentence(language()))
                return redirect("web:follow_up", found.case.number)
            told(form, no)
        status = 422
    contact, mine = found.case.contact, found.assigned_to is not None and f"user:{found.assigned_to_id}" == actor.who
    context = {
        "here": "satisfaction", "tabs": tabs(actor, "follow_ups"), **_words(found, now=now), "form": form, "mine": mine,
        "rating": Rating.objects.filter(case=found.case).first(),
        "rating_words": rating_words(Rating.objects.filter(case=found.case).first()),
        # The number is whole for whoever calls, masked for everybody else.
        "phone": contact.get("phone") or found.case.buyer.phone if mine else mask_phone(contact.get("phone") or found.case.buyer.phone),
        "calls": [{**call, "outcome": said(OUTCOMES[call["outcome"]])} for call in found.calls],
        "may_call": actor.role in CALLERS and found.state == "open",
    }  # fmt: skip
    return page(request, "staff/follow_up.html", context, actor=actor, status=status)


def _form(found: FollowUp, data: Any = None) -> CallForm:
    reopen = WORKFLOWS[found.case.service].move("reopen")
    reopens = reopen is not None and found.case.status in reopen.sources
    return CallForm(data, initial={"once": new_key()}, reopens=reopens, compensates=found.case.order_id is not None)


def _words(row: FollowUp, *, now: Any) -> dict[str, Any]:
    case, (tone, state) = row.case, STATES[row.state]
    late = (row.ended_at or now) > row.due_at
    return {
        "row": row, "case": case, "service": service_label(case.service), "shop": case.merchant.name if case.merchant else _("平台"),
        "buyer": mask_name(case.contact.get("name") or case.buyer.name), "grade": said(GRADES[row.grade]), "late": late,
        "tone": "bad" if row.state == "open" and late else tone, "state": said(SHOWN["overdue"] if row.state == "open" and late else state),
        "outcome": said(OUTCOMES[row.outcome]) if row.outcome else "",
        "holder": (row.assigned_to.get_full_name() or row.assigned_to.get_username()) if row.assigned_to else "",
    }  # fmt: skip
