"""Return addresses: listed for all of the shop, kept by its managers."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import NOT_FOUND, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.actions import AddressFacts, add_address, change_address, make_default, switch_off
from shouhou.merchants.models import ReturnAddress
from shouhou.merchants.queries import addresses_of, return_addresses
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, manager_of, shop_of
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import new_key, once

DIGITS_MIN = 6
PAGE_SIZE, CHUNK = 30, 500
SHOWN = {"": Text("在用", "In use"), "off": Text("已停用", "Switched off"), "all": Text("全部", "All")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address of the list asks for."""

    q: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


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
    """The addresses in use, or those switched off, the default first."""
    return _listed(request, actor)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """addresses.csv or .xlsx, as filtered."""
    columns = [
        Column(_("名称"), width=20), Column(_("联系人")), Column(_("电话")), Column(_("省市区"), width=24), Column(_("详细地址"), width=36),
        Column(_("默认"), width=8), Column(_("状态"), width=10),
    ]  # fmt: skip
    rows = (
        (row.label, row.contact, row.phone, row.region, row.address, _("是") if row.is_default and row.active else "",
         _("在用") if row.active else _("已停用"))
        for row in _found(Filters.of(request.GET), shop_of(actor)).iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("return-addresses", form, columns=columns, rows=rows)


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
    filters, shop = Filters.of(request.GET), shop_of(actor)
    found = _found(filters, shop)
    if filters.after:
        first, last = decode_cursor(filters.after, int, int)
        beyond = Q(is_default=bool(first), pk__gt=last)
        found = found.filter(beyond | Q(is_default=False) if first else beyond)
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    context = {
        "filters": filters, "rows": [{"row": row, "once": new_key()} for row in rows], "refusal": refusal,
        "any": bool(rows) or addresses_of(shop, active=None).exists(),
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(int(rows[-1].is_default), rows[-1].pk)) if more else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return console(request, actor, "addresses", context, tab="merchant_addresses", status=status)


def _found(filters: Filters, shop: int) -> QuerySet[ReturnAddress]:
    return addresses_of(shop, q=filters.q, active={"": True, "off": False, "all": None}[filters.shown])
