"""Staff sign in with name and password, then a second factor if they have one; too many failures lock for a while."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter as social
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from shouhou.accounts.adapters import day_begins
from shouhou.accounts.lockout import failed, succeeded, take_try
from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.web.doors import public_door
from shouhou.web.page import language, page
from shouhou.web.staff.onward import safe_onward
from shouhou.web.who import address_of

QUEUE = "/staff/"


@public_door
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password; the answer does not tell whether the name exists."""
    onward = safe_onward(request)
    form, status, refusal = AuthenticationForm(request), 200, ""
    if request.method == "POST":
        name, now = request.POST.get("username", ""), clock.now()
        form, status = AuthenticationForm(request, initial={"username": name[:150]}), 422
        try:
            tried = take_try(name=name, address=address_of(request), now=now)
        except Refused as no:
            refusal, status = no.sentence(language()), no.status
        else:
            form = AuthenticationForm(request, data=request.POST)
            if form.is_valid():
                succeeded(tried)
                return let_in(request, form.get_user(), onward)
            failed(tried, now=now)
    context = {"form": form, "refusal": refusal, "next": onward, "companies": social().list_apps(request)}
    return page(request, "staff/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("web:staff_sign_in")


def let_in(request: HttpRequest, user: object, onward: str = "") -> HttpResponseBase:
    """On to where they were going, by way of the second factor if there is one; whoever only asked for the staff's door
    comes to where their day begins."""
    assert isinstance(user, User)
    # Just now is recent enough for what asks for the password again.
    record_authentication(request, user, "password", reauthenticated=True)
    try:
        answer: HttpResponseBase = perform_login(request, user, redirect_url=onward if onward not in ("", QUEUE) else day_begins(user))
    except ImmediateHttpResponse as elsewhere:
        return elsewhere.response  # type: ignore[no-any-return]
    return answer
