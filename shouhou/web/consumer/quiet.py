"""The consumer's door for what a page does by itself while somebody is filling it in."""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shouhou.web.doors import View, consumer_door
from shouhou.web.who import buyer_of


def quiet_door(view: View) -> View:
    """Without a session it answers 401 and no sign-in page: nobody is torn out of a form by its own helpers."""
    inside = consumer_door(view)

    @wraps(view)
    def door(request: HttpRequest, number: str) -> HttpResponseBase:
        return inside(request, number=number) if buyer_of(request) is not None else HttpResponse(status=401)

    return door
