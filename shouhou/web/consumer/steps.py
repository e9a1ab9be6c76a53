"""The steps of an application in words: where one is, which reasons there are and what each would mean."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.facts import OrderFacts, load_order
from shouhou.cases.reasons import FAMILY, Reason, reasons_for
from shouhou.foundation.workflow import Text, Workflow
from shouhou.orders.models import OrderLine
from shouhou.policy.decide import Decision
from shouhou.web.labels import PAYERS, VERDICTS, label
from shouhou.web.page import said
from shouhou.web.shared.apply import ApplyForm
from shouhou.web.shared.applying import explained
from shouhou.web.shared.decision import (
    POSSIBLE,
    TONES,
    decisions_on,
    line_decisions,
    promised_for,
    service_words,
    verdict_on,
)
from shouhou.web.shared.freight_words import with_insurance
from shouhou.web.shared.moves import window_code, window_times
from shouhou.web.shared.place_words import place_words
from shouhou.web.shared.services import RANKS
from shouhou.web.templatetags.words import day

STEP_LABELS = {
    "items": Text("商品", "Items"), "service": Text("服务", "Service"), "why": Text("原因与凭证", "Reason and proof"),
    "way": Text("退回方式", "Way back"), "confirm": Text("确认提交", "Check and send"),
}  # fmt: skip
OTHER = Text("其他", "Something else")
NO_DETAIL = Text("不想说明", "Rather not say")


def steps(here: str, workflow: Workflow | None = None) -> list[dict[str, str]]:
    """For the stepper: what is behind, where one is, what is to come; a service without goods coming back has no way."""
    names = [name for name in STEP_LABELS if name != "way" or workflow is None or workflow.applying.goods]
    place = names.index(here)
    return [
        {"label": said(STEP_LABELS[name]), "state": "done" if at < place else "here" if at == place else "todo"}
        for at, name in enumerate(names)
    ]


def families(form: ApplyForm, lines: Sequence[OrderLine], *, now: datetime) -> list[dict[str, Any]]:
    """The first level of reasons for the chosen lines: what each would mean, and its details as choices."""
    picked = str(form["reason"].value() or "")
    found: list[dict[str, Any]] = []
    order = load_order(form.order.number, actor=form.actor) if form.workflow.applying.verdict else None
    for family in _merged(lines, form.workflow):
        code, told, freight = _meaning(form, lines, family, order, now=now)
        options = [(detail.code, said(detail.label)) for detail in family.details]
        if options and not any(detail.code.endswith("_other") for detail in family.details):
            options.append((family.code, said(OTHER if family.evidence else NO_DETAIL)))
        options = options or [(family.code, said(family.label))]
        found.append({
            "code": family.code, "label": said(family.label), "evidence": family.evidence, "verdict": label(VERDICTS, code),
            "tone": TONES.get(code, ""), "possible": code in POSSIBLE, "freight": freight if code in POSSIBLE else "",
            "told": None if code in POSSIBLE else told, "picked": _in_family(picked, family),
            "options": [{"value": value, "label": words, "checked": value == picked} for value, words in options],
        })  # fmt: skip
    if len(found) == 1:
        found[0]["picked"] = True
        _check_only(found[0]["options"])
    return found


def _check_only(options: list[dict[str, Any]]) -> None:
    if len(options) == 1:
        options[0]["checked"] = True


def _meaning(
    form: ApplyForm, lines: Sequence[OrderLine], family: Reason, order: OrderFacts | None, *, now: datetime
) -> tuple[str, dict[str, Any] | None, str]:  # fmt: skip
    """The verdict on the worst of the lines for this reason, its explanation, and who pays the way."""
    service = form.workflow.applying.verdict
    if service is None or order is None:
        promised = promised_for(
            form.order.number, form.workflow.service, {line.line: 1 for line in lines}, {}, reason=family.code, actor=form.actor, now=now
        )
        words = max(promised.values(), key=lambda each: RANKS[each["code"]])
        return str(words["code"]), words, ""
    decisions = decisions_on(order, reason=family.code, now=now)
    worst = max((decisions[line.line] for line in lines), key=lambda each: RANKS[verdict_on(each, service)])
    return verdict_on(worst, service), service_words(worst, service), _freight(worst) if form.workflow.applying.goods else ""


def denied(form: ApplyForm, lines: list[OrderLine], *, now: datetime) -> list[tuple[OrderLine, dict[str, Any]]]:
    """The chosen lines for which the book says no, with clause, source and the nearest way."""
    return [(line, told) for line, told in explained(form, lines, now=now) if told["code"] not in POSSIBLE]


def way_words(form: ApplyForm, lines: Sequence[OrderLine], *, now: datetime) -> dict[str, Any]:
    """What stands beside each way back: who pays, whether the courier is free, the windows day by day."""
    reason = str(form["reason"].value() or "no_reason")
    code = FAMILY[reason].code if reason in FAMILY else "no_reason"
    decisions = line_decisions(form.order.number, reason=code, actor=form.actor, now=now)
    ours = [decisions[line.line] for line in lines]
    service = form.workflow.applying.verdict
    worst = max(ours, key=lambda each: RANKS[verdict_on(each, service)]) if service else ours[0]
    return {
        "freight": with_insurance(_freight(worst), form.order.number, form.actor),
        "free_pickup": all(each.pickup == "free" for each in ours), "picked": str(form["return_method"].value() or ""),
        "days": _days(form) if "window" in form.fields else [], "counters": form.counters, "places": _places(form, now=now),
    }  # fmt: skip


def _places(form: ApplyForm, *, now: datetime) -> list[dict[str, Any]]:
    """The counters, nearest first; the first one is picked until another is."""
    if not form.places:
        return []
    wanted = str(form["place"].value() or "")
    picked = wanted if wanted in {each.code for each in form.places} else form.places[0].code
    return [{**place_words(each, now=now), "checked": each.code == picked} for each in form.places]


def _days(form: ApplyForm) -> list[dict[str, Any]]:
    """The windows grouped by day, as the select shows them."""
    picked = str(form["window"].value() or "")
    found: dict[str, list[dict[str, Any]]] = {}
    for window in form.windows:
        code, start = window_code(window), timezone.localtime(window.start)
        found.setdefault(day(start), []).append({"value": code, "label": window_times(window), "checked": code == picked})
    return [{"day": name, "windows": windows} for name, windows in found.items()]


def _merged(lines: Iterable[OrderLine], workflow: Workflow) -> list[Reason]:
    """The families that fit any of the lines, each with the details that fit any of them."""
    found: dict[str, tuple[Reason, dict[str, Reason]]] = {}
    for line in lines:
        for family in reasons_for(line.category, workflow.service):
            _first, details = found.setdefault(family.code, (family, {}))
            details.update({detail.code: detail for detail in family.details})
    return [Reason(each.code, each.label, tuple(details.values()), frozenset(), each.evidence) for each, details in found.values()]


def _in_family(picked: str, family: Reason) -> bool:
    return picked in FAMILY and FAMILY[picked].code == family.code


def _freight(decision: Decision) -> str:
    payer = decision.freight.get("return_leg")
    return _("寄回运费%(payer)s") % {"payer": label(PAYERS, payer)} if payer else ""
