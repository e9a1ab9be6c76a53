"""After signing in again: what was filled in before, to be looked at and sent."""

from django.http import HttpRequest, HttpResponse

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.web.doors import public_door
from shouhou.web.page import page
from shouhou.web.shared.kept import forget, kept
from shouhou.web.who import STAFF_DOORS, buyer_of, staff_of


@public_door
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Shown once; nothing is sent by itself."""
    form = kept(request, token)
    if form is None:
        raise refused(NOT_FOUND)
    actor = staff_of(request) if form.path.startswith(STAFF_DOORS) else buyer_of(request)
    if actor is None:
        raise refused(NOT_FOUND)
    forget(request)
    if form.owner not in ("", actor.who):
        # Somebody else sat here before.
        raise refused(NOT_FOUND)
    return page(request, "shared/again.html", {"form": form}, actor=actor)
