"""Friendly pages for what goes wrong: 400, 403, 404, 500, and a lost form token that keeps the form."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader
from django.utils.translation import gettext as _

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import page
from shouhou.web.shared.kept import NEVER_KEPT, typed
from shouhou.web.who import actor_of

KEPT_FIELDS_MAX = 100


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, _("请求有误"), _("浏览器发来的内容无法识别，请返回重试。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, _("没有权限"), _("您的账号不能查看此页面。如有疑问，请联系管理员。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, _("没有找到"), _("没有这个页面，或者它不属于您的账号。请核对编号。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """No database, no session, no translation: this page must work when nothing else does."""
    return HttpResponseServerError(loader.get_template("500.html").render())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token was lost (signed in elsewhere, cookie cleared): shows what was filled in and offers to send it again.

    Only for a form of our own pages: what another site made the browser send is not offered.
    """
    kept: list[tuple[str, str]] = []
    if _from_here(request):
        for name in list(request.POST)[:KEPT_FIELDS_MAX]:
            if not name.startswith(NEVER_KEPT):
                kept += [(name, value) for value in request.POST.getlist(name)]
    sentence = _("页面停留太久或登录状态已改变，为安全起见没有提交。您填写的内容还在，请核对后重新提交。")
    if not kept:
        sentence = _("页面停留太久或登录状态已改变，为安全起见没有提交。请返回、刷新页面后重试，并允许本站使用 Cookie。")
    return _error(request, 403, _("需要重新确认"), sentence, kept=kept, shown=typed(kept))


def _error(request: HttpRequest, status: int, heading: str, sentence: str, **more: object) -> HttpResponse:
    context = {"heading": heading, "sentence": sentence, **more}
    return page(request, "error.html", context, actor=_actor(request), status=status)


def _actor(request: HttpRequest) -> Actor | None:
    try:
        return actor_of(request) if hasattr(request, "session") and hasattr(request, "user") else None
    except Refused:
        return None


def _from_here(request: HttpRequest) -> bool:
    source = request.headers.get("origin") or request.headers.get("referer") or ""
    return urlsplit(source).netloc == request.get_host()
