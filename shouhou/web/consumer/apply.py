"""Applying for a service on one's own order."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shouhou.cases.access import order_for
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.shared.applying import applying


@consumer_door
def apply(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return applying(
        request, actor, order_for(actor, number), behalf=False, templates="consumer",
        case_address=lambda case: reverse("web:case", args=[case]),
    )  # fmt: skip
