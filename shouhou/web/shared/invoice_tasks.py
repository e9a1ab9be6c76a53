"""Invoice tasks on the page, for finance and for a shop alike: the list, one of them, the deeds, the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.payments.actions import ask_confirmation, cancel_invoice, confirm_invoice, issue_invoice, reject_invoice
from shouhou.payments.invoice_list import OPEN, InvoiceFilter, invoice_page, time_to_issue
from shouhou.payments.models import InvoiceStep, InvoiceTask
from shouhou.payments.refusals import INVOICE_TASK_NOT_FOUND
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import label
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Cell, Column
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.money import names_of

PAGE_SIZE, BULK_MOST = 50, 50
LATE = "late"
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
    "lowered": Text("部分款项已退回，金额调低", "lowered: a part of the money has gone back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvoiceFilters(Asked):
    """What the address asks for."""

    USUAL: ClassVar[Mapping[str, str]] = {"state": "open"}

    q: str = ""
    state: str = "open"
    kind: str = ""
    reason: str = ""
    due: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "InvoiceFilters":
        given = taken(query, cls.__slots__)
        state, due = given["state"], given["due"]
        return cls(**{**given, "state": state if state in STATES else "open", "due": due if due == LATE else ""})

    def narrowed(self, now: datetime, *, shop: int | None = None) -> InvoiceFilter:
        return InvoiceFilter(
            state=None if self.q else self.state, kind=self.kind or None, reason=self.reason or None, text=self.q or None,
            merchant_id=shop, late_since=now - time_to_issue() if self.due else None,
        )  # fmt: skip


def invoice_columns() -> list[Column]:
    """Of the file for the invoicing system."""
    return [
        Column(_("任务编号"), width=18), Column(_("红蓝"), width=8), Column(_("状态"), width=12), Column(_("售后单号"), width=18),
        Column(_("订单号"), width=20), Column(_("原发票号码"), width=24), Column(_("原因代码"), width=8), Column(_("金额"), "money", 14),
        Column(_("币种"), width=8), Column(_("全额"), width=8), Column(_("须购方确认"), width=8), Column(_("确认单号"), width=20),
        Column(_("开具号码"), width=24), Column(_("生成时间"), "instant", 20), Column(_("开具期限"), "instant", 20),
        Column(_("开具时间"), "instant", 20),
    ]  # fmt: skip


def invoice_cells(tasks: Iterator[InvoiceTask]) -> Iterator[list[Cell]]:
    yes, within = _("是"), time_to_issue()
    for task in tasks:
        yield [
            task.number, half(dict(InvoiceTask.KINDS)[task.kind]), half(dict(InvoiceTask.STATES)[task.state]), task.subject,
            task.order.number, task.invoice_number, task.reason, Money(task.amount_minor, task.currency).decimal, task.currency,
            yes if task.whole else "", yes if task.needs_confirmation else "", task.confirmation, task.issued_number, task.created_at,
            task.created_at + within if task.state in OPEN else None, task.issued_at,
        ]  # fmt: skip


def invoice_list(filters: InvoiceFilters, *, now: datetime, shop: int | None = None) -> dict[str, Any]:
    """The context of shared/invoice_tasks.html."""
    found, following = invoice_page(filters.narrowed(now, shop=shop), limit=PAGE_SIZE, cursor=filters.after or None)
    lists = [(_first(said(words)), InvoiceFilters(state=code)) for code, words in STATES.items()]
    lists.insert(1, (_first(said(Text("已逾期", "overdue"))), InvoiceFilters(due=LATE)))
    return {
        "filters": filters, "rows": [invoice_row(task, now) for task in found], "once": new_key(), "told": None,
        "views": [{"label": words, "address": each.address(), "here": filters.query == each.query} for words, each in lists],
        "kinds": [(code, half(words)) for code, words in InvoiceTask.KINDS],
        "reasons": [(code, f"{code} {half(words)}") for code, words in InvoiceTask.REASONS],
        "states": [(code, said(words)) for code, words in STATES.items()],
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
        "issues": any(task.state in OPEN for task in found), "shop_wide": shop is None,
    }  # fmt: skip


def invoice_page_of(task: InvoiceTask, *, now: datetime) -> dict[str, Any]:
    """The context of shared/invoice_task.html: what it reverses and why, who did what, what else there is of the same invoice."""
    steps = list(InvoiceStep.objects.filter(task=task).order_by("id"))
    names = names_of({step.by for step in steps})
    siblings = InvoiceTask.objects.filter(order=task.order).exclude(pk=task.pk).select_related("order", "refund").order_by("id")
    return {
        **invoice_row(task, now), "once": new_key(), "problem": "",
        "steps": [{"row": step, "what": label(STEPS, step.what), "by": names.get(step.by, step.by)} for step in steps],
        "siblings": [invoice_row(each, now) for each in siblings],
    }  # fmt: skip


def invoice_row(task: InvoiceTask, now: datetime) -> dict[str, Any]:
    due = task.created_at + time_to_issue()
    return {
        "task": task, "state": half(dict(InvoiceTask.STATES)[task.state]), "tone": TONES[task.state],
        "kind": half(dict(InvoiceTask.KINDS)[task.kind]),
        "reason": f"{task.reason} {half(dict(InvoiceTask.REASONS)[task.reason])}" if task.reason else "",
        "open": task.state in OPEN, "waits": task.needs_confirmation and task.state in ("drafted", "rejected"),
        "due": due if task.state in OPEN else None, "late": task.state in OPEN and due < now,
    }  # fmt: skip


def invoice_task(number: str, *, shop: int | None = None) -> InvoiceTask:
    """Raises Refused INVOICE_TASK_NOT_FOUND, also for another shop's."""
    found = InvoiceTask.objects.filter(number=number[:20]).select_related("order__merchant", "refund", "charge")
    task = (found if shop is None else found.filter(order__merchant=shop)).first()
    if task is None:
        raise refused(INVOICE_TASK_NOT_FOUND, number=number[:20])
    return task


def do_deed(task: InvoiceTask, deed: str, given: QueryDict, *, actor: Actor, now: datetime) -> None:
    """ask, confirm, issue, reject, cancel; the same click twice does it once. Raises what the deed refuses."""
    deeds: dict[str, Callable[[], InvoiceTask]] = {
        "ask": lambda: ask_confirmation(task.number, actor=actor, now=now),
        "confirm": lambda: confirm_invoice(task.number, confirmation=given.get("number", ""), actor=actor, now=now),
        "issue": lambda: issue_invoice(task.number, issued_number=given.get("number", ""), actor=actor, now=now),
        "reject": lambda: reject_invoice(task.number, why=given.get("why", ""), actor=actor, now=now),
        "cancel": lambda: cancel_invoice(task.number, why=given.get("why", ""), actor=actor, now=now),
    }  # fmt: skip
    if deed not in deeds:
        raise refused(INVOICE_TASK_NOT_FOUND, number=task.number)
    once(f"{given.get('once') or new_key()}:{deed}", lambda: deeds[deed]().number, actor=actor, now=now)


def issue_filled(given: QueryDict, *, actor: Actor, now: datetime, shop: int | None = None) -> list[dict[str, Any]]:
    """Every task with a number beside it, each for itself: what became of each. Another shop's are not found."""
    key = given.get("once") or new_key()
    named = [(name[6:26], given.get(name, "")) for name in given if name.startswith("issue-")]
    filled = [(number, value) for number, value in named if value.strip()][:BULK_MOST]
    return [_issued(number, value, key=key, actor=actor, now=now, shop=shop) for number, value in filled]


def _issued(number: str, value: str, *, key: str, actor: Actor, now: datetime, shop: int | None) -> dict[str, Any]:
    def do() -> str:
        return issue_invoice(number, issued_number=value, actor=actor, now=now).issued_number

    try:
        invoice_task(number, shop=shop)
        return {"number": number, "good": True, "words": once(f"{key[:50]}:{number}", do, actor=actor, now=now)}
    except Refused as no:
        return {"number": number, "good": False, "words": no.sentence(language())}


def _first(words: str) -> str:
    """A label begins with a capital."""
    return words[:1].upper() + words[1:]
