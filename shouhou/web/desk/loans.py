"""Units lent while the own one is being repaired: what is out, since when, with whom."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.cases.models import Case
from shouhou.foundation.money import Money
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.repairs.models import LoanUnit
from shouhou.repairs.queries import loans_out
from shouhou.web.access import cases_of
from shouhou.web.desk.door import clerk, desk_page, point_here, point_name, points_of
from shouhou.web.doors import staff_door
from shouhou.web.shared.export import Cell, Column, exported

PAGE_SIZE, CURSOR_MOST, CHUNK = 50, 400, 500


@staff_door
def loans(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything that is out, the longest first; at one point or everywhere."""
    clerk(actor)
    point, now = point_here(request, actor), clock.now()
    found = _out(actor, point.code if point else None)
    if after := request.GET.get("after", "")[:CURSOR_MOST]:
        (last,) = decode_cursor(after, int)
        found = found.filter(id__gt=last)
    rows = list(found[: PAGE_SIZE + 1])
    following = encode_cursor(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    rows = rows[:PAGE_SIZE]
    cases = {case.number: case for case in Case.objects.filter(number__in=[row.order.subject for row in rows]).select_related("buyer")}
    context = {
        "rows": [
            {"loan": row, "order": row.order, "days": (now - row.lent_at).days,
             "buyer": mask_name(str(cases[row.order.subject].contact.get("name") or cases[row.order.subject].buyer.name))}
            for row in rows
        ],
        "point": point, "point_name": point_name(point) if point else "",
        "points": [(each.code, point_name(each)) for each in points_of(actor)],
        "first": "?" if after else "", "next": f"?after={following}" if following else "",
    }  # fmt: skip
    return desk_page(request, actor, "loans", context, tab="counter_loans")


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list as a file."""
    clerk(actor)
    point = point_here(request, actor)
    heads = [
        Column(_("备用机"), width=28), Column(_("序列号"), width=20), Column(_("工单号"), width=22), Column(_("网点")),
        Column(_("押金"), "money"), Column(_("币种"), width=8), Column(_("借出时间"), "instant", 20),
    ]  # fmt: skip
    return exported("loan-units", form, columns=heads, rows=_cells(_out(actor, point.code if point else None)))


def _out(actor: Actor, code: str | None) -> QuerySet[LoanUnit]:
    """What this person may see of it."""
    found = loans_out().order_by("id")
    if code is not None:
        found = found.filter(order__point_code=code)
    return found if actor.merchant_id is None else found.filter(order__subject__in=cases_of(actor).values("number"))


def _cells(found: QuerySet[LoanUnit]) -> Iterator[Sequence[Cell]]:
    for loan in found.iterator(chunk_size=CHUNK):
        deposit = Money(loan.deposit_minor, loan.currency)
        yield loan.title, loan.serial, loan.order.number, loan.order.point_code, deposit.decimal, loan.currency, loan.lent_at
