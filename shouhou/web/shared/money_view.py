"""What goes back on a case, per tender, with what is deducted: preview, agreed amount and the refunds themselves."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.amounts import explained
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.dispute import ALL
from shouhou.foundation.workflow import Text
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.rules import is_cash
from shouhou.payments.rules.explaining import AS_ABOVE, Explained
from shouhou.payments.rules.facts import DEDUCTION_LABELS
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import language, said

ASKED_LABELS = {
    "INSPECTION": Text("拟扣款（未经同意不扣）", "Proposed deduction (only with consent)"),
    "ACCESSORY_MISSING": Text("拟扣缺少的配件（未经同意不扣）", "Proposed for a missing accessory (only with consent)"),
}

UNDECIDED = ("deduction_proposed", *ALL.split())
COLUMNS = {
    "preview": Text("申请时预估", "Estimated at first"), "agreed": Text("核定", "Agreed"), "final": Text("实际退回", "Paid back"),
}  # fmt: skip
UNDECIDED_COLUMN = Text("拟定（待同意）", "Proposed, not agreed")


def money_words(case: CaseRow) -> dict[str, Any] | None:
    """The agreed amount when there is one, else the preview of the application."""
    preview = case.preview.get("agreed") or case.preview.get("applied")
    titles = {item.line: item.title for item in case.items}
    return quote_words(preview, titles, status=case.status) if preview else None


def quote_words(preview: Mapping[str, Any], titles: Mapping[int, str], *, status: str = "") -> dict[str, Any]:
    """A `refund_preview` of the contract with the page's words beside the codes. A deduction that the consumer has not
    agreed to yet is not called agreed."""
    back = any(line["quantity"] for line in preview.get("lines", ()))
    labels = DEDUCTION_LABELS | (ASKED_LABELS if status in UNDECIDED else {})
    return {
        "total": preview["total"], "freight": preview.get("freight"),
        "in_kind": [
            {**share, "label": _("%(what)s（原样退回）") % {"what": label(TENDERS, share["bearer"])}}
            for share in preview.get("undone", ()) if not is_cash(share["bearer"])
        ],
        "lines": [
            {**line, "title": titles.get(line["line"], line["line"]), "kept_back": back and not line["quantity"]}
            for line in preview.get("lines", ())
        ],
        "deductions": [
            {**cut, "label": said(labels[cut["code"]]) if cut.get("code") in labels else cut.get("label", "")}
            for cut in preview.get("deductions", ())
        ],
        "tenders": [{**share, "label": label(TENDERS, share["tender"])} for share in preview.get("tenders", ())],
    }  # fmt: skip


def amounts_words(case: CaseRow, *, inside: bool) -> dict[str, Any] | None:
    """Preview, agreement and payment side by side, once there is more than the preview. `inside`: with what goes between
    shop and platform."""
    titles = {item.line: item.title for item in case.items}
    rows = explained(case, inside=inside)
    told = [any(getattr(row, name) is not None for row in rows) for name in COLUMNS]
    if not any(told[1:]):
        return None
    columns = [said(words) for words, there in zip(COLUMNS.values(), told, strict=True) if there]
    if case.status in UNDECIDED and told[1]:
        columns[int(told[0])] = said(UNDECIDED_COLUMN)
    return {
        "columns": columns, "currency": case.currency, "differs": any(row.why for row in rows),
        "rows": [_amounts_row(row, titles, told, status=case.status) for row in rows],
    }  # fmt: skip


def _amounts_row(row: Explained, titles: Mapping[int, str], told: list[bool], *, status: str) -> dict[str, Any]:
    amounts = [amount for amount, there in zip((row.preview, row.agreed, row.final), told, strict=True) if there]
    known = [units for units in row.units if units is not None]
    name = said(row.label) if row.label else titles.get(row.line or 0, str(row.line)) if row.kind == "goods" else label(TENDERS, row.tender)
    if row.kind == "in_kind":
        name = _("%(what)s（原样退回）") % {"what": name}
    elif row.kind == "tender":
        name = _("退回%(tender)s") % {"tender": name}
    elif row.kind == "deduction" and status in UNDECIDED:
        asked = [words for cut, words in ASKED_LABELS.items() if DEDUCTION_LABELS[cut] == row.label]
        name = said(asked[0]) if asked else name
    why = said(row.why) if row.why and row.why not in (row.label, AS_ABOVE) else ""
    basis = f"{said(row.source)} · {said(row.clause)}" if row.source and row.clause else ""
    return {
        "kind": row.kind, "name": name, "units": known[-1] if known else None, "why": why, "basis": basis, "note": row.note,
        "amounts": [
            {"minor": amount, "changed": bool(place) and amount is not None and amount != amounts[place - 1]}
            for place, amount in enumerate(amounts)
        ],
    }  # fmt: skip


def refunds_of(subject: str) -> list[dict[str, Any]]:
    """The refunds of a case with their parts, in words; one that was taken back before it was sent is none."""
    states, parts = dict(Refund.STATES), dict(RefundPart.STATES)
    return [
        {
            "number": refund.number, "state": refund.state, "state_words": half(states[refund.state]),
            "currency": refund.currency, "expected_at": refund.expected_at, "settled_at": refund.settled_at,
            "shown_parts": [
                {"label": label(TENDERS, part.tender), "state": part.state, "amount_minor": part.amount_minor,
                 "state_words": half(parts[part.state])}
                for part in refund.parts.all()
            ],
        }
        for refund in Refund.objects.filter(subject=subject).exclude(state="cancelled").order_by("id").prefetch_related("parts")
    ]  # fmt: skip


def half(both: object) -> str:
    """The Chinese or English half of "已到账 settled"."""
    zh, _sep, en = str(both).partition(" ")
    return en if language() == "en" else zh
