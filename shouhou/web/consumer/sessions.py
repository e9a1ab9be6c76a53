"""Where the buyer is signed in, and signing out there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.accounts.sessions import Door, end_other_sessions, end_session, sessions_of
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.page import page


@consumer_door
def sessions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The browsers in which this buyer is signed in; for a guest, who proved one order only, those that proved it too."""
    found = sessions_of(_door(actor), here=request.session.session_key or "", now=clock.now())
    context = {"sessions": found, "others": any(not each.here for each in found), "guest": actor.order_id is not None}
    return page(request, "consumer/sessions.html", context, actor=actor)


@require_POST
@consumer_door
def end(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """Sign out in one browser; in this one it is the same as signing out."""
    end_session(key, door=_door(actor))
    messages.success(request, _("该浏览器已退出。"))
    return redirect("web:sessions")


@require_POST
@consumer_door
def end_others(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sign out everywhere but here."""
    end_other_sessions(_door(actor), here=request.session.session_key or "")
    messages.success(request, _("其他浏览器已退出。"))
    return redirect("web:sessions")


def _door(actor: Actor) -> Door:
    """Raises NOT_FOUND where there is nothing to look at."""
    if actor.buyer_id is None:
        raise refused(NOT_FOUND)
    if actor.order_id is None:
        return Door(actor.buyer_id)
    order = Order.objects.filter(pk=actor.order_id, buyer=actor.buyer_id).first()
    if order is None:
        raise refused(NOT_FOUND)
    return Door(actor.buyer_id, order.number)
