"""Applying in a consumer's name – by phone, chat or paper form – and finding the receipt date where no carrier knows it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.access import order_for
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.orders.actions.receipt import MAY_RULE, rule_receipt
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.web.access import cases_of, orders_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label, tone
from shouhou.web.page import language, page, said
from shouhou.web.shared.applying import applying
from shouhou.web.shared.complaining import plain_service
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.behalf import BehalfForm
from shouhou.web.staff.parcels import BASES, ladders_of, shipments_of

# Who may enter an application for somebody: those whom consumers reach by phone, chat or at the counter.
MAY_APPLY = frozenset({"agent", "supervisor", "clerk"})
FOUND_MAX = 20
SEARCH_MAX = 80


class ReceiptForm(forms.Form):
    received_on = forms.DateField(label=gettext_lazy("收货日期"), widget=forms.DateInput(attrs={"type": "date"}))
    basis = forms.MultipleChoiceField(
        label=gettext_lazy("依据"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("没有依据不能认定，请至少选择一项。")},
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = [(code, said(text)) for code, text in BASES.items()]  # type: ignore[attr-defined]


@staff_door
def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Find the order: by its number, or by the buyer's phone."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX]
    rows = []
    if q:
        wanted = Q(number=q)
        if q.isdigit() and 4 <= len(q) <= 15:
            wanted |= Q(buyer__phone__endswith=q)
        found = orders_of(actor).filter(wanted).annotate(case_count=Count("cases")).prefetch_related("lines")
        for order in found.order_by("-placed_at")[: FOUND_MAX + 1]:
            rows.append({
                "order": order, "buyer": mask_name(order.buyer.name), "phone": mask_phone(order.buyer.phone),
                "lines": sorted(order.lines.all(), key=lambda line: line.line), "cases": order.case_count,
            })  # fmt: skip
    context = {"here": "behalf", "q": q, "rows": rows[:FOUND_MAX], "more": len(rows) > FOUND_MAX, "may_apply": actor.role in MAY_APPLY}
    return page(request, "staff/find.html", context, actor=actor)


@staff_door
def order(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The order's lines to choose from, with their receipt dates."""
    found = order_for(actor, number)
    sold = list(found.lines.order_by("line"))
    lines = [
        {"row": line, "claimable": line.quantity - line.claimed_quantity,
         "may_rule": actor.role in MAY_RULE and line.receipt_source not in ("signature", "carrier_arrival")}
        for line in sold
    ]  # fmt: skip
    context = {
        "here": "behalf", "order": found, "lines": lines, "may_apply": actor.role in MAY_APPLY,
        "shipments": shipments_of(found), "ladders": ladders_of(found, sold),
        "cases": [{"case": case, "status": status_label(case.service, case.status), "tone": tone(case.status, case.waits_on, actor.role)}
                  for case in cases_of(actor).filter(order_id=found.pk).order_by("-id")[:FOUND_MAX]],
        "buyer": mask_name(found.buyer.name), "phone": mask_phone(found.buyer.phone),
        "any_claimable": any(line["claimable"] for line in lines),
    }  # fmt: skip
    return page(request, "staff/order.html", context, actor=actor)


@staff_door
def apply(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The consumer's own form, filled in by an agent, with the channel and a note of the call."""
    if actor.role not in MAY_APPLY:
        raise refused(FORBIDDEN, roles=sorted(MAY_APPLY))
    found = order_for(actor, number)
    if plain_service(request.GET.get("service", "")):
        return redirect(f"{reverse('web:staff_complain')}?{urlencode({'service': request.GET['service'], 'order': found.number})}")
    return applying(
        request, actor.acting_for(found.buyer_id), found, behalf=True, templates="staff",
        case_address=lambda case: reverse("web:staff_case", args=[case]), kind=BehalfForm,
    )  # fmt: skip


@staff_door
def receipt(request: HttpRequest, actor: Actor, number: str, line: int) -> HttpResponse:
    """Find the receipt date of one line, with its basis; the same form twice finds it once."""
    found = order_for(actor, number)
    row = found.lines.filter(line=line).first()
    if row is None:
        raise Http404("no such line")
    form, status = ReceiptForm(request.POST or None, initial={"version": found.version}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, now = form.cleaned_data, clock.now()

            def act() -> str:
                rule_receipt(
                    number=found.number, line=line, received_on=given["received_on"], basis=given["basis"],
                    note=given["note"], version=given["version"], actor=actor, now=now,
                )  # fmt: skip
                return found.number

            try:
                once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
            except Refused as no:
                _tell(form, no)
            else:
                messages.success(request, _("收货日期已认定。"))
                return redirect("web:staff_order", found.number)
    context = {"here": "behalf", "order": found, "line": row, "form": form, "once": new_key()}
    return page(request, "staff/receipt.html", context, actor=actor, status=status)


def _tell(form: forms.Form, no: Refused) -> None:
    for error in no.errors:
        form.add_error(error.field if error.field in form.fields else None, error.en if language() == "en" else error.zh)
    if not no.errors:
        form.add_error(None, no.sentence(language()))
