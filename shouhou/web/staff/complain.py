"""A complaint or feedback written down for somebody: by phone, chat, at the counter or from a paper form; with or without an order."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for, order_for
from shouhou.cases.actions import open_case
from shouhou.documents.actions import key_in, scan_for
from shouhou.documents.models import OPEN, PaperScan
from shouhou.foundation.refusals import FORBIDDEN, Refused, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page
from shouhou.web.shared.complaining import KINDS, About, ComplaintForm, said_once
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.once import new_key
from shouhou.web.staff.apply import MAY_APPLY
from shouhou.web.staff.keying import scan_shown
from shouhou.web.staff.scans import keyer

Opening = Callable[..., dict[str, Any]]


@staff_door
def complain(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form by itself; ?order= or ?case= when it is known what it is about."""
    if actor.role not in MAY_APPLY:
        raise refused(FORBIDDEN, roles=sorted(MAY_APPLY))
    return _written(request, actor, open_case, None)


@staff_door
def from_scan(request: HttpRequest, actor: Actor, scan: str) -> HttpResponse:
    """The same beside the scan of a paper form, which is kept on the new case."""
    found = scan_for(keyer(actor), scan)
    if found.state not in OPEN:
        again = request.method == "POST" and found.case is not None and found.ended_by == actor.who
        return redirect("web:staff_case", found.case_number) if again else redirect("web:scan", found.number)
    return _written(request, actor, partial(key_in, found.number), found)


def _written(request: HttpRequest, actor: Actor, opening: Opening, scan: PaperScan | None) -> HttpResponse:
    now = clock.now()
    given = request.POST if request.method == "POST" else request.GET
    service = given.get("service", "") if given.get("service", "") in KINDS else KINDS[0]
    about = _about(given.get("order", "")[:80], given.get("case", "")[:20], actor)
    if request.method != "POST":
        starts: dict[str, Any] = {"once": new_key(), "about": given.get("about", "")[:80]}
        if scan is not None:
            starts |= {"channel": "form", "call_note": f"{_('纸质表格')} {scan.number}"}
            starts["about"] = starts["about"] or scan.case_number or scan.order_number
        form = ComplaintForm(service=service, actor=actor, behalf=True, about=about, initial=starts)
        return _page(request, actor, form, about, scan)
    form = ComplaintForm(service=service, actor=actor, behalf=True, about=about, data=request.POST, files=request.FILES)
    valid = form.is_valid()
    if form.take_files(now=now) and valid:
        def act() -> str:
            return str(opening(form.application(), actor=actor, now=now, language=language())["number"])

        try:
            number = said_once(form, act, actor=actor, now=now)
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("已登记：%(number)s。") % {"number": number})
            return redirect("web:staff_case", number)
    return _page(request, actor, form, about, scan, status=422)


def _about(order: str, case: str, actor: Actor) -> About:
    """Raises CASE_NOT_FOUND, ORDER_NOT_FOUND."""
    if case:
        found = case_for(actor, case)
        return About(order=found.order, case=found.number)
    return About(order=order_for(actor, order).number) if order else About()


def _page(
    request: HttpRequest, actor: Actor, form: ComplaintForm, about: About, scan: PaperScan | None, *, status: int = 200
) -> HttpResponse:  # fmt: skip
    context = {
        **(scan_shown(request, scan, actor) if scan else {}), "here": "scans" if scan else "behalf", "form": form,
        "service": form.service, "about": about, "kept": kept_files(form.tokens, actor),
    }  # fmt: skip
    return page(request, "staff/complain.html", context, actor=actor, status=status)
