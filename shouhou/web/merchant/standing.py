"""What a shop may still see while it is suspended: why, since when, and its appeal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.sla.access import suspensions_of
from shouhou.sla.actions.suspending import appeal_suspension
from shouhou.sla.rules.measures import GROUND_WORDS
from shouhou.web.doors import staff_door
from shouhou.web.merchant.console import shop_of
from shouhou.web.page import language, page, said
from shouhou.web.shared.clocks import AppealForm, appeal_words
from shouhou.web.shared.moves import FILES_MAX
from shouhou.web.shared.once import new_key, once


@staff_door
def standing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The measure in force, or the last one, or none."""
    shop_of(actor)
    row, now = suspensions_of(actor).order_by("-pk").first(), clock.now()
    form, status = AppealForm(initial={"once": new_key()}), 200
    if request.method == "POST" and row is not None:
        form, status, number = AppealForm(request.POST, request.FILES), 422, row.number
        if form.is_valid():
            given = form.cleaned_data

            def act() -> str:
                files = [take_upload(file, name=file.name or "", actor=actor, now=now).token for file in given["proofs"][:FILES_MAX]]
                appeal_suspension(number, given["text"], tokens=files, actor=actor, now=now)
                return number

            try:
                once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.add_error(None, no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("申诉已提交，平台会在期限内答复。"))
                return redirect("web:merchant_standing")
    appeal = getattr(row, "appeal", None)
    context = {
        "row": row, "ground": said(GROUND_WORDS[row.ground]) if row else "", "form": form, **appeal_words(appeal, actor=actor),
        "open": row is not None and row.state == "ordered" and appeal is None and bool(row.appeal_until and now <= row.appeal_until),
    }  # fmt: skip
    return page(request, "merchant/standing.html", context, actor=actor, status=status)
