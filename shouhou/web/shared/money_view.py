"""What goes back on a case, per tender, with what is deducted: preview, agreed amount and the refunds themselves."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.rules.facts import DEDUCTION_LABELS
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import language, said

ASKED_LABELS = {
    "INSPECTION": Text("拟扣款（未经同意不扣）", "Proposed deduction (only with consent)"),
    "ACCESSORY_MISSING": Text("拟扣缺少的配件（未经同意不扣）", "Proposed for a missing accessory (only with consent)"),
}


def money_words(case: CaseRow) -> dict[str, Any] | None:
    """The agreed amount when there is one, else the preview of the application."""
    preview = case.preview.get("agreed") or case.preview.get("applied")
    titles = {item.line: item.title for item in case.items}
    return quote_words(preview, titles, status=case.status) if preview else None


def quote_words(preview: Mapping[str, Any], titles: Mapping[int, str], *, status: str = "") -> dict[str, Any]:
    """A `refund_preview` of the contract with the page's words beside the codes. A deduction that the consumer has not
    agreed to yet is not called agreed."""
    labels = DEDUCTION_LABELS | (ASKED_LABELS if status in ("deduction_proposed", "disputed") else {})
    return {
        "total": preview["total"], "freight": preview.get("freight"),
        "lines": [{**line, "title": titles.get(line["line"], line["line"])} for line in preview.get("lines", ())],
        "deductions": [
            {**cut, "label": said(labels[cut["code"]]) if cut.get("code") in labels else cut.get("label", "")}
            for cut in preview.get("deductions", ())
        ],
        "tenders": [{**share, "label": label(TENDERS, share["tender"])} for share in preview.get("tenders", ())],
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
