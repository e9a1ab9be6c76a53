"""The kinds of notices: what people may switch off, and through which channels each kind leaves the house."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.foundation.workflow import Text

OUTWARD = ("sms", "email", "call")
CHANNELS = {
    "site": Text("站内", "Site"), "email": Text("邮件", "Mail"), "sms": Text("短信", "Text message"), "call": Text("电话", "Phone call"),
    "im": Text("工作群", "Team chat"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """`must`: about money or a limit that costs a right, so that it always stands on the site and one way out stays open."""

    code: str
    label: Text
    what: Text
    chain: tuple[str, ...]
    must: bool = False
    staff: bool = False


def _kind(code: str, label: tuple[str, str], what: tuple[str, str], *chain: str, must: bool = False, staff: bool = False) -> Kind:
    return Kind(code, Text(*label), Text(*what), chain, must, staff)


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        _kind("act", ("需要您处理", "Your turn"), ("逾期会失去机会的事：寄回、补充凭证、确认扣款",
              "What you lose if you miss it: sending back, adding evidence, agreeing to a deduction"), "sms", "email", "call", must=True),
        _kind("result", ("审核与裁决结果", "Decisions"), ("审核、验收和平台裁决的结果", "Reviews, inspections and rulings"),
              "email", "sms", must=True),
        _kind("money", ("退款与费用", "Money"), ("退款、补偿、费用和发票", "Refunds, compensation, charges and invoices"),
              "sms", "email", must=True),
        _kind("progress", ("处理进度", "Progress"), ("收到申请、取件、收货、检测等进展",
              "Received, picked up, arrived, inspected"), "email"),
        _kind("talk", ("咨询与留言", "Messages"), ("客服和商家回复了您", "Customer service or the shop answered you"), "sms", "email"),
        _kind("survey", ("评价邀请", "Ratings"), ("请您评价服务，以及对您评价的回复",
              "Asking how it was, and answers to your rating"), "email"),
        _kind("turn", ("待我处理", "My turn"), ("轮到您处理的售后单和任务", "Cases and tasks that wait for you"),
              "email", must=True, staff=True),
        _kind("trouble", ("超时与受阻", "Overdue and stuck"), ("超时的任务、无法自动处理的期限、金额不符",
              "Overdue tasks, limits nobody could work off, amounts that differ"), "email", must=True, staff=True),
        _kind("buyers", ("消费者的留言", "From buyers"), ("消费者留言、补充凭证、评价较低",
              "Messages, new evidence, poor ratings"), "email", staff=True),
        _kind("shop", ("商家资金", "Shop's money"), ("保证金、追收、结算", "Deposit, recharges, settlements"),
              "email", must=True, staff=True),
        _kind("clocks", ("时限与考核", "Clocks and score"), ("快到期的时限、违约记录、评分卡", "Limits due soon, breaches, scorecards"),
              "email", must=True, staff=True),
        _kind("house", ("平台财务", "The house's books"), ("对账差异、付款失败、日结不符",
              "Differences, failed payments, books that do not hold"), "email", must=True, staff=True),
        _kind("insurance", ("运费险", "Freight insurance"), ("理赔到期和被拒", "Claims due and refused"), "email", must=True, staff=True),
    )
}  # fmt: skip
KIND_OF: Mapping[str, str] = {
    name: kind
    for kind, names in {
        "act": "approved evidence_asked deduction_proposed pickup_exhausted remind_evidence remind_goods reminded repair_quoted "
               "repair_payment repair_choice repair_appointment complaint_asked lapsed deadline_changed overpaid_asked",
        "result": "rejected ruled accepted not_accepted escalated dispute_opened sent_back complaint_answered reopened closed "
                  "right_opened overdue",
        "money": "refund_started refund_review refund_settled refund_delayed refund_rechecked refund_compared charge_paid_late "
                 "charge_refunded freight_claim_opened freight_claim_approved freight_claim_refused freight_claim_appealed "
                 "freight_claim_paid plan_claim_held plan_claim_used plan_claim_released "
                 "plan_bought plan_payment_failed plan_unpaid plan_goods_gone invoice_reversed invoice_added",
        "talk": "talk_unread new_message", "survey": "survey rating_answered",
        "turn": "staff_turn staff_talk_unread staff_parcel_found staff_refund_refused",
        "trouble": "staff_blocked staff_task staff_money_differs staff_extended staff_silent",
        "buyers": "staff_message staff_attached staff_poor_rating",
        "clocks": "shop_due_soon shop_breach shop_breach_decided shop_scorecard staff_conduct_decided shop_suspended shop_reinstated "
                  "staff_check_done",
        "insurance": "staff_freight_refused insurer_reminder insurer_late",
    }.items()
    for name in names.split()
}  # fmt: skip
# Whatever else there is, by how it begins; what else a buyer hears is progress.
BEGINS = (
    ("plan_", "money"), ("refund_", "money"), ("charge_", "money"), ("invoice_", "money"),
    ("staff_", "turn"), ("shop_", "shop"), ("finance_", "house"), ("insurer_", "insurance"), ("overseer_", "trouble"),
)  # fmt: skip


def kind_of(template: str) -> Kind:
    """The kind of a template; a new one that nobody has sorted yet is found by its name."""
    code = KIND_OF.get(template) or next((kind for begins, kind in BEGINS if template.startswith(begins)), "progress")
    return KINDS[code]
