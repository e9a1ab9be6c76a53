"""Rating the service; it may be changed while the window is open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.actions import rate
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.case_page import case_page
from shouhou.web.consumer.rating_words import RateForm
from shouhou.web.doors import consumer_door
from shouhou.web.shared.once import new_key, once


@require_POST
@consumer_door
def rating(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Rate, or amend; the same form sent twice rates once."""
    form, now = RateForm(request.POST), clock.now()
    if not form.is_valid():
        return case_page(request, actor, number, rate_form=form, status=422)
    given = form.cleaned_data

    def act() -> str:
        rate(number, given["grade"], given["text"], reasons=given["reasons"], actor=actor, now=now)
        return number

    try:
        once(given["once"] or new_key(), act, actor=actor, now=now)
    except Refused as no:
        form.refuse(no)
        return case_page(request, actor, number, rate_form=form, status=422)
    messages.success(request, _("感谢您的评价。"))
    return redirect("web:case", number)
