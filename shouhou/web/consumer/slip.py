"""The consumer's own return slip, on the page and as a PDF; first they say what goes into the parcel."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.confirmed import unconfirmed
from shouhou.documents.forms import SLIP
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.shared.case_view import SENDING
from shouhou.web.shared.papers import case_paper
from shouhou.web.shared.slip import slip_page


@consumer_door
def slip(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _first(request, actor, number) or slip_page(request, actor, number, back=reverse("web:case", args=[number]))


@consumer_door
def paper(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    """A form of the case, or the slip, as a PDF."""
    first = _first(request, actor, number) if form == SLIP else None
    return first or case_paper(request, actor, number, form)


def _first(request: HttpRequest, actor: Actor, number: str) -> HttpResponse | None:
    """The page that asks for the serials, while the slip waits for them."""
    if not unconfirmed(case_for(actor, number)):
        return None
    messages.info(request, _("打印退货单之前，请先确认要寄回的商品。"))
    return redirect("web:move", number, SENDING)
