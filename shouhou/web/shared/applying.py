"""The three steps of an application – fill in, see what comes out, submit once – for the consumer and for an agent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.actions import open_case
from shouhou.cases.reasons import FAMILY
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Workflow
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import PAYERS, VERDICTS, label, limit_label
from shouhou.web.page import language, page, said
from shouhou.web.shared.apply import ApplyForm, chosen_lines
from shouhou.web.shared.decision import POSSIBLE, TONES, line_decisions, promised_for, service_words
from shouhou.web.shared.freight_words import with_insurance
from shouhou.web.shared.money_view import quote_words
from shouhou.web.shared.moves import sent
from shouhou.web.shared.once import first_answer, new_key, once
from shouhou.web.shared.place_words import drop_off_anywhere, drop_off_places, place_words
from shouhou.web.shared.service_asks import asks_form
from shouhou.web.shared.service_preview import service_preview
from shouhou.web.shared.services import services_for
from shouhou.web.shared.transport import windows_at

USUAL = next(iter(WORKFLOWS))


def applying(
    request: HttpRequest, actor: Actor, order: Order, *, behalf: bool, templates: str, case_address: Callable[[str], str],
    kind: type[ApplyForm] = ApplyForm, beside: Mapping[str, Any] | None = None, opening: Callable[..., dict[str, Any]] = open_case,
    starts: Mapping[str, Sequence[str]] | None = None,
) -> HttpResponse:  # fmt: skip
    """Answers the step that the form asks for. `templates` is the folder of form and confirmation, `kind` the form.

    `beside` is what else the page shows, `opening` what opens the case, `starts` what the fields begin with.
    """
    now = clock.now()
    given = request.POST if request.method == "POST" else request.GET
    if request.POST.get("act") == "submit" and (number := first_answer(request.POST.get("once", ""), actor=actor)):
        return redirect(case_address(number))
    workflow = WORKFLOWS.get(given.get("service", ""), WORKFLOWS[USUAL])
    lines = chosen_lines(order, given.getlist("line"), claims=workflow.applying.claims)
    asks = partial(asks_form, workflow, order, lines, _quantities(given, lines), actor=actor, now=now)
    make = partial(
        kind, order, lines, windows_at(order.address, now=now), actor=actor, behalf=behalf, workflow=workflow,
        **_counters(workflow, order, lines, given if request.method == "POST" else starts or {}, now=now),
    )  # fmt: skip
    context: dict[str, Any] = {
        "here": "behalf" if behalf else "orders", "order": order, "service": said(workflow.label),
        "goods_back": workflow.applying.goods, "services": _choices(order, workflow, lines, actor=actor, now=now), **(beside or {}),
    }  # fmt: skip
    if request.method != "POST":
        initial: dict[str, Any] = {"service": workflow.service, "once": new_key(), "shown_at": now.isoformat()}
        initial = {name: values[0] for name, values in (starts or {}).items() if values} | initial
        initial |= {f"q{line.line}": given[f"q{line.line}"] for line in lines if given.get(f"q{line.line}", "").isdigit()}
        return _form_page(request, templates, context, make(asks=asks(kept=starts), initial=initial), now=now)
    form = make(asks=asks(data=request.POST, files=request.FILES), data=request.POST, files=request.FILES)
    if request.POST.get("act") == "find":
        form.is_valid()
        form.take_files(now=now)
        kept = {name: request.POST.getlist(name) for name in request.POST} | form.asks.taken_fields()
        initial = {name: values[0] for name, values in kept.items()}
        return _form_page(request, templates, context, make(asks=asks(kept=kept), initial=initial, tokens=form.tokens), now=now)
    status = 200
    if form.is_valid() and form.take_files(now=now) and request.POST.get("act") != "edit":
        try:
            if request.POST.get("act") == "submit" and request.POST.get("acknowledged"):
                number = _submit(form, opening, actor=actor, now=now)
                messages.success(request, _("申请已提交，售后单号 %(number)s。") % {"number": number})
                return redirect(case_address(number))
            outcome = opening(form.application(), actor=actor, now=now, dry_run=True, language=language())
            if request.POST.get("act") == "submit":
                context["acknowledge_error"], status = _("请先确认已知悉适用的售后政策。"), 422
            context |= preview(form, lines, outcome, now=now)
            return page(request, f"{templates}/confirm.html", {**context, "form": form}, actor=actor, status=status)
        except Refused as no:
            form.refuse(no)
            if no.code == "NOT_ELIGIBLE":
                context["denied"] = [(line, told) for line, told in explained(form, lines, now=now) if told["code"] not in POSSIBLE]
    if request.POST.get("act") != "edit":
        status = 422
    return _form_page(request, templates, context, form, now=now, status=status)


def explained(form: ApplyForm, lines: list[OrderLine], *, now: datetime) -> list[tuple[OrderLine, dict[str, Any]]]:
    """What the book says of each chosen line, with clause, source, facts and the nearest way."""
    reason = form.cleaned_data["reason"]
    if form.workflow.applying.verdict is None:
        told = promised_for(
            form.order.number, form.workflow.service, {line.line: form.cleaned_data.get(f"q{line.line}") or 1 for line in lines},
            form.asks.answers(), reason=reason, actor=form.actor, now=now,
        )  # fmt: skip
        return [(line, told[line.line]) for line in lines]
    decisions = line_decisions(
        form.order.number, reason=FAMILY[reason].code, actor=form.actor, now=now,
        conditions={line.line: form.condition(line) for line in lines},
    )  # fmt: skip
    words = [(line, service_words(decisions[line.line], form.workflow.applying.verdict)) for line in lines]
    return [(line, told) for line, told in words if told is not None]


def preview(form: ApplyForm, lines: list[OrderLine], outcome: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """What the dry run came to, in words."""
    preview, verdict = outcome.get("refund_preview"), outcome["decision"]["verdict"]
    return {
        "chosen": [(line, form.cleaned_data[f"q{line.line}"]) for line in lines],
        "verdict": {"label": label(VERDICTS, verdict), "tone": TONES.get(verdict, "")},
        "decisions": explained(form, lines, now=now),
        "money": quote_words(preview, {line.line: line.title for line in lines}) if preview else None,
        "status": outcome["status_label"],
        "limits": [
            {"label": limit_label(form.order.book, form.order.book_version, limit["term"]), "due_at": limit["due_at"]}
            for limit in outcome.get("deadlines", ())
            if limit.get("state", "open") == "open"
        ],
        "freight": with_insurance(label(PAYERS, outcome["freight_payer"]), form.order.number, form.actor)
        if outcome.get("freight_payer") and form.workflow.applying.goods else "",
        "cards": service_preview(form, lines, outcome, now=now), "refunds": form.workflow.applying.refunds,
    }  # fmt: skip


def _form_page(
    request: HttpRequest, templates: str, context: dict[str, Any], form: ApplyForm, *, now: datetime, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The form, with the counters in words; none of them is chosen until somebody does."""
    picked = str(form["place"].value() or "") if "place" in form.fields else ""
    places = [{**place_words(each, now=now), "checked": each.code == picked} for each in form.places]
    whole = {**context, "form": form, "places": places}
    return page(request, f"{templates}/apply.html", whole, actor=form.actor, status=status)


def _counters(
    workflow: Workflow, order: Order, lines: Sequence[OrderLine], given: Any, *, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """Where these goods may be handed over, as the buyer's own form has it."""
    if not workflow.applying.goods:
        return {}
    find, chosen = (next(iter(sent(given, name) or given.get(name, ())), "") for name in ("find", "place"))
    places = drop_off_places(order, lines, find=find, chosen=chosen, now=now)
    return {"places": places, "counters": bool(places) or drop_off_anywhere()}


def _submit(form: ApplyForm, opening: Callable[..., dict[str, Any]], *, actor: Actor, now: datetime) -> str:
    """The case's number; the same form sent twice finds the case of the first time."""

    def act() -> str:
        return str(opening(form.application(), actor=actor, now=now, language=language())["number"])

    return once(form.cleaned_data["once"], act, actor=actor, now=now)


def _choices(order: Order, chosen: Workflow, lines: list[OrderLine], *, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The services for the chosen lines as tabs: the same choice that the buyer has."""
    goods = "".join(f"&line={line.line}" for line in lines)
    return [
        {"label": each.label, "href": f"?service={each.service}{goods}", "here": each.service == chosen.service, "offered": each}
        for each in services_for(order.number, [line.line for line in lines], actor=actor, now=now)
    ]


def _quantities(given: Any, lines: list[OrderLine]) -> dict[int, int]:
    wanted = {line.line: given.get(f"q{line.line}", "") for line in lines}
    return {line: int(text) for line, text in wanted.items() if text.isdigit() and len(text) < 9}
