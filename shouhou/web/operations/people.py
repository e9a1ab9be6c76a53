"""Who works here: staff with their roles, new accounts, switching off, lockouts."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.accounts.invitations import invitations_of
from shouhou.accounts.lockout import lift_lockout, lockouts
from shouhou.accounts.models import ROLES, Organisation, User
from shouhou.accounts.passwords import with_demo_password, with_one_time_password
from shouhou.accounts.second_factor import has_totp, remove_second_factor
from shouhou.accounts.staff_sessions import staff_sessions
from shouhou.accounts.staffing import Hired, Person, change_staff, hire, renew_password, sign_out_staff
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text
from shouhou.web.labels import role_label
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.inviting import LANGUAGES
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 50
ORGANISATIONS_MOST = 500
KINDS = ("operator", "partner", "merchant")
SHOWN = {
    "": Text("在职", "Active"), "off": Text("已停用", "Switched off"), "weak": Text("待换密码", "Passwords to change"),
    "all": Text("全部", "All"),
}  # fmt: skip
LOCK_KINDS = {"name": Text("账号", "user name"), "code": Text("动态码", "second factor"), "address": Text("网络地址", "address")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    role: str = ""
    organisation: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


class PersonForm(forms.Form):
    """A new account."""

    username = forms.RegexField(r"^[\w.@+-]+$", label=gettext_lazy("账号"), max_length=60, strip=True)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    email = forms.EmailField(label=gettext_lazy("邮箱"), required=False, max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    organisation = forms.ChoiceField(label=gettext_lazy("组织"))
    language = forms.ChoiceField(label=gettext_lazy("语言"), choices=LANGUAGES, initial="zh-hans", required=False)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, role_label(role)) for role in ROLES]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = organisation_choices()  # type: ignore[attr-defined]
        for name in ("username", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


@operations_door
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters = Filters.of(request.GET)
    found = _found(filters)
    if filters.after:
        found = found.filter(username__gt=filters.after)
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "filters": filters, "rows": [_row(user, actor) for user in rows[:PAGE_SIZE]], "once": new_key(),
        "roles": [(role, role_label(role), role == filters.role) for role in ROLES],
        "organisations": [(code, name, code == filters.organisation) for code, name in organisation_choices()],
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=rows[PAGE_SIZE - 1].username) if len(rows) > PAGE_SIZE else "",
        "export": filters.address(after=""), "invitations": invitations_of(None).count(),
        "lockouts": [{"row": row, "kind": said(LOCK_KINDS[row.kind])} for row in lockouts(now=clock.now())],
    }  # fmt: skip
    return operations_page(request, "people", context, actor=actor, place="ops_people")


@operations_door
def people_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    columns = [Column(_("账号")), Column(_("姓名")), Column(_("邮箱"), width=24), Column(_("角色")), Column(_("组织"), width=20),
               Column(_("状态")), Column(_("上次登录"), "instant", 20)]  # fmt: skip
    rows = (
        (user.username, user.get_full_name(), mask_text(user.email), role_label(user.role),
         user.organisation.name if user.organisation else "", _("在职") if user.is_active else _("已停用"), user.last_login)
        for user in _found(Filters.of(request.GET)).iterator(chunk_size=500)
    )  # fmt: skip
    return exported("staff", form, columns=columns, rows=rows)


@operations_door
def person(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One account and what may be done with it."""
    user = User.objects.select_related("organisation").filter(pk=number).first()
    if user is None:
        raise Http404("no such person")
    return _person(request, actor, user)


@operations_door
def new_person(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new account; its first password is shown once."""
    form = PersonForm(request.POST or None, initial={"once": new_key(), "role": "agent"})
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _create(request, actor, form.cleaned_data)
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
    context = {"form": form, "refusal": refusal}
    return operations_page(request, "new_person", context, actor=actor, place="ops_people", status=status)


@require_POST
@operations_door
def change(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """role, off, on, sign-out, password or second-factor. Raises Refused."""
    now, hired = clock.now(), []

    def act() -> str:
        match deed:
            case "role":
                change_staff(
                    number, role=request.POST.get("role", ""), organisation=request.POST.get("organisation", ""), actor=actor, now=now
                )  # fmt: skip
            case "off" | "on":
                change_staff(number, active=deed == "on", actor=actor, now=now)
            case "sign-out":
                sign_out_staff(number, actor=actor, now=now)
            case "password":
                hired.append(renew_password(number, actor=actor, now=now))
            case "second-factor":
                remove_second_factor(number, actor=actor, now=now)
            case _:
                raise Http404("no such deed")
        return "done"

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    if hired:
        return _person(request, actor, User.objects.select_related("organisation").get(pk=number), hired=hired[0])
    messages.success(request, _("已保存。"))
    return redirect("web:ops_person", number)


@require_POST
@operations_door
def lift(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Somebody who locked themselves out may try again."""
    now = clock.now()

    def act() -> str:
        lift_lockout(number, actor=actor, now=now)
        return "done"

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("锁定已解除。"))
    return redirect(reverse("web:ops_people") + "#lockouts")


def organisation_choices() -> list[tuple[str, str]]:
    """The house first, then its partners, then the shops."""
    rows = Organisation.objects.order_by("code").values_list("kind", "code", "name")[:ORGANISATIONS_MOST]
    return [(code, name) for _, code, name in sorted(rows, key=lambda row: (KINDS.index(row[0]), row[1]))]


def _create(request: HttpRequest, actor: Actor, given: Mapping[str, Any]) -> HttpResponse:
    """The password is told on this answer only, and kept nowhere: a second click finds the account without it."""
    now, hired = clock.now(), []
    new = Person(**{**{name: given[name] for name in Person.__slots__}, "language": given["language"] or "zh-hans"})

    def act() -> str:
        made = hire(new, actor=actor, now=now)
        hired.append(made)
        return str(made.user_id)

    number = int(once(given["once"], act, actor=actor, now=now))
    if not hired:
        return redirect("web:ops_person", number)
    return _person(request, actor, User.objects.select_related("organisation").get(pk=number), hired=hired[0])


def _person(request: HttpRequest, actor: Actor, user: User, *, hired: Hired | None = None) -> HttpResponse:
    context = {
        "person": user, "has_totp": has_totp(user), "sessions": len(staff_sessions(user)),
        "role": role_label(user.role), "mine": actor.who == f"user:{user.pk}" or user.is_superuser, "once": new_key(),
        "roles": [(role, role_label(role), role == user.role) for role in ROLES], "hired": hired,
        "organisations": [
            (code, name, user.organisation is not None and code == user.organisation.code) for code, name in organisation_choices()
        ],
    }  # fmt: skip
    return operations_page(request, "person", context, actor=actor, place="ops_people")


def _found(filters: Filters) -> QuerySet[User]:
    found = User.objects.select_related("organisation").order_by("username")
    if filters.shown == "weak":
        found = found.filter(Q(pk__in=with_demo_password()) | Q(pk__in=with_one_time_password()))
    elif filters.shown != "all":
        found = found.filter(is_active=filters.shown != "off")
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.organisation:
        found = found.filter(organisation__code=filters.organisation)
    if filters.q:
        text = filters.q
        named = Q(last_name=text[:1], first_name=text[1:]) | Q(first_name__icontains=text)
        found = found.filter(Q(username__icontains=text) | named | Q(email__iexact=text))
    return found


def _row(user: User, actor: Actor) -> dict[str, Any]:
    return {"user": user, "role": role_label(user.role), "email": mask_text(user.email), "me": actor.who == f"user:{user.pk}"}
