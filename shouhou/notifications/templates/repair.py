"""What the consumer is told of a repair: where it stands, what it costs, what else is open now."""

from shouhou.notifications.templates.template import template

REPAIR = (
    template(
        "repair_visit",
        ("维修已通过：请在{due}前到店", "Repair approved: please bring it by {due}"),
        ("您的维修申请 {number}（{items}）已通过，请到店维修。", "Your repair {number} ({items}) is approved; please bring it in."),
        ("网点、地址、营业时间与携带物品见售后单的留言。", "Place, address, hours and what to bring stand in the messages of the case."),
        ("逾期未到店，申请将失效（期限内可重新开启）。", "After that it lapses and can be opened again while the window is open."),
    ),
    template(
        "repair_appointment",
        ("请在{due}前预约时间", "Please choose a time by {due}"),
        ("维修单 {number}（{items}）：{said}。请选择上门或远程指导的时间。",
         "Repair {number} ({items}): {said}. Choose a time for the visit or session."),
        ("说明：{note}", "Note: {note}"),
    ),
    template(
        "repair_appointed",
        ("已为您预约：{window}", "Your appointment: {window}"),
        ("维修单 {number}（{items}）的上门或远程服务约在 {window}（北京时间）。",
         "Repair {number} ({items}): the visit or session is on {window} (Beijing time)."),
        ("请备好商品、配件和购买凭证，并保持电话畅通。时间不便可在售后单里改约。",
         "Have the item, its accessories and the receipt ready, and your phone at hand. You can move the time in the case."),
    ),
    template(
        "plan_claim_held",
        ("本次维修由您的保障计划承担", "Your protection plan covers this repair"),
        ("维修单 {number}（{items}）使用保障计划 {plan}，在保障范围内无需您付维修费。",
         "Repair {number} ({items}) is paid by your plan {plan}; what it covers costs you nothing."),
        ("按计划约定由您自付：{deductible}", "By the plan you pay yourself: {deductible}"),
    ),
    template(
        "plan_claim_used",
        ("保障计划已理赔", "Your protection plan was claimed"),
        ("维修单 {number} 已由保障计划 {plan} 理赔一次。", "Repair {number} counts as one claim on your plan {plan}."),
        ("理赔金额：{amount}", "Paid by the plan: {amount}"),
    ),
    template(
        "plan_claim_released",
        ("保障计划的理赔次数未被使用", "Your protection plan was not used"),
        ("维修单 {number} 未使用保障计划 {plan}，理赔次数与额度保留给您。",
         "Repair {number} did not use your plan {plan}; its claims and cover remain yours."),
    ),
    template(
        "repair_quoted",
        ("维修报价 {quote}，请在{due}前确认", "Repair quote of {quote}: please answer by {due}"),
        ("维修单 {number}（{items}）经检测不在免费维修范围，报价 {quote}。",
         "Repair {number} ({items}) is not covered by the warranty; the quote is {quote}."),
        ("说明：{note}", "Note: {note}"),
        ("您同意并付款前不会开始维修；不接受或逾期未确认，商品将原样交还。不认可检测结论可申请平台介入。",
         "Nothing begins before you accept and pay. Declined or unanswered, the item comes back as it is. "
         "If you doubt the diagnosis, ask the platform to step in."),
    ),
    template(
        "repair_payment",
        ("请在{due}前支付维修费 {quote}", "Please pay {quote} for the repair by {due}"),
        ("您已接受维修单 {number} 的报价，付款后立即开始维修。", "You accepted the quote for {number}; the repair begins once it is paid."),
    ),
    template(
        "repair_choice",
        ("商品无法修复，请在{due}前选择换货或退款", "It cannot be repaired: choose an exchange or your money by {due}"),
        ("维修单 {number}（{items}）经检测无法修复。您可以换货、退款，或原样取回，不受申请期限限制。",
         "Repair {number} ({items}): it cannot be repaired. Take an exchange, your money, or the item as it is; no window applies."),
        ("逾期未选择，将为您办理退款。", "Without a choice you are refunded."),
    ),
    template(
        "repair_back",
        ("商品已交还，请确认", "Your item is back: please confirm"),
        ("维修单 {number}（{items}）：{said}。请检查后确认，仍有故障请直接说明。",
         "Repair {number} ({items}): {said}. Check it and confirm; if it still fails, say so."),
        ("{due}前未反馈视为确认。", "Silence until {due} confirms."),
    ),
    template(
        "right_opened",
        ("您现在可以改为换货或退货", "An exchange or a return is open to you now"),
        ("售后单 {number}（{items}）：因维修未果或超期，您可以改为其他服务，依据与选项见售后单。",
         "Case {number} ({items}): as the repair failed or took too long, another remedy is open; the case says which and why."),
        ("您也可以继续等待维修，权利不受影响。", "You may also go on with the repair; the right remains."),
    ),
)  # fmt: skip
