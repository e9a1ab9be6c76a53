"""Who may stand behind the counter, at which service point, and the pages' common frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.logistics.models import ServicePoint
from shouhou.plumbing.actor import Actor
from shouhou.web.desk.refusals import NO_SUCH_POINT
from shouhou.web.models import HomePoint
from shouhou.web.page import language, page

CLERKS = ("clerk", "merchant_manager", "merchant_operator", "supervisor", "technician")
POINT_KEY, CODE_KEY = "desk_point", "desk_code"
CODE_MOST, POINTS_MOST = 24, 500


def clerk(actor: Actor) -> Actor:
    """Raises FORBIDDEN for whoever has no business behind the counter."""
    if actor.role not in CLERKS:
        raise refused(FORBIDDEN, roles=CLERKS)
    return actor


def points_of(actor: Actor) -> list[ServicePoint]:
    """The counters this person can stand at: the house's, and of a shop only its own."""
    found = ServicePoint.objects.filter(active=True).order_by("code")
    return list((found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id))[:POINTS_MOST])


def point_here(request: HttpRequest, actor: Actor) -> ServicePoint | None:
    """The counter in the address, else the one chosen last in this browser, else one's own. Raises NO_SUCH_POINT."""
    asked = request.GET.get("point")
    code = _code(asked if asked is not None else request.session.get(POINT_KEY, home_of(actor)))
    found = ServicePoint.objects.filter(code=code).first() if code else None
    if found is not None and actor.merchant_id is not None and found.merchant_id not in (None, actor.merchant_id):
        found = None
    if code and found is None:
        request.session.pop(POINT_KEY, None)
        if asked is not None:
            raise refused(NO_SUCH_POINT, point=code)
    elif asked is not None and request.session.get(POINT_KEY) != code:
        # "All counters" is a choice too: it holds until the browser is told otherwise.
        request.session[POINT_KEY] = code
    return found


def home_of(actor: Actor) -> str:
    """The code of the counter this person works at, empty where none is kept."""
    user = actor.who.removeprefix("user:")
    return HomePoint.objects.filter(user_id=user).values_list("point", flat=True).first() or "" if user.isdigit() else ""


def keep_scanned(request: HttpRequest, number: str, code: str) -> None:
    """The pickup code that was scanned with the number: filled in where the unit is handed over, never in an address."""
    request.session[CODE_KEY] = [number, code]


def scanned_code(request: HttpRequest, number: str) -> str:
    scanned = request.session.get(CODE_KEY) or ["", ""]
    return str(scanned[1]) if scanned[0] == number else ""


def point_name(point: ServicePoint) -> str:
    return (point.name_en if language() == "en" else "") or point.name_zh


def desk_page(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, Any], *, tab: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page under the counter's tabs."""
    tabs = [("counter", _("柜台")), ("counter_loans", _("借出的备用机"))]
    items = [{"address": reverse(f"web:{name}"), "label": label, "here": name == tab, "count": None} for name, label in tabs]
    return page(request, f"desk/{template}.html", {"here": "counter", "tabs": items, **context}, actor=actor, status=status)


def _code(text: object) -> str:
    return str(text)[:CODE_MOST].strip().upper()
