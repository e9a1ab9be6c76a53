"""A step at the bench: its form, for a quote what the buyer will see of it, and the step itself, once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.actions import make_move
from shouhou.cases.models import HistoryEntry
from shouhou.cases.refusals import MOVE_NOT_NOW, MOVE_UNKNOWN
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.loan import TECHNICIANS
from shouhou.cases.workflows.repair import REPAIR_SERVICE
from shouhou.foundation.refusals import OVERTAKEN, Refused, refused
from shouhou.foundation.workflow import Move
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label
from shouhou.web.page import language, said
from shouhou.web.shared.once import first_answer, new_key, once
from shouhou.web.technician.door import bench_page, work_order_for
from shouhou.web.technician.forms import LINE_KINDS, BenchForm, bench_form
from shouhou.web.technician.order import bench_moves, order_page, over_the_counter

PREVIEWED = frozenset({"quote"})


@staff_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """GET shows the form, POST does it; a quote is first shown as the buyer will see it (`act=preview`)."""
    found, case = work_order_for(actor, number)
    kind = _kind(move)
    key, act = request.POST.get("once") or new_key(), request.POST.get("act", "")
    if request.method == "POST" and first_answer(key, actor=actor):
        return redirect("web:technician_order", found.number)
    possible = any(each.name == move for each in bench_moves(found, case, actor))
    if over_the_counter(case, move):
        return redirect("web:counter_case", case.number)
    if request.method != "POST":
        if not possible:
            raise refused(MOVE_NOT_NOW, label=said(kind.label), status=status_label(case.service, case.status))
        return order_page(request, actor, found, case, made=kind)
    return _posted(request, actor, found, case, kind, key=key, act=act)


def _posted(
    request: HttpRequest, actor: Actor, found: WorkOrder, case: CaseRow, kind: Move, *, key: str, act: str
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    form = bench_form(kind, found, case, actor=actor, now=now, data=request.POST, files=request.FILES)
    if not form.is_valid() or not form.take_files(now=now) or act == "edit":
        return order_page(request, actor, found, case, form=form, made=kind, status=200 if act == "edit" else 422)

    def make(*, dry_run: bool) -> dict[str, Any]:
        return make_move(
            case.number, kind.name, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now,
            dry_run=dry_run, language=language(),
        )  # fmt: skip

    def act_once() -> str:
        make(dry_run=False)
        return found.number

    try:
        if kind.name in PREVIEWED and act != "confirm":
            return _preview(request, actor, found, kind, form, make(dry_run=True), key=key)
        once(key, act_once, actor=actor, now=now)
    except Refused as no:
        if no.refusal is OVERTAKEN and _made_before(case, kind, actor, version=form.cleaned_data["version"]):
            return redirect("web:technician_order", found.number)
        if no.refusal.kind == "not_found":
            raise
        form.refuse(no)
        if no.refusal is OVERTAKEN:
            newest = request.POST.copy()
            newest["version"] = str(case.version)
            form.data = newest
        return order_page(request, actor, found, case, form=form, made=kind, status=no.status)
    messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
    return redirect("web:technician_order", found.number)


def _preview(
    request: HttpRequest, actor: Actor, found: WorkOrder, kind: Move, form: BenchForm, outcome: dict[str, Any], *, key: str
) -> HttpResponse:  # fmt: skip
    """The quote in the buyer's words, from the real move rolled back."""
    quote = outcome.get("details", {}).get("quote") or {}
    lines = [{**line, "kind_words": said(LINE_KINDS[str(line["kind"])])} for line in form.lines()]
    kept = [(name, value) for name, value in form.kept() if name != "once"]
    context = {
        "order": found, "form": form, "lines": lines, "parts": form.total("part"), "labour": form.total("labour"), "total": form.total(),
        "currency": form.currency, "note": form.cleaned_data.get("note", ""), "kept": kept, "once": key, "label": said(kind.label),
        "hint": outcome.get("hint") or "", "status": outcome["status_label"], "valid_until": quote.get("valid_until"),
    }  # fmt: skip
    return bench_page(request, actor, "quote", context, tab="")


def _kind(name: str) -> Move:
    """Raises MOVE_UNKNOWN for what is no step of the bench."""
    from_workflow = REPAIR_SERVICE.move(name)
    if from_workflow is None or not from_workflow.by >= TECHNICIANS:
        raise refused(MOVE_UNKNOWN, move=name)
    return from_workflow


def _made_before(case: CaseRow, kind: Move, actor: Actor, *, version: int) -> bool:
    """Whether the same person made this very step on what they saw: the same click twice."""
    first = HistoryEntry.objects.filter(case_id=case.id, version=version + 1).first()
    return first is not None and first.move == kind.name and first.who == actor.who
