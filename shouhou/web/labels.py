"""The words of pages for codes that the domain keeps without a text of its own."""

from shouhou.accounts.models import ROLES
from shouhou.cases.workflows import WORKFLOWS, state_named
from shouhou.foundation.workflow import Text
from shouhou.payments.rules.words import TENDERS as TENDERS
from shouhou.policy.queries import compiled
from shouhou.web.page import said

STAGES = {
    "applied": Text("申请", "Applied"),
    "reviewed": Text("审核", "Reviewed"),
    "goods": Text("寄回", "Goods"),
    "inspected": Text("验收", "Inspected"),
    "resolved": Text("办结", "Resolved"),
    "rated": Text("评价", "Rated"),
}
# What a stage is for a service in which it is something else than in a return.
STAGES_OF = {
    "repair": {"goods": Text("送修", "Hand-in"), "inspected": Text("检测", "Diagnosis"), "resolved": Text("维修", "Repair")},
    "exchange": {"resolved": Text("换新", "Replacement")},
    "complaint": {"applied": Text("投诉", "Complaint"), "reviewed": Text("核实", "Looked into"), "resolved": Text("答复", "Answer")},
    "feedback": {"applied": Text("提交", "Sent"), "reviewed": Text("处理", "Read"), "resolved": Text("答复", "Answer")},
    "resend": {"goods": Text("备货", "Preparing"), "resolved": Text("补发", "Sending")},
    "cancel": {"goods": Text("拦截", "Interception"), "resolved": Text("退款", "Refund")},
    "refund_only": {"goods": Text("查件", "Tracing"), "inspected": Text("协商", "Offer"), "resolved": Text("退款", "Refund")},
}  # fmt: skip
METHODS = {
    "pickup": Text("上门取件", "Pickup at my door"),
    "ship_back": Text("自行寄回", "I send it back"),
    "drop_off": Text("送到网点", "Drop it off"),
}
CHANNELS = {
    "web": Text("网页", "web"), "app": Text("手机应用", "app"), "phone": Text("电话", "phone"), "chat": Text("在线客服", "chat"),
    "form": Text("纸质表单", "paper form"), "outlet": Text("网点", "outlet"), "api": Text("接口", "API"),
}  # fmt: skip
PAYMENT_CHANNELS = {
    "fake": Text("演示渠道", "demo channel"), "stripe": Text("Stripe", "Stripe"), "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"), "offline": Text("线下", "offline"), "inkind": Text("原路返还", "given back in kind"),
    "transfer": Text("银行转账", "bank transfer"),
}  # fmt: skip
VERDICTS = {
    "allow": Text("可以办理", "Possible"),
    "allow_paid": Text("可付费办理", "Possible at your cost"),
    "review": Text("需人工审核", "A person will look"),
    "deny": Text("暂不能办理", "Not possible"),
    "na": Text("不适用", "Does not apply"),
}
PAYERS = {
    "customer": Text("您承担", "you pay"), "seller": Text("商家承担", "the seller pays"),
    "platform": Text("平台承担", "the platform pays"), "insurer": Text("保险承担", "the insurer pays"),
}  # fmt: skip
DEADLINE_STATES = {
    "open": Text("进行中", "running"), "paused": Text("暂停", "paused"), "met": Text("按时", "met"),
    "dropped": Text("已取消", "dropped"), "breached": Text("已超时", "breached"),
}  # fmt: skip
FINDINGS = {
    "accepted": Text("通过", "accepted"), "rejected": Text("不通过", "rejected"), "refer": Text("待人工判定", "referred"),
    "partial": Text("部分通过", "partly accepted"), "partly": Text("部分通过", "partly accepted"),
}  # fmt: skip
OTHERS = {"consumer": Text("消费者", "consumer"), "carrier": Text("承运商", "carrier"), "system": Text("系统", "system")}
MERCHANT_SIDE = ("merchant_operator", "merchant_manager")


def label(table: dict[str, Text], code: str) -> str:
    """The code's words in the page's language; an unknown code stands for itself."""
    return said(table[code]) if code in table else code


def limit_label(book: str, version: str, term: str) -> str:
    """A limit is called what the policy book calls the term that it comes from."""
    terms = compiled(book, version).terms.terms
    return said(terms[term].label) if term in terms else term


def status_label(service: str, status: str) -> str:
    """Also of a case that another service has passed on: a state of its earlier life keeps its words."""
    try:
        return said(state_named(service, status).label)
    except StopIteration:
        return status


def stage_label(service: str, stage: str) -> str:
    return said(STAGES_OF.get(service, {}).get(stage) or STAGES[stage])


def service_label(service: str) -> str:
    return said(WORKFLOWS[service].label) if service in WORKFLOWS else service


def role_label(role: str) -> str:
    """For staff: the exact role."""
    return said(Text(*ROLES[role])) if role in ROLES else label(OTHERS, role)


def side_label(role: str, reader: str) -> str:
    """Who acts, as `reader` should hear it: a consumer hears of "you", the merchant, the courier or the platform."""
    if reader != "consumer":
        return role_label(role)
    if role == "consumer":
        return said(Text("您", "You"))
    if role in ("carrier", "system"):
        return label(OTHERS, role)
    if role in (*MERCHANT_SIDE, "inspector", "reviewer", "clerk", "technician"):
        return said(Text("商家", "The seller"))
    return said(Text("平台客服", "Customer service"))


def tone(status: str, waits_on: str, reader: str) -> str:
    """The tag's tone: good, bad, wait, or turn when it is the reader's own turn."""
    if status in ("refunded", "closed", "accepted", "handed_back", "replacement_delivered", "allowed"):
        return "good"
    if status in ("rejected", "not_accepted", "refund_stuck", "lapsed", "cancelled", "denied", "no_stock", "unrepairable"):
        return "bad"
    mine = waits_on == reader or (reader != "consumer" and waits_on not in ("consumer", "carrier", "system", ""))
    return "turn" if mine else "wait"
