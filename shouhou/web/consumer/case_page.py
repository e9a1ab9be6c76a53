"""The buyer's page of a case: what every answer there is drawn from."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Move
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.rating_words import RateForm, started_from
from shouhou.web.labels import service_label
from shouhou.web.page import page, said
from shouhou.web.shared.case_view import case_view, form_of, open_moves
from shouhou.web.shared.clock_words import clocks_of, past_limits
from shouhou.web.shared.moves import ACCEPT, FILES_MAX, FilesField, FilesInput, MoveForm, pickup_choices
from shouhou.web.shared.news import news_token
from shouhou.web.shared.next_step import RIVALS, at_limit, conversion, headline, main_move, step
from shouhou.web.shared.once import new_key
from shouhou.web.shared.pickup import pickup_shown
from shouhou.web.shared.place_words import counters_for, place_by_code
from shouhou.web.shared.refund_words import refund_words
from shouhou.web.shared.service_facts import PARTIAL
from shouhou.web.shared.slip import code_svg
from shouhou.web.shared.transport import told_pickups

MESSAGE_MAX = 2000
# The amount stands in the form of the answer, or in the offer, already.
DECIDED_BELOW = frozenset({"deduction_proposed", "offered", "closed"})
# The headline and the choice below it say all of the state's hint.
SAID_ABOVE = frozenset({"submitted", "unrepairable", "awaiting_payment", "denied", "no_stock"})
# Where the buyer waits for the money, the top tells when it comes.
AWAITED = frozenset({"accepted", "allowed", "refund_review", "refunding", "refund_stuck", "refunded"})
# Alarms that the house sets itself are no promise to the buyer.
OURS = frozenset({"refund_alarm"})
# Where the other side has just said something that the buyer must answer: it stands with the answer.
TOLD = frozenset({"evidence_asked", "rejected", "deduction_proposed", "not_accepted"})
AnyForm = TypeVar("AnyForm", bound=forms.Form)


class SayForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("留言"), max_length=MESSAGE_MAX, widget=forms.Textarea(attrs={"rows": 2}))
    photos = FilesField(label=gettext_lazy("附上照片"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))


class EvidenceForm(forms.Form):
    once = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    file = FilesField(label=gettext_lazy("补充凭证（照片、视频、PDF）"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))


def case_page(request: HttpRequest, actor: Actor, number: str, *, status: int = 200, **forms_: Any) -> HttpResponse:
    """The whole page; `forms_` are the forms that come back refused."""
    now = clock.now()
    context = case_view(actor, number, now=now)
    case: CaseRow = context["case"]
    moves = [move for move in open_moves(case, actor) if "consumer" in move.by]
    main = main_move(case, moves)
    rival = next((move for move in moves if main and move.name == RIVALS.get(main.name)), None)
    clocks, refund = clocks_of(case, now=now), refund_words(case, context["money"], context["refunds"])
    context |= {
        "here": "cases", "headline": headline(case), "pickup": pickup_shown(case), "at_limit": at_limit(case),
        "main": step(main, case, now=now) if main else None,
        "main_form": move_form(main, case, actor) if main else None,
        "hint": "" if case.status in SAID_ABOVE else context["hint"],
        "rival": step(rival, case, now=now) if rival else None,
        "others": [step(move, case, now=now) for move in moves if move not in (main, rival) and move.to_service is None],
        "instead": [conversion(move, case, now=now) for move in moves if move not in (main, rival) and move.to_service],
        "refund": refund, "sum": sum_of(case, refund, context["money"]),
        "facts": [row for row in context["facts"] if row[0] != said(PARTIAL)], "because": because(case, context["decision"]),
        "pickups": told_pickups(context["pickups"]), "token": news_token(case),
        "limits": [{**limit, "why": clocks.get(limit["name"], [])} for limit in context["limits"]
                   if limit["name"] not in OURS],
        "asked_for": service_label(case.requested_service),
        "sending": bool(context["address"]) and case.status in ("awaiting_goods", "pickup_booked"),
        "past_limits": past_limits(case),
        "told_now": next((each["told"] for each in context["timeline"] if each["told"] and case.status in TOLD), []),
        "place": place_by_code(str(case.contact.get("place") or ""), now=now) if case.return_method == "drop_off" else None,
        "code": code_svg(case.number), "files_max": FILES_MAX,
        "say_form": with_uploads(SayForm(initial={"once": new_key()}), "photos", case.number),
        "evidence_form": with_uploads(EvidenceForm(initial={"once": new_key()}), "file", case.number),
        "rate_form": RateForm(initial=started_from(context["rating"])),
        **forms_,
    }  # fmt: skip
    return page(request, "consumer/case.html", context, actor=actor, status=status)


def sum_of(case: CaseRow, refund: Mapping[str, Any] | None, money: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The one amount that the top of the page tells: what is offered, else what comes or came back."""
    if case.status == "partial_offered" and (partial := case.details.get("partial")):
        return {"label": said(PARTIAL), "minor": partial["amount"], "when": ""}
    if refund is None or money is None or not money["total"]["amount"] or case.status in DECIDED_BELOW:
        return None
    return {"label": refund["title"], "minor": money["total"]["amount"], "when": refund["when"] if case.status in AWAITED else ""}


def because(case: CaseRow, decision: Mapping[str, Any] | None) -> str:
    """Why the rules say no, where that is all that was decided: it stands with the answer to it."""
    return str(decision["clauses"][0]["text"]) if case.status == "denied" and decision and decision["clauses"] else ""


def move_form(move: Move, case: CaseRow, actor: Actor, *, data: Any = None, files: Any = None) -> MoveForm:
    """The move's form with what helps its buyer: windows, upload ahead, the courier by the number."""
    windows = pickup_choices(case.contact, now=clock.now()) if any(ask.field == "window" for ask in move.asks) else {}
    places = counters_for(case, now=clock.now()) if any(ask.field == "place" for ask in move.asks) else []
    form = form_of(move, case, actor=actor, windows=windows, places=places, data=data, files=files)
    for name, field in form.fields.items():
        if isinstance(field, FilesField):
            with_uploads(form, name, case.number)
    if "carrier" in form.fields and "tracking_number" in form.fields:
        form.fields["tracking_number"].widget.attrs |= {
            "hx-get": reverse("web:courier", args=[case.number]), "hx-trigger": "input changed delay:300ms",
            "hx-target": "#courier-hint", "hx-sync": "this:replace", "autocapitalize": "characters", "autocomplete": "off",
            "spellcheck": "false", "aria-describedby": "courier-hint",
        }  # fmt: skip
    return form


def with_uploads(form: AnyForm, name: str, number: str) -> AnyForm:
    """The page may send the files of this field ahead, one by one; without JavaScript they go with the form."""
    form.fields[name].widget.attrs["data-upload"] = reverse("web:case_upload", args=[number])
    return form
