"""Who has no order yet comes in by a code to their phone: to ask, to complain, and to see what became of it."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from shouhou.accounts.visitors import enter_visitor_code, request_visitor_code
from shouhou.web.consumer.coded import Facts, Way, code_page, start_page
from shouhou.web.consumer.signin import let_in
from shouhou.web.doors import public_door
from shouhou.web.who import address_of


class PhoneForm(forms.Form):
    phone = forms.CharField(label=_("手机号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


@public_door
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a code to this phone."""
    form = PhoneForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    return start_page(request, VISITOR, form, "consumer/visitor.html")


@public_door
def code(request: HttpRequest) -> HttpResponse:
    return code_page(request, VISITOR)


def _send(facts: Facts, address: str, now: datetime) -> None:
    """Raises Refused RATE_LIMITED, PHONE_INVALID."""
    request_visitor_code(facts["phone"], address=address, now=now)


def _enter(request: HttpRequest, facts: Facts, given: str, now: datetime) -> HttpResponse:
    """To where they wanted to go, or to what they wrote. Raises Refused CODE_WRONG, RATE_LIMITED."""
    buyer = enter_visitor_code(facts["phone"], code=given, address=address_of(request), now=now)
    return redirect(let_in(request, buyer, facts.get("next", "")) or "web:cases")


VISITOR = Way("visitor_asked", "web:visitor", "web:visitor_code", _send, _enter)
