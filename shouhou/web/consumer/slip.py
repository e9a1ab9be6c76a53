"""The consumer's own return slip."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door
from shouhou.web.shared.slip import slip_page


@consumer_door
def slip(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return slip_page(request, actor, number, back=reverse("web:case", args=[number]))
