"""The ticket that whoever hands something in takes home: number as text and as a code, unit, fault, until when."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse

from shouhou.cases.access import case_for
from shouhou.cases.models import UnpackingRecord
from shouhou.cases.workflows.asks import STATES_OF_GOODS
from shouhou.logistics.models import ServicePoint
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.policy.queries import compiled
from shouhou.repairs.queries import order_of
from shouhou.repairs.rules.faults import FAULT_TEXTS
from shouhou.repairs.rules.process import WARNING
from shouhou.web.desk.door import clerk, desk_page, point_here, point_name
from shouhou.web.doors import staff_door
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.slip import code_svg


@staff_door
def ticket(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """404 for what has no work order: there is a return slip for that."""
    clerk(actor)
    case, now = case_for(actor, number), clock.now()
    order = order_of(case.number)
    if order is None:
        raise Http404("no work order")
    point = ServicePoint.objects.filter(code=order.point_code).first() if order.point_code else point_here(request, actor)
    days = compiled(case.book, case.book_version).terms.number("repair_target_days")
    record = UnpackingRecord.objects.filter(case_id=case.id).order_by("-id").first()
    context = {
        "case": case, "order": order, "item": case.items[0], "code": code_svg(order.number), "point": point,
        "point_name": point_name(point) if point else "", "reason": reason_words(case.reason), "days": days,
        "fault": label(FAULT_TEXTS, order.fault) if order.fault else "", "until": (order.came_in_at or now) + timedelta(days=days),
        "appearance": label(STATES_OF_GOODS, record.appearance) if record else "",
        "accessories": label(STATES_OF_GOODS, record.accessories) if record else "", "warning": said(WARNING),
        "buyer": mask_name(str(case.contact.get("name", ""))), "phone": mask_phone(str(case.contact.get("phone", ""))),
        "printed_at": now,
    }  # fmt: skip
    return desk_page(request, actor, "ticket", context)
