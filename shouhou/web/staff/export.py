"""The filtered queue as a file: the same rows, the same scope, the same masking."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.cases.queue import QueueRow, queue_stream
from shouhou.foundation.money import Money
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.web.doors import staff_door
from shouhou.web.labels import role_label, service_label, status_label
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.staff.filters import Filters


@staff_door
def cases(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """cases.csv or cases.xlsx of what the queue's address shows, at most 50,000 rows."""
    now = clock.now()
    # One row more than fits, so that the file can say that there were more.
    found = queue_stream(Filters.of(request.GET).narrowed(actor, now), actor=actor, most=ROWS_MAX + 1)
    return exported("cases", form, columns=_columns(), rows=_cells(found, now))


def _columns() -> list[Column]:
    return [
        Column(_("售后单号"), width=16), Column(_("订单号"), width=20), Column(_("商品"), width=36), Column(_("件数"), "number", 8),
        Column(_("服务"), width=12), Column(_("原因"), width=18), Column(_("状态"), width=18), Column(_("轮到谁"), width=14),
        Column(_("商家"), width=22), Column(_("消费者"), width=12), Column(_("电话"), width=14), Column(_("处理人"), width=12),
        Column(_("提交"), "instant", 20), Column(_("截止"), "instant", 20), Column(_("超时"), width=8),
        Column(_("完成"), "instant", 20), Column(_("退款金额"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip


def _cells(rows: Iterator[QueueRow], now: datetime) -> Iterator[list[Cell]]:
    # Fifty thousand rows say the same few words: each is looked up once.
    yes, kind, why, state, turn = _("是"), cache(service_label), cache(reason_words), cache(status_label), cache(role_label)
    for row in rows:
        late = row.due_at is not None and row.closed_at is None and row.due_at < now
        yield [
            row.number, row.order, row.title, row.units, kind(row.service), why(row.reason),
            state(row.service, row.status), turn(row.waits_on) if row.waits_on else "", row.merchant_name,
            mask_name(row.buyer_name), mask_phone(row.buyer_phone), row.assignee, row.submitted_at, row.due_at,
            yes if late else "", row.closed_at, Money(row.refund_minor, row.currency).decimal, row.currency,
        ]  # fmt: skip
