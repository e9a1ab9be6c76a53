"""A move made by staff: fill in, see what the real move would come to (rolled back), confirm; and what if somebody was quicker."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.actions import make_move
from shouhou.cases.making import PLATFORM, allowed, possible, withheld
from shouhou.cases.models import HistoryEntry
from shouhou.cases.refusals import MOVE_NOT_YOURS, MOVE_UNKNOWN, WITH_THE_PLATFORM
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS, move_named
from shouhou.foundation.refusals import OVERTAKEN, Refused, refused
from shouhou.foundation.workflow import Move
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import limit_label, role_label, status_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import form_of
from shouhou.web.shared.money_view import quote_words
from shouhou.web.shared.moves import MoveForm, pickup_choices
from shouhou.web.staff.elsewhere import has_page, page_of, work_order_of
from shouhou.web.staff.grounds import grounds_of
from shouhou.web.staff.related import refusals_like

CHANGES_MOST = 10
# Moves that decide over the policy's own answer: what it said stands beside the form.
DECIDING_MOVES = frozenset({"approve", "reject", "override_approve", "not_accept", "rule_for_consumer", "rule_for_seller"})
REFUSING_MOVES = frozenset({"reject", "not_accept", "rule_for_seller"})
# Programs, not colleagues one could ask.
NOBODY = frozenset({"system", "carrier", "shop"})


@staff_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """GET shows the form, POST previews; `act=confirm` does it, `act=edit` goes back with everything kept."""
    found, now = case_for(actor, number), clock.now()
    kind = WORKFLOWS[found.service].move(move)
    if kind is None:
        raise refused(MOVE_UNKNOWN, move=move)
    if not allowed(kind, actor):
        raise refused(MOVE_NOT_YOURS, label=said(kind.label), move=move, roles=sorted(kind.by - NOBODY))
    if withheld(kind, found, actor):
        raise refused(WITH_THE_PLATFORM, label=said(kind.label), move=move, roles=sorted(PLATFORM))
    order = work_order_of(found)
    if order is not None and has_page(kind, order):
        place = page_of(kind, found, order, actor)
        if not place:
            raise refused(MOVE_NOT_YOURS, label=said(kind.label), move=move, roles=sorted(kind.by - NOBODY))
        if request.method == "POST":
            messages.info(request, _("这一步在专门页面办理，尚未保存，请在此完成。"))
        return redirect(place)
    windows = pickup_choices(found.contact, now=now)
    if request.method != "POST":
        return _form_page(request, actor, found, kind, form_of(kind, found, actor=actor, windows=windows))
    form = form_of(kind, found, actor=actor, windows=windows, data=request.POST, files=request.FILES)
    act = request.POST.get("act", "preview")
    if form.is_valid() and form.take_files(now=now) and act != "edit":
        try:
            outcome = make_move(
                found.number, move, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now,
                dry_run=act != "confirm", language=language(),
            )  # fmt: skip
        except Refused as no:
            if no.refusal is OVERTAKEN:
                return _overtaken(request, actor, kind, form, number)
            form.refuse(no)
        else:
            if act == "confirm":
                messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
                return redirect("web:staff_case", found.number)
            context = {**_about(found, kind), "form": form, **outcome_words(found, outcome)}
            return page(request, "staff/move_preview.html", context, actor=actor)
    return _form_page(request, actor, found, kind, form, status=200 if act == "edit" else 422)


def outcome_words(found: CaseRow, outcome: dict[str, Any]) -> dict[str, Any]:
    """What the dry run came to: state, turn, limits that begin, run on or end, and the money before and after."""
    preview, before = outcome.get("refund_preview"), {row.name: row for row in found.deadlines}
    after = {limit["name"]: limit for limit in outcome["deadlines"]}
    money = quote_words(preview, {item.line: item.title for item in found.items}, status=outcome["status"]) if preview else None
    return {
        "from_status": status_label(found.service, found.status), "to_status": outcome["status_label"],
        "stays": outcome["status"] == found.status, "hint": outcome.get("hint") or "",
        "from_turn": role_label(found.waits_on) if found.waits_on else "",
        "turn": role_label(outcome["waits_on"]) if outcome.get("waits_on") else "",
        "begun": [_limit(found, each) for name, each in after.items() if name not in before],
        "kept": [
            {**_limit(found, each), "was": before[name].due_at if before[name].due_at.isoformat() != each["due_at"] else None,
             "paused": each["state"] == "paused"}
            for name, each in after.items() if name in before
        ],
        "ended": [limit_label(found.book, found.book_version, row.term) for name, row in before.items() if name not in after],
        "money": money, "refund_before": found.refund_minor, "refund_after": outcome["refund"]["amount"],
        "currency": found.currency,
    }  # fmt: skip


def changes_since(found: CaseRow, version: int) -> list[dict[str, Any]]:
    """What others did after the version that somebody looked at, oldest first."""
    entries = HistoryEntry.objects.filter(case_id=found.id, version__gt=version).order_by("version")[:CHANGES_MOST]
    rows = []
    for entry in entries:
        made = move_named(found.service, entry.move)
        rows.append({
            "at": entry.at, "what": said(made.says or made.label) if made else entry.move,
            "name": entry.name if entry.role != "system" else "", "role": role_label(entry.role),
            "status": status_label(found.service, entry.to_status),
        })  # fmt: skip
    return rows


def _overtaken(request: HttpRequest, actor: Actor, kind: Move, form: MoveForm, number: str) -> HttpResponse:
    """The same click twice is told as done; else what changed since, with everything filled in kept for the newest version."""
    found, now, seen = case_for(actor, number), clock.now(), int(form.cleaned_data["version"])
    first = HistoryEntry.objects.filter(case_id=found.id, version=seen + 1).first()
    if first is not None and first.move == kind.name and first.who == actor.who:
        messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
        return redirect("web:staff_case", found.number)
    data = request.POST.copy()
    data["version"] = str(found.version)
    for name, tokens in form.taken.items():
        data.setlist(f"{name}-taken", tokens)
    again = form_of(kind, found, actor=actor, windows=pickup_choices(found.contact, now=now), data=data)
    again.taken = form.taken
    context = {
        **_about(found, kind), "form": again, "changes": changes_since(found, seen),
        "status_now": status_label(found.service, found.status), "still": found.status in kind.sources and possible(kind, found),
    }  # fmt: skip
    return page(request, "staff/overtaken.html", context, actor=actor, status=409)


def _form_page(request: HttpRequest, actor: Actor, found: CaseRow, kind: Move, form: MoveForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_about(found, kind), "form": form, "status_now": status_label(found.service, found.status),
        "possible": found.status in kind.sources and possible(kind, found),
    }  # fmt: skip
    if kind.name in DECIDING_MOVES:
        context["grounds"] = [each["asked"] for each in grounds_of(found, ()) if each["asked"]]
    if kind.name in REFUSING_MOVES:
        form.fields["note"].widget.attrs["rows"] = 5
        others = cases_of(actor).exclude(pk=found.id)
        context["refusals"] = refusals_like(found, others, actor, now=clock.now())
        if "clause" in form.fields:
            form.fields["clause"].widget.attrs["list"] = "clauses"
    return page(request, "staff/move.html", context, actor=actor, status=status)


def _about(found: CaseRow, kind: Move) -> dict[str, Any]:
    return {
        "here": "queue", "case": found, "move": kind, "label": said(kind.label), "overrides": kind.name == "override_approve",
        "overriders": [role_label(role) for role in sorted(kind.by)] if kind.name == "override_approve" else [],
        "for_consumer": "consumer" in kind.by and len(kind.by) == 1,
    }  # fmt: skip


def _limit(found: CaseRow, limit: dict[str, Any]) -> dict[str, Any]:
    return {"label": limit_label(found.book, found.book_version, limit["term"]), "due_at": limit["due_at"],
            "who": role_label(limit["waits_on"]) if limit.get("waits_on") else ""}  # fmt: skip
