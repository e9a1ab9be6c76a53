"""Who has no order yet comes in by a code to their phone: to ask, to complain, and to see what became of it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from shouhou.accounts.signin import AGAIN, VALID_MINUTES, plain_phone
from shouhou.accounts.visitors import enter_visitor_code, request_visitor_code
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.masking import mask_phone
from shouhou.web.consumer.signin import CodeForm, let_in
from shouhou.web.doors import public_door
from shouhou.web.page import language, page
from shouhou.web.who import address_of

ASKED_KEY = "visitor_asked"


class PhoneForm(forms.Form):
    phone = forms.CharField(label=_("手机号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


@public_door
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a code to this phone."""
    form, status, refusal = PhoneForm(request.POST or None, initial={"next": request.GET.get("next", "")}), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _ask(request, form.cleaned_data["phone"], form.cleaned_data["next"])
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
            else:
                return redirect("web:visitor_code")
    return page(request, "consumer/visitor.html", {"form": form, "refusal": refusal}, status=status)


@public_door
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code, or (`again`) have another one sent after a minute."""
    asked = request.session.get(ASKED_KEY)
    if not asked:
        return redirect("web:visitor")
    form, status, refusal = CodeForm(), 200, ""
    try:
        if "again" in request.POST:
            if clock.now() >= _again_at(asked):
                _ask(request, asked["phone"], asked["next"])
            return redirect("web:visitor_code")
        if request.method == "POST":
            form, status = CodeForm(request.POST), 422
            if form.is_valid():
                given = form.cleaned_data["code"]
                buyer = enter_visitor_code(asked["phone"], code=given, address=address_of(request), now=clock.now())
                return redirect(let_in(request, buyer, asked["next"]) or "web:cases")
    except Refused as no:
        refusal, status = no.sentence(language()), no.status
    left = int((_again_at(asked) - clock.now()).total_seconds()) + 1
    context: dict[str, Any] = {
        "form": form, "refusal": refusal, "minutes": VALID_MINUTES, "phone": mask_phone(plain_phone(asked["phone"])), "visitor": True,
        "may_ask": left <= 0, "again_in": left,
    }  # fmt: skip
    return page(request, "consumer/code.html", context, status=status)


def _ask(request: HttpRequest, number: str, onward: str) -> None:
    """Raises Refused RATE_LIMITED, PHONE_INVALID."""
    now = clock.now()
    request_visitor_code(number, address=address_of(request), now=now)
    request.session[ASKED_KEY] = {"phone": number, "next": onward, "at": now.isoformat()}


def _again_at(asked: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(asked["at"]) + AGAIN
