"""Light, dark or as the system says: kept in a cookie, changed by a form that needs no JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

COOKIE = "theme"
COOKIE_SECONDS = 365 * 24 * 3600
THEMES = {"": _("跟随系统"), "light": _("浅色"), "dark": _("深色")}


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back to where it was made."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = redirect(back)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES and wanted:
        answer.set_cookie(COOKIE, wanted, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def chosen_theme(request: HttpRequest) -> str:
    """The word on the cookie, or empty: the system decides."""
    wanted = request.COOKIES.get(COOKIE, "")
    return wanted if wanted in THEMES else ""
