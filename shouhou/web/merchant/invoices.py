"""A shop's own invoices to be reversed or made out: the shop is the payee, so it makes them out itself (L-22)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.payments.invoice_list import every_task
from shouhou.payments.models import InvoiceTask
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, shop_of
from shouhou.web.page import language
from shouhou.web.shared.export import exported
from shouhou.web.shared.invoice_tasks import (
    InvoiceFilters,
    do_deed,
    invoice_cells,
    invoice_columns,
    invoice_list,
    invoice_page_of,
    invoice_task,
    issue_filled,
)

NAMES = {
    "list": "web:merchant_invoices", "one": "web:merchant_invoice", "act": "web:merchant_invoice_act",
    "issue": "web:merchant_invoices_issue", "export": "web:merchant_invoices_export", "order": "web:merchant_order",
}  # fmt: skip


@staff_door
def invoices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Oldest first while they are to be done."""
    return _list(request, actor, InvoiceFilters.of(request.GET))


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """invoice-tasks.csv or .xlsx, as filtered."""
    found = every_task(InvoiceFilters.of(request.GET).narrowed(clock.now(), shop=shop_of(actor)))
    return exported("invoice-tasks", form, columns=invoice_columns(), rows=invoice_cells(found))


@staff_door
def invoice(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One of them: what it reverses and why, and what can be done."""
    return _page(request, actor, invoice_task(number, shop=shop_of(actor)))


@require_POST
@staff_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """ask, confirm, issue, reject, cancel."""
    task = invoice_task(number, shop=shop_of(actor))
    try:
        do_deed(task, deed, request.POST, actor=actor, now=clock.now())
    except Refused as no:
        return _page(request, actor, task, problem=no.sentence(language()), status=no.status)
    return redirect("web:merchant_invoice", task.number)


@require_POST
@staff_door
def issue_several(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every task with a number beside it; what became of each stands on the page."""
    told = issue_filled(request.POST, actor=actor, now=clock.now(), shop=shop_of(actor))
    return _list(request, actor, InvoiceFilters(), told=told, status=200 if told else 422)


def _list(
    request: HttpRequest, actor: Actor, filters: InvoiceFilters, *, told: list[dict[str, Any]] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        **invoice_list(filters, now=clock.now(), shop=shop_of(actor)), "told": told,
        "good": bool(told) and all(each["good"] for each in told or ()), "names": NAMES, "acting": True,
    }  # fmt: skip
    return console(request, actor, "invoices", context, tab="merchant_invoices", status=status)


def _page(request: HttpRequest, actor: Actor, task: InvoiceTask, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {**invoice_page_of(task, now=clock.now()), "problem": problem, "names": NAMES, "acting": True}
    return console(request, actor, "invoice", context, tab="merchant_invoices", status=status)
