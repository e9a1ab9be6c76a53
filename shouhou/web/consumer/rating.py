"""Rating the service; it may be changed while the window is open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.actions import rate
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.case_page import case_page
from shouhou.web.consumer.rating_words import RateForm
from shouhou.web.doors import consumer_door


@require_POST
@consumer_door
def rating(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The same grade sent twice is one rating: the second amends the first."""
    form = RateForm(request.POST)
    if not form.is_valid():
        return case_page(request, actor, number, rate_form=form, status=422)
    rate(number, int(form.cleaned_data["grade"]), form.words(), actor=actor, now=clock.now())
    messages.success(request, _("感谢您的评价。"))
    return redirect("web:case", number)
