"""Sold protection plans: whose, on which goods, how long, what was claimed; a shop sees its own (PLN-03)."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.foundation.days import local_day
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.foundation.workflow import Text
from shouhou.plans.models import Plan
from shouhou.plans.queries import label
from shouhou.plans.rules.kinds import kinds
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported

MAY_SEE = frozenset({
    "agent", "reviewer", "supervisor", "technician", "finance", "operations", "auditor", "merchant_operator", "merchant_manager",
})  # fmt: skip
PAGE_SIZE = 50
SHOWN = {
    "in_force": Text("有效", "In force"), "over": Text("已到期", "Over"), "ended": Text("已终止", "Ended"), "all": Text("全部", "All"),
}  # fmt: skip
TONES = {"in_force": "good", "over": "plain", "ended": "plain"}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; `q` is the beginning of a plan's, an order's or a serial number."""

    q: str = ""
    kind: str = ""
    shown: str = "in_force"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


@staff_door
def sold(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest first."""
    filters, found = Filters.of(request.GET), _found(Filters.of(request.GET), actor)
    if filters.after:
        (last,) = decode_cursor(filters.after, int)
        found = found.filter(pk__lt=last)
    rows = list(found[: PAGE_SIZE + 1])
    following = encode_cursor(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    context = {
        "here": "merchant" if actor.merchant_id is not None else "plans_sold", "filters": filters,
        "rows": [_row(each) for each in rows[:PAGE_SIZE]],
        "views": [{"label": said(text), "address": filters.address(shown=code, after=""), "here": filters.shown == code}
                  for code, text in SHOWN.items()],
        "kinds": [(code, label(code, language())) for code in kinds()], "export": "?" + filters.query,
        "first": filters.address(after="") if filters.after else "", "next": filters.address(after=following) if following else "",
    }  # fmt: skip
    return page(request, "staff/plans.html", context, actor=actor)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same rows as a file."""
    columns = [
        Column(_("保单号"), width=20), Column(_("种类")), Column(_("订单"), width=20), Column(_("行"), "number", 6),
        Column(_("序列号"), width=18),
        Column(_("开始"), width=12), Column(_("结束"), width=12), Column(_("理赔次数"), "number", 10), Column(_("价格"), "money", 12),
        Column(_("币种"), width=8), Column(_("状态")),
    ]  # fmt: skip
    return exported("plans", form, columns=columns, rows=_cells(_found(Filters.of(request.GET), actor)[: ROWS_MAX + 1]))


def _found(filters: Filters, actor: Actor) -> QuerySet[Plan]:
    if actor.role not in MAY_SEE:
        raise refused(FORBIDDEN, roles=sorted(MAY_SEE))
    found, today = Plan.objects.order_by("-id"), local_day(clock.now())
    if actor.merchant_id is not None:
        found = found.filter(merchant_id=actor.merchant_id)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.q:
        found = found.filter(Q(number__startswith=filters.q) | Q(order_number__startswith=filters.q) | Q(serial=filters.q))
    if filters.shown == "ended":
        return found.exclude(cancelled_on=None)
    if filters.shown == "over":
        return found.filter(cancelled_on=None, ends_on__lt=today)
    if filters.shown == "in_force":
        return found.filter(cancelled_on=None).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return found


def _state(plan: Plan) -> str:
    if plan.cancelled_on is not None:
        return "ended"
    return "over" if plan.ends_on is not None and plan.ends_on < local_day(clock.now()) else "in_force"


def _row(plan: Plan) -> dict[str, Any]:
    state = _state(plan)
    return {"plan": plan, "kind": label(plan.kind, language()), "state": said(SHOWN[state]), "tone": TONES[state]}


def _cells(rows: QuerySet[Plan]) -> Iterator[list[Cell]]:
    for plan in rows:
        yield [
            plan.number, label(plan.kind, language()), plan.order_number, plan.line, plan.serial, plan.starts_on.isoformat(),
            plan.ends_on.isoformat() if plan.ends_on else None,
            plan.claims_count, Money(plan.price_minor, plan.currency).decimal, plan.currency, said(SHOWN[_state(plan)]),
        ]  # fmt: skip
