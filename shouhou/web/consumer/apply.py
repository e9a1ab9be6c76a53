"""Applying on one's own order after choosing items: which service, why, which way back, look and send."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.access import order_for
from shouhou.cases.actions import Application, open_case
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Workflow
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.web.actions import DRAFT_CHANGED, DRAFT_GONE, Fields, drop_draft, keep_draft, send_draft
from shouhou.web.consumer.drafts import (
    chosen,
    draft_of,
    file_words,
    files_of,
    form_of,
    seal,
    taken_over,
    workflow_of,
)  # fmt: skip
from shouhou.web.consumer.orders import order_page
from shouhou.web.consumer.outlook import outlook
from shouhou.web.consumer.quiet import quiet_door
from shouhou.web.consumer.steps import STEP_LABELS, denied, families, steps, way_words
from shouhou.web.doors import consumer_door
from shouhou.web.page import language, page, said
from shouhou.web.permissions import HEADER
from shouhou.web.shared.apply import ApplyForm, chosen_lines
from shouhou.web.shared.applying import preview
from shouhou.web.shared.complaining import plain_service
from shouhou.web.shared.money_facts import flash_conditions
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.place_words import read_near
from shouhou.web.shared.service_preview import BEFORE
from shouhou.web.shared.services import about, services_for

# A refusal of the dry run that another choice of items, or the way back, can mend; all others are about the step between.
ABOUT_ITEMS = frozenset({"NO_LINES", "LINE_UNKNOWN", "LINE_TWICE", "QUANTITY_TAKEN", "SERVICE_UNKNOWN", "REPAIR_ONE_UNIT"})
ABOUT_WAY = frozenset({"CONTACT_REQUIRED", "PICKUP_ADDRESS", "PICKUP_WINDOW", "PICKUP_OPEN", "RETURN_ADDRESS_MISSING"})


@consumer_door
def service(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Which service for the chosen items: what is possible, until when, at whose cost; what is not, and why."""
    order, now = order_for(actor, number), clock.now()
    wanted = {name: request.GET.getlist(name) for name in request.GET if name == "line" or name[:1] == "q"}
    if not wanted.get("line"):
        draft = draft_of(actor, order)
        wanted = {name: list(values) for name, values in (draft.fields if draft else {}).items() if name == "line" or name[:1] == "q"}
        if not wanted.get("line"):
            return redirect("web:order", order.number)
    try:
        lines = chosen_lines(order, wanted["line"], claims=False)
    except Refused as no:
        return order_page(request, actor, order, problem=no.sentence(language()), status=422)
    offered = services_for(order.number, [line.line for line in lines], actor=actor, now=now)
    goods = urlencode([(name, value) for name, values in wanted.items() for value in values])
    context = {
        "here": "orders", "order": order, "steps": steps("service"), "goods": goods, "quantities": _quantities(wanted, lines),
        "possible": [each for each in offered if each.possible], "impossible": [each for each in offered if not each.possible],
    }  # fmt: skip
    return page(request, "consumer/apply_service.html", context, actor=actor)


@consumer_door
def apply(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Why: reason in two levels, condition of the goods, words and pictures. Kept whatever comes of it."""
    order, now = order_for(actor, number), clock.now()
    draft = draft_of(actor, order)
    kept: Fields = draft.fields if draft else {}
    if request.method != "POST":
        if not request.GET.getlist("line") and not kept.get("line"):
            return redirect("web:order", order.number)
        if plain_service(request.GET.get("service", "")):
            return redirect(f"{reverse('web:complain')}?{_plain(request, order)}")
        wanted = {name: request.GET.getlist(name) for name in request.GET if name in ("line", "service") or name[:1] == "q"}
        shown = {**kept, **wanted} if wanted.get("line") else kept
        try:
            lines = chosen(order, shown)
        except Refused as no:
            return order_page(request, actor, order, problem=no.sentence(language()), status=422)
        return _why_page(request, order, lines, shown, form_of(order, lines, shown, actor=actor, now=now, filled=False))
    fields = taken_over(kept, request.POST, way=False)
    if gone := request.POST.get("remove"):
        fields["evidence"] = [token for token in fields.get("evidence", ()) if token != gone]
    try:
        lines = chosen(order, fields)
    except Refused as no:
        return order_page(request, actor, order, problem=no.sentence(language()), status=422)
    form = form_of(order, lines, fields, actor=actor, now=now, filled=True, files=request.FILES)
    form.is_valid()
    stored = form.take_files(now=now)
    fields |= {"evidence": form.tokens, **form.asks.taken_fields()}
    keep_draft(order, fields, buyer_id=actor.buyer_id or 0, now=now)
    if gone:
        return redirect("web:apply", order.number)
    if request.POST.get("act") == "later":
        return _later(request, order)
    form.ask_description()
    refused = [] if form.wrong_in_why() else denied(form, lines, now=now)
    if not stored or form.wrong_in_why() or (refused and not form.cleaned_data["request_review"]):
        return _why_page(request, order, lines, fields, form, refused=refused, status=422)
    return redirect("web:apply_way" if form.workflow.applying.goods else "web:apply_confirm", order.number)


@consumer_door
def way(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The way back: a window of a courier, or sending it oneself; and who is to be reached."""
    order, now = order_for(actor, number), clock.now()
    draft = draft_of(actor, order)
    if draft is None or not draft.fields.get("line"):
        return redirect("web:order", order.number)
    fields, status = dict(draft.fields), 200
    workflow = workflow_of(fields)
    if not workflow.applying.goods:
        return redirect("web:apply_confirm", order.number)
    if request.method == "POST":
        fields = taken_over(fields, request.POST, way=True)
        keep_draft(order, fields, buyer_id=actor.buyer_id or 0, now=now)
        if request.POST.get("act") == "later":
            return _later(request, order)
    try:
        lines = chosen(order, fields)
    except Refused as no:
        return order_page(request, actor, order, problem=no.sentence(language()), status=422)
    judged = request.method == "POST" and request.POST.get("act") != "find"
    near = None if judged else read_near(request.POST.get("near", ""))
    form = form_of(order, lines, fields, actor=actor, now=now, filled=judged, near=near)
    if judged:
        form.is_valid()
        if not form.wrong_in_way():
            return redirect("web:apply_confirm", order.number)
        status = 422
    context = {
        **_frame(order, "way", workflow), "form": form, "ways": way_words(form, lines, now=now), "saved_at": draft.updated_at,
        "located": near is not None,
    }  # fmt: skip
    answer = page(request, "consumer/apply_way.html", context, actor=actor, status=status)
    answer[HEADER] = "geolocation=(self)"
    return answer


@consumer_door
def confirm(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What comes back to whom and when, the policy that holds, and the one button that sends it."""
    order, now = order_for(actor, number), clock.now()
    problem, status = "", 200
    if request.method == "POST":
        if request.POST.get("acknowledged"):
            try:
                return redirect("web:applied", _send(request, order, actor=actor, now=now))
            except Refused as no:
                if no.code == DRAFT_GONE.code:
                    messages.warning(request, no.sentence(language()))
                    return redirect("web:order", order.number)
                if no.code != DRAFT_CHANGED.code:
                    return _sent_back(request, order, no)
                problem, status = no.sentence(language()), no.status
        else:
            problem, status = _("请先确认已知悉适用的售后政策。"), 422
    draft = draft_of(actor, order)
    if draft is None:
        return redirect("web:order", order.number)
    try:
        lines = chosen(order, draft.fields)
        form = form_of(order, lines, draft.fields, actor=actor, now=now, filled=True)
        if not form.is_valid():
            messages.warning(request, _("还有内容需要填写或修改。"))
            return redirect("web:apply" if form.wrong_in_why() else "web:apply_way", order.number)
        outcome = open_case(form.application(), actor=actor, now=now, dry_run=True, language=language())
    except Refused as no:
        return _sent_back(request, order, no)
    seen = preview(form, lines, outcome, now=now)
    context = {
        **_frame(order, "confirm", form.workflow), **seen, **outlook(order, form, seen, lines, now=now), "form": form, "problem": problem,
        "files": files_of(actor, form.tokens), "once": request.POST.get("once") or new_key(), "seal": seal(draft.fields),
        "shown_at": now.isoformat(), "saved_at": draft.updated_at, "flash": flash_conditions(outcome["details"].get("flash")),
    }  # fmt: skip
    return page(request, "consumer/apply_confirm.html", context, actor=actor, status=status)


@require_POST
@quiet_door
def save(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """What the page keeps by itself while somebody fills it in; answers with when."""
    order, now = order_for(actor, number), clock.now()
    draft = draft_of(actor, order)
    fields = taken_over(draft.fields if draft else {}, request.POST, way=request.POST.get("step") == "way")
    if fields.get("line"):
        keep_draft(order, fields, buyer_id=actor.buyer_id or 0, now=now)
    return HttpResponse(_("已自动保存 %(at)s") % {"at": f"{timezone.localtime(now):%H:%M:%S}"})


@require_POST
@quiet_door
def upload(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One file at a time, while the form is still being filled in."""
    order_for(actor, number)
    file = request.FILES.get("photos")
    if file is None:
        return JsonResponse({"problem": _("没有收到文件。")}, status=422)
    try:
        return JsonResponse(file_words(take_upload(file, name=file.name or "", actor=actor, now=clock.now())))
    except Refused as no:
        return JsonResponse({"problem": no.sentence(language())}, status=no.status)


@require_POST
@consumer_door
def discard(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    order = order_for(actor, number)
    drop_draft(order, buyer_id=actor.buyer_id or 0)
    messages.success(request, _("已放弃这份未提交的申请。"))
    return redirect("web:order", order.number)


def _send(request: HttpRequest, order: Order, *, actor: Actor, now: datetime) -> str:
    """The case's number; the same page sent twice finds the case of the first time."""

    def application(fields: Fields) -> Application | None:
        lines = chosen(order, fields)
        form = form_of(
            order, lines, fields, actor=actor, now=now, filled=True, shown_at=request.POST.get("shown_at", "")
        )
        return form.application() if form.is_valid() else None

    act = partial(
        send_draft, order, seal=seal, seen=request.POST.get("seal", ""), application=application, actor=actor, now=now,
        language=language(),
    )  # fmt: skip
    return once(request.POST.get("once") or new_key(), act, actor=actor, now=now)


def _sent_back(request: HttpRequest, order: Order, no: Refused) -> HttpResponse:
    """A refusal of the whole application, told at the step that can mend it; the draft is untouched."""
    words = [each.en if language() == "en" else each.zh for each in no.errors]
    messages.error(request, " ".join([no.sentence(language()), *words]))
    if no.code in ABOUT_ITEMS:
        return redirect("web:order", order.number)
    return redirect("web:apply_way" if no.code in ABOUT_WAY else "web:apply", order.number)


def _why_page(
    request: HttpRequest, order: Order, lines: Sequence[OrderLine], fields: Fields, form: ApplyForm, *,
    refused: list[Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor = form.actor
    files = files_of(actor, form.tokens)
    context = {
        **_frame(order, "why", form.workflow), "form": form, "about": about(form.workflow),
        "families": families(form, lines, now=clock.now()),
        "files": files,
        "lost": len(form.tokens) - len(files), "denied": refused or [], "quantities": _quantities(fields, lines),
        "condition": any(field.widget_type == "radioselect" for _line, group in form.groups() for field in group),
        "before": BEFORE[form.workflow.service](order, lines[0].category) if form.workflow.service in BEFORE else None,
        "change": urlencode([(name, value) for name in fields if name == "line" or name[:1] == "q" for value in fields[name]]),
    }  # fmt: skip
    return page(request, "consumer/apply_why.html", context, actor=actor, status=status)


def _quantities(fields: Fields, lines: Sequence[OrderLine]) -> list[tuple[OrderLine, str]]:
    return [(line, (fields.get(f"q{line.line}") or [str(line.quantity - line.claimed_quantity or line.quantity)])[0]) for line in lines]


def _plain(request: HttpRequest, order: Order) -> str:
    """The same wish as the form for complaints takes it."""
    lines = [("lines", f"{line}:{request.GET.get(f'q{line}', '1')}") for line in request.GET.getlist("line")]
    return urlencode([("service", request.GET["service"]), ("order", order.number), *lines])


def _later(request: HttpRequest, order: Order) -> HttpResponse:
    messages.success(request, _("已保存，随时可以回来继续。"))
    return redirect("web:order", order.number)


def _frame(order: Order, here: str, workflow: Workflow) -> dict[str, Any]:
    return {
        "here": "orders", "order": order, "steps": steps(here, workflow), "step_label": said(STEP_LABELS[here]),
        "service": said(workflow.label), "goods_back": workflow.applying.goods, "claims": workflow.applying.claims,
        "refunds": workflow.applying.refunds, "judged": workflow.applying.verdict is not None,
    }  # fmt: skip
