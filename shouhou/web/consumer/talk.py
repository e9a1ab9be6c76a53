"""What is said on my case: writing, and what is new while the page stands open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shouhou.cases.access import case_for
from shouhou.cases.actions import say
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.case_page import SayForm, case_page, with_uploads
from shouhou.web.consumer.evidence import taken_files
from shouhou.web.consumer.quiet import quiet_door
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page
from shouhou.web.shared.case_view import said_on
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.moves import sent
from shouhou.web.shared.news import moved_since, news_token
from shouhou.web.shared.once import once


@require_POST
@consumer_door
def message(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Say something; the same form twice says it once."""
    case, now = case_for(actor, number), clock.now()
    form = with_uploads(SayForm(request.POST, request.FILES), "photos", case.number)
    tokens, valid = sent(request.POST, "photos-taken"), form.is_valid()
    try:
        tokens = taken_files(form.cleaned_data.get("photos") or [], tokens, actor=actor, now=now)
        if valid:

            def act() -> str:
                say(case.number, form.cleaned_data["text"], internal=False, actor=actor, now=now, uploads=tokens)
                return case.number

            once(form.cleaned_data["once"], act, actor=actor, now=now)
            return redirect(f"{reverse('web:case', args=[case.number])}#messages")
    except Refused as no:
        form.add_error("photos", no.sentence(language()))
    return case_page(request, actor, number, say_form=form, say_kept=kept_files(tokens, actor), status=422)


@require_GET
@quiet_door
def news(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What is new since the page's token: the talk again, and a word when the case itself has moved; nothing is a 204."""
    case, known = case_for(actor, number), request.GET.get("token", "")
    token = news_token(case)
    if token == known:
        return HttpResponse(status=204)
    said = said_on(case, actor)
    # A screen reader reads out what others have said since, and not the whole talk again.
    last = next((int(part) for part in known.split("-")[1:2] if part.isdigit() and len(part) < 18), None)
    told = [entry for entry in said if last is not None and entry["id"] > last and not entry["mine"]]
    context = {"case": case, "token": token, "said": said, "told": told, "moved": moved_since(known, case)}
    return page(request, "consumer/talk.html", context, actor=actor)
