"""Invoices to be reversed or made out: the work list, one by one and several at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.payments.actions import ask_confirmation, cancel_invoice, confirm_invoice, issue_invoice, reject_invoice
from shouhou.payments.invoice_list import OPEN, InvoiceFilter, every_task, invoice_page
from shouhou.payments.models import InvoiceStep, InvoiceTask
from shouhou.payments.refusals import INVOICE_TASK_NOT_FOUND
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.labels import label
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import names_of

PAGE_SIZE, BULK_MOST = 50, 50
TONES = {"drafted": "turn", "confirmed": "turn", "issued": "good", "rejected": "bad", "cancelled": "plain"}
STATES = {
    "open": Text("待办", "to do"), "drafted": Text("待开具", "drafted"), "confirmed": Text("已确认", "confirmed"),
    "rejected": Text("被退回", "sent back"), "issued": Text("已开具", "issued"), "cancelled": Text("已取消", "cancelled"),
    "all": Text("全部", "all"),
}  # fmt: skip
STEPS = {
    "drafted": Text("自动生成", "drafted by itself"), "asked": Text("须购方确认", "the buyer's side has to confirm"),
    "confirmed": Text("购方已确认", "confirmed by the buyer's side"), "issued": Text("已开具", "issued"),
    "rejected": Text("被退回", "sent back"), "cancelled": Text("已取消", "cancelled"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvoiceFilters(Asked):
    """What the address asks for."""

    USUAL: ClassVar[Mapping[str, str]] = {"state": "open"}

    q: str = ""
    state: str = "open"
    kind: str = ""
    reason: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "InvoiceFilters":
        given = taken(query, cls.__slots__)
        return cls(**{**given, "state": given["state"] if given["state"] in STATES else "open"})

    def narrowed(self) -> InvoiceFilter:
        return InvoiceFilter(
            state=None if self.q else self.state, kind=self.kind or None, reason=self.reason or None, text=self.q or None
        )


@finance_door
def invoices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Oldest first while they are to be done."""
    return _list(request, actor, InvoiceFilters.of(request.GET))


@finance_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same selection as a file, for the invoicing system."""
    columns = [
        Column(_("任务编号"), width=18), Column(_("红蓝"), width=8), Column(_("状态"), width=12), Column(_("售后单号"), width=18),
        Column(_("订单号"), width=20), Column(_("原发票号码"), width=24), Column(_("原因代码"), width=8), Column(_("金额"), "money", 14),
        Column(_("币种"), width=8), Column(_("全额"), width=8), Column(_("须购方确认"), width=8), Column(_("确认单号"), width=20),
        Column(_("开具号码"), width=24), Column(_("生成时间"), "instant", 20), Column(_("开具时间"), "instant", 20),
    ]  # fmt: skip
    return exported("invoice-tasks", form, columns=columns, rows=_cells(every_task(InvoiceFilters.of(request.GET).narrowed())))


@finance_door
def invoice(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One task: what it reverses and why, who did what."""
    return _page(request, actor, _found(number))


@require_POST
@finance_door
def act(request: HttpRequest, actor: Actor, number: str, deed: str) -> HttpResponse:
    """ask, confirm, issue, reject, cancel; the same click twice does it once."""
    task, now, given = _found(number), clock.now(), request.POST
    deeds: dict[str, Callable[[], InvoiceTask]] = {
        "ask": lambda: ask_confirmation(task.number, actor=actor, now=now),
        "confirm": lambda: confirm_invoice(task.number, confirmation=given.get("number", ""), actor=actor, now=now),
        "issue": lambda: issue_invoice(task.number, issued_number=given.get("number", ""), actor=actor, now=now),
        "reject": lambda: reject_invoice(task.number, why=given.get("why", ""), actor=actor, now=now),
        "cancel": lambda: cancel_invoice(task.number, why=given.get("why", ""), actor=actor, now=now),
    }  # fmt: skip
    if deed not in deeds:
        raise refused(INVOICE_TASK_NOT_FOUND, number=number[:20])
    try:
        once(f"{given.get('once') or new_key()}:{deed}", lambda: deeds[deed]().number, actor=actor, now=now)
    except Refused as no:
        return _page(request, actor, task, problem=no.sentence(language()), status=no.status)
    return redirect("web:finance_invoice", task.number)


@require_POST
@finance_door
def issue_several(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every task with a number beside it, each for itself; what became of each stands on the page."""
    now, key = clock.now(), request.POST.get("once") or new_key()
    named = [(name[6:26], request.POST.get(name, "")) for name in request.POST if name.startswith("issue-")]
    given = [(number, value) for number, value in named if value.strip()][:BULK_MOST]
    told = [_issued(number, value, key=key, actor=actor, now=now) for number, value in given]
    return _list(request, actor, InvoiceFilters(), told=told, status=200 if told else 422)


def _issued(number: str, value: str, *, key: str, actor: Actor, now: datetime) -> dict[str, Any]:
    def do() -> str:
        return issue_invoice(number, issued_number=value, actor=actor, now=now).issued_number

    try:
        return {"number": number, "good": True, "words": once(f"{key[:50]}:{number}", do, actor=actor, now=now)}
    except Refused as no:
        return {"number": number, "good": False, "words": no.sentence(language())}


def _list(
    request: HttpRequest, actor: Actor, filters: InvoiceFilters, *, told: list[dict[str, Any]] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    found, following = invoice_page(filters.narrowed(), limit=PAGE_SIZE, cursor=filters.after or None)
    lists = [(_first(said(words)), InvoiceFilters(state=code)) for code, words in STATES.items()]
    views = [{"label": words, "address": each.address(), "here": filters.query == each.query} for words, each in lists]
    context = {
        "filters": filters, "views": views, "rows": [_row(task) for task in found], "once": new_key(), "told": told,
        "good": bool(told) and all(each["good"] for each in told or ()),
        "kinds": [(code, half(words)) for code, words in InvoiceTask.KINDS],
        "reasons": [(code, f"{code} {half(words)}") for code, words in InvoiceTask.REASONS],
        "states": [(code, said(words)) for code, words in STATES.items()],
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
        "issues": any(task.state in OPEN for task in found),
    }  # fmt: skip
    return finance_page(request, "invoices", context, actor=actor, place="finance_invoices", status=status)


def _page(request: HttpRequest, actor: Actor, task: InvoiceTask, *, problem: str = "", status: int = 200) -> HttpResponse:
    steps = list(InvoiceStep.objects.filter(task=task).order_by("id"))
    names = names_of({step.by for step in steps})
    context = {
        **_row(task), "problem": problem, "once": new_key(),
        "steps": [{"row": step, "what": label(STEPS, step.what), "by": names.get(step.by, step.by)} for step in steps],
        "siblings": [_row(each) for each in _siblings(task)],
    }  # fmt: skip
    return finance_page(request, "invoice", context, actor=actor, place="finance_invoices", status=status)


def _row(task: InvoiceTask) -> dict[str, Any]:
    return {
        "task": task, "state": half(dict(InvoiceTask.STATES)[task.state]), "tone": TONES[task.state],
        "kind": half(dict(InvoiceTask.KINDS)[task.kind]),
        "reason": f"{task.reason} {half(dict(InvoiceTask.REASONS)[task.reason])}" if task.reason else "",
        "open": task.state in OPEN, "waits": task.needs_confirmation and task.state in ("drafted", "rejected"),
    }  # fmt: skip


def _first(words: str) -> str:
    """A label begins with a capital."""
    return words[:1].upper() + words[1:]


def _siblings(task: InvoiceTask) -> QuerySet[InvoiceTask]:
    """What else of the same invoice is reversed, or was made out beside it."""
    return InvoiceTask.objects.filter(order=task.order).exclude(pk=task.pk).select_related("order", "refund").order_by("id")


def _found(number: str) -> InvoiceTask:
    found = InvoiceTask.objects.filter(number=number[:20]).select_related("order__merchant", "refund", "charge").first()
    if found is None:
        raise refused(INVOICE_TASK_NOT_FOUND, number=number[:20])
    return found


def _cells(tasks: Iterator[InvoiceTask]) -> Iterator[list[Cell]]:
    yes = _("是")
    for task in tasks:
        yield [
            task.number, half(dict(InvoiceTask.KINDS)[task.kind]), half(dict(InvoiceTask.STATES)[task.state]), task.subject,
            task.order.number, task.invoice_number, task.reason, Money(task.amount_minor, task.currency).decimal, task.currency,
            yes if task.whole else "", yes if task.needs_confirmation else "", task.confirmation, task.issued_number, task.created_at,
            task.issued_at,
        ]  # fmt: skip
