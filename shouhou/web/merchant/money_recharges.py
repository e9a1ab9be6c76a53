"""What the platform claims back from the shop: the list, one of them, the appeal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.foundation.refusals import Refused, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.settlements.actions import appeal
from shouhou.settlements.models import Recharge
from shouhou.settlements.refusals import RECHARGE_UNKNOWN
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, shop_of
from shouhou.web.page import language
from shouhou.web.shared.export import exported
from shouhou.web.shared.moves import FILES_MAX
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.shop_money import (
    AppealForm,
    RechargeFilters,
    recharge_cells,
    recharge_columns,
    recharge_files,
    recharge_page,
    recharge_words,
)


@staff_door
def recharges(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest first; what is open unless asked otherwise."""
    rows = Recharge.objects.filter(merchant=shop_of(actor))
    context = {**recharge_page(RechargeFilters.of(request.GET), rows), "any": rows.exists()}
    return console(request, actor, "recharges", context, tab="merchant_money")


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """recharges.csv or .xlsx, as filtered."""
    rows = RechargeFilters.of(request.GET).narrowed(Recharge.objects.filter(merchant=shop_of(actor)))
    return exported("recharges", form, columns=recharge_columns(), rows=recharge_cells(rows))


@staff_door
def recharge(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One of them with its evidence; while it can be appealed, the form for it."""
    row = Recharge.objects.select_related("merchant").filter(merchant=shop_of(actor), number=number).first()
    if row is None:
        raise refused(RECHARGE_UNKNOWN, number=number)
    now = clock.now()
    form, status = AppealForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form, status = AppealForm(request.POST, request.FILES), 422
        if form.is_valid():
            given = form.cleaned_data

            def act() -> str:
                files = [take_upload(file, name=file.name or "", actor=actor, now=now).token for file in given["proofs"][:FILES_MAX]]
                appeal(number, text=given["text"], tokens=files, actor=actor, now=now)
                return number

            try:
                once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.add_error(None, no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("申诉已提交，平台会在期限内答复。"))
                return redirect("web:merchant_recharge", number)
    context: dict[str, Any] = {
        **recharge_words(row), "files": recharge_files(row), "form": form, "open": row.state == "announced" and now <= row.appeal_until,
    }  # fmt: skip
    return console(request, actor, "recharge", context, tab="merchant_money", status=status)
