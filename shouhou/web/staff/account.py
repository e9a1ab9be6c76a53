"""A member of staff's own account: what is set up, and allauth's pages behind our own frame."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from shouhou.accounts.models import ROLES, User
from shouhou.accounts.second_factor import must_enrol
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.page import page
from shouhou.web.who import staff_of

View = Callable[..., HttpResponseBase]


def framed(view: View) -> View:
    """allauth's view with what our frame needs to know: who looks, and what time it is."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, TemplateResponse) and not answer.is_rendered:
            actor = _actor(request)
            ours = {"actor": actor, "staff": actor is not None, "now": clock.now(), "here": "account"}
            answer.context_data = {**(answer.context_data or {}), **ours}
        add_never_cache_headers(answer)
        return answer

    return inside


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Password, second factor, recovery codes, browsers: what is set up and since when."""
    user = request.user
    assert isinstance(user, User)
    kinds = {each.type: each for each in Authenticator.objects.filter(user=user)}
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES)
    zh, en = ROLES[user.role]
    context = {
        "role": {"zh": zh, "en": en}, "here": "account", "person": user, "totp": kinds.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0, "must_enrol": must_enrol(user),
        "sessions": len(UserSession.objects.purge_and_list(user)),
    }  # fmt: skip
    return page(request, "account/overview.html", context, actor=_actor(request))


def _actor(request: HttpRequest) -> Actor | None:
    """Somebody without an organisation still has an account of their own."""
    try:
        return staff_of(request)
    except Refused:
        return None
