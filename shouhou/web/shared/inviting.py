"""Asking somebody by mail to become a member of staff: the form, the open invitations and what is done with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.accounts.invitations import Wish, invite, link_of, renew_invitation, revoke_invitation
from shouhou.accounts.models import Invitation
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text
from shouhou.web.labels import role_label
from shouhou.web.page import language
from shouhou.web.shared.once import new_key, once

LANGUAGES = [("zh-hans", gettext_lazy("中文")), ("en", gettext_lazy("英文"))]


class InviteForm(forms.Form):
    """Who is asked, and as what. `organisations` are (code, name); a shop has only its own and does not see the field."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=gettext_lazy("邮箱"), max_length=254, help_text=gettext_lazy("邀请链接发到这里，也是以后找回密码的邮箱。"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=80, required=False, help_text=gettext_lazy("本人可以更改。"))
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    organisation = forms.ChoiceField(label=gettext_lazy("组织"))
    language = forms.ChoiceField(label=gettext_lazy("邮件语言"), choices=LANGUAGES, initial="zh-hans")

    def __init__(self, *args: Any, roles: Sequence[str], organisations: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        initial = {"once": new_key(), "role": roles[0], "organisation": organisations[0][0], "language": language()}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.fields["role"].choices = [(role, role_label(role)) for role in roles]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()


def send_invitation(request: HttpRequest, form: InviteForm, *, actor: Actor) -> bool:
    """Whether the mail is on its way; otherwise the form says why not. A form sent twice sends one."""
    if not form.is_valid():
        return False
    now, given = clock.now(), form.cleaned_data
    wish = Wish(**{name: given[name] for name in Wish.__slots__})

    def act() -> str:
        return str(invite(wish, actor=actor, now=now).pk)

    try:
        once(given["once"], act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind not in ("conflict", "too_many", "invalid"):
            raise
        form.add_error("email" if no.code == "ALREADY_HERE" else None, no.sentence(language()))
        return False
    messages.success(request, _("邀请已发出。没有收到邮件时，可以复制链接交给本人。"))
    return True


def change_invitation(request: HttpRequest, number: int, deed: str, *, actor: Actor) -> None:
    """again or revoke. Raises Http404, Refused."""
    now = clock.now()

    def act() -> str:
        match deed:
            case "again":
                renew_invitation(number, actor=actor, now=now)
            case "revoke":
                revoke_invitation(number, actor=actor, now=now)
            case _:
                raise Http404("no such deed")
        return deed

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("邀请已撤回，原链接不能再用。") if deed == "revoke" else _("已发出新的邀请，原链接不能再用。"))


def invitation_rows(invitations: Iterable[Invitation], *, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Open invitations as the pages show them; the link itself is for whoever sent it."""
    return [
        {
            "it": found, "role": role_label(found.role), "expired": found.expires_at <= now, "once": new_key(),
            "email": shown_address(found, actor=actor), "by": found.invited_by.get_full_name() or found.invited_by.username,
            "link": link_of(found) if _mine(found, actor) and found.expires_at > now else "",
        }
        for found in invitations
    ]  # fmt: skip


def shown_address(invitation: Invitation, *, actor: Actor) -> str:
    """In full for whoever sent it and for the shop whose own it is."""
    return invitation.email if _mine(invitation, actor) or actor.merchant_id is not None else mask_text(invitation.email)


def _mine(invitation: Invitation, actor: Actor) -> bool:
    return actor.who == f"user:{invitation.invited_by_id}"
