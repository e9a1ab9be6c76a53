"""My case: where it stands, whose turn it is, what I can do; and making a move there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.actions import make_move
from shouhou.cases.refusals import MOVE_UNKNOWN
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.case_page import case_page, move_form
from shouhou.web.doors import consumer_door
from shouhou.web.page import page, said
from shouhou.web.shared.money_view import money_words
from shouhou.web.shared.next_step import headline, step


@consumer_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return case_page(request, actor, number)


@consumer_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """A move's form by itself, and making it; a refusal shows the form again with everything in it."""
    found, now = case_for(actor, number), clock.now()
    kind = WORKFLOWS[found.service].move(move)
    if kind is None or "consumer" not in kind.by:
        raise refused(MOVE_UNKNOWN, move=move)
    form, status = move_form(kind, found, actor), 200
    if request.method == "POST":
        form = move_form(kind, found, actor, data=request.POST, files=request.FILES)
        valid = form.is_valid()
        # The files of a form that is refused are kept too, so that nothing has to be chosen again.
        if form.take_files(now=now) and valid:
            try:
                make_move(
                    found.number, move, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now
                )
            except Refused as no:
                form.refuse(no)
            else:
                then = headline(case_for(actor, number))
                messages.success(request, _("已完成：%(move)s。现在：%(then)s") % {"move": said(kind.label), "then": then})
                return redirect("web:case", found.number)
        status = 422
    context = {
        "here": "cases", "case": found, "move": kind, "label": said(kind.label), "form": form,
        "step": step(kind, found, now=now), "money": money_words(found), "open": found.status in kind.sources,
    }  # fmt: skip
    return page(request, "consumer/move.html", context, actor=actor, status=status)
