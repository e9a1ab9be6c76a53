"""The doors: a view behind one gets an Actor, a stranger the sign-in page, a refusal a sentence."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from shouhou.accounts.models import User
from shouhou.accounts.second_factor import must_enrol
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.sla.access import is_suspended
from shouhou.web.labels import role_label
from shouhou.web.page import language, page
from shouhou.web.shared.kept import keep
from shouhou.web.who import buyer_of, staff_of

View = Callable[..., HttpResponseBase]
# What an insurance company's people see of this house.
SUSPENDED_DOORS = ("/merchant/standing/", "/staff/account/", "/staff/notices/", "/staff/sign-out/", "/files/")
INSURERS_DOORS = ("/insurer/", "/staff/account/", "/staff/notices/", "/staff/keys/", "/staff/sign-out/")


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


def elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    """The whole page goes there, also when only a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _door(view: View, who: Callable[[HttpRequest], Actor | None], sign_in: str) -> View:
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = None
        try:
            actor = who(request)
            if actor is None:
                return _sign_in_first(request, sign_in)
            if isinstance(request.user, User) and who is staff_of and must_enrol(request.user):
                if request.method == "POST":
                    keep(request, why="setup")
                return elsewhere(request, reverse("mfa_index"))
            if actor.insurer is not None and not request.path.startswith(INSURERS_DOORS):
                if request.path == "/staff/":
                    return elsewhere(request, reverse("web:insurer"))
                raise Http404("not theirs")
            if actor.merchant_id is not None and not request.path.startswith(SUSPENDED_DOORS) and is_suspended(actor.merchant_id):
                # Whoever may not use the system may still read why, and appeal (MER-11).
                return elsewhere(request, reverse("web:merchant_standing"))
            return view(request, actor, *args, **kwargs)
        except Refused as no:
            return _told(request, actor, no)

    return _kept_private(inside)


def _sign_in_first(request: HttpRequest, sign_in: str) -> HttpResponse:
    """After it one is back where one was; what was sent meanwhile is kept and shown (shared/kept.py)."""
    onward = request.get_full_path()
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        onward = f"{shown.path or '/'}?{shown.query}" if shown.query else shown.path or "/"
    if request.method == "POST":
        onward = keep(request)
    return elsewhere(request, f"{sign_in}?next={quote(onward)}")


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
    roles = no.facts.get("roles")
    needed = [role_label(str(role)) for role in roles] if isinstance(roles, tuple | list) else []
    context = {"sentence": no.sentence(language()), "code": no.code, "needed": needed}
    return page(request, "refused.html", context, actor=actor, status=no.status)
