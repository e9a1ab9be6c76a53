"""The doors: a view behind one gets an Actor, a stranger the sign-in page, a refusal a sentence."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import language, page
from shouhou.web.who import buyer_of, staff_of

View = Callable[..., HttpResponse]


def consumer_door(view: View) -> View:
    """`view(request, actor, …)` for a signed-in buyer; anybody else signs in first."""
    return _door(view, buyer_of, "/sign-in/")


def staff_door(view: View) -> View:
    """`view(request, actor, …)` for a signed-in member of staff; anybody else signs in first."""
    return _door(view, staff_of, "/staff/sign-in/")


def public_door(view: View) -> View:
    """`view(request, …)` for everybody, with refusals told as sentences."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as no:
            return _told(request, None, no)

    return never_cache(inside)


def _door(view: View, who: Callable[[HttpRequest], Actor | None], sign_in: str) -> View:
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = None
        try:
            actor = who(request)
            if actor is None:
                return redirect(f"{sign_in}?next={quote(request.get_full_path() if request.method == 'GET' else '/')}")
            return view(request, actor, *args, **kwargs)
        except Refused as no:
            return _told(request, actor, no)

    return never_cache(inside)


def _told(request: HttpRequest, actor: Actor | None, no: Refused) -> HttpResponse:
    if no.refusal.kind == "not_found":
        raise Http404(no.code) from no
    return page(request, "refused.html", {"sentence": no.sentence(language()), "code": no.code}, actor=actor, status=no.status)
