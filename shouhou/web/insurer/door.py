"""The door of the insurer: its own people decide, finance what was left undecided, an auditor only looks."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import View, staff_door
from shouhou.web.page import page

DECIDERS = ("insurer", "finance", "supervisor")
READERS = (*DECIDERS, "auditor")


def insurer_door(view: View) -> View:
    """`view(request, actor, …)` for insurers, finance, supervisors and auditors; for all others there is no such page."""

    @wraps(view)
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in READERS or actor.merchant_id is not None:
            raise Http404("not theirs")
        if request.method == "POST" and actor.role not in DECIDERS:
            raise refused(FORBIDDEN, roles=DECIDERS)
        return view(request, actor, *args, **kwargs)

    return staff_door(inside)


def desk_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, actor: Actor, status: int = 200
) -> HttpResponse:  # fmt: skip
    """`insurer/{template}.html`; `decides` tells whether this person may decide at all."""
    whole = {"here": "insurer" if actor.role == "insurer" else "finance", "decides": actor.role in DECIDERS, **context}
    return page(request, f"insurer/{template}.html", whole, actor=actor, status=status)
