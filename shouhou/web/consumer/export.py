"""My orders and my cases as a file: what the list's address shows, my own and nobody else's."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.cases.models import Case
from shouhou.foundation.money import Money
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of, orders_of
from shouhou.web.consumer import cases as my_cases
from shouhou.web.consumer import orders as my_orders
from shouhou.web.consumer.pages import asked
from shouhou.web.doors import consumer_door
from shouhou.web.labels import METHODS, label, service_label, side_label, status_label
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported

CHUNK = 500


@consumer_door
def orders(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """orders.csv or orders.xlsx, one row per line of an order."""
    found = my_orders.matching(orders_of(actor), actor, q=asked(request, "q"), view=asked(request, "view"))
    columns = [
        Column(_("订单号"), width=22), Column(_("下单"), "instant", 20), Column(_("商家"), width=22), Column(_("商品"), width=40),
        Column(_("件数"), "number", 8), Column(_("实付"), "money"), Column(_("币种"), width=8),
        Column(_("已申请件数"), "number", 10), Column(_("售后单号"), width=34),
    ]  # fmt: skip
    return exported("orders", form, columns=columns, rows=_lines(found.order_by("-placed_at", "-pk")))


@consumer_door
def cases(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """cases.csv or cases.xlsx."""
    found = my_cases.matching(cases_of(actor), q=asked(request, "q"), view=asked(request, "view"))
    columns = [
        Column(_("售后单号"), width=18), Column(_("订单号"), width=22), Column(_("商品"), width=40), Column(_("件数"), "number", 8),
        Column(_("服务"), width=12), Column(_("原因"), width=18), Column(_("状态"), width=18), Column(_("轮到谁"), width=14),
        Column(_("退回方式"), width=16), Column(_("提交"), "instant", 20), Column(_("截止"), "instant", 20),
        Column(_("完成"), "instant", 20), Column(_("退款金额"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip
    return exported("cases", form, columns=columns, rows=_cases(found.order_by("-submitted_at", "-pk")))


def _lines(found: QuerySet[Order]) -> Iterator[list[Cell]]:
    # One row more than fits, so that the file can say that there were more.
    for order in found.prefetch_related(*my_orders.WITH)[: ROWS_MAX + 1].iterator(chunk_size=CHUNK):
        cases = _("、").join(case.number for case in order.cases.all())
        for line in order.lines.all():
            yield [
                order.number, order.placed_at, order.merchant.name, line.title, line.quantity,
                Money(line.paid_minor, order.currency).decimal, order.currency, line.claimed_quantity, cases,
            ]  # fmt: skip


def _cases(found: QuerySet[Case]) -> Iterator[list[Cell]]:
    for case in found[: ROWS_MAX + 1].iterator(chunk_size=CHUNK):
        yield [
            case.number, case.order.number if case.order else "", case.title, case.units, service_label(case.service),
            reason_words(case.reason),
            status_label(case.service, case.status), side_label(case.waits_on, "consumer") if case.waits_on else "",
            label(METHODS, case.return_method), case.submitted_at, case.due_at if case.waits_on else None, case.closed_at,
            Money(case.refund_minor, case.currency).decimal, case.currency,
        ]  # fmt: skip
