"""The return slip: number as text and as a code, return address, goods; a page made for printing."""

import io

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from shouhou.cases.access import case_for
from shouhou.cases.confirmed import confirmed_serials, unconfirmed
from shouhou.cases.refusals import GOODS_UNCONFIRMED
from shouhou.cases.view import contact_body
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import page
from shouhou.web.shared.case_view import reason_words, return_address_of


def slip_page(request: HttpRequest, actor: Actor, number: str, *, back: str) -> HttpResponse:
    """404 while there is no return address yet: nothing is to be sent then. Raises GOODS_UNCONFIRMED."""
    case = case_for(actor, number)
    address = return_address_of(case)
    if address is None:
        raise Http404("no return address")
    if unconfirmed(case):
        raise refused(GOODS_UNCONFIRMED, number=case.number)
    context = {
        "case": case, "address": address, "reason": reason_words(case.reason), "back": back, "code": code_svg(case.number),
        "contact": contact_body(case, actor),
        "goods": [(item, confirmed_serials(case, item.line) or item.sold_serials) for item in case.items],
    }  # fmt: skip
    return page(request, "shared/slip.html", context, actor=actor)


def code_svg(text: str) -> SafeString:
    """A QR code as inline SVG without styles (the pages' policy allows none)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=1, title=text, nl=False
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 – segno's own drawing of our own number
