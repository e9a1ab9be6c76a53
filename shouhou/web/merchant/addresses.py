"""Return addresses: listed for all of the shop, kept by its managers."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import NOT_FOUND, Refused, refused
from shouhou.merchants.actions import AddressFacts, add_address, change_address, make_default, switch_off
from shouhou.merchants.queries import return_addresses
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, manager_of, shop_of
from shouhou.web.page import language
from shouhou.web.shared.once import new_key, once

DIGITS_MIN = 6


class AddressForm(forms.Form):
    """Where goods go back to."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("名称"), max_length=80, help_text=gettext_lazy("只给自己看，例如“退货仓”。"))
    contact = forms.CharField(label=gettext_lazy("联系人"), max_length=80)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    region = forms.CharField(label=gettext_lazy("省市区"), max_length=120)
    address = forms.CharField(label=gettext_lazy("详细地址"), max_length=240)

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if sum(letter.isdigit() for letter in phone) < DIGITS_MIN:
            raise forms.ValidationError(_("请填写能接通的电话。"))
        return phone

    def facts(self) -> AddressFacts:
        given = self.cleaned_data
        return AddressFacts(**{name: given[name] for name in ("label", "contact", "phone", "region", "address")})


@staff_door
def addresses(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The living addresses, the default first."""
    return _listed(request, actor)


@staff_door
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One more address."""
    manager_of(actor)
    now = clock.now()
    form = AddressForm(request.POST or None, initial={"once": new_key()})
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        try:
            once(form.cleaned_data["once"], lambda: str(add_address(facts, actor=actor, now=now)), actor=actor, now=now)
        except Refused as no:
            form.add_error(None, no.sentence(language()))
        else:
            messages.success(request, _("已添加退货地址。"))
            return redirect("web:merchant_addresses")
    return console(request, actor, "address", {"form": form}, tab="merchant_addresses", status=422 if form.errors else 200)


@staff_door
def change(request: HttpRequest, actor: Actor, address: int) -> HttpResponse:
    """Another address in its place; cases that were told the old one keep it."""
    shop, now = manager_of(actor), clock.now()
    known = next((each for each in return_addresses(shop) if each.pk == address), None)
    if known is None and request.method != "POST":
        raise refused(NOT_FOUND)
    start = {name: getattr(known, name) for name in ("label", "contact", "phone", "region", "address")} if known else {}
    form = AddressForm(request.POST or None, initial={**start, "once": new_key()})
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        once(form.cleaned_data["once"], lambda: str(change_address(address, facts, actor=actor, now=now)), actor=actor, now=now)
        messages.success(request, _("退货地址已更改，新的售后单使用新地址。"))
        return redirect("web:merchant_addresses")
    if known is None:
        raise refused(NOT_FOUND)
    context = {"form": form, "known": known}
    return console(request, actor, "address", context, tab="merchant_addresses", status=422 if form.errors else 200)


@require_POST
@staff_door
def default(request: HttpRequest, actor: Actor, address: int) -> HttpResponse:
    """New cases go there from now on; twice is the same."""
    now = clock.now()

    def act() -> str:
        make_default(address, actor=actor, now=now)
        return str(address)

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("默认退货地址已更改。"))
    return redirect("web:merchant_addresses")


@require_POST
@staff_door
def off(request: HttpRequest, actor: Actor, address: int) -> HttpResponse:
    """No new case goes there; the same form twice does it once."""
    now = clock.now()

    def act() -> str:
        switch_off(address, actor=actor, now=now)
        return str(address)

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind != "conflict":
            raise
        return _listed(request, actor, refusal=no.sentence(language()), status=no.status)
    messages.success(request, _("退货地址已停用；已经告知消费者的售后单不变。"))
    return redirect("web:merchant_addresses")


def _listed(request: HttpRequest, actor: Actor, *, refusal: str = "", status: int = 200) -> HttpResponse:
    rows = [{"row": row, "once": new_key()} for row in return_addresses(shop_of(actor))]
    return console(request, actor, "addresses", {"rows": rows, "refusal": refusal}, tab="merchant_addresses", status=status)
