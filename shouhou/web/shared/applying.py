"""The three steps of an application – fill in, see what comes out, submit once – for the consumer and for an agent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shouhou.cases.actions import open_case
from shouhou.cases.refusals import NO_LINES
from shouhou.foundation.refusals import Refused, refused
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import PAYERS, VERDICTS, label, limit_label
from shouhou.web.page import language, page
from shouhou.web.shared.apply import ApplyForm
from shouhou.web.shared.decision import POSSIBLE, TONES, line_decisions, service_words
from shouhou.web.shared.money_view import quote_words
from shouhou.web.shared.once import first_answer, new_key, once
from shouhou.web.shared.transport import windows_at

LINES_MAX = 200


def applying(
    request: HttpRequest, actor: Actor, order: Order, *, behalf: bool, templates: str, case_address: Callable[[str], str],
    kind: type[ApplyForm] = ApplyForm,
) -> HttpResponse:  # fmt: skip
    """Answers the step that the form asks for. `templates` is the folder of form and confirmation, `kind` the form."""
    now = clock.now()
    given = request.POST if request.method == "POST" else request.GET
    if request.POST.get("act") == "submit" and (number := first_answer(request.POST.get("once", ""), actor=actor)):
        return redirect(case_address(number))
    lines = _chosen(order, given.getlist("line"))
    windows = windows_at(order.address, now=now)
    context: dict[str, Any] = {"here": "behalf" if behalf else "orders", "order": order}
    if request.method != "POST":
        initial: dict[str, Any] = {"service": given.get("service", "return"), "once": new_key(), "shown_at": now.isoformat()}
        initial |= {f"q{line.line}": given[f"q{line.line}"] for line in lines if given.get(f"q{line.line}", "").isdigit()}
        form = kind(order, lines, windows, actor=actor, behalf=behalf, initial=initial)
        return page(request, f"{templates}/apply.html", {**context, "form": form}, actor=actor)
    form = kind(order, lines, windows, actor=actor, behalf=behalf, data=request.POST, files=request.FILES)
    status = 200
    if form.is_valid() and form.take_files(now=now) and request.POST.get("act") != "edit":
        try:
            if request.POST.get("act") == "submit" and request.POST.get("acknowledged"):
                number = _submit(form, actor=actor, now=now)
                messages.success(request, _("申请已提交，售后单号 %(number)s。") % {"number": number})
                return redirect(case_address(number))
            outcome = open_case(form.application(), actor=actor, now=now, dry_run=True, language=language())
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
    return page(request, f"{templates}/apply.html", {**context, "form": form}, actor=actor, status=status)


def explained(form: ApplyForm, lines: list[OrderLine], *, now: datetime) -> list[tuple[OrderLine, dict[str, Any]]]:
    """What the book says of each chosen line, with clause, source, facts and the nearest way."""
    decisions = line_decisions(
        form.order.number, reason=form.cleaned_data["reason"], actor=form.actor, now=now,
        conditions={line.line: form.condition(line) for line in lines},
    )  # fmt: skip
    told = [(line, service_words(decisions[line.line], form.cleaned_data["service"])) for line in lines]
    return [(line, words) for line, words in told if words is not None]


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
        "freight": label(PAYERS, outcome["freight_payer"]) if outcome.get("freight_payer") else "",
    }  # fmt: skip


def _submit(form: ApplyForm, *, actor: Actor, now: datetime) -> str:
    """The case's number; the same form sent twice finds the case of the first time."""

    def act() -> str:
        return str(open_case(form.application(), actor=actor, now=now, language=language())["number"])

    return once(form.cleaned_data["once"], act, actor=actor, now=now)


def _chosen(order: Order, wanted: list[str]) -> list[OrderLine]:
    """The lines that were ticked and still have something to apply for. Raises NO_LINES."""
    numbers = {int(line) for line in wanted[:LINES_MAX] if line.isdigit() and len(line) < 10}
    lines = [line for line in order.lines.filter(line__in=numbers).order_by("line") if line.quantity > line.claimed_quantity]
    if not lines:
        raise refused(NO_LINES)
    return lines
