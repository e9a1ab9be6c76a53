"""投诉 complaint and 反馈 feedback: acknowledged, looked into with the shop, answered with a finding, escalated once (CMP-01…08)."""

from dataclasses import replace

from shouhou.cases.workflows.asks import CONSUMER, EVIDENCE, NOTE, REASON, SYSTEM
from shouhou.cases.workflows.returns import SUPERVISORS
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Applying, Ask, Limit, State, Text, Who, Workflow

# A complaint is never answered by those it may be about: the shop is heard, the house decides.
DESK: frozenset[Who] = frozenset({"agent", "reviewer", "supervisor"})
SHOP: frozenset[Who] = frozenset({"merchant_operator", "merchant_manager"})
FINDINGS = {
    "substantiated": Text("属实", "substantiated"), "partly": Text("部分属实", "partly substantiated"),
    "not_substantiated": Text("不属实", "not substantiated"),
}  # fmt: skip
AGAINST = {
    "merchant": Text("商家", "the shop"), "platform": Text("平台", "the platform"), "carrier": Text("物流", "the carrier"),
    "nobody": Text("无责任方", "nobody"),
}  # fmt: skip
# Named to whoever is refused, or answered for the last time (L-10, L-28).
OUTSIDE = Text(
    "您还可以拨打 12315 或登录全国 12315 平台投诉、请求消费者协会调解、依仲裁协议申请仲裁，或向人民法院起诉。",
    "You may also complain to the authority (hotline 12315), ask the consumer association to mediate, go to arbitration where agreed,"
    " or go to court.",
)  # fmt: skip
WISH = Ask(
    "wish", "text", Text("希望如何解决", "What you would like to happen"), most=500,
    help=Text("例如道歉、补寄、赔偿；不填也可以。", "An apology, something sent, money: or leave it empty."),
)  # fmt: skip
ABOUT_CASE = Ask(
    "about_case", "text", Text("相关售后单号", "The case it is about"), most=20,
    help=Text("如对某次售后不满意，请填写它的编号。", "If it is about a return, a repair or the like, give its number."),
)  # fmt: skip
ANSWER = Ask("reply", "text", Text("给消费者的答复", "Answer to the consumer"), required=True, most=2000)
ALSO_IN = frozenset({"info_asked"})
REPLY = Limit("reply", "complaint_reply_workdays", "escalate", pauses_in=ALSO_IN)
# CMP-01: somebody owns it soon, at any hour (intake is 24 × 365); else whoever is on duty gets it and those who oversee are told.
OWNER = Limit("owner", "complaint_owner_minutes", "note_unowned", when="never_reopened", aside="agent")
LATE = Limit("reply", "complaint_reply_workdays", "note_reply", pauses_in=ALSO_IN)

STATES = (
    State("submitted", Text("待受理", "To be acknowledged"), "applied", "agent",
          (OWNER, Limit("acknowledge", "complaint_ack_hours", "note_acknowledge"), REPLY),
          hint=Text("已收到，会有人受理并答复您。", "We have it; somebody takes it up and answers you.")),
    State("investigating", Text("核实中", "Being looked into"), "reviewed", "agent", (REPLY,),
          hint=Text("正在核实，期限内答复您。", "It is being looked into; you are answered in time.")),
    State("shop_asked", Text("待商家说明", "The shop is asked"), "reviewed", "merchant_operator",
          (Limit("shop_answer", "first_response_hours", "shop_silent"), REPLY),
          hint=Text("正在听取商家说明，不影响给您答复的期限。", "The shop is being heard; your answer is due as before.")),
    State("info_asked", Text("待您补充", "We ask you for more"), "reviewed", "consumer",
          (Limit("evidence", "evidence_days", "go_on_without", remind="evidence_reminder_days"),),
          hint=Text("请补充说明或凭证；不补充将按现有材料答复。", "Add what is asked for; without it we answer on what there is.")),
    State("escalated", Text("主管处理中", "With the supervisor"), "reviewed", "supervisor",
          (Limit("supervisor", "supervisor_hours", "note_supervisor"), LATE),
          hint=Text("主管正在处理，您无需操作。", "A supervisor has it; you need do nothing.")),
    State("replied", Text("已答复，待您确认", "Answered, over to you"), "resolved", "consumer",
          (Limit("confirm", "confirm_days", "close_answered"),),
          hint=Text("请看答复；不同意可说明理由，由主管再看一次。", "Read the answer; if you disagree, a supervisor looks once more.")),
    State("closed", Text("已完成", "Closed"), "rated", None, final=True),
    State("cancelled", Text("已撤回", "Withdrawn"), "resolved", None, final=True),
)  # fmt: skip
LOOKING = "submitted investigating"
OPEN = "submitted investigating shop_asked info_asked escalated replied"
MOVES = (
    move("acknowledge", "受理", "Acknowledge", "submitted", "investigating", DESK, NOTE,
         says=Text("已受理", "acknowledged"), primary=True),
    note("note_unowned", "无人负责，转值班人员", "Nobody owned it: given to whoever is on duty", "submitted"),
    note("note_acknowledge", "受理超时", "Acknowledgement overdue", "submitted"),
    move("hear_shop", "请商家说明", "Hear the shop", LOOKING, "shop_asked", DESK,
         Ask("question", "text", Text("请商家说明什么", "What the shop should explain"), required=True, most=1000),
         says=Text("请商家说明", "asked the shop to explain"), when="has_shop"),
    # Where the house sells itself, whoever looks into it writes down what the department says.
    move("shop_answers", "说明情况", "Explain", "shop_asked", "investigating", SHOP | DESK,
         Ask("explanation", "text", Text("情况说明", "Explanation"), required=True, most=2000), EVIDENCE,
         says=Text("商家作了说明", "the shop explained"), primary=True),
    move("shop_silent", "商家未说明", "The shop did not explain", "shop_asked", "investigating", SYSTEM,
         says=Text("商家未在期限内说明", "the shop did not explain in time")),
    move("ask_more", "请消费者补充", "Ask for more", LOOKING, "info_asked", DESK,
         Ask("what", "text", Text("需要什么", "What is needed"), required=True, most=500),
         says=Text("请您补充", "asked for more")),
    move("tell_more", "补充", "Add more", "info_asked", "investigating", CONSUMER,
         Ask("description", "text", Text("补充说明", "What you want to add"), required=True, most=2000), EVIDENCE,
         says=Text("补充了说明", "added more"), primary=True),
    move("go_on_without", "未补充，继续处理", "Goes on without", "info_asked", "investigating", SYSTEM,
         says=Text("期限内未补充，按现有材料继续", "nothing was added: it goes on with what there is")),
    move("reply", "答复", "Answer", f"{LOOKING} escalated", "replied", DESK,
         Ask("finding", "choice", Text("核实结论", "Finding"), required=True, choices=FINDINGS),
         Ask("against", "choice", Text("责任方", "Who is responsible"), required=True, choices=AGAINST),
         ANSWER,
         Ask("solution", "text", Text("解决方案", "Solution"), required=True, most=1000),
         Ask("clause", "text", Text("依据（条款或规则）", "Basis (clause or rule)"), required=True, most=80), EVIDENCE,
         says=Text("已答复", "answered"), primary=True),
    move("accept_reply", "同意，结束投诉", "Agree and close", "replied", "closed", CONSUMER,
         says=Text("同意答复", "agreed with the answer"), primary=True),
    move("disagree", "不同意", "Disagree", "replied", "escalated", CONSUMER, REASON, EVIDENCE,
         says=Text("不同意答复，由主管再看", "disagreed: a supervisor looks again"), when="answered_once"),
    move("close_answered", "期满结束", "Close after the answer", "replied", "closed", SYSTEM,
         says=Text("期满未异议，已结束", "closed after the answer")),
    move("escalate", "升级主管", "Escalate", f"{LOOKING} shop_asked", "escalated",
         SYSTEM | frozenset({"agent", "supervisor"}), NOTE, says=Text("升级至主管", "escalated to a supervisor")),
    note("note_reply", "答复超时", "Answer overdue", "escalated"),
    note("note_supervisor", "主管处理超时", "Supervisor overdue", "escalated"),
    move("cancel", "撤回投诉", "Withdraw", OPEN, "cancelled", CONSUMER, NOTE, says=Text("撤回了投诉", "withdrawn"), danger=True),
    move("reopen", "重新开启", "Reopen", "closed", "submitted", frozenset({"consumer", "agent", "supervisor"}), REASON, EVIDENCE,
         says=Text("重新开启", "reopened")),
    move("extend", "延长期限", "Extend a limit", OPEN, None, SUPERVISORS | frozenset({"operations"}),
         Ask("deadline", "text", Text("期限", "Which limit"), required=True, most=40),
         Ask("hours", "number", Text("延长小时数", "Hours more"), required=True, most=720), REASON,
         says=Text("延长了期限", "extended a limit")),
)  # fmt: skip
ABOUT = frozenset({
    "about_presale", "about_order", "about_delivery", "about_install", "about_use", "about_repair", "about_goods", "about_return",
    "about_people", "about_shop", "about_charge", "about_other",
})  # fmt: skip

COMPLAINT = Workflow(
    "complaint", Text("投诉", "Complaint"), "submitted", STATES, MOVES,
    Applying(about_goods=False, reasons=ABOUT, asks=(WISH, ABOUT_CASE)), prefix="C",
)  # fmt: skip
# CMP-08: no fault is found and nobody is judged; it is read and answered in the same time.
FEEDBACK = Workflow(
    "feedback", Text("反馈与建议", "Feedback"), "submitted",
    (
        replace(STATES[0], limits=(REPLY,), label=Text("待答复", "To be answered"),
                hint=Text("已收到，会有人答复您。", "We have it; somebody answers you.")),
        replace(STATES[4], limits=(Limit("supervisor", "supervisor_hours", "note_supervisor"), LATE)),
        *STATES[6:],
    ),
    (
        move("answer_feedback", "答复", "Answer", "submitted escalated", "closed", DESK, ANSWER,
             says=Text("已答复", "answered"), primary=True),
        move("escalate", "升级主管", "Escalate", "submitted", "escalated", SYSTEM | frozenset({"agent", "supervisor"}), NOTE,
             says=Text("升级至主管", "escalated to a supervisor")),
        note("note_reply", "答复超时", "Answer overdue", "escalated"),
        note("note_supervisor", "主管处理超时", "Supervisor overdue", "escalated"),
        move("cancel", "撤回", "Withdraw", "submitted escalated", "cancelled", CONSUMER, NOTE,
             says=Text("撤回了", "withdrawn"), danger=True),
        move("extend", "延长期限", "Extend a limit", "submitted escalated", None, SUPERVISORS | frozenset({"operations"}),
             Ask("deadline", "text", Text("期限", "Which limit"), required=True, most=40),
             Ask("hours", "number", Text("延长小时数", "Hours more"), required=True, most=720), REASON,
             says=Text("延长了期限", "extended a limit")),
    ),
    Applying(about_goods=False, reasons=frozenset({"praise", "suggestion"}), asks=(ABOUT_CASE,)), prefix="C",
)  # fmt: skip
