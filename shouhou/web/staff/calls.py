"""Calls to make: who could not be reached otherwise, about what, until when; one call with its outcome."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.accounts.models import Buyer
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.notifications.actions import note_call, take_call
from shouhou.notifications.actions.calling import CALLERS, NOTE_MOST, OUTCOMES
from shouhou.notifications.letter import parts_of
from shouhou.notifications.models import CallTask
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.page import language, page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once, told
from shouhou.web.staff.follow_ups import caller_door

PAGE_SIZE, CHUNK = 50, 500
SHOWN = {
    "open": Text("待致电", "To call"), "mine": Text("我接手的", "Mine"), "done": Text("已办结", "Done"), "all": Text("全部", "All"),
}  # fmt: skip
STATES = {
    "open": ("wait", Text("待致电", "To call")), "done": ("good", Text("已办结", "Done")),
    "over": ("plain", Text("已无需致电", "Not needed")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address of the list asks for."""

    shown: str = "open"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


class CallForm(forms.Form):
    """What came of it."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("记录"), max_length=NOTE_MOST, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(code, said(text)) for code, text in OUTCOMES.items()]  # type: ignore[attr-defined]


@caller_door
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is due first stands first."""
    filters = Filters.of(request.GET)
    found = _found(filters, actor)
    if filters.after:
        found = found.filter(_behind(filters))
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    buyers = _buyers(rows)
    context = {
        "here": "calls", "rows": [_words(row, buyers) for row in rows],
        "views": [
            {"label": said(label), "address": filters.address(shown=code, after=""), "here": filters.shown == code}
            for code, label in SHOWN.items()
        ],
        "next": filters.address(after=_place(filters, rows[-1])) if more else "",
        "first": filters.address(after="") if filters.after else "", "export": filters.address(after=""),
    }  # fmt: skip
    return page(request, "staff/calls.html", context, actor=actor)


@caller_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """calls.csv or .xlsx."""
    columns = [
        Column(_("单号"), width=18), Column(_("内容"), width=40), Column(_("状态"), width=12), Column(_("截止"), "instant", 20),
        Column(_("结果"), width=14), Column(_("次数"), "number", 8), Column(_("处理人"), width=14), Column(_("办结"), "instant", 20),
    ]  # fmt: skip
    rows = (
        (row.notice.subject, row.notice.title, said(STATES[row.state][1]), row.due_at,
         said(OUTCOMES[row.outcome]) if row.outcome in OUTCOMES else "", len(row.calls), _holder(row), row.ended_at)
        for row in _found(Filters.of(request.GET), actor).iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("calls", form, columns=columns, rows=rows)


@caller_door
def call(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One: whom, what to say, and the note."""
    found = CallTask.objects.select_related("notice", "assigned_to").filter(pk=number).first()
    if found is None:
        raise Http404("no such call")
    now, status, form = clock.now(), 200, CallForm(initial={"once": new_key()})
    if request.method == "POST":
        form = CallForm(request.POST)
        try:
            if request.POST.get("deed") == "take":
                take_call(number, actor=actor, now=now)
                return redirect("web:call", number)
            if form.is_valid():
                given = form.cleaned_data

                def act() -> str:
                    note_call(number, given["outcome"], given["note"], actor=actor, now=now)
                    return "done"

                once(given["once"], act, actor=actor, now=now)
                messages.success(request, _("已记录。"))
                return redirect("web:calls")
        except Refused as no:
            if request.POST.get("deed") == "take":
                messages.error(request, no.sentence(language()))
                return redirect("web:call", number)
            told(form, no)
        status = 422
    buyer = Buyer.objects.filter(pk=found.notice.buyer_id or 0, erased_at=None).first()
    mine = found.assigned_to is not None and f"user:{found.assigned_to_id}" == actor.who
    phone = buyer.phone if buyer else ""
    context = {
        "here": "calls", **_words(found, {buyer.pk: buyer.name} if buyer else {}), "form": form, "mine": mine,
        # The number is whole for whoever calls, masked for everybody else.
        "phone": phone if mine else mask_phone(phone), "paragraphs": parts_of(found.notice).said,
        "lang": "en" if found.notice.language == "en" else "zh-Hans", "early": now < found.not_before,
        "calls": [{**each, "outcome": said(OUTCOMES[each["outcome"]])} for each in found.calls],
        "may_call": actor.role in CALLERS and found.state == "open",
    }  # fmt: skip
    return page(request, "staff/call.html", context, actor=actor, status=status)


def _found(filters: Filters, actor: Actor) -> QuerySet[CallTask]:
    found = CallTask.objects.select_related("notice", "assigned_to").order_by("-pk")
    if filters.shown == "mine":
        return found.filter(assigned_to=int(actor.who.removeprefix("user:")))
    if filters.shown == "open":
        return found.filter(state="open").order_by(F("due_at").asc(nulls_last=True), "pk")
    return found.exclude(state="open") if filters.shown == "done" else found


def _place(filters: Filters, last: CallTask) -> str:
    """Where the next page begins: by its time where the list runs by time, else by its number."""
    return encode_cursor(last.due_at, last.pk) if filters.shown == "open" else encode_cursor(last.pk)


def _behind(filters: Filters) -> Q:
    """What stands behind the place the address names. Raises INVALID_CURSOR."""
    if filters.shown != "open":
        return Q(pk__lt=decode_cursor(filters.after, int)[0])
    due, last = decode_cursor(filters.after, datetime | None, int)
    if due is None:
        return Q(due_at=None, pk__gt=last)
    return Q(due_at=None) | Q(due_at__gt=due) | Q(due_at=due, pk__gt=last)


def _buyers(rows: list[CallTask]) -> dict[int, str]:
    return dict(Buyer.objects.filter(pk__in={row.notice.buyer_id for row in rows}).values_list("pk", "name"))


def _words(row: CallTask, buyers: Mapping[int, str]) -> dict[str, Any]:
    tone, state = STATES[row.state]
    return {
        "row": row, "notice": row.notice, "tone": tone, "state": said(state), "holder": _holder(row),
        "buyer": mask_name(buyers.get(row.notice.buyer_id or 0, "")),
        "outcome": said(OUTCOMES[row.outcome]) if row.outcome in OUTCOMES else "",
    }  # fmt: skip


def _holder(row: CallTask) -> str:
    return (row.assigned_to.get_full_name() or row.assigned_to.get_username()) if row.assigned_to else ""
