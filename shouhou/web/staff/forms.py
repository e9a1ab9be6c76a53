"""The forms of staff's own sign-in: allauth's, in our words, with every guess counted in our own table."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shouhou.accounts.lockout import failed, succeeded, take_try
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.web.page import language
from shouhou.web.who import address_of

CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short", "autofocus": True})


class Labelled(forms.Form):
    """Takes its labels from `labels`; no placeholders, which say the same once more; the page itself says what a password must be."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""


class NewPasswordForm(Labelled, ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": _("当前密码"), "password1": _("新密码"), "password2": _("再输一次新密码")}


class FirstPasswordForm(Labelled, SetPasswordForm):  # type: ignore[misc]
    labels = {"password1": _("新密码"), "password2": _("再输一次新密码")}


class ResetForm(Labelled, ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": _("新密码"), "password2": _("再输一次新密码")}


class AskResetForm(Labelled, ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("工作邮箱")}


class PasswordAgainForm(Labelled, ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("密码")}


class CodeForm(Labelled, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the authenticator app, or a recovery code."""

    labels = {"code": _("动态码或恢复码")}
    code = forms.CharField(max_length=20, widget=CODE)

    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)


class CodeAgainForm(Labelled, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("动态码或恢复码")}
    code = forms.CharField(max_length=20, widget=CODE)

    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)


class ActivateForm(Labelled, ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("应用里显示的 6 位动态码")}
    code = forms.CharField(max_length=20, widget=CODE)


def _counted(user: Any, check: Any) -> str:
    """Run allauth's check of a code, counted for the person and the address. Raises ValidationError."""
    now = clock.now()
    try:
        tried = take_try(kind="code", name=user.get_username(), address=address_of(context.request), now=now)
    except Refused as no:
        raise ValidationError(no.sentence(language())) from no
    try:
        code = str(check())
    except ValidationError as no:
        failed(tried, now=now)
        raise ValidationError(_("动态码不正确。请确认手机时间准确，等下一个动态码再试。")) from no
    succeeded(tried)
    return code
