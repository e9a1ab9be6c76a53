"""Staff sign in with name and password; too many tries lock the name and the address for a while."""

from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock, ratelimit
from shouhou.web.doors import public_door
from shouhou.web.page import language, page
from shouhou.web.who import address_of

TRIES_PER_NAME, TRIES_PER_ADDRESS, SECONDS = 8, 40, 900


@public_door
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    form, status = AuthenticationForm(request), 200
    if request.method == "POST":
        form, status = AuthenticationForm(request, data=request.POST), 422
        try:
            _count(request)
        except Refused as no:
            form = AuthenticationForm(request, initial={"username": request.POST.get("username", "")[:150]})
            context = {"form": form, "refusal": no.sentence(language()), "next": onward}
            return page(request, "staff/sign_in.html", context, status=no.status)
        if form.is_valid():
            login(request, form.get_user())
            if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) and onward.startswith("/staff/"):
                return redirect(onward)
            return redirect("web:queue")
    return page(request, "staff/sign_in.html", {"form": form, "next": onward}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("web:staff_sign_in")


def _count(request: HttpRequest) -> None:
    """Raises RATE_LIMITED. Counted before the password is looked at, so that guessing costs the same."""
    name = request.POST.get("username", "")[:60].lower()
    now = clock.now()
    ratelimit.take(f"staff:ip:{address_of(request)}", most=TRIES_PER_ADDRESS, per_seconds=SECONDS, now=now)
    ratelimit.take(f"staff:name:{name}", most=TRIES_PER_NAME, per_seconds=SECONDS, now=now)
