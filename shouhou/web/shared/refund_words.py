"""The refund of a case for its buyer: how far it is, when and where it arrives, and what could still change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.payments.rules import PAYOUTS
from shouhou.policy.queries import compiled
from shouhou.policy.terms import Terms
from shouhou.web.page import said
from shouhou.web.shared.arrival import arrival
from shouhou.web.shared.plain_words import MAY_CHANGE, STANDING
from shouhou.web.templatetags.words import instant

NO_MONEY = frozenset({"cancelled", "lapsed", "rejected", "not_accepted", "sent_back"})


def refund_words(case: CaseRow, money: Mapping[str, Any] | None, refunds: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """`title`, `when`, `shares` (where each part goes, with its state once sent) and `may_change`; None without an amount."""
    if money is None or (case.status in NO_MONEY and not refunds):
        return None
    terms = _terms(case)
    parts = [part for refund in refunds for part in refund["shown_parts"]]
    return {
        "title": _title(case, refunds), "when": _when(case, refunds), "parts": parts,
        "shares": [{**share, "where": _where(case, share["tender"], terms)} for share in money["tenders"]],
        "may_change": [said(text) for text in MAY_CHANGE.get(STANDING.get(case.status, ""), ())] if not refunds and _goods(case) else [],
    }  # fmt: skip


def _when(case: CaseRow, refunds: Sequence[Mapping[str, Any]]) -> str:
    if refunds:
        last = refunds[-1]
        if last["settled_at"]:
            return _("%(at)s 已全部到账") % {"at": instant(last["settled_at"])}
        if last["expected_at"]:
            return _("预计 %(at)s 前到账") % {"at": instant(last["expected_at"])}
    running = next((row for row in case.deadlines if row.name == "refund_due" and row.state == "open"), None)
    if running is not None:
        return _("最迟 %(at)s 退出") % {"at": instant(running.due_at)}
    terms = _terms(case)
    amount = terms.number("refund_due_workdays", channel=case.channel, reason=case.reason, member=case.tier)
    if not _goods(case):
        return _("确定后 %(n)s 个工作日内付出") % {"n": amount}
    words = ngettext(
        "收到商品后 %(n)d 个工作日内退款，法定最长 %(most)s 天", "收到商品后 %(n)d 个工作日内退款，法定最长 %(most)s 天", amount
    )
    return words % {"n": amount, "most": terms.number("refund_statutory_days")}


def _title(case: CaseRow, refunds: Sequence[Mapping[str, Any]]) -> str:
    if case.service == "compensation":
        return _("补偿")
    if case.status == "partial_offered":
        return _("您申请的退款")
    return _("退款") if refunds else _("退款预估")


def _where(case: CaseRow, tender: str, terms: Terms) -> str:
    """When and where a part arrives; what goes out beside what was paid does not go back any way it came."""
    beside = not _goods(case) and tender in PAYOUTS
    return "" if beside else arrival(tender, terms)


def _goods(case: CaseRow) -> bool:
    """Whether goods come back: the money then waits for them."""
    return WORKFLOWS[case.service].applying.goods


def _terms(case: CaseRow) -> Terms:
    return compiled(case.book, case.book_version).terms
