"""Coming in by a code to a phone, the same for a guest with an order and a visitor without: asked for, entered, asked for again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shouhou.accounts.signin import AGAIN, CODE_WRONG, MOST_TRIES, VALID_MINUTES, plain_phone
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.masking import mask_phone
from shouhou.web.page import language, page
from shouhou.web.who import address_of

Facts = Mapping[str, str]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*", "class": "short", "autofocus": True}
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """One way in: the session's key for what was asked, its two pages, what sends a code for the facts and what lets in by one.

    `send(facts, address, now)` and `enter(request, facts, code, now)` raise what the domain refuses.
    """

    key: str
    start: str
    here: str
    send: Callable[[Facts, str, datetime], None]
    enter: Callable[[HttpRequest, Facts, str, datetime], HttpResponse]


def start_page(request: HttpRequest, way: Way, form: forms.Form, template: str) -> HttpResponse:
    """The form that names a phone; the answer does not tell whether anybody is known by it."""
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {name: str(value).strip() for name, value in form.cleaned_data.items()}
            try:
                ask(request, way, given)
            except Refused as no:
                refusal, status = no.sentence(language()), no.status
            else:
                return redirect(way.here)
    return page(request, template, {"form": form, "refusal": refusal}, status=status)


def code_page(request: HttpRequest, way: Way) -> HttpResponse:
    """Enter the code that was sent, or (`again`) have another one sent after a minute."""
    asked = request.session.get(way.key)
    if not asked:
        return redirect(way.start)
    form, status, refusal = CodeForm(), 200, ""
    try:
        if "again" in request.POST:
            if clock.now() >= _again_at(asked):
                ask(request, way, asked)
            return redirect(way.here)
        if request.method == "POST":
            form, status = CodeForm(request.POST), 422
            if form.is_valid():
                return way.enter(request, asked, form.cleaned_data["code"], clock.now())
    except Refused as no:
        refusal, status = no.sentence(language()) if no.code != CODE_WRONG.code else _wrong(request, way, asked), no.status
    left = int((_again_at(asked) - clock.now()).total_seconds()) + 1
    context = {
        "form": form, "refusal": refusal, "minutes": VALID_MINUTES, "phone": mask_phone(plain_phone(asked["phone"])),
        "order": asked.get("order", ""), "start": way.start, "may_ask": left <= 0, "again_in": left,
    }  # fmt: skip
    return page(request, "consumer/code.html", context, status=status)


def ask(request: HttpRequest, way: Way, given: Facts) -> None:
    """Have a code sent, and remember for whom. Raises what `way.send` refuses."""
    now, before = clock.now(), request.session.get(way.key, {})
    facts = {name: given[name] for name in ("order", "phone", "next") if name in given}
    way.send(facts, address_of(request), now)
    asked = {**facts, "at": now.isoformat(), "wrong": 0}
    if before and all(before.get(name) == facts.get(name) for name in ("order", "phone")) and now < _again_at(before):
        # The code of a moment ago still is the code.
        asked |= {"at": before["at"], "wrong": before.get("wrong", 0)}
    request.session[way.key] = asked


def _wrong(request: HttpRequest, way: Way, asked: dict[str, Any]) -> str:
    """How many tries are left, counted in this browser: the same for an order that does not exist."""
    wrong = asked.get("wrong", 0) + 1
    request.session[way.key] = {**asked, "wrong": wrong}
    left = MOST_TRIES - wrong
    if left > 0:
        return gettext("验证码不正确或已过期，还可以试 %(left)s 次。") % {"left": left}
    return gettext("这个验证码已失效，请重新获取。")


def _again_at(asked: Facts) -> datetime:
    return datetime.fromisoformat(asked["at"]) + AGAIN
