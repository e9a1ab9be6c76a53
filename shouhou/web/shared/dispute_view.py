"""A dispute at a glance: what either side has said and shown, what is proposed, what was ruled, and until when one may appeal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.models import HistoryEntry
from shouhou.cases.rows import CaseRow
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import move_named
from shouhou.cases.workflows.asks import REJECTION_REASONS
from shouhou.cases.workflows.dispute import AS_ASKED, BLAME, BY_AMOUNT, DECLINED, NOTHING
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import ReturnAddress
from shouhou.web.labels import label
from shouhou.web.page import said

CONSUMER_SAYS = frozenset({
    "dispute", "refuse_deduction", "refuse_partial", "replacement_wrong", "still_missing", "give_dispute_evidence", "appeal_ruling",
    "propose_as_consumer", "resubmit", "send_evidence",
})  # fmt: skip
SHOP_SAYS = frozenset({
    "reject", "not_accept", "propose_deduction", "offer_partial", "answer_dispute", "give_shop_evidence", "propose_as_shop",
    "appeal_as_shop",
})  # fmt: skip
WORDS = ("statement", "reason", "note", "description")
KINDS = {**AS_ASKED, **BY_AMOUNT, **NOTHING}
BY = {"consumer": Text("消费者", "the consumer"), "shop": Text("商家", "the shop"), "platform": Text("平台", "the platform")}
FOR = {
    "consumer": Text("支持消费者", "for the consumer"), "seller": Text("支持商家", "for the seller"),
    "both": Text("部分支持", "for each in part"),
}  # fmt: skip


def dispute_words(case: CaseRow, history: Sequence[HistoryEntry], files: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Both sides, the oldest first; None where the platform was never asked. `history` is the newest first, as pages read it."""
    kept: Mapping[str, Any] = case.details.get("dispute") or {}
    begun = any(entry.to_status == "dispute_answer" for entry in history)
    if not kept and not begun:
        return None
    told = [entry for entry in reversed(history) if entry.move in CONSUMER_SAYS | SHOP_SAYS]
    shown = [file for file in files if not str(file["kind"]).startswith("message:")]
    sides = [
        {
            "name": _("消费者"), "said": _first(case) + [_saying(entry, case) for entry in told if entry.move in CONSUMER_SAYS],
            "files": [file for file in shown if file["role"] == "consumer"],
        },
        {
            "name": _("商家"), "said": [_saying(entry, case) for entry in told if entry.move in SHOP_SAYS],
            "files": [file for file in shown if file["role"] != "consumer"],
        },
    ]  # fmt: skip
    return {
        "sides": sides, "proposal": _proposal(kept.get("proposal")), "settled": _proposal(kept.get("settled")),
        "ruling": _ruling(kept.get("ruling")), "asked": _asked(kept.get("asked"), case), "rounds": int(kept.get("rounds") or 0),
        "rounds_most": terms_of(case).number("dispute_rounds"), "shop_appeal": kept.get("shop_appeal"),
        "appealed": bool(kept.get("appeal")),
    }  # fmt: skip


def _first(case: CaseRow) -> list[dict[str, Any]]:
    return [{"at": case.submitted_at, "what": _("申请时的描述"), "ground": "", "text": case.description}] if case.description else []


def _saying(entry: HistoryEntry, case: CaseRow) -> dict[str, Any]:
    move, answers = move_named(case.service, entry.move), entry.answers
    ground = " · ".join(filter(None, (
        label(REJECTION_REASONS, answers["reason_code"]) if answers.get("reason_code") else "", str(answers.get("clause") or ""),
    )))  # fmt: skip
    text = next((str(answers[name]) for name in WORDS if answers.get(name)), "")
    cuts = [str(item.get("deduction_reason")) for item in answers.get("items") or [] if isinstance(item, Mapping) and item.get("deduction")]
    return {
        "at": entry.at, "what": said(move.says or move.label) if move else entry.move, "ground": ground,
        "text": text or "；".join(cuts),
    }  # fmt: skip


def _proposal(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not kept:
        return None
    return {
        "kind": said(KINDS[kept["kind"]]), "amount_minor": kept["amount"] if kept["kind"] == "amount" else None,
        "note": kept["note"], "by": said(BY[kept["by"]]), "agreed": bool(kept.get("agreed")),
        "address": ReturnAddress.objects.filter(pk=kept["return_address"]).first() if kept.get("return_address") else None,
    }  # fmt: skip


def _ruling(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not kept:
        return None
    blame = str(kept.get("blame") or "")
    return {
        "for": said(FOR[kept["for"]]), "blame": said(BLAME.choices[blame]) if blame in BLAME.choices else "",
        "reasons": kept.get("reasons"),
        "ground": said(DECLINED[kept["ground"]]) if kept.get("ground") else "", "at": datetime.fromisoformat(kept["at"]),
        "in_doubt": kept.get("move") == "rule_in_doubt",
    }  # fmt: skip


def _asked(kept: Mapping[str, Any] | None, case: CaseRow) -> dict[str, Any] | None:
    """What is to be given now."""
    if not kept or case.status not in ("dispute_evidence", "dispute_shop_evidence"):
        return None
    return {"of": said(BY[kept["side"]]), "what": kept["what"]}
