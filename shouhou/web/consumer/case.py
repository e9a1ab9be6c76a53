"""My case: where it stands, whose turn it is, what I can do; and everything I may do there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for
from shouhou.cases.actions import attach, make_move, rate, say
from shouhou.cases.refusals import MOVE_UNKNOWN
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import case_view, form_of, offers
from shouhou.web.shared.moves import FILES_MAX, FilesField, FilesInput, pickup_choices
from shouhou.web.shared.once import new_key, once

MESSAGE_MAX = 2000
GRADES = [("5", gettext_lazy("非常满意")), ("4", gettext_lazy("满意")), ("3", gettext_lazy("一般")),
          ("2", gettext_lazy("不满意")), ("1", gettext_lazy("非常不满意"))]  # fmt: skip


class SayForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("留言"), max_length=MESSAGE_MAX, widget=forms.Textarea(attrs={"rows": 3}))


class EvidenceForm(forms.Form):
    file = FilesField(label=gettext_lazy("补充凭证（照片、视频、PDF）"), widget=FilesInput())


class RateForm(forms.Form):
    grade = forms.ChoiceField(label=gettext_lazy("满意度"), choices=GRADES, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("想说的话"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


@consumer_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _case_page(request, actor, number)


@consumer_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """A move's form by itself, and making it; a refusal shows the form again with everything in it."""
    found, now = case_for(actor, number), clock.now()
    kind = WORKFLOWS[found.service].move(move)
    if kind is None or "consumer" not in kind.by:
        raise refused(MOVE_UNKNOWN, move=move)
    windows = pickup_choices(found.contact, now=now)
    form, status = form_of(kind, found, actor=actor, windows=windows), 200
    if request.method == "POST":
        form = form_of(kind, found, actor=actor, windows=windows, data=request.POST, files=request.FILES)
        if form.is_valid() and form.take_files(now=now):
            try:
                make_move(
                    found.number, move, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now
                )
            except Refused as no:
                form.refuse(no)
            else:
                messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
                return redirect("web:case", found.number)
        status = 422
    context = {"here": "cases", "case": found, "move": kind, "label": said(kind.label), "form": form}
    return page(request, "consumer/move.html", context, actor=actor, status=status)


@require_POST
@consumer_door
def message(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Say something; the same form twice says it once."""
    form, now = SayForm(request.POST), clock.now()
    if not form.is_valid():
        return _case_page(request, actor, number, say_form=form, status=422)

    def act() -> str:
        say(number, form.cleaned_data["text"], internal=False, actor=actor, now=now)
        return number

    once(form.cleaned_data["once"], act, actor=actor, now=now)
    return redirect("web:case", number)


@require_POST
@consumer_door
def evidence(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Add evidence later, at any time while the case can be seen."""
    form, now = EvidenceForm(request.POST, request.FILES), clock.now()
    found = case_for(actor, number)
    if form.is_valid():
        try:
            for file in form.cleaned_data["file"][:FILES_MAX]:
                upload = take_upload(file, name=file.name or "", actor=actor, now=now)
                attach(found.number, upload.token, "evidence", actor=actor, now=now)
        except Refused as no:
            form.add_error("file", no.sentence(language()))
        else:
            messages.success(request, _("凭证已上传。"))
            return redirect("web:case", found.number)
    return _case_page(request, actor, number, evidence_form=form, status=422)


@require_POST
@consumer_door
def rating(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Grade the service; may be changed while the window is open."""
    form = RateForm(request.POST)
    if not form.is_valid():
        return _case_page(request, actor, number, rate_form=form, status=422)
    rate(number, int(form.cleaned_data["grade"]), form.cleaned_data["text"], actor=actor, now=clock.now())
    messages.success(request, _("感谢您的评价。"))
    return redirect("web:case", number)


def _case_page(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    now = clock.now()
    context = case_view(actor, number, now=now)
    mine = [
        offer
        for offer in offers(context["case"], actor, windows=pickup_choices(context["case"].contact, now=now))
        if "consumer" in offer.move.by
    ]
    context |= {
        "here": "cases", "offers": mine, "say_form": SayForm(initial={"once": new_key()}), "evidence_form": EvidenceForm(),
        "rate_form": RateForm(initial={"grade": str(context["rating"].grade), "text": context["rating"].text}
                              if context["rating"] else None),
        **forms_,
    }  # fmt: skip
    return page(request, "consumer/case.html", context, actor=actor, status=status)
