"""A shop's managers ask people into their own shop by mail."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shouhou.accounts.models import Organisation
from shouhou.accounts.reach import TEAM_ROLES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import console, manager_of
from shouhou.web.shared.inviting import InviteForm, change_invitation, send_invitation
from shouhou.web.shared.inviting_list import invitation_export, invitation_list


@staff_door
def invitations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whom the shop asked and who has not answered."""
    shown = invitation_list(request.GET, _house(actor).pk, roles=TEAM_ROLES, actor=actor, now=clock.now())
    return console(request, actor, "invitations", shown, tab="merchant_people")


@staff_door
def invitations_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """invitations.csv or .xlsx, as filtered."""
    return invitation_export(form, request.GET, _house(actor).pk, actor=actor, now=clock.now())


@staff_door
def new_invitation(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask somebody into the shop."""
    house = _house(actor)
    form = InviteForm(request.POST or None, roles=TEAM_ROLES, organisations=[(house.code, house.name)])
    if request.method == "POST" and send_invitation(request, form, actor=actor):
        return redirect(reverse("web:merchant_people") + "#invitations")
    return console(request, actor, "invite", {"form": form}, tab="merchant_people", status=422 if form.errors else 200)


@require_POST
@staff_door
def change(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """again or revoke. Raises Refused FORBIDDEN, NOT_FOUND, RATE_LIMITED."""
    manager_of(actor)
    change_invitation(request, number, deed, actor=actor)
    return redirect(reverse("web:merchant_people") + "#invitations")


def _house(actor: Actor) -> Organisation:
    """The organisation of the shop this person manages. Raises FORBIDDEN."""
    return Organisation.objects.get(merchant=manager_of(actor))
