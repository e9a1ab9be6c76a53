"""Invoices to be reversed or made out: the work list of finance, one by one and several at once."""

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
from shouhou.web.finance.door import ACTS, finance_door, finance_page
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
    "list": "web:finance_invoices", "one": "web:finance_invoice", "act": "web:finance_invoice_act", "issue": "web:finance_invoices_issue",
    "export": "web:finance_invoices_export",
    "refund": "web:finance_refund", "charge": "web:staff_charge", "order": "web:staff_order",
}  # fmt: skip


@finance_door
def invoices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Oldest first while they are to be done."""
    return _list(request, actor, InvoiceFilters.of(request.GET))


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same selection as a file, for the invoicing system."""
    found = every_task(InvoiceFilters.of(request.GET).narrowed(clock.now()))
    return exported("invoice-tasks", form, columns=invoice_columns(), rows=invoice_cells(found))


@finance_door
def invoice(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One task: what it reverses and why, who did what."""
    return _page(request, actor, invoice_task(number))


@require_POST
@finance_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """ask, confirm, issue, reject, cancel."""
    task = invoice_task(number)
    try:
        do_deed(task, deed, request.POST, actor=actor, now=clock.now())
    except Refused as no:
        return _page(request, actor, task, problem=no.sentence(language()), status=no.status)
    return redirect("web:finance_invoice", task.number)


@require_POST
@finance_door
def issue_several(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every task with a number beside it; what became of each stands on the page."""
    told = issue_filled(request.POST, actor=actor, now=clock.now())
    return _list(request, actor, InvoiceFilters(), told=told, status=200 if told else 422)


def _list(
    request: HttpRequest, actor: Actor, filters: InvoiceFilters, *, told: list[dict[str, Any]] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        **invoice_list(filters, now=clock.now()), "told": told, "good": bool(told) and all(each["good"] for each in told or ()),
        "names": NAMES, "acting": actor.role in ACTS,
    }  # fmt: skip
    return finance_page(request, "invoices", context, actor=actor, place="finance_invoices", status=status)


def _page(request: HttpRequest, actor: Actor, task: InvoiceTask, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {**invoice_page_of(task, now=clock.now()), "problem": problem, "names": NAMES, "acting": actor.role in ACTS}
    return finance_page(request, "invoice", context, actor=actor, place="finance_invoices", status=status)
