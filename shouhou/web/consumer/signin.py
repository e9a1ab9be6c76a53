"""The consumer's door: order number and a code to the phone, or the shop's signed link."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shouhou.accounts.models import Buyer
from shouhou.accounts.signin import enter_code, plain_phone, request_code, verify_link
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.masking import mask_phone
from shouhou.web.doors import public_door
from shouhou.web.page import language, page
from shouhou.web.who import BUYER_KEY, address_of, buyer_of

ASKED_KEY = "sign_in_asked"


class AskForm(forms.Form):
    order = forms.CharField(label=_("订单号"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label=_("下单手机号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    next = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )  # fmt: skip


@public_door
def home(request: HttpRequest) -> HttpResponse:
    """The start page; who is signed in goes straight to the orders."""
    if buyer_of(request) is not None:
        return redirect("web:orders")
    return page(request, "home.html")


@public_door
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the answer does not tell whether the order exists."""
    form = AskForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            order, phone = form.cleaned_data["order"].strip(), form.cleaned_data["phone"]
            try:
                request_code(order_number=order, phone=phone, address=address_of(request), now=clock.now())
            except Refused as no:
                form.add_error(None, no.sentence(language()))
                status = no.status
            else:
                request.session[ASKED_KEY] = {"order": order, "phone": phone, "next": form.cleaned_data["next"]}
                return redirect("web:code")
    return page(request, "consumer/sign_in.html", {"form": form}, status=status)


@public_door
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was sent."""
    asked = request.session.get(ASKED_KEY)
    if not asked:
        return redirect("web:sign_in")
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                buyer = enter_code(
                    order_number=asked["order"], phone=asked["phone"], code=form.cleaned_data["code"],
                    address=address_of(request), now=clock.now(),
                )  # fmt: skip
            except Refused as no:
                form.add_error("code", no.sentence(language()))
                status = no.status
            else:
                return _let_in(request, buyer, asked.get("next", ""))
    return page(request, "consumer/code.html", {"form": form, "phone": mask_phone(plain_phone(asked["phone"]))}, status=status)


@public_door
def enter(request: HttpRequest) -> HttpResponse:
    """The shop's link lets its signed-in buyer in; `order` goes straight to that order."""
    given = {name: request.GET.get(name, "") for name in ("buyer", "expires", "signature")}
    buyer = verify_link(**given, secret=settings.SHOP_LINK_SECRET, now=clock.now())
    order = request.GET.get("order", "")
    return _let_in(request, buyer, f"/orders/{order}/" if order and "/" not in order else "")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("web:home")


def _let_in(request: HttpRequest, buyer: Buyer, onward: str) -> HttpResponse:
    """A fresh session: nothing of a stranger who used this browser before stays in it."""
    request.session.flush()
    request.session[BUYER_KEY] = buyer.pk
    if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=None) and onward.startswith("/"):
        return redirect(onward)
    return redirect("web:orders")
