"""A member of staff's own account: what is set up, and allauth's pages behind our own frame."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.accounts.models import ROLES, User
from shouhou.accounts.second_factor import must_enrol
from shouhou.accounts.staff_sessions import end_other_staff_sessions, end_staff_session, staff_sessions
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.page import page
from shouhou.web.shared.kept import waiting
from shouhou.web.who import staff_of

View = Callable[..., HttpResponseBase]


def framed(view: View) -> View:
    """allauth's view with what our frame needs to know: who looks, and what time it is."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, TemplateResponse) and not answer.is_rendered:
            actor = _actor(request)
            ours = {"actor": actor, "staff": actor is not None, "now": clock.now(), "here": "account", "kept": waiting(request)}
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
        "sessions": len(staff_sessions(user)), "kept": waiting(request),
    }  # fmt: skip
    return page(request, "account/overview.html", context, actor=_actor(request))


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers in which one is signed in; a POST signs all others out."""
    user, here = request.user, request.session.session_key or ""
    assert isinstance(user, User)
    if request.method == "POST":
        end_other_staff_sessions(user.pk, here=here)
        messages.success(request, _("其他浏览器已退出。"))
        return redirect("usersessions_list")
    found = staff_sessions(user, here=here)
    context = {"sessions": found, "others": any(not each.here for each in found), "here": "account"}
    return page(request, "usersessions/usersession_list.html", context, actor=_actor(request))


@require_POST
@login_required
def end_session(request: HttpRequest, key: int) -> HttpResponse:
    """Sign out in one browser; in this one it is the same as signing out."""
    user = request.user
    assert isinstance(user, User)
    try:
        end_staff_session(key, user_id=user.pk)
    except Refused as no:
        raise Http404(no.code) from no
    messages.success(request, _("该浏览器已退出。"))
    return redirect("usersessions_list")


def _actor(request: HttpRequest) -> Actor | None:
    """Somebody without an organisation still has an account of their own."""
    try:
        return staff_of(request)
    except Refused:
        return None
