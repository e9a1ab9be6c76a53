"""A case for staff: facts, decision explained, clocks, money, history, messages, and moves with a preview."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for, order_for
from shouhou.cases.actions import claim, make_move, may_claim, release, say
from shouhou.cases.making import allowed
from shouhou.cases.models import Case
from shouhou.cases.refusals import MOVE_NOT_YOURS, MOVE_UNKNOWN
from shouhou.cases.rows import CaseRow
from shouhou.cases.view import contact_body
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Move
from shouhou.ledger.chart import account_of
from shouhou.ledger.queries import postings_of
from shouhou.logistics.rules.couriers import courier
from shouhou.orders.models import Shipment
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.labels import CHANNELS, TENDERS, label, limit_label, role_label, status_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import case_view, form_of, open_moves
from shouhou.web.shared.money_view import quote_words
from shouhou.web.shared.moves import pickup_choices
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.slip import slip_page

MESSAGE_MAX = 2000


class NoteForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("内容"), max_length=MESSAGE_MAX, widget=forms.Textarea(attrs={"rows": 3}))
    internal = forms.BooleanField(label=gettext_lazy("内部备注（消费者看不到）"), required=False)


@staff_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _case_page(request, actor, number)


@staff_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """Fill in, see what would come out (the real move, rolled back), confirm."""
    found, now = case_for(actor, number), clock.now()
    kind = WORKFLOWS[found.service].move(move)
    if kind is None:
        raise refused(MOVE_UNKNOWN, move=move)
    if not allowed(kind, actor):
        raise refused(MOVE_NOT_YOURS, label=said(kind.label), move=move)
    windows = pickup_choices(found.contact, now=now)
    context: dict[str, Any] = {"here": "queue", "case": found, "move": kind, "label": said(kind.label)}
    if request.method != "POST":
        return page(request, "staff/move.html", {**context, "form": form_of(kind, found, actor=actor, windows=windows)}, actor=actor)
    form = form_of(kind, found, actor=actor, windows=windows, data=request.POST, files=request.FILES)
    act = request.POST.get("act", "preview")
    if form.is_valid() and form.take_files(now=now) and act != "edit":
        try:
            outcome = make_move(
                found.number, move, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now,
                dry_run=act != "confirm", language=language(),
            )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            if act == "confirm":
                messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
                return redirect("web:staff_case", found.number)
            context |= {"form": form, **_outcome(found, outcome)}
            return page(request, "staff/move_preview.html", context, actor=actor)
    status = 200 if act == "edit" else 422
    return page(request, "staff/move.html", {**context, "form": form}, actor=actor, status=status)


@require_POST
@staff_door
def message(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """A message to the consumer or an internal note; the same form twice says it once."""
    form, now = NoteForm(request.POST), clock.now()
    if not form.is_valid():
        return _case_page(request, actor, number, note_form=form, status=422)

    def act() -> str:
        say(number, form.cleaned_data["text"], internal=form.cleaned_data["internal"], actor=actor, now=now)
        return number

    once(form.cleaned_data["once"], act, actor=actor, now=now)
    return redirect("web:staff_case", number)


@require_POST
@staff_door
def claim_case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """From now on mine."""
    claim(number, actor=actor, now=clock.now())
    return redirect("web:staff_case", number)


@require_POST
@staff_door
def release_case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Nobody's again."""
    release(number, actor=actor, now=clock.now())
    return redirect("web:staff_case", number)


@staff_door
def slip(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return slip_page(request, actor, number, back=reverse("web:staff_case", args=[number]))


def _case_page(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    context = case_view(actor, number, now=clock.now())
    found: CaseRow = context["case"]
    order = order_for(actor, found.order)
    row = Case.objects.select_related("assigned_to").get(pk=found.id)
    context |= {
        "here": "queue", "moves": _moves(found, actor), "order": order, "contact": contact_body(found, actor),
        "source": label(CHANNELS, found.source), "waits_on": role_label(found.waits_on) if found.waits_on else "",
        "lines": list(order.lines.order_by("line")), "shipments": [_shipment(each) for each in order.shipments.order_by("position")],
        "payments": [{"label": label(TENDERS, each.tender), "amount_minor": each.amount_minor}
                     for each in order.payments.order_by("position")],
        "postings": _postings(found.number), "row": row,
        "assigned": _assigned(row, actor), "note_form": NoteForm(initial={"once": new_key()}), **forms_,
    }  # fmt: skip
    return page(request, "staff/case.html", context, actor=actor, status=status)


def _assigned(row: Case, actor: Actor) -> dict[str, Any]:
    """Who works on it, and whether that is the reader."""
    person = row.assigned_to
    name = person.get_full_name() or person.get_username() if person else ""
    return {"name": name, "mine": person is not None and f"user:{person.pk}" == actor.who, "may": may_claim(actor)}


def _moves(found: CaseRow, actor: Actor) -> list[Move]:
    """What this person may do now; what they would do in the consumer's name comes last."""
    return sorted(open_moves(found, actor), key=lambda move: (actor.role not in move.by, not move.primary, move.danger))


def _shipment(each: Shipment) -> dict[str, Any]:
    known = courier(each.carrier)
    return {"carrier": said(known.name) if known else each.carrier, "number": each.number, "signed_at": each.signed_at}


def _postings(subject: str) -> list[dict[str, Any]]:
    return [
        {"row": posting, "source": said(account_of(posting.source).label), "destination": said(account_of(posting.destination).label)}
        for posting in postings_of(subject)
    ]


def _outcome(found: CaseRow, outcome: dict[str, Any]) -> dict[str, Any]:
    """What the dry run came to, in words."""
    preview = outcome.get("refund_preview")
    return {
        "from_status": status_label(found.service, found.status), "to_status": outcome["status_label"],
        "turn": role_label(outcome["waits_on"]) if outcome.get("waits_on") else "",
        "limits": [
            {"label": limit_label(found.book, found.book_version, limit["term"]), "due_at": limit["due_at"]}
            for limit in outcome["deadlines"]
            if limit["state"] == "open"
        ],
        "money": quote_words(preview, {item.line: item.title for item in found.items}, status=outcome["status"]) if preview else None,
    }  # fmt: skip
