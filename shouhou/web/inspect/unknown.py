"""One unidentified parcel: recording it, whose it may be, saying whose it is, sending it away after a second look."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.unidentified import Suggestion, match_to_case, suggestions
from shouhou.foundation.ids import parse_number
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics.actions.unknown import (
    PHOTOS_MOST,
    UNKNOWN_NOT_FOUND,
    ask_end,
    confirm_end,
    keep_until,
    record_unknown,
    refuse_end,
)  # fmt: skip
from shouhou.logistics.rules.waybills import recognise
from shouhou.logistics.unknown_models import UnknownParcel
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.uploads import take_upload
from shouhou.web.access import unidentified_of
from shouhou.web.doors import staff_door
from shouhou.web.inspect.bench import inspector
from shouhou.web.inspect.draft import draft_of, keep_draft
from shouhou.web.inspect.unidentified import TONES, courier_name, state_words
from shouhou.web.inspect.unknown_forms import AskForm, ConfirmForm, KeepForm, MatchForm, OnceForm, RecordForm
from shouhou.web.labels import role_label, status_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.once import new_key, once

TOKEN_MAX = 60
DEEDS = {
    "recorded": Text("登记", "recorded"), "matched": Text("认领", "matched"),
    "return_asked": Text("申请退回寄件人", "asked to send it back"),
    "dispose_asked": Text("申请处置", "asked to dispose of it"), "kept": Text("继续保管", "kept on"),
    "returned": Text("已退回寄件人", "sent back to the sender"), "disposed": Text("已处置", "disposed of"),
}  # fmt: skip
SIGNS = {
    "waybill": Text("运单号相近", "waybill nearly the same"), "order": Text("订单号或退货单号一致", "order or return number agrees"),
    "serial": Text("序列号一致", "serial agrees"), "phone": Text("电话一致", "phone agrees"),
    "phone_end": Text("电话尾号一致", "phone's last digits agree"), "name": Text("寄件人同名", "sender has the same name"),
}  # fmt: skip


@staff_door
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The record, empty or with the number that nobody knew; sent, its own page with whose it may be."""
    inspector(actor)
    if request.method != "POST":
        waybill = request.GET.get("waybill", "").replace("\x00", "").strip()[:40]
        sure = recognise(waybill).sure if waybill else None
        form = RecordForm(initial={"once": new_key(), "waybill": waybill, "carrier": sure.code if sure else ""})
        return _record_page(request, actor, form, [])
    form, now = RecordForm(request.POST, request.FILES), clock.now()
    fine = form.is_valid()
    photos = _photos(form, request.POST.getlist("taken"), actor)
    if not fine or form.errors:
        return _record_page(request, actor, form, photos, status=422)
    try:
        number = once(
            form.cleaned_data["once"], lambda: record_unknown(form.found(photos), actor=actor, now=now).number, actor=actor, now=now
        )
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return _record_page(request, actor, form, photos, status=no.status)
    messages.success(request, _("%(number)s 已登记，请把编号写在包裹上。") % {"number": number})
    return redirect("web:inspect_unknown", number)


@staff_door
def one(request: HttpRequest, actor: Actor, parcel: str) -> HttpResponse:
    inspector(actor)
    return _page(request, actor, _found(actor, parcel))


@require_POST
@staff_door
def match(request: HttpRequest, actor: Actor, parcel: str) -> HttpResponse:
    """It is this case's: on to unpacking, with the waybill filled in."""
    found, now = _found(actor, parcel), clock.now()
    form = MatchForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, match_form=form, status=422)
    wanted = form.cleaned_data["case"]
    case = parse_number(wanted) or wanted.strip()
    answer = _done(
        request, actor, found, form, "match_form",
        lambda: match_to_case(found.number, case=case, actor=actor, now=now),
    )  # fmt: skip
    if isinstance(answer, HttpResponse):
        return answer
    draft = draft_of(request.session, answer, now=now)
    draft.waybill = found.waybill
    keep_draft(request.session, draft)
    messages.success(request, _("%(parcel)s 属于 %(case)s，请开箱登记。") % {"parcel": found.number, "case": answer})
    return redirect("web:inspect_case", answer)


@require_POST
@staff_door
def ask(request: HttpRequest, actor: Actor, parcel: str) -> HttpResponse:
    """Wishing it sent away; a colleague looks again."""
    found, form, now = _found(actor, parcel), AskForm(request.POST), clock.now()
    if not form.is_valid():
        return _page(request, actor, found, ask_form=form, status=422)
    given = form.cleaned_data
    answer = _done(
        request, actor, found, form, "ask_form",
        lambda: ask_end(found.number, given["end"], reason=given["reason"], actor=actor, now=now).number,
    )  # fmt: skip
    return answer if isinstance(answer, HttpResponse) else redirect("web:inspect_unknown", answer)


@require_POST
@staff_door
def confirm(request: HttpRequest, actor: Actor, parcel: str) -> HttpResponse:
    found, form, now = _found(actor, parcel), ConfirmForm(request.POST), clock.now()
    if not form.is_valid():
        return _page(request, actor, found, confirm_form=form, status=422)
    given = form.cleaned_data
    answer = _done(
        request, actor, found, form, "confirm_form",
        lambda: confirm_end(found.number, actor=actor, now=now, carrier=given["carrier"], waybill=given["waybill"]).number,
    )  # fmt: skip
    return answer if isinstance(answer, HttpResponse) else redirect("web:inspect_unknown", answer)


@require_POST
@staff_door
def keep(request: HttpRequest, actor: Actor, parcel: str) -> HttpResponse:
    """The second look disagrees: it waits on."""
    found, form, now = _found(actor, parcel), KeepForm(request.POST), clock.now()
    if not form.is_valid():
        return _page(request, actor, found, keep_form=form, status=422)
    answer = _done(
        request, actor, found, form, "keep_form",
        lambda: refuse_end(found.number, reason=form.cleaned_data["reason"], actor=actor, now=now).number,
    )  # fmt: skip
    return answer if isinstance(answer, HttpResponse) else redirect("web:inspect_unknown", answer)


def _done(
    request: HttpRequest, actor: Actor, found: UnknownParcel, form: OnceForm, name: str, act: Callable[[], str]
) -> str | HttpResponse:  # fmt: skip
    """What the act answered the first time, or the page with what stands against it."""
    try:
        return once(form.cleaned_data["once"], act, actor=actor, now=clock.now())
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return _page(request, actor, _found(actor, found.number), status=no.status, **{name: form})


def _found(actor: Actor, number: str) -> UnknownParcel:
    """Another shop's does not exist. Raises FORBIDDEN, UNKNOWN_PARCEL_NOT_FOUND."""
    inspector(actor)
    found = unidentified_of(actor).filter(number=parse_number(number) or number).first()
    if found is None:
        raise refused(UNKNOWN_NOT_FOUND)
    return found


def _page(request: HttpRequest, actor: Actor, found: UnknownParcel, *, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    now, waiting = clock.now(), found.state == "waiting"
    days, until = keep_until(found, now=now)
    context: dict[str, Any] = {
        "here": "inspect", "parcel": found, "state": state_words(found), "tone": TONES.get(found.state, "plain"),
        "courier": courier_name(found.carrier), "sent_courier": courier_name(found.sent_carrier), "days": days, "until": until,
        "may_dispose": now >= until, "mine": found.asked_by == actor.who,
        "asked": found.state in ("return_asked", "dispose_asked"),
        "files": [
            {"token": photo.upload.token, "name": photo.upload.name, "image": photo.upload.content_type.startswith("image/")}
            for photo in found.photos.select_related("upload").order_by("id")
        ],
        "entries": [
            {"at": entry.at, "what": said(DEEDS[entry.deed]), "who": f"{role_label(entry.role)} {entry.name}".strip(),
             "told": [(_("说明"), entry.note)] if entry.note else []}
            for entry in found.entries.order_by("-id")
        ],
        "suggestions": [_suggested(each) for each in suggestions(found, actor=actor, now=now)] if waiting else [],
        "match_form": MatchForm(initial={"once": new_key()}), "ask_form": AskForm(initial={"once": new_key()}),
        "confirm_form": ConfirmForm(initial={"once": new_key()}), "keep_form": KeepForm(initial={"once": new_key()}), **forms_,
    }  # fmt: skip
    for name in ("match", "ask", "confirm", "keep"):
        context[f"{name}_form"].auto_id = f"{name}_%s"
    return page(request, "inspect/unknown.html", context, actor=actor, status=status)


def _suggested(each: Suggestion) -> dict[str, Any]:
    signs = [said(SIGNS[sign]) for sign in SIGNS if sign in each.signs]
    return {
        "it": each, "signs": signs, "status": status_label(each.service, each.status), "points": each.points,
        "sure": each.points >= 60, "buyer": f"{mask_name(each.buyer_name)} {mask_phone(each.buyer_phone)}".strip(), "once": new_key(),
    }  # fmt: skip


def _record_page(request: HttpRequest, actor: Actor, form: RecordForm, photos: list[str], *, status: int = 200) -> HttpResponse:
    context = {"here": "inspect", "form": form, "taken": kept_files(photos, actor)}
    return page(request, "inspect/unknown_new.html", context, actor=actor, status=status)


def _photos(form: RecordForm, kept: list[str], actor: Actor) -> list[str]:
    """Tokens of the photos taken before and now; a refused one is told at its field."""
    tokens = [token[:TOKEN_MAX] for token in kept][:PHOTOS_MOST]
    for file in form.cleaned_data.get("photos") or []:
        if len(tokens) >= PHOTOS_MOST:
            form.add_error("photos", _("最多 %(most)d 张照片。") % {"most": PHOTOS_MOST})
            break
        try:
            tokens.append(take_upload(file, name=file.name or "", actor=actor, now=clock.now()).token)
        except Refused as no:
            form.add_error("photos", f"{file.name}{_('：')}{no.sentence(language())}")
    return tokens
