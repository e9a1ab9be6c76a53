"""The consumer's door: order number and a code to the phone (a guest), or the shop's signed link (the buyer)."""

from datetime import datetime

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shouhou.accounts.models import Buyer
from shouhou.accounts.sessions import note_session
from shouhou.accounts.signin import enter_code, request_code, verify_link
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.web.consumer.coded import Facts, Way, code_page, start_page
from shouhou.web.doors import public_door
from shouhou.web.page import page
from shouhou.web.shared.kept import KEY, carried
from shouhou.web.who import BUYER_KEY, GUEST_KEY, SEEN_KEY, address_of, buyer_of

ASKED_KEY = "sign_in_asked"


class AskForm(forms.Form):
    order = forms.CharField(
        label=_("订单号"), max_length=80, help_text=_("在商城的“我的订单”或发货短信里。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("下单手机号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


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
    return start_page(request, GUEST, form, "consumer/sign_in.html")


@public_door
def code(request: HttpRequest) -> HttpResponse:
    return code_page(request, GUEST)


@public_door
def enter(request: HttpRequest) -> HttpResponse:
    """The shop's link lets its signed-in buyer in; `order` goes straight to that order."""
    given = {name: request.GET.get(name, "") for name in ("buyer", "expires", "signature")}
    buyer = verify_link(**given, secret=settings.SHOP_LINK_SECRET, now=clock.now())
    order = request.GET.get("order", "")
    let_in(request, buyer, "")
    return redirect("web:order", number=order) if order and "/" not in order else redirect("web:orders")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("web:home")


def let_in(request: HttpRequest, buyer: Buyer, onward: str, guest: Order | None = None) -> str:
    """A fresh session: nothing of a stranger who used this browser before stays in it, but for a form they were just
    about to send. Answers where to go on, if that is one of our own pages.
    """
    held, now = carried(request, onward), clock.now()
    request.session.flush()
    request.session[BUYER_KEY], request.session[SEEN_KEY] = buyer.pk, now.timestamp()
    if guest is not None:
        request.session[GUEST_KEY] = guest.pk
    if held is not None:
        request.session[KEY] = held
    request.session.save()
    note_session(
        buyer, session_key=request.session.session_key or "", guest_order=guest.number if guest else "",
        address=address_of(request), browser=request.headers.get("user-agent", ""), now=now,
    )  # fmt: skip
    safe = onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return onward if safe and onward != "/" else ""


def _send(facts: Facts, address: str, now: datetime) -> None:
    """Raises Refused RATE_LIMITED."""
    request_code(order_number=facts["order"], phone=facts["phone"], address=address, now=now)


def _enter(request: HttpRequest, facts: Facts, given: str, now: datetime) -> HttpResponse:
    """A guest has proved one order: that order and its cases, nothing else. Raises Refused CODE_WRONG, RATE_LIMITED."""
    buyer = enter_code(order_number=facts["order"], phone=facts["phone"], code=given, address=address_of(request), now=now)
    order = Order.objects.get(number=facts["order"])
    onward = let_in(request, buyer, facts.get("next", ""), order)
    return redirect(onward) if onward else redirect("web:order", number=order.number)


GUEST = Way(ASKED_KEY, "web:sign_in", "web:code", _send, _enter)
