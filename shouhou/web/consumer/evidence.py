"""Files on my case: sent ahead one by one while the form is filled, or with the form; added at any time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for
from shouhou.cases.actions import attach
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import PICTURES, take_upload
from shouhou.web.consumer.case_page import EvidenceForm, case_page, with_uploads
from shouhou.web.doors import consumer_door
from shouhou.web.page import language
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.moves import FILES_MAX, TOKEN_LENGTH_MAX, sent
from shouhou.web.shared.once import new_key, once


@require_POST
@consumer_door
def evidence(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Add evidence later, at any time while the case can be seen."""
    case, now = case_for(actor, number), clock.now()
    form = with_uploads(EvidenceForm(request.POST, request.FILES), "file", case.number)
    tokens = sent(request.POST, "file-taken")
    try:
        if form.is_valid():
            tokens = taken_files(form.cleaned_data["file"], tokens, actor=actor, now=now)

            def act() -> str:
                for token in tokens:
                    attach(case.number, token, "evidence", actor=actor, now=now)
                return case.number

            once(form.cleaned_data["once"] or new_key(), act, actor=actor, now=now)
    except Refused as no:
        form.add_error("file", no.sentence(language()))
    if form.is_valid() and tokens:
        messages.success(request, _("凭证已上传。"))
        return redirect("web:case", case.number)
    if form.is_valid():
        form.add_error("file", _("请至少上传一个文件。"))
    return case_page(request, actor, number, evidence_form=form, evidence_kept=kept_files(tokens, actor), status=422)


@require_POST
@consumer_door
def upload(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One file ahead of its form: its token, or why it is not taken. It is nobody else's until it is sent."""
    case_for(actor, number)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("请至少上传一个文件。")}, status=422)
    try:
        taken = take_upload(file, name=file.name or "", actor=actor, now=clock.now())
    except Refused as no:
        return JsonResponse({"error": no.sentence(language())}, status=no.status)
    return JsonResponse({
        "token": taken.token, "name": taken.name, "image": taken.content_type in PICTURES,
        "address": reverse("web:file", args=[taken.token]),
    }, status=201)  # fmt: skip


def taken_files(
    files: Sequence[UploadedFile[Any]], kept: Sequence[str], *, actor: Actor, now: datetime
) -> list[str]:  # fmt: skip
    """The tokens of what was sent ahead and of what comes with the form, FILES_MAX at most. Raises what take_upload does."""
    tokens = [token[:TOKEN_LENGTH_MAX] for token in kept][:FILES_MAX]
    for file in files[: FILES_MAX - len(tokens)]:
        tokens.append(take_upload(file, name=file.name or "", actor=actor, now=now).token)
    return tokens
