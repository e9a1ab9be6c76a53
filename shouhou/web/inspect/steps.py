"""The steps of one inspection: unpack, check, grade, decide; look over and send. Every step can be opened again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import take_upload
from shouhou.web.doors import staff_door
from shouhou.web.inspect.actions import send_inspection
from shouhou.web.inspect.bench import inspector
from shouhou.web.inspect.draft import drop_draft, keep_draft
from shouhou.web.inspect.forms import PHOTOS_MAX, StepForm
from shouhou.web.inspect.grading import reshaped
from shouhou.web.inspect.table import Table, table_for
from shouhou.web.inspect.together import parcels_on_the_table, siblings
from shouhou.web.labels import role_label, status_label
from shouhou.web.page import language, page
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.money_view import quote_words
from shouhou.web.shared.once import once
from shouhou.web.shared.sending import sending_words


@staff_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Straight to the first step that is open; a case that is not to be inspected says where it stands."""
    table = _table(request, actor, number)
    if waybill := request.GET.get("waybill", "").replace("\x00", "").strip()[:40]:
        # The same parcel as another case's: its number need not be typed again.
        table.draft.waybill = waybill
        keep_draft(request.session, table.draft)
    if not table.steps:
        context = {**_common(table), "status": status_label(table.case.service, table.case.status)}
        return page(request, "inspect/elsewhere.html", context, actor=actor)
    return redirect("web:inspect_step", number, table.first_open or "review")


@staff_door
def step(request: HttpRequest, actor: Actor, number: str, step: str) -> HttpResponse:
    """One step, as it stands or as it is sent; sent and in order, the next one follows."""
    table = _table(request, actor, number)
    if step == "review" and table.steps:
        return _review(request, actor, table)
    if step not in table.steps:
        raise Http404(step)
    before = table.first_open
    if before is not None and (step == "verdict" or before == "unpack") and before != step:
        # What has not come cannot be looked at, and what was not looked at is not judged.
        return redirect("web:inspect_step", number, before)
    if request.method != "POST":
        return _step_page(request, actor, table, step, table.form(step))
    if step == "grade" and (changed := reshaped(request.POST, received=table.received)):
        table.draft.keep(step, changed, photos=table.draft.photos.get(step, []))
        keep_draft(request.session, table.draft)
        return redirect("web:inspect_step", number, step)
    form = table.form(step, data=request.POST, files=request.FILES)
    fine = form.is_valid()
    tokens = _photos(request, table, step, form, actor)
    table.draft.keep(step, request.POST, photos=tokens)
    keep_draft(request.session, table.draft)
    if not fine or form.errors:
        return _step_page(request, actor, table, step, form, status=422)
    return redirect("web:inspect_step", number, "review" if "to_review" in request.POST else table.after(step))


@require_POST
@staff_door
def discard(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Throw the draft away; nothing of it was sent."""
    table = _table(request, actor, number)
    drop_draft(request.session, table.case.number)
    messages.success(request, _("草稿已丢弃：%(number)s") % {"number": table.case.number})
    return redirect("web:inspect")


@require_POST
@staff_door
def send(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Everything at once, or only the receipt; then the next parcel."""
    now, key = clock.now(), request.POST.get("once", "")
    inspector(actor)
    table = table_for(request.session, actor, number, now=now)
    if table.draft.once != key or not table.steps:
        # Sent already: the draft is gone, and the same form again must not do it again.
        return redirect("web:inspect_case", number)
    only_receipt = request.POST.get("act") == "receipt"
    if table.first_open is not None and not (only_receipt and table.receipt_ready):
        return redirect("web:inspect_step", number, table.first_open)
    version = request.POST.get("version", "")
    inspection = table.inspection(version=int(version) if version.isdigit() else table.case.version, verdict=not only_receipt)

    def act() -> str:
        return str(send_inspection(inspection, actor=actor, now=now, language=language())["status"])

    try:
        status = once(key, act, actor=actor, now=now)
    except Refused as no:
        return _review(request, actor, _table(request, actor, number), refusal=_sentence(no), status=no.status)
    drop_draft(request.session, table.case.number)
    words = {"number": table.case.number, "status": status_label(table.case.service, status)}
    messages.success(request, _("%(number)s 已提交：%(status)s。请扫描下一件。") % words)
    if inspection.receipt is None:
        return redirect("web:inspect")
    told = {"after": table.case.number, "waybill": str(inspection.receipt.answers.get("parcel", ""))}
    return redirect(reverse("web:inspect") + "?" + urlencode({name: value for name, value in told.items() if value}))


def _table(request: HttpRequest, actor: Actor, number: str) -> Table:
    inspector(actor)
    case_for(actor, number)
    return table_for(request.session, actor, number, now=clock.now())


def _review(request: HttpRequest, actor: Actor, table: Table, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """Everything that will be sent, and what would come of it: the real moves, rolled back."""
    ready = table.first_open is None
    if not ready and not table.receipt_ready:
        return redirect("web:inspect_step", table.case.number, table.first_open or table.steps[0])
    context = {**_common(table), "here_step": "review", "ready": ready, "refusal": refusal, "once": table.draft.once}
    # What the draft holds is kept from here on, so that sending finds the key that this page carries.
    keep_draft(request.session, table.draft)
    context |= {"open_step": table.first_open, "files": _files(table.draft.tokens, actor), "may_receive": table.receipt_ready}
    context |= table.summary()
    if ready and not refusal:
        try:
            inspection = table.inspection(version=table.case.version, verdict=True)
            outcome = send_inspection(inspection, actor=actor, now=clock.now(), language=language(), dry_run=True)
        except Refused as no:
            context |= {"refusal": _sentence(no)}
        else:
            context |= _outcome(table, outcome)
    return page(request, "inspect/review.html", context, actor=actor, status=status)


def _outcome(table: Table, outcome: dict[str, Any]) -> dict[str, Any]:
    preview = outcome.get("refund_preview")
    titles = {item.line: item.title for item in table.case.items}
    return {
        "to_status": outcome["status_label"], "turn": role_label(outcome["waits_on"]) if outcome.get("waits_on") else "",
        "money": quote_words(preview, titles, status=outcome["status"]) if preview else None,
    }  # fmt: skip


def _step_page(request: HttpRequest, actor: Actor, table: Table, step: str, form: StepForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_common(table), "here_step": step, "form": form, "files": _files(table.draft.photos.get(step, []), actor),
        "serials": table.serials() if step != "unpack" else [], "optional": step == "unpack" and table.receipt_optional,
    }  # fmt: skip
    if step == "unpack":
        case = table.case
        context |= {
            "parcels": parcels_on_the_table(case), "here_waybill": table.draft.waybill,
            "siblings": siblings(actor, case_id=case.id, buyer_id=case.buyer_id, merchant_id=case.merchant_id),
            "identity": sending_words(case),
        }  # fmt: skip
    return page(request, f"inspect/{step}.html", context, actor=actor, status=status)


def _common(table: Table) -> dict[str, Any]:
    case = table.case
    return {
        "here": "inspect", "case": case, "table": table, "steps": table.stepper(), "reason": reason_words(case.reason),
        "goods": case.items,
    }  # fmt: skip


def _photos(request: HttpRequest, table: Table, step: str, form: StepForm, actor: Actor) -> list[str]:
    """The step's photos: those kept, without the removed ones, and the new ones; a refused one is told at its field."""
    removed = set(request.POST.getlist("remove"))
    tokens = [token for token in table.draft.photos.get(step, []) if token not in removed]
    for file in form.cleaned_data.get("photos") or []:
        if len(tokens) >= PHOTOS_MAX:
            form.add_error("photos", _("最多 %(most)d 张照片。") % {"most": PHOTOS_MAX})
            break
        try:
            tokens.append(take_upload(file, name=file.name or "", actor=actor, now=clock.now()).token)
        except Refused as no:
            form.add_error("photos", f"{file.name}{_('：')}{no.sentence(language())}")
    return tokens


def _files(tokens: list[str], actor: Actor) -> list[dict[str, Any]]:
    """The inspector's own pictures, in their order."""
    found = {upload.token: upload for upload in Upload.objects.filter(token__in=tokens, uploaded_by=actor.who)}
    return [
        {"token": token, "name": found[token].name, "image": found[token].content_type.startswith("image/")}
        for token in tokens if token in found
    ]  # fmt: skip


def _sentence(no: Refused) -> str:
    """The refusal with what is wrong in particular."""
    told = [error.en if language() == "en" else error.zh for error in no.errors]
    return " ".join([no.sentence(language()), *told])
