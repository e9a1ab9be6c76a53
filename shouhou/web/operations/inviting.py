"""Operations ask people of the house, its partners and its shops by mail."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from shouhou.accounts.models import ROLES
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.operations.people import organisation_choices
from shouhou.web.shared.inviting import InviteForm, change_invitation, send_invitation
from shouhou.web.shared.inviting_list import invitation_export, invitation_list

HOUSE_FIRST = ("agent", *(role for role in ROLES if role != "agent"))


@operations_door
def invitations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who was asked and has not answered."""
    shown = invitation_list(
        request.GET, None, roles=tuple(ROLES), organisations=organisation_choices(), actor=actor, now=clock.now()
    )  # fmt: skip
    return operations_page(request, "invitations", shown, actor=actor, place="ops_people")


@operations_door
def invitations_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """invitations.csv or .xlsx, as filtered."""
    return invitation_export(form, request.GET, None, actor=actor, now=clock.now())


@operations_door
def new_invitation(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask somebody; the answer is the same whether the address is known elsewhere or not."""
    if request.method == "POST" and actor.role != "operations":
        raise refused(FORBIDDEN)
    form = InviteForm(request.POST or None, roles=HOUSE_FIRST, organisations=organisation_choices() or [("", "–")])
    if request.method == "POST" and send_invitation(request, form, actor=actor):
        return redirect("web:ops_invitations")
    status = 422 if form.errors else 200
    return operations_page(request, "invite", {"form": form}, actor=actor, place="ops_people", status=status)


@require_POST
@operations_door
def change(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """again or revoke. Raises Refused FORBIDDEN, NOT_FOUND, RATE_LIMITED."""
    change_invitation(request, number, deed, actor=actor)
    return redirect("web:ops_invitations")
