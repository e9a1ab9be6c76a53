"""One scanned form beside the form that it is keyed into: as a new case, or put to a case that is there."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.cases.access import case_for, order_for
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documents.actions import add_to_case, ask_second, drop_scan, keep_fields, key_in, scan_for
from shouhou.documents.models import OPEN, PaperScan
from shouhou.documents.reading import as_jpeg, page_picture
from shouhou.foundation.refusals import NOT_FOUND, Refused, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.uploads import open_upload
from shouhou.web.doors import staff_door
from shouhou.web.labels import role_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.applying import applying
from shouhou.web.shared.complaining import plain_service
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.behalf import BehalfForm
from shouhou.web.staff.scans import STATES, TONES, form_title, keyer

TURNS = (0, 90, 180, 270)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "act", "once", "evidence", "acknowledged"})
DEEDS = {
    "taken": Text("收到", "taken in"), "drafted": Text("保存草稿", "kept a draft"), "asked": Text("请同事复核", "asked for a second look"),
    "keyed": Text("录入为售后单", "keyed in as a case"), "added": Text("并入售后单", "added to a case"), "dropped": Text("作废", "dropped"),
}  # fmt: skip


class AddForm(forms.Form):
    once = forms.CharField(widget=forms.HiddenInput, max_length=80)
    case = forms.CharField(label=gettext_lazy("售后单号"), max_length=20)
    text = forms.CharField(
        label=gettext_lazy("表格上的内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("照原文录入事实与诉求，记为该单的内部备注，扫描件附在单上。"),
    )  # fmt: skip


class ReasonForm(forms.Form):
    once = forms.CharField(widget=forms.HiddenInput, max_length=80)
    reason = forms.CharField(label=gettext_lazy("哪里看不清或存疑"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@staff_door
def scan(request: HttpRequest, actor: Actor, scan: str) -> HttpResponse:
    """The scan, what its codes said, and what can be made of it; ?order= looks an order up."""
    return _page(request, actor, scan_for(keyer(actor), scan))


@staff_door
def key(request: HttpRequest, actor: Actor, scan: str, number: str) -> HttpResponse:
    """The agent's application form beside the scan; what is sent opens the case with the scan on it."""
    found = scan_for(keyer(actor), scan)
    if found.state not in OPEN:
        # A double click: the first one has opened the case.
        again = request.method == "POST" and found.case is not None and found.ended_by == actor.who
        return redirect("web:staff_case", found.case_number) if again else redirect("web:scan", found.number)
    order = order_for(actor, number)
    acting = actor.acting_for(order.buyer_id)
    if request.method == "GET" and plain_service(request.GET.get("service", "")):
        asked = urlencode({"service": request.GET["service"], "order": order.number})
        return redirect(f"{reverse('web:scan_complain', args=[found.number])}?{asked}")
    if request.POST.get("act") == "keep":
        fields = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT}
        keep_fields(found.number, fields, order=order.number, actor=actor, now=clock.now())
        messages.success(request, _("草稿已保存，同事可接着录入。"))
        return redirect("web:scan", found.number)
    return applying(
        request, acting, order, behalf=True, templates="staff/scan", case_address=lambda case: reverse("web:staff_case", args=[case]),
        kind=BehalfForm, beside={**scan_shown(request, found, actor), "here": "scans"}, opening=partial(key_in, found.number),
        starts={"channel": ["form"], "call_note": [f"{_('纸质表格')} {found.number}"], **found.fields},
    )  # fmt: skip


@staff_door
def picture(request: HttpRequest, actor: Actor, scan: str, number: int) -> HttpResponse:
    """One page of the scan as a picture, turned as asked."""
    found = scan_for(keyer(actor), scan)
    if not 1 <= number <= found.pages or found.upload.erased_at is not None:
        raise refused(NOT_FOUND)
    with open_upload(found.upload) as stored:
        shown = page_picture(stored, content_type=found.upload.content_type, page=number - 1, turn=_turn(request))
    answer = HttpResponse(as_jpeg(shown), content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, private=True, max_age=300)
    return answer


@require_POST
@staff_door
def add(request: HttpRequest, actor: Actor, scan: str) -> HttpResponse:
    """Put it to a case that is there."""
    found, form = scan_for(keyer(actor), scan), AddForm(request.POST)
    answer = _done(request, actor, found, form, "add_form", lambda: add_to_case(
        found.number, case=form.cleaned_data["case"], text=form.cleaned_data["text"], actor=actor, now=clock.now()
    ))  # fmt: skip
    if isinstance(answer, HttpResponse):
        return answer
    messages.success(request, _("%(scan)s 已并入 %(case)s。") % {"scan": found.number, "case": answer})
    return redirect("web:staff_case", answer)


@require_POST
@staff_door
def unclear(request: HttpRequest, actor: Actor, scan: str) -> HttpResponse:
    """Somebody else is to look."""
    found, form = scan_for(keyer(actor), scan), ReasonForm(request.POST)
    answer = _done(request, actor, found, form, "unclear_form", lambda: ask_second(
        found.number, reason=form.cleaned_data["reason"], actor=actor, now=clock.now()
    ).number)  # fmt: skip
    return answer if isinstance(answer, HttpResponse) else redirect("web:scans")


@require_POST
@staff_door
def drop(request: HttpRequest, actor: Actor, scan: str) -> HttpResponse:
    """The second look agrees that nothing can be made of it."""
    found, form = scan_for(keyer(actor), scan), ReasonForm(request.POST)
    answer = _done(request, actor, found, form, "drop_form", lambda: drop_scan(
        found.number, reason=form.cleaned_data["reason"], actor=actor, now=clock.now()
    ).number)  # fmt: skip
    return answer if isinstance(answer, HttpResponse) else redirect("web:scans")


def _done(
    request: HttpRequest, actor: Actor, found: PaperScan, form: forms.Form, name: str, act: Callable[[], str]
) -> str | HttpResponse:  # fmt: skip
    """What the act answered the first time, or the page with what stands against it."""
    if not form.is_valid():
        return _page(request, actor, found, status=422, **{name: form})
    try:
        return once(form.cleaned_data["once"], act, actor=actor, now=clock.now())
    except Refused as no:
        form.add_error(None, no.sentence(language()))
        return _page(request, actor, scan_for(actor, found.number), status=no.status, **{name: form})


def _page(request: HttpRequest, actor: Actor, found: PaperScan, *, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    wanted = request.GET.get("order", "").replace("\x00", "").strip()[:80] or found.order_number
    context: dict[str, Any] = {
        **scan_shown(request, found, actor), "here": "scans", "wanted": wanted, "order": _order(actor, wanted) if wanted else None,
        "case": _case(actor, found), "open": found.state in OPEN, "asked": found.state == "unclear", "mine": found.asked_by == actor.who,
        "entries": [
            {"at": entry.at, "what": said(DEEDS[entry.deed]), "who": f"{role_label(entry.role)} {entry.name}".strip(),
             "told": [(_("说明"), entry.note)] if entry.note else []}
            for entry in found.entries.order_by("-id")
        ],
        "add_form": AddForm(initial={"once": new_key(), "case": found.case_number}),
        "unclear_form": ReasonForm(initial={"once": new_key()}), "drop_form": ReasonForm(initial={"once": new_key()}), **forms_,
    }  # fmt: skip
    for name in ("add", "unclear", "drop"):
        context[f"{name}_form"].auto_id = f"{name}_%s"
    return page(request, "staff/scan.html", context, actor=actor, status=status)


def scan_shown(request: HttpRequest, found: PaperScan, actor: Actor) -> dict[str, Any]:
    """The scan's own side of the page."""
    turn = _turn(request)
    return {
        "kept_query": _kept_query(request), "scan": found,
        "scan_state": said(STATES[found.state]), "scan_tone": TONES.get(found.state, "plain"),
        "scan_form": form_title(found.form), "turn": turn, "turned": {"left": (turn - 90) % 360, "right": (turn + 90) % 360},
        "scan_pages": range(1, found.pages + 1) if found.upload.erased_at is None else (),
    }  # fmt: skip


def _kept_query(request: HttpRequest) -> str:
    """The rest of the address, for the links that turn the scan."""
    rest = request.GET.copy()
    rest.pop("turn", None)
    return f"{rest.urlencode()}&" if rest else ""


def _order(actor: Actor, number: str) -> dict[str, Any] | None:
    """What can be applied for of the order, for those who may see it."""
    try:
        order = order_for(actor, number)
    except Refused:
        return None
    return {
        "order": order, "buyer": mask_name(order.buyer.name), "phone": mask_phone(order.buyer.phone),
        "lines": [{"row": line, "claimable": line.quantity - line.claimed_quantity} for line in order.lines.order_by("line")],
        "services": [{"service": each.service, "label": said(each.label)} for each in WORKFLOWS.values()],
    }  # fmt: skip


def _case(actor: Actor, found: PaperScan) -> str:
    """The case's number when its code was read and it is there to be seen."""
    try:
        return case_for(actor, found.case_number).number if found.case_number else ""
    except Refused:
        return ""


def _turn(request: HttpRequest) -> int:
    asked = request.GET.get("turn", "0")
    return int(asked) if asked in {str(turn) for turn in TURNS} else 0


