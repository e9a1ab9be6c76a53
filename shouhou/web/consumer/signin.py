"""The consumer's door: order number and a code to the phone (a guest), or the shop's signed link (the buyer)."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from shouhou.accounts.models import Buyer
from shouhou.accounts.sessions import note_session
from shouhou.accounts.signin import (
    AGAIN,
    CODE_WRONG,
    MOST_TRIES,
    VALID_MINUTES,
    enter_code,
    plain_phone,
    request_code,
    verify_link,
)
from shouhou.foundation.refusals import Refused
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.masking import mask_phone
from shouhou.web.doors import public_door
from shouhou.web.page import language, page
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


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*", "class": "short", "autofocus": True}
        ),
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
    form, status, refusal = AskForm(request.POST or None, initial={"next": request.GET.get("next", "")}), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            order, phone = form.cleaned_data["order"].strip(), form.cleaned_data["phone"]
            try:
                _ask(request, order, phone, form.cleaned_data["next"])
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
            else:
                return redirect("web:code")
    return page(request, "consumer/sign_in.html", {"form": form, "refusal": refusal}, status=status)


@public_door
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was sent, or (`again`) have another one sent after a minute."""
    asked = request.session.get(ASKED_KEY)
    if not asked:
        return redirect("web:sign_in")
    form, status, refusal = CodeForm(), 200, ""
    try:
        if "again" in request.POST:
            if clock.now() >= _again_at(asked):
                _ask(request, asked["order"], asked["phone"], asked.get("next", ""))
            return redirect("web:code")
        if request.method == "POST":
            form, status = CodeForm(request.POST), 422
            if form.is_valid():
                buyer = enter_code(
                    order_number=asked["order"], phone=asked["phone"], code=form.cleaned_data["code"],
                    address=address_of(request), now=clock.now(),
                )  # fmt: skip
                return _let_guest_in(request, buyer, asked["order"], asked.get("next", ""))
    except Refused as no:
        refusal, status = no.sentence(language()) if no.code != CODE_WRONG.code else _wrong(request, asked), no.status
    context = {
        "form": form, "refusal": refusal, "minutes": VALID_MINUTES,
        "phone": mask_phone(plain_phone(asked["phone"])), "order": asked["order"],
        "may_ask": clock.now() >= _again_at(asked), "again_in": int((_again_at(asked) - clock.now()).total_seconds()) + 1,
    }  # fmt: skip
    return page(request, "consumer/code.html", context, status=status)


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


def _ask(request: HttpRequest, order: str, phone: str, onward: str) -> None:
    """Raises Refused RATE_LIMITED."""
    now, before = clock.now(), request.session.get(ASKED_KEY, {})
    request_code(order_number=order, phone=phone, address=address_of(request), now=now)
    asked = {"order": order, "phone": phone, "at": now.isoformat(), "wrong": 0}
    if all(before.get(name) == asked[name] for name in ("order", "phone")) and now < _again_at(before):
        # The code of a moment ago still is the code.
        asked |= {"at": before["at"], "wrong": before.get("wrong", 0)}
    request.session[ASKED_KEY] = {**asked, "next": onward}


def _wrong(request: HttpRequest, asked: dict[str, Any]) -> str:
    """How many tries are left, counted in this browser: the same for an order that does not exist."""
    wrong = asked.get("wrong", 0) + 1
    request.session[ASKED_KEY] = {**asked, "wrong": wrong}
    left = MOST_TRIES - wrong
    if left > 0:
        return gettext("验证码不正确或已过期，还可以试 %(left)s 次。") % {"left": left}
    return gettext("这个验证码已失效，请重新获取。")


def _again_at(asked: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(asked["at"]) + AGAIN


def _let_guest_in(request: HttpRequest, buyer: Buyer, number: str, onward: str) -> HttpResponse:
    """A guest has proved one order: that order and its cases, nothing else."""
    order = Order.objects.get(number=number)
    onward = let_in(request, buyer, onward, order)
    return redirect(onward) if onward else redirect("web:order", number=order.number)


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
