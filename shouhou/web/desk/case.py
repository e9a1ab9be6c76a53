"""One case at the counter: take in, hand over to the right person, lend and take back, print the ticket."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for
from shouhou.cases.actions import make_move
from shouhou.cases.refusals import MOVE_UNKNOWN
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import OVERTAKEN, Refused, refused
from shouhou.foundation.workflow import Move
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.repairs.models import LoanUnit
from shouhou.repairs.queries import order_of
from shouhou.repairs.rules.faults import FAULT_TEXTS
from shouhou.web.desk.actions import hand_over_to
from shouhou.web.desk.door import clerk, desk_page, point_here, point_name, points_of, scanned_code
from shouhou.web.doors import staff_door
from shouhou.web.labels import label, role_label, service_label, status_label, tone
from shouhou.web.page import language, said
from shouhou.web.shared.case_view import form_of, open_moves, reason_words
from shouhou.web.shared.moves import MoveForm
from shouhou.web.shared.once import new_key, once
from shouhou.web.technician.forms import bench_form

# What is done at a counter, in the order in which it is offered.
AT_COUNTER = ("check_in", "hand_over", "drop_off", "receive", "lend_unit", "take_back_loan", "choose_mode")


class HandOverForm(forms.Form):
    """Who is there: shows the pickup code, or tells name and last digits; nothing of it is shown beforehand."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, version: int, data: Any = None, *, code: str = "") -> None:
        super().__init__(data, initial={"version": version, "code": code}, auto_id="hand_over_%s")
        self.fields["code"] = forms.RegexField(
            r"^\s*\d{3}\s*\d{3}\s*$", label=_("取件码"), max_length=9, required=False,
            help_text=_("来人手机上售后单页面里的六位数字；也可在柜台首页扫码。"),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": _("请填写六位数字。")},
        )  # fmt: skip
        self.fields["name"] = forms.CharField(
            label=_("来人报出的姓名"), max_length=80, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
        )
        self.fields["digits"] = forms.RegexField(
            r"^\s*\d{4}\s*$", label=_("来人报出的手机后四位"), max_length=8, required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": _("请填写四位数字。")},
        )  # fmt: skip
        self.fields["note"] = forms.CharField(label=_("说明"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        """Either of the two ways, whole."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("code") and "code" not in self.errors:
            for name in ("name", "digits"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("请填写取件码，或姓名与手机后四位。"))
        return given

    def refuse(self, no: Refused) -> None:
        self.add_error(None, no.sentence(language()))


@staff_door
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What it is and what can be done with it here."""
    clerk(actor)
    return _case_page(request, actor, case_for(actor, number))


@require_POST
@staff_door
def move(request: HttpRequest, actor: Actor, number: str, move: str) -> HttpResponse:
    """One of the counter's moves, once; what was wrong is told at its form."""
    clerk(actor)
    found, now = case_for(actor, number), clock.now()
    kind = next((each for each in open_moves(found, actor) if each.name == move and move in AT_COUNTER), None)
    key = request.POST.get("once") or new_key()
    if kind is None:
        # The same form twice finds its first answer; everything else is told as not possible now.
        if move not in AT_COUNTER:
            raise refused(MOVE_UNKNOWN, move=move)
        messages.info(request, _("当前状态不能进行此操作，请查看最新状态。"))
        return redirect("web:counter_case", found.number)
    form = _form(request, actor, found, kind, now=now, data=request.POST, files=request.FILES)
    if not form.is_valid() or (isinstance(form, MoveForm) and not form.take_files(now=now)):
        return _case_page(request, actor, found, refused_form=form, refused_move=kind.name, status=422)

    def act() -> str:
        make_move(
            found.number, kind.name, actor=actor, answers=form.answers(), version=form.cleaned_data["version"], now=now,
            language=language(),
        )  # fmt: skip
        return found.number

    try:
        if isinstance(form, HandOverForm):
            given = form.cleaned_data
            hand_over_to(
                found, code=given["code"], name=given["name"], digits=given["digits"], note=given["note"], version=given["version"],
                key=key, actor=actor, now=now, language=language(),
            )  # fmt: skip
        else:
            once(key, act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        form.refuse(no)
        if no.refusal is OVERTAKEN:
            newest = request.POST.copy()
            newest["version"] = str(found.version)
            form.data = newest
        return _case_page(request, actor, found, refused_form=form, refused_move=kind.name, status=no.status)
    messages.success(request, _("已完成：%(move)s") % {"move": said(kind.label)})
    return redirect("web:counter_case", found.number)


def _form(
    request: HttpRequest, actor: Actor, found: CaseRow, kind: Move, *, now: datetime, data: Any = None, files: Any = None
) -> Any:  # fmt: skip
    if kind.name == "hand_over":
        return HandOverForm(found.version, data, code=scanned_code(request, found.number))
    order = order_of(found.number)
    if found.service == "repair" and order is not None and kind.name not in ("receive", "drop_off"):
        return bench_form(kind, order, found, actor=actor, now=now, data=data, files=files)
    here = point_here(request, actor)
    places = [(each.code, point_name(each)) for each in ([here] if here else points_of(actor))]
    return form_of(kind, found, actor=actor, data=data, files=files, places=places if kind.name == "drop_off" else ())


def _case_page(
    request: HttpRequest, actor: Actor, found: CaseRow, *, refused_form: Any = None, refused_move: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    now, order = clock.now(), order_of(found.number)
    moves = {each.name: each for each in open_moves(found, actor)}
    offers = [
        {"move": moves[name], "label": said(moves[name].label), "first": place == 0, "once": new_key(),
         "form": refused_form if name == refused_move else _form(request, actor, found, moves[name], now=now),
         "open": place == 0 or name == refused_move}
        for place, name in enumerate(name for name in AT_COUNTER if name in moves)
    ]  # fmt: skip
    loan = LoanUnit.objects.filter(order=order, returned_at=None).first() if order else None
    context = {
        "case": found, "order": order, "status": status_label(found.service, found.status), "service": service_label(found.service),
        "tone": tone(found.status, found.waits_on, actor.role), "turn": role_label(found.waits_on) if found.waits_on else "",
        "reason": reason_words(found.reason), "fault": label(FAULT_TEXTS, order.fault) if order and order.fault else "",
        "buyer": mask_name(str(found.contact.get("name", ""))), "phone": mask_phone(str(found.contact.get("phone", ""))),
        "offers": offers, "loan": loan, "reviewed": found.status not in ("submitted", "evidence_asked", "escalated"),
    }  # fmt: skip
    return desk_page(request, actor, "case", context, status=status)

