"""The page behind an invitation's link: the invited person chooses name and password and is in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from shouhou.accounts.invitations import accept_invitation, read_invitation
from shouhou.accounts.models import Invitation, User
from shouhou.accounts.second_factor import roles_needing_totp
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.web.doors import public_door
from shouhou.web.labels import role_label
from shouhou.web.page import language, page
from shouhou.web.staff.signin import let_in

PLAIN_NAME = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,39}$", _("3–40 个小写字母、数字、点、横线。"))
GONE = 410


class JoinForm(forms.Form):
    """Name and password of a new member of staff."""

    use_required_attribute = False
    name = forms.CharField(label=_("姓名"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label=_("账号名"), validators=[PLAIN_NAME], max_length=40, help_text=_("用于登录，例如 qinglan-li。"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label=_("密码"), max_length=128, strip=False, help_text=_("至少 10 个字符，不能与账号相似，也不能是常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    password2 = forms.CharField(
        label=_("再输一次密码"), max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, invitation: Invitation, data: Any = None) -> None:
        proposed = invitation.email.partition("@")[0].lower()
        initial = {"name": invitation.name, "username": proposed if PLAIN_NAME.regex.match(proposed) else ""}  # type: ignore[union-attr]
        super().__init__(data, initial=initial)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("两次输入的密码不一样。"))
        elif first:
            like = User(username=cleaned.get("username", ""), email=self.invitation.email, last_name=cleaned.get("name", ""))
            try:
                validate_password(first, like)
            except ValidationError as weak:
                self.add_error("password1", weak)
        return cleaned


@public_door
@sensitive_post_parameters()
def invited(request: HttpRequest, token: str) -> HttpResponseBase:
    """An expired, used or revoked link says which, and what to do; a link that never was ours is not found."""
    now = clock.now()
    try:
        invitation = read_invitation(token, now=now)
    except Refused as no:
        return _gone(request, no)
    form = JoinForm(invitation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = accept_invitation(
                token, username=given["username"], name=given["name"], password=given["password1"], now=now
            )  # fmt: skip
        except Refused as no:
            if no.code != "USERNAME_TAKEN":
                return _gone(request, no)
            form.add_error("username", no.sentence(language()))
        else:
            return let_in(request, user)
    context = {
        "form": form, "invitation": invitation, "role": role_label(invitation.role),
        "by": invitation.invited_by.get_full_name() or invitation.invited_by.username,
        "second_factor": invitation.role in roles_needing_totp(),
    }  # fmt: skip
    return page(request, "staff/invited.html", context, status=422 if form.errors else 200)


def _gone(request: HttpRequest, no: Refused) -> HttpResponseBase:
    if no.refusal.kind == "not_found":
        raise no
    return page(request, "staff/invited_gone.html", {"sentence": no.sentence(language()), "code": no.code}, status=GONE)
