"""The appeal against a refused freight claim, once, from the buyer's page or the shop's."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.access import case_for
from shouhou.cases.insured import appeal_claim
from shouhou.foundation.refusals import NOT_FOUND, Refused, refused
from shouhou.insurance.actions.deciding import NOTE_MOST
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.web.doors import consumer_door, staff_door
from shouhou.web.page import language, page
from shouhou.web.shared.freight_words import claim_of
from shouhou.web.shared.moves import ACCEPT, FILES_MAX, FilesField, FilesInput
from shouhou.web.shared.once import new_key, once


class AppealForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("申诉理由"), max_length=NOTE_MOST, widget=forms.Textarea(attrs={"rows": 4}))
    waybill = forms.CharField(
        label=gettext_lazy("正确的运单号"), required=False, max_length=40, help_text=gettext_lazy("运单填错时补正，没有变化可不填。"),
    )  # fmt: skip
    photos = FilesField(label=gettext_lazy("运费凭证照片"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))

    def stored(self, *, actor: Actor, now: datetime) -> list[str]:
        """The tokens of the files that came with the form."""
        return [take_upload(file, name=file.name or "", actor=actor, now=now).token for file in self.cleaned_data["photos"][:FILES_MAX]]


@consumer_door
def of_buyer(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _appeal(request, actor, number, back="web:case")


@staff_door
def of_staff(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _appeal(request, actor, number, back="web:staff_case")


def _appeal(request: HttpRequest, actor: Actor, number: str, *, back: str) -> HttpResponse:
    case = case_for(actor, number)
    told = claim_of(case, actor)
    if told is None or told["coming"]:
        raise refused(NOT_FOUND)
    form, refusal, status = AppealForm(initial={"once": new_key()}), "", 200
    if request.method == "POST":
        form, now = AppealForm(request.POST, request.FILES), clock.now()
        status = 422
        if form.is_valid():
            given = form.cleaned_data

            def act() -> str:
                tokens = form.stored(actor=actor, now=now)
                return appeal_claim(case.number, given["text"], actor=actor, now=now, receipts=tokens, waybill=given["waybill"]).number

            try:
                once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
            else:
                messages.success(request, _("申诉已提交，保险公司将在 24 小时内重新审核。"))
                return redirect(back, case.number)
    context: dict[str, Any] = {"here": "cases", "case": case, "freight": told, "form": form, "refusal": refusal, "back": back}
    return page(request, "shared/freight_appeal.html", context, actor=actor, status=status)
