"""Couriers' bills for free pickups: taking one in, what became of its lines, and those that somebody has to ask about."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.courier_bills import take_bill
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.logistics.rules.couriers import COURIERS
from shouhou.payments.models import CourierBill, CourierBillLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.subjects import cases_behind, who_words
from shouhou.web.page import language, said
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once

PAGE_SIZE, BILLS_SHOWN, BYTES_MOST = 50, 20, 8 << 20
OUTCOMES = dict(CourierBillLine.OUTCOMES)
TONES = {"posted": "good", "unknown": "bad", "not_free": "turn", "other_amount": "bad"}
TO_ASK = ("unknown", "not_free", "other_amount")


class BillForm(forms.Form):
    """A courier's file."""

    carrier = forms.ChoiceField(label=gettext_lazy("承运商"))
    file = forms.FileField(
        label=gettext_lazy("账单文件"), help_text=gettext_lazy("CSV，列名 reference（取件单号或承运商单号）、amount、currency。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
    )  # fmt: skip
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = [(code, said(each.name)) for code, each in COURIERS.items()]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_MOST:
            raise forms.ValidationError(_("文件超过 %(n)d MB。") % {"n": BYTES_MOST >> 20})
        return file


@finance_door
def couriers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The lines (what has to be asked about, unless `outcome` names others) and the last bills; POST takes another one in."""
    form, status, now = BillForm(initial={"once": new_key()}), 200, clock.now()
    if request.method == "POST":
        form, status = BillForm(request.POST, request.FILES), 422
        if form.is_valid():
            given = form.cleaned_data
            data, name = given["file"].read(), given["file"].name or ""

            def act() -> str:
                return str(take_bill(given["carrier"], data, name=name, actor=actor, now=now).pk)

            try:
                once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.add_error("file", no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("账单已登记，能对上的已入账。"))
                return redirect("web:finance_couriers")
    outcome, after = request.GET.get("outcome", "ask"), request.GET.get("after", "")
    every = _chosen(outcome).select_related("bill").order_by("-id")
    if after.isascii() and after.isdigit() and len(after) < 18:
        every = every.filter(pk__lt=int(after))
    found = list(every[: PAGE_SIZE + 1])
    rows = found[:PAGE_SIZE]
    cases = cases_behind([row.subject for row in rows])
    bills = list(
        CourierBill.objects.annotate(
            posted=Count("lines", filter=Q(lines__outcome="posted")), asked=Count("lines", filter=~Q(lines__outcome="posted")),
        ).order_by("-id")[:BILLS_SHOWN]
    )
    names = who_words({bill.taken_by for bill in bills})
    context: dict[str, Any] = {
        "form": form, "outcome": outcome, "bills": [
            {"row": bill, "by": names.get(bill.taken_by, bill.taken_by), "carrier": _carrier(bill.carrier)} for bill in bills
        ],
        "rows": [_row(row, cases) for row in rows], "next": f"?after={rows[-1].pk}&outcome={outcome}" if len(found) > PAGE_SIZE else "",
        "first": f"?outcome={outcome}" if after else "", "waiting": CourierBillLine.objects.filter(outcome__in=TO_ASK).count(),
        "outcomes": [("ask", _("待向承运商查询")), *((name, half(words)) for name, words in OUTCOMES.items()), ("all", _("全部"))],
    }  # fmt: skip
    return finance_page(request, "couriers", context, actor=actor, place="finance_couriers", status=status)


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """couriers.csv or .xlsx, as filtered."""
    columns = [
        Column(_("承运商"), width=10), Column(_("单号"), width=22), Column(_("金额"), "money", 12), Column(_("币种"), width=8),
        Column(_("结果"), width=18), Column(_("售后单号"), width=16), Column(_("由谁承担"), width=18), Column(_("账单文件"), width=26),
        Column(_("登记时间"), "instant", 20),
    ]  # fmt: skip
    rows = _chosen(request.GET.get("outcome", "ask")).select_related("bill").order_by("-id")
    return exported("courier-bills", form, columns=columns, rows=_cells(rows.iterator(chunk_size=500)))


def _chosen(outcome: str) -> QuerySet[CourierBillLine]:
    found = CourierBillLine.objects.all()
    if outcome in OUTCOMES:
        return found.filter(outcome=outcome)
    return found if outcome == "all" else found.filter(outcome__in=TO_ASK)


def _row(row: CourierBillLine, cases: Any) -> dict[str, Any]:
    return {
        "row": row, "carrier": _carrier(row.carrier), "tone": TONES[row.outcome], "outcome": half(OUTCOMES[row.outcome]),
        "address": cases.get(row.subject, ""), "bearer": _bearer(row.bearer),
    }  # fmt: skip


def _carrier(code: str) -> str:
    return said(COURIERS[code].name) if code in COURIERS else code


def _bearer(bearer: str) -> str:
    kind = bearer.partition(":")[0]
    words = {
        "merchant": _("商家"), "platform_advance": _("平台垫付，向商家追收"), "platform_goodwill": _("平台"),
        "carrier": _("承运商"), "": "–",
    }  # fmt: skip
    return words.get(kind, bearer)


def _cells(rows: Iterator[CourierBillLine]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            _carrier(row.carrier), row.reference, Money(row.amount_minor, row.currency).decimal, row.currency, half(OUTCOMES[row.outcome]),
            row.subject, _bearer(row.bearer), row.bill.name, row.bill.taken_at,
        ]  # fmt: skip
