"""Staff and roles of the shop, kept by its managers."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.accounts.invitations import invitations_of
from shouhou.accounts.models import Organisation, User
from shouhou.accounts.reach import TEAM_ROLES
from shouhou.accounts.staffing import Person, change_staff, hire, renew_password
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text
from shouhou.web.doors import staff_door
from shouhou.web.labels import role_label
from shouhou.web.merchant.console import console, manager_of
from shouhou.web.page import language, said
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.inviting import LANGUAGES, invitation_rows
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.invited import PLAIN_NAME

LISTED_MAX, ASKED_MAX = 200, 10
STATES = {True: Text("在用", "active"), False: Text("已停用", "ended")}
SHOWN = {"": Text("全部", "All"), "active": Text("在用", "Active"), "ended": Text("已停用", "Ended")}


class PersonForm(forms.Form):
    """A new colleague."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    username = forms.CharField(
        label=gettext_lazy("账号名"), validators=[PLAIN_NAME], max_length=40, help_text=gettext_lazy("用于登录，例如 qinglan-li。"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("邮箱"), max_length=200, help_text=gettext_lazy("忘记密码时用来重设。"))
    role = forms.ChoiceField(label=gettext_lazy("角色"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=gettext_lazy("语言"), choices=LANGUAGES, initial="zh-hans")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [(role, role_label(role)) for role in TEAM_ROLES]  # type: ignore[attr-defined]

    def person(self, house: Organisation) -> Person:
        given = {name: self.cleaned_data[name] for name in ("username", "name", "email", "role", "language")}
        return Person(organisation=house.code, **given)


@staff_door
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody of the shop, those who work first."""
    return _listed(request, actor)


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """people.csv or .xlsx: the shop's people and roles."""
    columns = [
        Column(_("账号"), width=20), Column(_("姓名"), width=16), Column(_("邮箱"), width=24), Column(_("角色"), width=14),
        Column(_("状态"), width=10), Column(_("最近登录"), "instant", 20),
    ]  # fmt: skip
    rows = (
        (each.username, each.get_full_name(), mask_text(each.email), role_label(each.role), said(STATES[each.is_active]), each.last_login)
        for each in _team(_house(actor), request).iterator(chunk_size=500)
    )
    return exported("people", form, columns=columns, rows=rows)


@staff_door
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new account with a password that this one page shows."""
    house, now = _house(actor), clock.now()
    form = PersonForm(request.POST or None, initial={"once": new_key(), "role": TEAM_ROLES[0]})
    if request.method == "POST" and form.is_valid():
        colleague, shown = form.person(house), {"password": ""}

        def act() -> str:
            hired = hire(colleague, actor=actor, now=now)
            shown["password"] = hired.password
            return str(hired.user_id)

        try:
            once(form.cleaned_data["once"], act, actor=actor, now=now)
        except Refused as no:
            form.add_error("username" if no.code == "USERNAME_TAKEN" else None, no.sentence(language()))
        else:
            return _password_page(request, actor, colleague.username, shown["password"])
    return console(request, actor, "person", {"form": form}, tab="merchant_people", status=422 if form.errors else 200)


@require_POST
@staff_door
def change(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """Another role, off or on again; twice is the same."""
    manager_of(actor)
    try:
        change_staff(
            person, role=request.POST.get("role", "")[:20], active=request.POST.get("active") == "1", actor=actor, now=clock.now()
        )
    except Refused as no:
        if no.refusal.kind != "conflict":
            raise
        return _listed(request, actor, refusal=no.sentence(language()), status=no.status)
    messages.success(request, _("已保存。"))
    return redirect("web:merchant_people")


@require_POST
@staff_door
def password(request: HttpRequest, actor: Actor, person: int) -> HttpResponse:
    """A fresh one-time password; the same form twice makes one."""
    manager_of(actor)
    now, shown = clock.now(), {"password": ""}

    def act() -> str:
        shown["password"] = renew_password(person, actor=actor, now=now).password
        return str(person)

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind != "conflict":
            raise
        return _listed(request, actor, refusal=no.sentence(language()), status=no.status)
    return _password_page(request, actor, User.objects.get(pk=person).username, shown["password"])


def _listed(request: HttpRequest, actor: Actor, *, refusal: str = "", status: int = 200) -> HttpResponse:
    house = _house(actor)
    shown = _shown(request)
    rows = [
        {"person": each, "name": each.get_full_name() or each.username, "role": role_label(each.role), "once": new_key(),
         "self": f"user:{each.pk}" == actor.who, "other_role": _other(each.role), "other_label": role_label(_other(each.role))}
        for each in _team(house, request)[:LISTED_MAX]
    ]  # fmt: skip
    asked = invitations_of(house.pk)
    context = {
        "rows": rows, "refusal": refusal, "export": f"?shown={shown}" if shown else "",
        "views": [{"label": said(text), "address": f"?shown={code}" if code else "?", "here": shown == code}
                  for code, text in SHOWN.items()],
        "asked": asked.count(),
        "invitations": invitation_rows(asked[:ASKED_MAX], actor=actor, now=clock.now()),
    }  # fmt: skip
    return console(request, actor, "people", context, tab="merchant_people", status=status)


def _shown(request: HttpRequest) -> str:
    """What the address asks for; an unknown word is everybody."""
    asked = request.GET.get("shown", "")
    return asked if asked in SHOWN else ""


def _team(house: Organisation, request: HttpRequest) -> QuerySet[User]:
    team = User.objects.filter(organisation=house, role__in=TEAM_ROLES).order_by("-is_active", "role", "username")
    return team.filter(is_active=_shown(request) == "active") if _shown(request) else team


def _house(actor: Actor) -> Organisation:
    """The organisation of the shop this person manages. Raises FORBIDDEN."""
    return Organisation.objects.get(merchant=manager_of(actor))


def _other(role: str) -> str:
    return TEAM_ROLES[0] if role == TEAM_ROLES[1] else TEAM_ROLES[1]


def _password_page(request: HttpRequest, actor: Actor, username: str, password: str) -> HttpResponse:
    """The password is in this answer only: neither the database nor the browser's history keeps it."""
    answer = console(request, actor, "password", {"username": username, "password": password}, tab="merchant_people")
    answer["Cache-Control"] = "no-store, private"
    return answer
