"""Where a thing can be repaired: the platform, its maker, somebody else, and what each means for the warranty (REP-16, ADD-07)."""

from django.http import HttpRequest, HttpResponse

from shouhou.logistics.regions import read_region
from shouhou.repairs.rules.independents import LABEL, independents
from shouhou.repairs.rules.modes import routes_of
from shouhou.web.doors import public_door
from shouhou.web.page import page, said
from shouhou.web.who import buyer_of

REGION_MOST = 80


@public_door
def repairers(request: HttpRequest) -> HttpResponse:
    """The routes in their order; below them the independent repairers that the house has vetted, of a region where one is asked for."""
    asked = request.GET.get("region", "").replace("\x00", "").strip()[:REGION_MOST]
    code = asked[:6] if asked.isascii() and asked.isdigit() else read_region(asked)
    found = independents(code) if code or not asked else []
    context = {
        "here": "process", "region": asked, "label": said(LABEL), "any": bool(independents()),
        "routes": [{"label": said(each.label), "impact": said(each.impact)} for each in routes_of("phone", in_warranty=True)],
        "rows": [
            {"name": said(each.name), "scope": said(each.scope), "price": said(each.price), "address": said(each.address),
             "phone": each.phone, "vetted_on": each.vetted_on}
            for each in found
        ],
    }  # fmt: skip
    return page(request, "shared/repairers.html", context, actor=buyer_of(request))
