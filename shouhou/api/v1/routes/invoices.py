"""Invoice tasks for the shop's invoicing system: list what is to be made out, say what became of it."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.access import invoice_task_of
from shouhou.api.v1.answers import answer, listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import Cursor, PageSize, answers
from shouhou.api.v1.shapes.invoices import (
    ConfirmInput,
    InvoiceNumber,
    InvoiceTaskList,
    InvoiceTaskShape,
    IssueInput,
    RejectInput,
)  # fmt: skip
from shouhou.payments.actions import confirm_invoice, issue_invoice, reject_invoice
from shouhou.payments.invoice_list import InvoiceFilter, invoice_json, invoice_page
from shouhou.plumbing.clock import now

router = Router(tags=["invoice tasks 开票任务"])


@router.get(
    "", auth=Key("invoices:read"), response=answers(InvoiceTaskList), operation_id="list_invoice_tasks",
    summary="开票任务列表 Invoice tasks, by filter",
)  # fmt: skip
def tasks(
    request: HttpRequest,
    state: Annotated[
        Literal["open", "drafted", "confirmed", "issued", "rejected", "cancelled"] | None,
        Query(description="open: all that is still to be made out, the oldest first"),
    ] = None,
    kind: Annotated[Literal["red", "blue"] | None, Query()] = None,
    subject: Annotated[str | None, Query(max_length=60, description="the case's number")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """Only what this key may see: a merchant's key its own orders'."""
    wanted = InvoiceFilter(state=state, kind=kind, subject=subject, merchant_id=caller(request).actor.merchant_id)
    found, following = invoice_page(wanted, limit=limit, cursor=cursor)
    return listing([invoice_json(task) for task in found], following)


@router.get(
    "/{number}", auth=Key("invoices:read"), response=answers(InvoiceTaskShape, errors=(404,)), operation_id="get_invoice_task",
    summary="查看开票任务 One invoice task",
)  # fmt: skip
def task(request: HttpRequest, number: InvoiceNumber) -> HttpResponse:
    """Red: what of which invoice is reversed, and why. Blue: what was paid on top."""
    return answer(invoice_json(invoice_task_of(number, actor=caller(request).actor)))


@router.post(
    "/{number}/confirm", auth=Key("invoices:write"), response=answers(InvoiceTaskShape, errors=(404, 409)),
    operation_id="confirm_invoice_task", summary="购方确认 Confirmed by the buyer's side",
)  # fmt: skip
def confirm(request: HttpRequest, number: InvoiceNumber, wish: ConfirmInput) -> HttpResponse:
    """The number of the confirmation form; the same again changes nothing."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        invoice_task_of(number, actor=actor)
        confirm_invoice(number, confirmation=wish.confirmation, actor=actor, now=at)
        return invoice_json(invoice_task_of(number, actor=actor))

    return once(request, act)


@router.post(
    "/{number}/issue", auth=Key("invoices:write"), response=answers(InvoiceTaskShape, errors=(404, 409)),
    operation_id="issue_invoice_task", summary="登记开具 The invoice has been made out",
)  # fmt: skip
def issue(request: HttpRequest, number: InvoiceNumber, wish: IssueInput) -> HttpResponse:
    """Under which number; the same again changes nothing, another one is refused. The buyer is told."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        invoice_task_of(number, actor=actor)
        issue_invoice(number, issued_number=wish.issued_number, actor=actor, now=at)
        return invoice_json(invoice_task_of(number, actor=actor))

    return once(request, act)


@router.post(
    "/{number}/reject", auth=Key("invoices:write"), response=answers(InvoiceTaskShape, errors=(404, 409)),
    operation_id="reject_invoice_task", summary="开票被退回 The invoice was sent back",
)  # fmt: skip
def reject(request: HttpRequest, number: InvoiceNumber, wish: RejectInput) -> HttpResponse:
    """It stays to be made out; finance sees why."""
    actor, at = caller(request).actor, now()

    def act() -> object:
        invoice_task_of(number, actor=actor)
        reject_invoice(number, why=wish.why, actor=actor, now=at)
        return invoice_json(invoice_task_of(number, actor=actor))

    return once(request, act)
