"""The doors: a view behind one gets an Actor, a stranger the sign-in page, a refusal a sentence."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import language, page
from shouhou.web.who import buyer_of, staff_of

View = Callable[..., HttpResponseBase]


def consumer_door(view: View) -> View:
    """`view(request, actor, …)` for a signed-in buyer; anybody else signs in first."""
    return _door(view, buyer_of, "/sign-in/")


def staff_door(view: View) -> View:
    """`view(request, actor, …)` for a signed-in member of staff; anybody else signs in first."""
    return _door(view, staff_of, "/staff/sign-in/")


def public_door(view: View) -> View:
    """`view(request, …)` for everybody, with refusals told as sentences."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as no:
            return _told(request, None, no)

    return _kept_private(inside)


def _door(view: View, who: Callable[[HttpRequest], Actor | None], sign_in: str) -> View:
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = None
        try:
            actor = who(request)
            if actor is None:
                return redirect(f"{sign_in}?next={quote(request.get_full_path() if request.method == 'GET' else '/')}")
            return view(request, actor, *args, **kwargs)
        except Refused as no:
            return _told(request, actor, no)

    return _kept_private(inside)


def _kept_private(view: View) -> View:
    """Pages are nobody else's and not to be kept, except that the answer to a form stays in its own browser's history:
    the back button shows it again instead of an error.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if not answer.has_header("Cache-Control"):
            patch_cache_control(answer, private=True, no_cache=True, **({} if request.method == "POST" else {"no_store": True}))
        return answer

    return inside


def _told(request: HttpRequest, actor: Actor | None, no: Refused) -> HttpResponse:
    if no.refusal.kind == "not_found":
        raise Http404(no.code) from no
    return page(request, "refused.html", {"sentence": no.sentence(language()), "code": no.code}, actor=actor, status=no.status)
