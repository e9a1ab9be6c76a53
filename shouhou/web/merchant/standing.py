"""What a shop may still see while it is suspended: why, since when, and its appeal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.sla.access import suspensions_of
from shouhou.sla.actions.suspending import appeal_suspension
from shouhou.sla.rules.measures import GROUND_WORDS
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import shop_of
from shouhou.web.page import page, said
from shouhou.web.shared.clocks import AppealForm, appeal_words, proofs
from shouhou.web.shared.once import DONE, done, new_key


@staff_door
def standing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The measure in force, or the last one, or none."""
    shop_of(actor)
    row, now = suspensions_of(actor).order_by("-pk").first(), clock.now()
    form, status = AppealForm(initial={"once": new_key()}), 200
    if request.method == "POST" and row is not None:
        form, number = AppealForm(request.POST, request.FILES), row.number

        def act() -> str:
            appeal_suspension(number, form.cleaned_data["text"], tokens=proofs(form, actor=actor, now=now), actor=actor, now=now)
            return number

        status = done(form, act, actor=actor, now=now)
        if status == DONE:
            messages.success(request, _("申诉已提交，平台会在期限内答复。"))
            return redirect("web:merchant_standing")
    appeal = getattr(row, "appeal", None)
    context = {
        "row": row, "ground": said(GROUND_WORDS[row.ground]) if row else "", "form": form, **appeal_words(appeal, actor=actor),
        "open": row is not None and row.state == "ordered" and appeal is None and bool(row.appeal_until and now <= row.appeal_until),
    }  # fmt: skip
    return page(request, "merchant/standing.html", context, actor=actor, status=status)
