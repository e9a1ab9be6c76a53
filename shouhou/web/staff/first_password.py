"""Whoever signed in with a one-time password sets their own before anything else; what they were about to send waits."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django import forms
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from shouhou.accounts.lockout import failed, succeeded, take_try
from shouhou.accounts.models import User
from shouhou.accounts.passwords import set_own_password
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.web.doors import elsewhere
from shouhou.web.page import language, page
from shouhou.web.shared.kept import keep
from shouhou.web.staff.onward import safe_onward
from shouhou.web.who import address_of

# What stays reachable: the page itself, the way out, how pages look, and what watches over the house.
REACHABLE = (
    "/staff/account/password/own/", "/staff/sign-out/", "/staff/account/sign-out/", "/language/", "/theme/", "/static/", "/healthz",
    "/readyz",
)  # fmt: skip


class OwnPasswordFirst:
    """Middleware: every page but one is closed while the password is somebody else's; a form sent there is kept."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(REACHABLE) or SESSION_KEY not in request.session:
            return self.following(request)
        user = request.user
        if not isinstance(user, User) or not user.password_temporary:
            return self.following(request)
        onward = request.get_full_path()
        if request.method == "POST":
            onward = keep(request, why="setup")
        elif request.headers.get("HX-Request"):
            onward = "/staff/"
        return elsewhere(request, f"{reverse('account_own_password')}?{urlencode({'next': onward})}")


class OwnPasswordForm(forms.Form):
    """Twice the new password; the one-time one again only where signing in is a while ago."""

    use_required_attribute = False
    given = forms.CharField(
        label=_("收到的一次性密码"), max_length=128, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label=_("新密码"), max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("再输一次新密码"), max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        if did_recently_reauthenticate(request):
            del self.fields["given"]

    def clean_given(self) -> str:
        """Counted like a try at the door."""
        given, now = str(self.cleaned_data["given"]), clock.now()
        try:
            tried = take_try(name=self.user.get_username(), address=address_of(self.request), now=now)
        except Refused as no:
            raise ValidationError(no.sentence(language())) from no
        if not self.user.check_password(given):
            failed(tried, now=now)
            raise ValidationError(_("一次性密码不正确。"))
        succeeded(tried)
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("两次输入的新密码不一样。"))
        elif first and self.user.check_password(first):
            self.add_error("password1", _("新密码不能与一次性密码相同。"))
        elif first:
            try:
                validate_password(first, self.user)
            except ValidationError as weak:
                self.add_error("password1", weak)
        return cleaned


@login_required
@sensitive_post_parameters()
def own_password(request: HttpRequest) -> HttpResponse:
    """Set one's own password, then on to where one was going."""
    user = request.user
    assert isinstance(user, User)
    onward = safe_onward(request)
    if not user.password_temporary:
        return redirect(onward or "mfa_index")
    form = OwnPasswordForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_own_password(user, password=form.cleaned_data["password1"], here=request.session.session_key or "", now=clock.now())
        finalize_password_change(request, user)
        return redirect(onward or "web:queue")
    context = {"form": form, "next": onward, "waits": onward.startswith("/again/")}
    return page(request, "account/own_password.html", context, status=422 if form.errors else 200)
