"""Refunds that wait for somebody, as a file: the same rows and the same scope as their pages."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.cases.models import Case
from shouhou.foundation.money import Money
from shouhou.payments.models import Refund, RefundPart
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.labels import TENDERS, label, status_label
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.staff import approvals, stuck
from shouhou.web.staff.money import names_of, part_words


@staff_door
def awaiting(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """refunds.csv or .xlsx: what awaits a second person, oldest first."""
    columns = [
        Column(_("售后单号"), width=16), Column(_("退款编号"), width=18), Column(_("为什么退"), width=20), Column(_("商品"), width=36),
        Column(_("商家"), width=22), Column(_("第一人"), width=14), Column(_("发起"), "instant", 20), Column(_("截止"), "instant", 20),
        Column(_("金额"), "money", 14), Column(_("扣款"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    return exported("refunds-to-check", form, columns=columns, rows=_awaiting(list(approvals.waiting(actor)[: ROWS_MAX + 1])))


@staff_door
def stuck_parts(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """stuck.csv or .xlsx: what a channel refused, contradicted or left unanswered, the longest waiting first."""
    columns = [
        Column(_("售后单号"), width=16), Column(_("退款编号"), width=18), Column(_("状态"), width=18), Column(_("商家"), width=22),
        Column(_("支付方式"), width=14), Column(_("渠道"), width=12), Column(_("分项状态"), width=14), Column(_("渠道代码"), width=18),
        Column(_("渠道说法与账不符"), width=10), Column(_("尝试次数"), "number", 10), Column(_("最近变动"), "instant", 20),
        Column(_("金额"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    return exported("stuck-refunds", form, columns=columns, rows=_stuck(list(stuck.waiting(actor)[: ROWS_MAX + 1])))


def _awaiting(rows: list[Refund]) -> Iterator[list[Cell]]:
    names = names_of({row.instructed_by for row in rows})
    cases = {each.number: each for each in Case.objects.filter(number__in=[row.subject for row in rows])}
    for row in rows:
        case = cases.get(row.subject)
        cut = sum(int(each["amount_minor"]) for each in row.deductions)
        yield [
            row.subject, row.number, reason_words(case.reason) if case else "", case.title if case else "", row.merchant.name,
            names.get(row.instructed_by, row.instructed_by), row.instructed_at, case.due_at if case else None,
            Money(row.amount_minor, row.currency).decimal, Money(cut, row.currency).decimal, row.currency,
        ]  # fmt: skip


def _stuck(parts: list[RefundPart]) -> Iterator[list[Cell]]:
    cases = {each.number: each for each in Case.objects.filter(number__in={part.refund.subject for part in parts})}
    for part in parts:
        case, words = cases.get(part.refund.subject), part_words(part, {})
        yield [
            part.refund.subject, part.refund.number, status_label(case.service, case.status) if case else "",
            part.refund.merchant.name, label(TENDERS, part.tender), part.channel, words["state_words"], part.refusal_code,
            _("是") if words["contradicted"] else "", part.tries, part.updated_at,
            Money(part.amount_minor, part.refund.currency).decimal, part.refund.currency,
        ]  # fmt: skip
