"""维修 repair: four modes, diagnosis, quote, parts, test, hand-back, and the rights that open when it fails (REP, RFD-02; L-12)."""

from dataclasses import replace
from typing import Any

from shouhou.cases.workflows.asks import (
    CARRIER_CODE,
    CONSUMER,
    FAULT,
    NOTE,
    OVERRIDE_REASONS,
    OVERRIDERS,
    REASON,
    REVIEWERS,
    STATES_OF_GOODS,
    SYSTEM,
    TRACKING,
)  # fmt: skip
from shouhou.cases.workflows.beside import beside_moves, with_audit
from shouhou.cases.workflows.contact import READY, READY_MOVES
from shouhou.cases.workflows.flash import NAMES as FLASH
from shouhou.cases.workflows.freight_back import NAMES as FREIGHT
from shouhou.cases.workflows.loan import TAKE_BACK_LOAN, TECHNICIANS
from shouhou.cases.workflows.on_top import NAMES as ON_TOP
from shouhou.cases.workflows.returns import RETURN, REVIEW, SUPERVISORS, UNPACKING
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import (
    Applying,
    Ask,
    Limit,
    State,
    Text,
    Who,
    Workflow,
    merged,
    moves_of,
    states_of,
)
from shouhou.plans.rules.kinds import DOCUMENTS
from shouhou.repairs.rules.faults import CAUSES, CHECKS, FAULT_TEXTS
from shouhou.repairs.rules.modes import MODES

BOOKERS: frozenset[Who] = TECHNICIANS | CONSUMER | {"agent"}
# Whose turn it is in these, it is not the repairer's: the repairer's thirty days stand still.
PAUSES = frozenset({"plan_documents", "quoted", "awaiting_payment", "waiting_parts", "unrepairable", "disputed"})
REPAIR = Limit("repair", "repair_limit_days", "repair_overdue", since="repair_began_at", pauses_in=PAUSES)
BENCH = "diagnosing plan_documents quoting quoted awaiting_payment repairing waiting_parts testing unrepairable ready"
AWAITED = "awaiting_goods awaiting_visit awaiting_appointment"
# Sent in to be repaired, not sent back.
WORDS: dict[str, dict[str, Any]] = {
    "awaiting_goods": {
        "label": Text("待寄修", "To be sent in"),
        "hint": Text("请在期限内寄出、预约上门取件或送到网点。", "Send it in, book a pickup or drop it off in time."),
    },
    "in_transit": {
        "label": Text("寄修运输中", "On its way to the workshop"),
        "hint": Text("商品在寄修途中，收到后开始检测。", "It is on its way; the diagnosis starts when it arrives."),
    },
}

SHARED = tuple(
    replace(state, **WORDS[state.name]) if state.name in WORDS else state for state in states_of(
        RETURN, "submitted evidence_asked escalated rejected awaiting_goods pickup_booked in_transit disputed closed cancelled lapsed",
        without=("approve_by_book", "note_late_claim", "compare_page", *FLASH, *ON_TOP),
    )
)  # fmt: skip
STATES = (
    *SHARED,
    State("awaiting_visit", Text("待到店", "Waiting for your visit"), "goods", "consumer",
          (Limit("visit", "visit_days", "lapse", remind="ship_back_reminder_days"),),
          hint=Text("请在期限内带商品和工单号到店。", "Bring the item and the ticket number to the service point in time.")),
    State("awaiting_appointment", Text("待预约", "Appointment to be made"), "goods", "consumer",
          (Limit("appointment", "appointment_days", "lapse", remind="ship_back_reminder_days"),),
          hint=Text("请选择上门或远程指导的时间。", "Choose a time for the visit or the session.")),
    State("appointment_booked", Text("已预约", "Appointment booked"), "goods", "technician",
          (Limit("appointment_kept", "appointment_overdue_hours", "technician_absent", since="appointment_ends_at"),),
          hint=Text("工程师将按预约时间上门或联系您；需要改期请提前改约。",
                    "The technician comes or calls in the window; to change it, book another one beforehand.")),
    State("diagnosing", Text("检测中", "Being diagnosed"), "inspected", "technician",
          (Limit("diagnosis", "diagnosis_hours", "note_diagnosis"), REPAIR),
          hint=Text("工程师正在检测，确定故障与是否在保。", "The technician finds out what is wrong and whether the warranty covers it.")),
    State("plan_documents", Text("待补充保障凭证", "Evidence for the plan needed"), "inspected", "consumer",
          (Limit("plan_documents", "plan_documents_days", "plan_documents_lapsed", remind="plan_documents_reminder_days"),),
          hint=Text("您的保障计划可承担本次维修：请补充计划要求的凭证；逾期未补充将按付费维修报价。",
                    "Your plan can pay for this repair: give what it asks for; without it in time the repair is quoted to you.")),
    State("quoting", Text("待报价", "Quote due"), "inspected", "technician", (Limit("quote", "quote_hours", "note_quote"), REPAIR),
          hint=Text("不在免费维修范围，工程师正在报价；您同意并付款前不会开始。",
                    "Not covered: the technician prepares a quote; nothing begins before you accept and pay.")),
    State("quoted", Text("待确认报价", "Quote to be answered"), "inspected", "consumer",
          (Limit("quote_valid", "quote_valid_days", "quote_lapsed", remind="quote_reminder_days"),),
          hint=Text("请确认报价；不接受或过期将原样交还。", "Answer the quote; declined or expired, the item comes back as it is.")),
    State("awaiting_payment", Text("待付维修费", "Repair to be paid"), "inspected", "consumer",
          (Limit("repair_payment", "repair_payment_days", "charge_expired"),),
          hint=Text("付款后立即开始维修。", "The repair begins as soon as it is paid.")),
    State("repairing", Text("维修中", "Being repaired"), "resolved", "technician", (REPAIR,),
          hint=Text("正在维修；超过规定期限您可换货。", "Being repaired; should it take too long you may have an exchange.")),
    State("waiting_parts", Text("待配件", "Waiting for parts"), "resolved", "technician",
          (Limit("parts_phone", "parts_limit_days", "repair_overdue", since="repair_since", when="phone_or_pc"),
           Limit("parts_other", "parts_limit_long_days", "repair_overdue", since="repair_since", when="not_phone_or_pc")),
          hint=Text("正在等待配件；超过规定期限您可换货。", "Waiting for a part; should it take too long you may have an exchange.")),
    State("testing", Text("待测试", "To be tested"), "resolved", "technician", (REPAIR,),
          hint=Text("已修好，正在测试。", "Repaired and being tested.")),
    State("unrepairable", Text("无法修复，待您选择", "Not repairable: your choice"), "resolved", "consumer",
          (Limit("repair_choice", "repair_choice_days", "refund_unchosen", remind="quote_reminder_days"),),
          hint=Text("商品无法修复：可换货、退款，或原样取回；不选择将为您退款。",
                    "It cannot be repaired: take an exchange, your money, or the item as it is; without a choice you are refunded.")),
    State("ready", Text("待交还", "Ready to hand back"), "resolved", "technician",
          (Limit("hand_back", "ship_hours", "note_hand_back"), READY),
          hint=Text("即将寄回，或请到店领取。", "It is about to be sent, or can be fetched.")),
    State("on_way_back", Text("寄回途中", "On its way back to you"), "resolved", "carrier",
          (Limit("back_transit", "in_transit_days", "note_transit"),),
          hint=Text("商品已寄回，请留意收件。", "Your item is on its way.")),
    State("handed_back", Text("已交还，待确认", "Handed back"), "rated", "consumer", (Limit("confirm", "confirm_days", "close"),),
          hint=Text("请检查后确认；仍有故障请直接说明。", "Check it and confirm; if it still fails, say so.")),
    State("loan_due", Text("待归还备用机", "Loan unit to be returned"), "rated", "consumer",
          (Limit("loan_return", "loan_return_days", "keep_deposit", remind="loan_return_reminder_days"),),
          hint=Text("维修已完成，请归还备用机；归还后退还押金，逾期不还押金不再退还。",
                    "The repair is done: return the loan unit and your deposit goes back; not returned in time, it is kept.")),
)  # fmt: skip
STATES = with_audit(STATES)
OPEN = " ".join(state.name for state in STATES if not state.final)

FINDINGS = {
    "faulty": Text("确有故障", "there is a fault"),
    "no_fault": Text("未发现故障", "no fault found"),
    "unrepairable": Text("有故障且无法修复", "a fault that cannot be repaired"),
}
MODE = Ask("mode", "choice", Text("维修方式", "Mode of repair"), choices={str(code): label for code, label in MODES.items()})
POINT = Ask("point", "text", Text("服务网点（编号）", "Service point (code)"), most=24)
FAULT_CODE = Ask("fault_code", "choice", Text("故障", "Fault"), choices=FAULT_TEXTS)
DONE = Ask("done", "text", Text("维修内容", "What was done"), required=True, most=2000)
PARTS_USED = Ask(
    "parts", "items", Text("更换的配件", "Parts replaced"), help=Text("名称、旧序列号、新序列号", "Name, old serial, new serial"),
)  # fmt: skip
PHOTOS = Ask("photos", "files", Text("照片", "Photos"), most=9)
WHEN = (
    Ask("start", "instant", Text("开始时间", "From"), required=True),
    Ask("end", "instant", Text("结束时间", "Until"), help=Text("不填为两小时", "Empty: two hours later")),
)  # fmt: skip
# Who fetches it proves it: by the code on the consumer's page, or in a way that is named, with a note of it. Not at home.
PROOF = (
    Ask("code", "text", Text("取件码（到店领取）", "Pickup code (fetched at the counter)"), most=12),
    Ask("checked", "choice", Text("没有取件码时如何核对来人", "Without the code: how you checked who is there"), choices={
        "identity": Text("核对了姓名与手机后四位", "name and last four digits were checked"),
        "authorised": Text("凭消费者的书面授权代领", "somebody else, with the consumer's written word"),
        "other": Text("其他方式（说明写明）", "in another way (say which in the note)"),
    }),
)  # fmt: skip
# What each is: plans/rules/kinds.py; which of them, the kind of the plan says.
PLAN_PAPERS = (
    Ask("damage_photo", "files", DOCUMENTS["damage_photo"], most=6), Ask("serial_photo", "files", DOCUMENTS["serial_photo"], most=3),
    Ask("account_of_accident", "text", DOCUMENTS["account_of_accident"], most=1000),
)  # fmt: skip


# Not where a quote is due: what is repaired at the consumer's cost opens no other remedy.
RIGHTS = f"submitted evidence_asked escalated {AWAITED} appointment_booked diagnosing repairing waiting_parts testing unrepairable"
ALWAYS = {
    "dispute": "quoted ready", "lapse": "awaiting_visit awaiting_appointment",
    "cancel": "awaiting_visit awaiting_appointment appointment_booked", "note_transit": "on_way_back",
}  # fmt: skip

MOVES = merged(
    *moves_of(
        RETURN, STATES, also=ALWAYS,
        without=("approve_by_book", "note_late_claim", "compare_page", "send_rest", *FREIGHT, *FLASH, *ON_TOP),
    ),
    # ------------------------------------------------------------------------------------------------ review
    move("register_repair", "登记维修工单", "Register the work order", "submitted evidence_asked", None, SYSTEM,
          says=Text("已登记维修工单", "a work order was opened")),
    move("approve", "同意", "Approve", REVIEW, "awaiting_goods", REVIEWERS, MODE, POINT, FAULT, NOTE,
          says=Text("审核通过", "approved"), primary=True, or_to="awaiting_visit awaiting_appointment"),
    move("approve_in_doubt", "逾期未决，从优通过", "Approve in doubt", "escalated", "awaiting_goods", SYSTEM,
          says=Text("平台逾期未决，按有利于消费者原则通过", "not decided in time: approved in the consumer's favour"),
          or_to="awaiting_visit awaiting_appointment"),
    move("override_approve", "特批通过", "Approve by override", "submitted escalated rejected", "awaiting_goods", OVERRIDERS,
          Ask("override_reason", "choice", Text("特批理由", "Named reason"), required=True, choices=OVERRIDE_REASONS),
          Ask("note", "text", Text("说明", "Note"), required=True, most=1000), FAULT, MODE, POINT,
          says=Text("特批通过", "approved by override"), or_to="awaiting_visit awaiting_appointment"),
    # ------------------------------------------------------------------------------------------------ getting it here
    move("choose_mode", "更换维修方式", "Choose another mode", f"{AWAITED} appointment_booked", "awaiting_goods",
          CONSUMER | TECHNICIANS | {"agent"}, replace(MODE, required=True), POINT,
          says=Text("更换了维修方式", "chose another mode"), or_to="awaiting_visit awaiting_appointment"),
    move("receive", "收件登记", "Register receipt", "awaiting_goods pickup_booked in_transit", "diagnosing", TECHNICIANS,
          *UNPACKING, says=Text("收到商品", "received the goods"), primary=True),
    move("receive_late", "登记迟到包裹", "Register a late parcel", "lapsed cancelled", "diagnosing", TECHNICIANS, *UNPACKING,
          says=Text("失效或取消后收到商品，恢复处理", "the goods came after the case had ended: it goes on"), when="nothing_open"),
    move("check_in", "到店登记", "Check in at the counter", "awaiting_visit", "diagnosing", TECHNICIANS,
          Ask("appearance", "choice", Text("外观", "Appearance"), required=True, choices=STATES_OF_GOODS),
          Ask("accessories", "choice", Text("配件", "Accessories"), required=True, choices=STATES_OF_GOODS),
          Ask("serial", "text", Text("序列号", "Serial"), most=80), NOTE,
          says=Text("已到店登记", "checked in at the service point"), primary=True),
    move("book_visit", "预约时间", "Book a time", "awaiting_appointment appointment_booked", "appointment_booked", BOOKERS,
          *WHEN, NOTE, says=Text("预约了时间", "booked an appointment"), primary=True),
    move("cancel_visit", "取消预约", "Cancel the appointment", "appointment_booked", "awaiting_appointment", BOOKERS, NOTE,
          says=Text("取消了预约", "cancelled the appointment")),
    move("consumer_absent", "消费者不在", "The consumer was not there", "appointment_booked", "awaiting_appointment", TECHNICIANS,
          Ask("note", "text", Text("说明", "Note"), required=True, most=500), or_to="lapsed",
          says=Text("按约上门，消费者不在", "came as agreed, the consumer was not there"), denies=True),
    move("technician_absent", "工程师未到", "The technician did not come", "appointment_booked", "awaiting_appointment",
          CONSUMER | SYSTEM, NOTE, says=Text("工程师未按约到达，请重新预约", "the technician did not come: book again")),
    move("start_visit", "开始上门或远程服务", "Start the visit or session", "appointment_booked", "diagnosing", TECHNICIANS,
          Ask("serial", "text", Text("序列号", "Serial"), most=80), NOTE, says=Text("工程师已开始服务", "the technician has begun"),
          primary=True),
    # ------------------------------------------------------------------------------------------------ diagnosis
    move("take_job", "由我维修", "Take the job", BENCH + " appointment_booked", None, TECHNICIANS,
          says=Text("工程师已接单", "a technician has taken it")),
    move("diagnose", "登记检测结果", "Register the diagnosis", "diagnosing plan_documents repairing waiting_parts", "repairing",
          TECHNICIANS,
          Ask("finding", "choice", Text("检测结果", "Finding"), required=True, choices=FINDINGS),
          Ask("cause", "choice", Text("原因", "Cause"), choices=CAUSES,
              help=Text("须能说明因果，仅有痕迹不够。", "The causal link must be shown; mere traces are not enough.")),
          FAULT_CODE, Ask("note", "text", Text("检测说明", "What was found"), required=True, most=1000), PHOTOS,
          says=Text("检测完成", "diagnosed"), primary=True, or_to="quoting plan_documents unrepairable ready",
          when="is_repair"),
    move("begin_maintenance", "开始保养或安装", "Begin the maintenance or installation", "diagnosing", "quoting", TECHNICIANS,
          Ask("charge", "choice", Text("收费", "Charge"), required=True,
              choices={"free": Text("免费", "free"), "paid": Text("收费", "at a price")}), NOTE,
          says=Text("开始保养或安装", "maintenance or installation begun"), primary=True, or_to="repairing", when="is_maintenance"),
    move("guide", "指导解决", "Solved by guidance", "diagnosing awaiting_appointment appointment_booked", "closed",
          TECHNICIANS | {"agent"}, Ask("note", "text", Text("如何解决", "How it was solved"), required=True, most=1000),
          says=Text("经指导已解决，不计维修次数", "solved by guidance; no repair is counted"), when="at_home", or_to="loan_due"),
    move("take_along", "取回维修", "Take it to the workshop", "diagnosing", None, TECHNICIANS, NOTE,
          says=Text("工程师将商品带回维修", "the technician takes it to the workshop"), when="on_site"),
    move("needs_workshop", "改为其他方式维修", "Another mode is needed", "diagnosing", "awaiting_goods", TECHNICIANS | CONSUMER,
          replace(MODE, required=True), POINT, NOTE, or_to="awaiting_visit awaiting_appointment", when="at_home",
          says=Text("需以其他方式维修", "it needs another mode of repair")),
    move("send_plan_documents", "补充保障凭证", "Give the evidence", "plan_documents", "quoting", CONSUMER, *PLAN_PAPERS,
          says=Text("补充了保障计划要求的凭证", "gave what the plan asks for"), primary=True, or_to="repairing"),
    move("without_plan", "不使用保障计划", "Go on without the plan", "plan_documents", "quoting", CONSUMER,
          says=Text("不使用保障计划，付费维修", "goes on without the plan, at their own cost")),
    move("plan_documents_lapsed", "逾期未补充凭证", "Not given in time", "plan_documents", "quoting", SYSTEM,
          says=Text("逾期未补充凭证，保障计划不承担", "not given in time: the plan does not pay")),
    # ------------------------------------------------------------------------------------------------ at the consumer's cost
    move("quote", "报价", "Quote", "quoting quoted", "quoted", TECHNICIANS,
          Ask("parts_fee", "money", Text("零件费", "Parts"), required=True, most=100_000_000),
          Ask("labour_fee", "money", Text("人工费", "Labour"), required=True, most=100_000_000),
          Ask("lines", "items", Text("明细", "Details")), NOTE, says=Text("已报价", "quoted"), primary=True),
    move("accept_quote", "接受报价", "Accept the quote", "quoted", "awaiting_payment", CONSUMER,
          says=Text("接受了报价", "accepted the quote"), primary=True, or_to="repairing"),
    move("decline_quote", "不接受报价", "Decline the quote", "quoted awaiting_payment", "ready", CONSUMER, NOTE,
          says=Text("未接受报价，原样交还", "declined the quote: handed back as it is")),
    move("quote_lapsed", "报价过期", "Quote expired", "quoted", "ready", SYSTEM,
          says=Text("报价过期，原样交还", "the quote expired: handed back as it is")),
    move("charge_paid", "维修费已付", "Repair paid", "awaiting_payment", "repairing", SYSTEM,
          says=Text("已付维修费，开始维修", "paid, the repair begins")),
    move("charge_failed", "付款未成功", "Payment failed", "awaiting_payment", None, SYSTEM,
          Ask("detail", "text", Text("原因", "Reason"), most=200),
          says=Text("付款未成功，可重新支付", "the payment failed and can be tried again")),
    move("charge_expired", "逾期未付款", "Not paid in time", "awaiting_payment", "ready", SYSTEM,
          says=Text("逾期未付款，原样交还", "not paid in time: handed back as it is")),
    # ------------------------------------------------------------------------------------------------ at the bench
    move("order_part", "订购配件", "Order a part", "repairing waiting_parts", "waiting_parts", TECHNICIANS,
          Ask("part", "text", Text("配件", "Part"), required=True, most=120),
          Ask("part_number", "text", Text("配件号", "Part number"), most=60),
          Ask("quantity", "number", Text("数量", "Quantity"), most=99), Ask("expected", "date", Text("预计到货", "Expected")),
          says=Text("订购了配件", "ordered a part")),
    move("part_arrived", "配件到货", "Part arrived", "waiting_parts", "repairing", TECHNICIANS,
          Ask("number", "number", Text("第几个（不填为全部）", "Which one (empty: all)"), most=99), or_to="waiting_parts",
          says=Text("配件已到", "a part has arrived"), primary=True),
    move("finish_repair", "登记维修内容", "Register what was done", "repairing", "testing", TECHNICIANS, DONE, PARTS_USED, PHOTOS,
          says=Text("维修完成，待测试", "repaired, to be tested"), primary=True),
    move("test", "登记测试", "Register the test", "testing", "ready", TECHNICIANS,
          Ask("checklist", "checklist", Text("测试清单（勾选合格项）", "Checklist (tick what passed)"), required=True, choices=CHECKS),
          NOTE, says=Text("已测试", "tested"), primary=True, or_to="repairing"),
    move("lend_unit", "借出备用机", "Lend a unit", BENCH, None, TECHNICIANS,
          Ask("title", "text", Text("备用机", "Loan unit"), required=True, most=120),
          Ask("serial", "text", Text("序列号", "Serial"), required=True, most=80),
          Ask("deposit", "money", Text("押金", "Deposit"), most=100_000_000),
          says=Text("借出了备用机", "lent a unit"), when="no_loan"),
    replace(TAKE_BACK_LOAN, or_to=frozenset({"closed"}), sources=frozenset(
        f"{BENCH} on_way_back handed_back loan_due closed lapsed cancelled disputed {AWAITED}".split())),
    move("keep_deposit", "备用机逾期未还，扣留押金", "Not returned: the deposit is kept", "loan_due", "closed", SYSTEM,
          says=Text("备用机逾期未归还，押金不再退还", "the loan unit was not returned in time: the deposit is kept")),
    note("deposit_paid", "押金已付", "Deposit paid", f"{BENCH} on_way_back handed_back loan_due"),
    note("deposit_unpaid", "押金逾期未付", "Deposit not paid in time", f"{BENCH} on_way_back handed_back loan_due"),
    # ------------------------------------------------------------------------------------------------ home again
    move("ship_repaired", "寄回", "Send it back", "ready", "on_way_back", TECHNICIANS, CARRIER_CODE, TRACKING,
          says=Text("已寄回", "sent back to you"), primary=True, when="in_workshop"),
    move("hand_over", "当面交还", "Hand it over", "ready", "handed_back", TECHNICIANS, *PROOF, NOTE,
          says=Text("已当面交还", "handed over"), primary=True),
    move("parcel_delivered", "寄回送达", "Delivered", "on_way_back", "handed_back", frozenset({"carrier", "system"}),
          says=Text("已送达", "delivered")),
    move("confirm_repair", "确认", "Confirm", "on_way_back handed_back", "closed", CONSUMER,
          says=Text("确认完成", "confirmed"), primary=True, or_to="loan_due"),
    move("still_broken", "仍有故障", "It still fails", "handed_back", "awaiting_goods", CONSUMER, REASON, FAULT_CODE,
          Ask("evidence", "files", Text("凭证", "Evidence"), most=9), or_to="awaiting_visit awaiting_appointment",
          says=Text("交还后仍有故障，重新维修", "it still fails: repaired again"), when="was_repaired"),
    move("close", "完成", "Close", "handed_back", "closed", SYSTEM, says=Text("期满未异议，已完成", "confirmed by silence"),
          or_to="loan_due"),
    # ------------------------------------------------------------------------------------------------ disputes
    move("rule_for_consumer", "裁决支持消费者", "Rule for the consumer", "disputed", "repairing", SUPERVISORS,
          Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000), FAULT, or_to=f"diagnosing {AWAITED}",
          says=Text("平台裁决支持消费者", "the platform ruled for the consumer")),
    move("rule_in_doubt", "逾期裁决支持消费者", "Rule in doubt", "disputed", "repairing", SYSTEM, or_to=f"diagnosing {AWAITED}",
          says=Text("裁决逾期，按有利于消费者原则处理", "no ruling in time: decided in the consumer's favour")),
    move("rule_for_seller", "裁决支持商家", "Rule for the seller", "disputed", "closed", SUPERVISORS,
          Ask("note", "text", Text("裁决理由", "Reasons"), required=True, most=2000), or_to="ready",
          says=Text("平台裁决支持商家", "the platform ruled for the seller")),
    # ------------------------------------------------------------------------------------------------ other remedies
    move("take_exchange", "改为换货", "Take an exchange", RIGHTS, "accepted", CONSUMER, or_to="awaiting_goods", to_service="exchange",
          says=Text("维修未果，改为换货", "turned into an exchange"), when="right_to_exchange"),
    move("take_refund", "改为退货退款", "Take the money", RIGHTS, "accepted", CONSUMER, or_to="awaiting_goods deduction_proposed",
          to_service="return", says=Text("维修未果，改为退货退款", "turned into a return"), when="right_to_return"),
    move("refund_unchosen", "未选择，按退款处理", "Refund without a choice", "unrepairable", "accepted", SYSTEM,
          or_to="deduction_proposed", to_service="return", says=Text("期满未选择，按退款处理", "no choice in time: refunded")),
    move("take_it_back", "原样取回", "Take it back as it is", "unrepairable", "ready", CONSUMER,
          says=Text("选择原样取回", "takes it back as it is")),
    move("pay_plan_money", "保障计划按全损赔付", "The plan pays for the loss", "ready on_way_back handed_back", None,
          frozenset({"supervisor", "finance", "merchant_manager"}),
          Ask("note", "text", Text("核实说明", "What was checked"), required=True, most=1000),
          says=Text("保障计划按无法修复赔付", "the plan paid for what cannot be repaired"), when="total_loss"),
    move("change_to_return", "改为退货退款", "Change to a return", "submitted", "submitted", CONSUMER, to_service="return",
          says=Text("改为退货退款", "changed to a return"), when="return_open"),
    move("change_to_exchange", "改为换货", "Change to an exchange", "submitted", "submitted", CONSUMER, to_service="exchange",
          says=Text("改为换货", "changed to an exchange"), when="exchange_open"),
    # ------------------------------------------------------------------------------------------------ limits
    move("repair_overdue", "维修超期", "Repair overdue", "diagnosing quoting repairing waiting_parts testing", None, SYSTEM,
          says=Text("维修超过规定期限", "the repair is over its limit")),
    note("note_diagnosis", "检测超时", "Diagnosis overdue", "diagnosing"),
    note("note_quote", "报价超时", "Quote overdue", "quoting"),
    note("note_hand_back", "交还超时", "Hand-back overdue", "ready"),
    *READY_MOVES,
    replace(RETURN.need("close_case"), sources=frozenset(
        f"submitted evidence_asked escalated rejected {AWAITED} appointment_booked pickup_booked in_transit".split())),
    replace(RETURN.need("extend"), sources=frozenset(OPEN.split())),
    *beside_moves(STATES),
)  # fmt: skip

REPAIR_SERVICE = Workflow(
    "repair", Text("维修", "Repair"), "submitted", STATES, MOVES,
    Applying(
        verdict="repair", reasons=frozenset({"quality", "maintenance", "installation", "usage"}), claims=True, at_once=("register_repair",),
        asks=(
            MODE, FAULT_CODE, POINT,
            Ask("serial", "text", Text("序列号/IMEI", "Serial or IMEI"), most=80),
            Ask("wish", "text", Text("希望的上门或联系时间", "When a visit or call would suit"), most=200),
        ),
    ),
    prefix="M",
)  # fmt: skip
