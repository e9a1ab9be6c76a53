"""Who may stand at the bench, and the only way from an address to a work order."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.loan import TECHNICIANS
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import BoardFilter, columns, order_of
from shouhou.repairs.refusals import WORK_ORDER_NOT_FOUND
from shouhou.web.page import page

HANDS = tuple(sorted(TECHNICIANS))
NUMBER_MOST = 40


def hand(actor: Actor) -> Actor:
    """Raises FORBIDDEN for whoever does not repair."""
    if actor.role not in TECHNICIANS:
        raise refused(FORBIDDEN, roles=HANDS)
    return actor


def work_order_for(actor: Actor, number: str) -> tuple[WorkOrder, CaseRow]:
    """The work order and its case, by the work order's number or the case's. Raises WORK_ORDER_NOT_FOUND, CASE_NOT_FOUND."""
    hand(actor)
    asked = number.strip().upper()[:NUMBER_MOST]
    order = WorkOrder.objects.filter(number=asked).first() or order_of(asked)
    if order is None:
        raise refused(WORK_ORDER_NOT_FOUND, number=asked)
    return order, case_for(actor, order.subject)


def bench_page(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, object], *, tab: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page under the bench's tabs."""
    mine = sum(each["count"] for each in columns(BoardFilter(technician=actor.who), actor=actor))
    tabs = [
        ("technician", _("看板"), "", None), ("technician_list", _("全部工单"), "", None),
        ("technician_list", _("我的工单"), "?technician=me", mine),
        ("technician_day", _("今日上门"), "", None),
    ]  # fmt: skip
    items = [
        {"address": reverse(f"web:{name}") + query, "label": label, "here": f"{name}{query}" == tab, "count": count}
        for name, label, query, count in tabs
    ]
    today = timezone.localdate(clock.now())
    whole = {"here": "technician", "tabs": items, "today": today, **context}
    return page(request, f"technician/{template}.html", whole, actor=actor, status=status)
