"""What only one kind of service knows, told in words on its case: the price found, the offer made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.effects.refund_only import amount_wanted
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.asks import BEARERS
from shouhou.cases.workflows.beside import BESIDE_FORMS
from shouhou.cases.workflows.compensation import FORMS
from shouhou.cases.workflows.refund_only import WANTED
from shouhou.cases.workflows.resend import MISSING, PART_NAME
from shouhou.foundation.workflow import Text
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.shared.money_facts import money_facts
from shouhou.web.templatetags.words import instant, money

PARTIAL, WHY = Text("提出退还（商品您留下）", "Offered, while you keep it"), Text("说明", "Note")
DELIVERED = Text("承运商签收记录", "The carrier's record of the delivery")
COMPENSATED = Text("另行补偿", "Compensated beside")
LACKING = Text("暂时无货", "Cannot be had at present")
ADVANCED = Text("平台垫付，向商家追收", "the platform, to be claimed from the shop")


def service_facts(case: CaseRow, *, inside: bool) -> list[tuple[str, str]]:
    """Name and value, in reading order; `inside` also who bears it and who decided."""
    found = [row for each in case.details.get("check") or () for row in _compared(case, each)]
    if offer := case.details.get("offer"):
        found += _offered(case, offer, inside=inside)
    elif case.service == "compensation":
        found += _asked(case)
    return found + _unreturned(case) + money_facts(case) + _beside(case)


def _beside(case: CaseRow) -> list[tuple[str, str]]:
    """What was given beside the case's own remedy."""
    return [
        (f"{said(COMPENSATED)}{_('：')}{label(BESIDE_FORMS, each['form'])}", money(each["amount"], case.currency))
        for each in case.details.get("compensations") or ()
    ]


def _unreturned(case: CaseRow) -> list[tuple[str, str]]:
    """What is missing, what part of the price is asked for or offered, what the carrier's record says."""
    details = case.details
    rows = [(said(MISSING.label), label(dict(MISSING.choices), details["missing"]))] if details.get("missing") else []
    if details.get("part_name"):
        rows.append((said(PART_NAME.label), details["part_name"]))
    if (asked := amount_wanted(case)) is not None:
        rows.append((said(WANTED.label), money(asked, case.currency)))
    if partial := details.get("partial"):
        rows += [(said(PARTIAL), money(partial["amount"], case.currency)), (said(WHY), partial["note"])]
    if delivery := details.get("delivery"):
        rows.append((said(DELIVERED), f"{instant(datetime.fromisoformat(delivery['at']))} {delivery['words']}".strip()))
    lacking = [item.title for item in case.items if item.line in (details.get("lacking") or ())]
    return [*rows, (said(LACKING), "、".join(lacking))] if lacking else rows


def _asked(case: CaseRow) -> list[tuple[str, str]]:
    """What the applicant would like, and what the rule names, while there is no offer."""
    rows = [(_("希望的补偿方式"), label(FORMS, case.details["wish"]))] if case.details.get("wish") else []
    if amount := (case.details.get("promise") or {}).get("amount"):
        rows.append((_("按规则的金额"), money(amount, case.currency)))
    return rows


def _compared(case: CaseRow, each: Mapping[str, Any]) -> list[tuple[str, str]]:
    title = next((item.title for item in case.items if item.line == each["line"]), "")
    several = f"{title}{_('：')}" if len(case.items) > 1 else ""
    rows = [(f"{several}{_('实付')}", money(each["paid"], case.currency))]
    if each["price"] is not None:
        rows.append((f"{several}{_('期内最低价（单件）')}", money(each["price"], case.currency)))
    rows.append((f"{several}{_('可退差额')}", money(each["amount"], case.currency)))
    return rows


def _offered(case: CaseRow, offer: Mapping[str, Any], *, inside: bool) -> list[tuple[str, str]]:
    rows = [(_("补偿方式"), label(FORMS, offer["form"])), (_("金额"), money(offer["amount"], case.currency))]
    if offer.get("article"):
        rows.append((_("补偿商品"), offer["article"]))
    if offer.get("note"):
        rows.append((_("说明"), offer["note"]))
    if inside:
        bearer = str(offer["bearer"])
        known = {**BEARERS, "platform_advance": ADVANCED}
        words = label(known, bearer) if bearer in known else f"{said(BEARERS['carrier'])} {bearer.partition(':')[2]}"
        rows.append((_("由谁承担"), words))
        if offer["audits"]:
            rows.append((_("已审批"), str(len(offer["audits"]))))
    return rows
