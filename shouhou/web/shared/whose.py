"""Whose browser this was last, on either side of the counter: what one person typed is not shown to the next who signs in."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shouhou.web.who import BUYER_KEY, STAFF_DOORS

COOKIE, SALT = "whose", "shouhou.whose"
Owners = dict[str, str]


class WhoseBrowser:
    """Middleware: remembers in a signed cookie, which outlives the session, who was signed in here."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.following(request)
        before = _remembered(request)
        now = {**before, **_signed_in(request)}
        if now != before:
            answer.set_cookie(
                COOKIE, signing.dumps(now, salt=SALT), max_age=settings.SESSION_COOKIE_AGE, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return answer


def whose(request: HttpRequest) -> str:
    """As an Actor's `who`: who is or last was signed in at the door this request knocks at; "" where nobody is known."""
    return {**_remembered(request), **_signed_in(request)}.get("staff" if request.path.startswith(STAFF_DOORS) else "buyer", "")


def _signed_in(request: HttpRequest) -> Owners:
    keys = {"staff": ("user", SESSION_KEY), "buyer": ("buyer", BUYER_KEY)}
    return {side: f"{kind}:{request.session[key]}" for side, (kind, key) in keys.items() if key in request.session}


def _remembered(request: HttpRequest) -> Owners:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return {}
    return {str(side): str(owner) for side, owner in found.items()}
