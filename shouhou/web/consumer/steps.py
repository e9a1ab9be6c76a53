"""The steps of an application in words: where one is, which reasons there are and what each would mean."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.reasons import FAMILY, Reason, reasons_for
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.policy.decide import Decision
from shouhou.web.labels import PAYERS, VERDICTS, label
from shouhou.web.page import said
from shouhou.web.shared.apply import ApplyForm
from shouhou.web.shared.applying import explained
from shouhou.web.shared.decision import POSSIBLE, TONES, line_decisions, service_words
from shouhou.web.shared.moves import window_code, window_times
from shouhou.web.templatetags.words import day

STEP_LABELS = {
    "items": Text("选择商品", "Items"), "why": Text("原因与凭证", "Reason and proof"),
    "way": Text("退回方式", "Way back"), "confirm": Text("确认提交", "Check and send"),
}  # fmt: skip
RANKS = {"allow": 0, "allow_paid": 1, "review": 2, "na": 3, "deny": 4}
OTHER = Text("其他", "Something else")
NO_DETAIL = Text("不想说明", "Rather not say")
SERVICE: Final = "return"


def steps(here: str) -> list[dict[str, str]]:
    """For the stepper: what is behind, where one is, what is to come."""
    names = list(STEP_LABELS)
    place = names.index(here)
    return [
        {"label": said(STEP_LABELS[name]), "state": "done" if at < place else "here" if at == place else "todo"}
        for at, name in enumerate(names)
    ]


def families(form: ApplyForm, lines: Sequence[OrderLine], *, now: datetime) -> list[dict[str, Any]]:
    """The first level of reasons for the chosen lines: what each would mean, and its details as choices."""
    picked = str(form["reason"].value() or "")
    found = []
    for family in _merged(lines):
        decisions = line_decisions(form.order.number, reason=family.code, actor=form.actor, now=now)
        ours = [decisions[line.line] for line in lines]
        worst = max(ours, key=lambda each: RANKS[each.verdicts[SERVICE]])
        code = worst.verdicts[SERVICE]
        options = [(detail.code, said(detail.label)) for detail in family.details]
        if not any(detail.code.endswith("_other") for detail in family.details):
            options.append((family.code, said(OTHER if family.evidence else NO_DETAIL)))
        found.append({
            "code": family.code, "label": said(family.label), "evidence": family.evidence, "verdict": label(VERDICTS, code),
            "tone": TONES.get(code, ""), "possible": code in POSSIBLE, "freight": _freight(worst) if code in POSSIBLE else "",
            "told": None if code in POSSIBLE else service_words(worst, SERVICE), "picked": _in_family(picked, family),
            "options": [{"value": value, "label": words, "checked": value == picked} for value, words in options],
        })  # fmt: skip
    if len(found) == 1 or not any(each["picked"] for each in found):
        found[0]["picked"] = len(found) == 1
    return found


def denied(form: ApplyForm, lines: list[OrderLine], *, now: datetime) -> list[tuple[OrderLine, dict[str, Any]]]:
    """The chosen lines for which the book says no, with clause, source and the nearest way."""
    return [(line, told) for line, told in explained(form, lines, now=now) if told["code"] not in POSSIBLE]


def way_words(form: ApplyForm, lines: Sequence[OrderLine], *, now: datetime) -> dict[str, Any]:
    """What stands beside each way back: who pays, whether the courier is free, the windows day by day."""
    reason = str(form["reason"].value() or "no_reason")
    code = FAMILY[reason].code if reason in FAMILY else "no_reason"
    decisions = line_decisions(form.order.number, reason=code, actor=form.actor, now=now)
    ours = [decisions[line.line] for line in lines]
    return {
        "freight": _freight(max(ours, key=lambda each: RANKS[each.verdicts[SERVICE]])),
        "free_pickup": all(each.pickup == "free" for each in ours), "picked": str(form["return_method"].value() or ""),
        "days": _days(form) if "window" in form.fields else [],
    }  # fmt: skip


def _days(form: ApplyForm) -> list[dict[str, Any]]:
    """The windows grouped by day, as the select shows them."""
    picked = str(form["window"].value() or "")
    found: dict[str, list[dict[str, Any]]] = {}
    for window in form.windows:
        code, start = window_code(window), timezone.localtime(window.start)
        found.setdefault(day(start), []).append({"value": code, "label": window_times(window), "checked": code == picked})
    return [{"day": name, "windows": windows} for name, windows in found.items()]


def _merged(lines: Iterable[OrderLine]) -> list[Reason]:
    """The families that fit any of the lines, each with the details that fit any of them."""
    found: dict[str, tuple[Reason, dict[str, Reason]]] = {}
    for line in lines:
        for family in reasons_for(line.category, SERVICE):
            _first, details = found.setdefault(family.code, (family, {}))
            details.update({detail.code: detail for detail in family.details})
    return [Reason(each.code, each.label, tuple(details.values()), frozenset(), each.evidence) for each, details in found.values()]


def _in_family(picked: str, family: Reason) -> bool:
    return picked in FAMILY and FAMILY[picked].code == family.code


def _freight(decision: Decision) -> str:
    payer = decision.freight.get("return_leg")
    return _("寄回运费%(payer)s") % {"payer": label(PAYERS, payer)} if payer else ""
