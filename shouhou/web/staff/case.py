"""A case for staff: what was asked and what happened on the one side, what one can do on the other."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for
from shouhou.cases.actions import claim, release, say, weigh_message
from shouhou.cases.models import Case, Message
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.slip import slip_page
from shouhou.web.staff.dossier import dossier
from shouhou.web.staff.moving import changes_since

MESSAGE_MAX = 2000
NUMBER_LENGTH_MOST = 12


class NoteForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("内容"), max_length=MESSAGE_MAX, widget=forms.Textarea(attrs={"rows": 3}))
    internal = forms.BooleanField(label=gettext_lazy("内部备注（消费者看不到）"), required=False)


@staff_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _case_page(request, actor, number)


@staff_door
def changed(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Asked every now and then by an open page: 204 while nothing is new since it was last told, else all that is.

    What has been told already is not sent again: a screen reader would read it out every time.
    """
    found = case_for(actor, number)
    version, message = _number(request.GET.get("version", "")), _number(request.GET.get("message", ""))
    held = Case.objects.select_related("assigned_to").get(pk=found.id).assigned_to
    said = Message.objects.filter(case_id=found.id, pk__gt=message).exclude(who=actor.who).count()
    moved = changes_since(found, version) if found.version > version else []
    handed = str(held.pk if held else "") != request.GET.get("held", "")
    seen = f"{found.version}.{said}.{held.pk if held else ''}"
    if not (moved or said or handed) or seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    asked = {name: request.GET.get(name, "")[:NUMBER_LENGTH_MOST] for name in ("version", "message", "held")}
    again = f"{reverse('web:staff_changed', args=[number])}?{urlencode({**asked, 'seen': seen})}"
    context = {"case": found, "changes": moved, "messages_new": said, "handed": handed, "again": again,
               "holder": (held.get_full_name() or held.get_username()) if held else ""}  # fmt: skip
    return page(request, "staff/changed.html", context, actor=actor)


@require_POST
@staff_door
def message(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """A message to the consumer or an internal note; the same form twice says it once."""
    form, now = NoteForm(request.POST), clock.now()
    if not form.is_valid():
        return _case_page(request, actor, number, note_form=form, status=422)
    text, internal = form.cleaned_data["text"], form.cleaned_data["internal"]
    try:
        weigh_message(number, text, internal=internal, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        form.add_error("text", no.sentence(language()))
        return _case_page(request, actor, number, note_form=form, status=422)

    def act() -> str:
        say(number, text, internal=internal, actor=actor, now=now)
        return number

    once(form.cleaned_data["once"], act, actor=actor, now=now)
    return redirect(reverse("web:staff_case", args=[number]) + "#messages")


@require_POST
@staff_door
def claim_case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """From now on mine – unless somebody took it after the page was shown: that is told, not overwritten."""
    seen = request.POST.get("held")
    holder = Case.objects.select_related("assigned_to").get(pk=case_for(actor, number).id).assigned_to
    if seen is not None and holder is not None and str(holder.pk) != seen and f"user:{holder.pk}" != actor.who:
        name = holder.get_full_name() or holder.get_username()
        messages.warning(request, _("%(name)s 刚刚接手了此单，未作更改。如需接手请再点一次。") % {"name": name})
    else:
        _once(request, actor, lambda: claim(number, actor=actor, now=clock.now()))
    return redirect("web:staff_case", number)


@require_POST
@staff_door
def release_case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Nobody's again."""
    _once(request, actor, lambda: release(number, actor=actor, now=clock.now()))
    return redirect("web:staff_case", number)


@staff_door
def slip(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return slip_page(request, actor, number, back=reverse("web:staff_case", args=[number]))


def _case_page(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    context = dossier(actor, number, now=clock.now())
    context |= {"here": "queue", "once": new_key(), "note_form": NoteForm(initial={"once": new_key()}), **forms_}
    return page(request, "staff/case.html", context, actor=actor, status=status)


def _once(request: HttpRequest, actor: Actor, act: Callable[[], None]) -> None:
    def done() -> str:
        act()
        return "done"

    once(request.POST.get("once") or new_key(), done, actor=actor, now=clock.now())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_LENGTH_MOST else 0
