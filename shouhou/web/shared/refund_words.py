"""The refund of a case for its buyer: how far it is, when and where it arrives, and what could still change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouhou.cases.rows import CaseRow
from shouhou.payments.rules.facts import is_cash
from shouhou.policy.queries import compiled
from shouhou.web.page import said
from shouhou.web.shared.plain_words import MAY_CHANGE, STANDING
from shouhou.web.templatetags.words import instant

NO_MONEY = frozenset({"cancelled", "lapsed", "rejected", "not_accepted", "sent_back"})


def refund_words(case: CaseRow, money: Mapping[str, Any] | None, refunds: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """`title`, `when`, `shares` (where each part goes, with its state once sent) and `may_change`; None without an amount."""
    if money is None or (case.status in NO_MONEY and not refunds):
        return None
    parts = [part for refund in refunds for part in refund["shown_parts"]]
    return {
        "title": _("退款") if refunds else _("退款预估"), "when": _when(case, refunds), "parts": parts,
        "shares": [{**share, "where": _where(share["tender"])} for share in money["tenders"]],
        "may_change": [said(text) for text in MAY_CHANGE.get(STANDING.get(case.status, ""), ())] if not refunds else [],
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
    terms = compiled(case.book, case.book_version).terms
    amount = terms.number("refund_due_workdays", channel=case.channel, reason=case.reason, member=case.tier)
    words = ngettext("收到商品后 %(n)d 个工作日内退款，法定最长 7 天", "收到商品后 %(n)d 个工作日内退款，法定最长 7 天", amount)
    return words % {"n": amount}


def _where(tender: str) -> str:
    return _("原路退回") if is_cash(tender) else _("按原形式退还")
