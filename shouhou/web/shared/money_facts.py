"""Where a case's money goes beside its plain refund, in words: refunded first, freight paid back, another route."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.routes import ROUTES, WAYS
from shouhou.foundation.workflow import Text
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.templatetags.words import money

FLASH, FREIGHT, ROUTE = Text("闪退", "Flash refund"), Text("寄回运费", "Freight of the way back"), Text("退款改退至", "The refund goes to")
WANTED = Text("退款去向（消费者选择）", "Where the refund goes, as chosen")
FLASH_STATES = {
    "offered": Text("快递揽收后即先行退款", "refunded as soon as the carrier has the goods"),
    "paid": Text("已先行退款，商品请按期寄达", "refunded first; the goods are to arrive in time"),
    "covered": Text("已先行退款，商品已验收", "refunded first; the goods were taken back"),
    "collecting": Text("待退还", "to be given back"),
    "paid_back": Text("已退还", "given back"),
    "written_off": Text("已核销", "written off"),
}
FREIGHT_STATES = {
    "claimed": Text("已申报，待处理", "claimed, to be decided"),
    "granted": Text("同意退还", "paid back"),
    "refused": Text("不退还", "not paid back"),
}
# What is told before the application is sent: the promise, and what it depends on.
CONDITIONS = {
    "scan": Text("快递首次扫描揽收后，退款先行退出，无需等待验货。",
                 "The refund goes out at the carrier's first scan, not after the inspection."),
    "apply": Text("审核通过后，退款先行退出，无需等待商品寄回。",
                  "The refund goes out when it is approved, before the goods are sent."),
}
GOODS = Text("商品须在退款后 {days} 天内寄达。", "The goods must arrive within {days} days after that.")
ELSE = Text(
    "未寄达或未通过验收的，我们会请您付款退还；不会自动扣款，逾期未退还将暂停您的闪退资格。",
    "Goods that do not come or are not accepted: we ask you to pay it back. Nothing is taken by itself; who does not pay is not "
    "refunded first again for some time.",
)


def money_facts(case: CaseRow) -> list[tuple[str, str]]:
    """Name and value, in reading order."""
    rows = []
    if flash := case.details.get("flash"):
        due = f" {money(flash['due'], case.currency)}" if flash.get("due") and flash["state"] in ("collecting", "paid_back") else ""
        rows.append((said(FLASH), label(FLASH_STATES, flash["state"]) + due))
    if freight := case.details.get("freight"):
        amount = freight.get("granted") or freight["amount"]
        rows.append((said(FREIGHT), f"{money(amount, case.currency)} · {label(FREIGHT_STATES, freight['state'])}"))
    if route := case.details.get("route"):
        rows.append((said(ROUTE), f"{label(ROUTES, route['kind'])} {route['account']}".strip()))
    elif wanted := case.details.get("refund_route"):
        rows.append((said(WANTED), f"{label(WAYS, wanted['kind'])} {wanted['account']}".strip()))
    return rows


def flash_conditions(flash: Mapping[str, Any] | None) -> list[str]:
    """What the buyer is promised, and on which conditions; nothing where it is refunded when the goods are there."""
    if not flash:
        return []
    return [said(CONDITIONS[flash["when"]]), said(GOODS).format(days=flash["days"]), said(ELSE)]
