"""The board by state, the list with its filters, and the list as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.models import Case
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import BoardFilter, board, columns, days_in_repair
from shouhou.repairs.rules.faults import FAULT_TEXTS
from shouhou.repairs.rules.modes import MODES
from shouhou.repairs.rules.states import BY_NAME, RESULTS
from shouhou.web.doors import staff_door
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.technician.door import bench_page, hand
from shouhou.web.technician.filters import BenchFilters, choices

CARDS_MOST = 12
PAGE_SIZE, CHUNK = 50, 500
TONES = {"quoted": "wait", "waiting_parts": "wait", "waiting": "wait", "booked": "wait", "ready": "good", "out": "good", "ended": "plain"}
# The board's columns in the order of the work: their words, and the states that stand in each.
COLUMNS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("待到件", "Coming"), ("waiting", "booked")),
    (Text("待检测", "To diagnose"), ("diagnosing",)),
    (Text("报价", "Quotes"), ("quoting", "quoted")),
    (Text("待配件", "Waiting for parts"), ("waiting_parts",)),
    (Text("维修中", "Repairing"), ("repairing",)),
    (Text("待测试", "To test"), ("testing",)),
    (Text("待交还", "To hand back"), ("ready",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One work order as the board and the list show it; the buyer's name is masked."""

    order: WorkOrder
    state: str
    tone: str
    mode: str
    fault: str
    buyer: str
    due_at: datetime | None
    waits_on: str
    days: int | None


@staff_door
def the_board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every state as a column, the oldest work first."""
    hand(actor)
    now, filters = clock.now(), BenchFilters.of(request.GET)
    narrowed = replace(filters.narrowed(actor, now), open_only=True, state=None)
    counts = {each["state"]: each["count"] for each in columns(narrowed, actor=actor)}
    shown = []
    for words, states in COLUMNS:
        orders = [order for state in states for order in board(replace(narrowed, state=state), actor=actor, limit=CARDS_MOST)[0]]
        links = [
            {"label": said(BY_NAME[state].label), "count": counts[state],  # type: ignore[index]
             "address": reverse("web:technician_list") + filters.address(state=state, after="")}
            for state in states
        ]  # fmt: skip
        shown.append({
            "label": said(words), "count": sum(counts[state] for state in states), "links": links,
            "rows": rows_of(orders[:CARDS_MOST], now=now), "several": len(states) > 1,
        })  # fmt: skip
    context = {"columns": shown, "filters": filters, "choices": choices(actor), "total": sum(counts.values())}
    return bench_page(request, actor, "board", context, tab="technician")


@staff_door
def the_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Any selection of work orders, fifty a page, the oldest first."""
    hand(actor)
    now, filters = clock.now(), BenchFilters.of(request.GET)
    orders, following = board(filters.narrowed(actor, now), actor=actor, cursor=filters.after or None, limit=PAGE_SIZE)
    context = {
        "rows": rows_of(orders, now=now), "filters": filters, "choices": choices(actor),
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=following) if following else "",
    }  # fmt: skip
    mine = filters == BenchFilters(technician="me")
    return bench_page(request, actor, "list", context, tab="technician_list?technician=me" if mine else "technician_list")


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same selection as a file, names masked."""
    hand(actor)
    now = clock.now()
    heads = [
        Column(_("工单号"), width=22), Column(_("售后单号"), width=22), Column(_("状态")), Column(_("维修方式")),
        Column(_("商品"), width=36),
        Column(_("序列号"), width=20), Column(_("故障现象"), width=24), Column(_("工程师")), Column(_("网点")), Column(_("消费者")),
        Column(_("登记时间"), "instant", 20), Column(_("到期"), "instant", 20), Column(_("在修天数"), "number"), Column(_("结果")),
    ]  # fmt: skip
    narrowed = BenchFilters.of(request.GET).narrowed(actor, now)
    return exported("work-orders", form, columns=heads, rows=_cells(narrowed, actor, now))


def rows_of(orders: Sequence[WorkOrder], *, now: datetime) -> list[Row]:
    """Each with its case's limit and its buyer."""
    cases = {case.number: case for case in Case.objects.filter(number__in=[each.subject for each in orders]).select_related("buyer")}
    return [_row(order, cases.get(order.subject), now=now) for order in orders]


def _row(order: WorkOrder, case: Case | None, *, now: datetime) -> Row:
    state, mode = BY_NAME[order.state].label, MODES[order.mode]  # type: ignore[index]
    return Row(
        order, said(state), TONES.get(order.state, "turn"), said(mode),
        label(FAULT_TEXTS, order.fault), mask_name(case.buyer.name) if case else "",
        case.due_at if case and order.ended_at is None else None, case.waits_on if case else "",
        days_in_repair(order, now=now) if order.came_in_at else None,
    )  # fmt: skip


def _cells(narrowed: BoardFilter, actor: Actor, now: datetime) -> Iterator[Sequence[Cell]]:
    """Portion by portion, so that a long list stays small in memory."""
    cursor: str | None = None
    while True:
        orders, cursor = board(narrowed, actor=actor, cursor=cursor, limit=CHUNK)
        for row in rows_of(orders, now=now):
            order = row.order
            result = said(RESULTS[order.result]) if order.result in RESULTS else ""
            yield (
                order.number, order.subject, row.state, row.mode, order.title, order.serial, row.fault, order.technician_name,
                order.point_code, row.buyer, order.opened_at, row.due_at, row.days, result,
            )  # fmt: skip
        if cursor is None:
            return
