"""Moves that have a page of their own at the bench or at the counter: an agent's page of the case leads there."""

from dataclasses import dataclass

from django.urls import reverse

from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.loan import TECHNICIANS
from shouhou.foundation.workflow import Move
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import order_of
from shouhou.web.desk.door import CLERKS
from shouhou.web.page import said
from shouhou.web.technician.order import over_the_counter

# Goods are counted on the case's own page.
COUNTED = frozenset({"receive", "receive_late"})


@dataclass(frozen=True, slots=True)
class Offered:
    """A move as a button: where it leads, and whether that is another desk's page."""

    move: Move
    label: str
    address: str
    elsewhere: bool


def work_order_of(case: CaseRow) -> WorkOrder | None:
    """The work order that the case is at now, for which moves have pages of their own."""
    order = order_of(case.number) if case.service == "repair" else None
    return order if order is not None and case.details.get("work_order") == order.number else None


def has_page(move: Move, order: WorkOrder | None) -> bool:
    """Whether it is made at the bench or the counter only: its form fits the unit, or it is checked who is there.

    What the consumer or an agent may do as well asks nothing that only the bench knows.
    """
    return order is not None and move.by == TECHNICIANS and move.name not in COUNTED


def page_of(move: Move, case: CaseRow, order: WorkOrder, actor: Actor) -> str:
    """The address of the move's own page; empty where this person may not go."""
    if over_the_counter(case, move.name):
        return f"{reverse('web:counter_case', args=[case.number])}#{move.name}" if actor.role in CLERKS else ""
    return reverse("web:technician_move", args=[order.number, move.name]) if actor.role in TECHNICIANS else ""


def offered(move: Move, case: CaseRow, order: WorkOrder | None, actor: Actor) -> Offered | None:
    """None when this person may not go where it is made."""
    if order is None or not has_page(move, order):
        return Offered(move, said(move.label), reverse("web:staff_move", args=[case.number, move.name]), elsewhere=False)
    address = page_of(move, case, order, actor)
    return Offered(move, said(move.label), address, elsewhere=True) if address else None
