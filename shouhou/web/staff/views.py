"""Somebody's own views of the queue: kept under a name, renamed, put in order, dropped."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.models import SavedView
from shouhou.web.page import language, page
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.filters import Filters
from shouhou.web.views_actions import NAME_MAX, delete_view, place_view, rename_view, save_view


@dataclass(frozen=True, slots=True)
class ShownView:
    """A saved view as a link."""

    id: int
    name: str
    address: str
    here: bool
    place: int
    last: bool


def views_of(actor: Actor, list_name: str, *, chosen: str = "") -> list[ShownView]:
    """This person's views of a list in their order; `chosen` is the query of what is shown now."""
    if not actor.who.startswith("user:"):
        return []
    rows = list(SavedView.objects.filter(user_id=int(actor.who[5:]), page=list_name).order_by("position", "id"))
    return [
        ShownView(row.pk, row.name, f"{reverse('web:queue')}?{row.query}", row.query == chosen, place, place == len(rows) - 1)
        for place, row in enumerate(rows)
    ]


@staff_door
def views(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All of them, to be renamed, ordered and dropped."""
    return _page(request, actor)


@require_POST
@staff_door
def save(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep what the queue shows now under a name."""
    query = Filters.of(QueryDict(request.POST.get("query", "")[:1000])).query
    name, now = request.POST.get("name", ""), clock.now()

    def act() -> str:
        return str(save_view(page="queue", name=name, query=query, actor=actor, now=now).pk)

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        return _page(request, actor, wrong=_sentence(no), name=name, query=query, status=no.status)
    messages.success(request, _("视图已保存。"))
    return redirect(f"{reverse('web:queue')}?{query}")


@require_POST
@staff_door
def change(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """Rename (the form's field), move up or down, or delete: the button says which; the same click twice does it once."""
    chosen, now = request.POST.get("act", ""), clock.now()

    def act() -> str:
        if chosen == "delete":
            delete_view(key, actor=actor)
        elif chosen.isdigit() and len(chosen) < 4:
            place_view(key, int(chosen), actor=actor)
        else:
            rename_view(key, request.POST.get("name", ""), actor=actor)
        return chosen

    try:
        # One page holds one key: what else is done from it afterwards is another deed.
        once(f"{request.POST.get('once') or new_key()}:{key}:{chosen}", act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        return _page(request, actor, wrong=_sentence(no), wrong_key=key, status=no.status)
    return redirect("web:staff_views")


def _page(request: HttpRequest, actor: Actor, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"here": "queue", "views": views_of(actor, "queue"), "name_max": NAME_MAX, "once": new_key(), **more}
    return page(request, "staff/views.html", context, actor=actor, status=status)


def _sentence(no: Refused) -> str:
    if no.errors:
        return no.errors[0].en if language() == "en" else no.errors[0].zh
    return no.sentence(language())
