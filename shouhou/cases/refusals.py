"""What a case can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

CASE_NOT_FOUND = refusal(
    "CASE_NOT_FOUND", "not_found", zh="没有找到售后单 {number}，请核对编号。", en="There is no case {number}. Check the number."
)
ORDER_NOT_FOUND = refusal(
    "ORDER_NOT_FOUND", "not_found", zh="没有找到订单 {number}，请核对编号。", en="There is no order {number}. Check the number."
)
MOVE_UNKNOWN = refusal(
    "MOVE_UNKNOWN", "not_found", zh="没有名为 {move} 的操作。", en="There is no move called {move}."
)
MOVE_NOT_NOW = refusal(
    "MOVE_NOT_NOW", "conflict",
    zh="当前状态（{status}）不能进行“{label}”，请刷新查看可用操作。",
    en="“{label}” is not possible in the present state ({status}). Reload to see what is.",
)  # fmt: skip
MOVE_NOT_YOURS = refusal(
    "MOVE_NOT_YOURS", "forbidden", zh="您的角色不能进行“{label}”。", en="Your role may not make the move “{label}”."
)
WITH_THE_PLATFORM = refusal(
    "WITH_THE_PLATFORM", "forbidden",
    zh="该售后单已转平台处理：商家可以同意，不能再进行“{label}”。",
    en="The platform has this case now: the shop may still grant it, but no longer make the move “{label}”.",
)  # fmt: skip
ANSWERS_INVALID = refusal(
    "ANSWERS_INVALID", "invalid", zh="填写的内容有误，请按提示修改。", en="Some answers are not valid. Correct what is marked."
)
NOT_ELIGIBLE = refusal(
    "NOT_ELIGIBLE", "invalid",
    zh="按政策暂不能办理：{why}。可查看依据与补救办法，或申请人工复核。",
    en="The policy does not allow this: {why}. See the clause and the nearest way, or ask for a person to review it.",
)  # fmt: skip
GOODS_UNCONFIRMED = refusal(
    "GOODS_UNCONFIRMED", "conflict",
    zh="打印退货单之前，请先在售后单 {number} 里确认要寄回的商品：序列号与配件。",
    en="Before the slip can be printed, confirm in case {number} what you send: serials and accessories.",
)  # fmt: skip
LINE_UNKNOWN = refusal(
    "LINE_UNKNOWN", "invalid", zh="订单中没有第 {line} 行。", en="The order has no line {line}."
)
LINE_TWICE = refusal(
    "LINE_TWICE", "invalid", zh="第 {line} 行填写了两次，请合并数量。", en="Line {line} stands twice. Add the quantities up."
)
NO_LINES = refusal("NO_LINES", "invalid", zh="请至少选择一件商品。", en="Choose at least one item.")
QUANTITY_TAKEN = refusal(
    "QUANTITY_TAKEN", "conflict",
    zh="第 {line} 行可申请数量为 {left}，您申请了 {asked}。已有售后单占用的数量不能重复申请。",
    en="Line {line} has {left} left to apply for, you asked for {asked}. Units in another case cannot be claimed again.",
)  # fmt: skip
PART_UNDER_WAY = refusal(
    "PART_UNDER_WAY", "conflict", zh="“{part}”已在补发中，不能重复申请。",
    en="“{part}” is being sent already and cannot be asked for again.",
)  # fmt: skip
SERVICE_UNKNOWN = refusal(
    "SERVICE_UNKNOWN", "invalid", zh="暂不提供“{service}”服务。", en="The service “{service}” is not offered yet."
)
REASON_UNKNOWN = refusal("REASON_UNKNOWN", "invalid", zh="没有“{reason}”这个原因。", en="There is no reason “{reason}”.")
DESCRIPTION_REQUIRED = refusal(
    "DESCRIPTION_REQUIRED", "invalid", zh="请描述遇到的问题。", en="Describe the problem."
)
SHOP_UNKNOWN = refusal("SHOP_UNKNOWN", "invalid", zh="没有这家店铺，请核对名称。", en="There is no such shop. Check its name.")
COMPLAINANT_UNKNOWN = refusal(
    "COMPLAINANT_UNKNOWN", "invalid", zh="不清楚是谁、关于哪笔订单，请按提示补充。",
    en="It is not clear who this is from or about which order. Add what is marked.",
)  # fmt: skip
CONTACT_REQUIRED = refusal(
    "CONTACT_REQUIRED", "invalid", zh="请填写联系电话。", en="Give a phone number."
)
NOT_DELIVERED = refusal(
    "NOT_DELIVERED", "invalid", zh="订单尚未发货，请改为取消订单。", en="The order has not been shipped yet. Cancel it instead."
)
RESUBMISSIONS_USED = refusal(
    "RESUBMISSIONS_USED", "conflict",
    zh="已重新提交 {most} 次，请申请平台介入。", en="Submitted again {most} times already. Ask the platform to step in.",
)  # fmt: skip
REOPEN_TOO_LATE = refusal(
    "REOPEN_TOO_LATE", "conflict",
    zh="重新开启的期限已过（{until}）。若商品出现新的问题，请提交新的申请。",
    en="It could be reopened until {until}. For a new defect, apply anew.",
)  # fmt: skip
SAME_PERSON = refusal(
    "SAME_PERSON", "forbidden", zh="大额退款须由另一人复核。", en="A large refund needs a second, different person."
)
INSPECTION_NOT_PASSED = refusal(
    "INSPECTION_NOT_PASSED", "conflict", zh="商品尚未通过验收，不能退款。", en="The goods have not passed inspection: no refund yet."
)
RECEIVED_TOO_MUCH = refusal(
    "RECEIVED_TOO_MUCH", "invalid",
    zh="第 {line} 行申请 {applied} 件，不能登记收到 {received} 件；多出的请登记到无主包裹。",
    en="Line {line}: {applied} applied for, {received} cannot be received on it; register the rest as unidentified.",
)  # fmt: skip
DEADLINE_UNKNOWN = refusal(
    "DEADLINE_UNKNOWN", "invalid", zh="没有正在计时的期限“{deadline}”。", en="No limit “{deadline}” is running."
)
DEADLINE_STATUTORY = refusal(
    "DEADLINE_STATUTORY", "conflict", zh="期限“{deadline}”由法律规定，不能延长。",
    en="The limit “{deadline}” is set by law and cannot be extended."
)
EXTENSION_TOO_LONG = refusal(
    "EXTENSION_TOO_LONG", "conflict",
    zh="一个期限累计最多延长 {most} 小时，还可延长 {left} 小时。", en="One limit can be extended by {most} hours in all; {left} are left.",
)  # fmt: skip
CASE_ENDED = refusal("CASE_ENDED", "conflict", zh="该售后单已结束。", en="This case has ended.")
RATING_NOT_YET = refusal(
    "RATING_NOT_YET", "conflict", zh="售后完成后才能评价。", en="You can rate it once it is completed."
)
CLAIMED_ALREADY = refusal(
    "CLAIMED_ALREADY", "conflict",
    zh="{number} 已由{name}处理，没有改派。", en="{number} is already with {name}. Nothing was changed.",
)  # fmt: skip
RATING_OVER = refusal("RATING_OVER", "conflict", zh="评价期限已过。", en="The time for rating is over.")
EVIDENCE_TOO_MANY = refusal(
    "EVIDENCE_TOO_MANY", "invalid", zh="最多上传 {most} 个文件。", en="At most {most} files."
)
UPLOAD_UNKNOWN = refusal(
    "UPLOAD_UNKNOWN", "invalid", zh="没有找到上传的文件，请重新上传。", en="The uploaded file was not found. Upload it again."
)
RETURN_ADDRESS_MISSING = refusal(
    "RETURN_ADDRESS_MISSING", "conflict",
    zh="商家 {merchant} 没有登记退货地址，请先登记。", en="Merchant {merchant} has no return address. Register one first.",
)  # fmt: skip
OVERRIDE_NOT_YOURS = refusal(
    "OVERRIDE_NOT_YOURS", "forbidden", zh="只有客服可以特批。", en="Only staff may override the policy, with a named reason."
)
ALREADY_REFUNDED = refusal(
    "ALREADY_REFUNDED", "conflict",
    zh="该售后单已退款，不能重新开启；如有新的问题，请提交新的申请。",
    en="This case has been refunded and cannot be reopened. For a new problem, apply anew.",
)  # fmt: skip
CONSENT_NOT_YOURS = refusal(
    "CONSENT_NOT_YOURS", "forbidden",
    zh="扣款须由消费者本人同意；提出扣款的人和商家不能代为同意。",
    en="A deduction needs the consumer's own consent; neither who proposed it nor the shop can give it for them.",
)  # fmt: skip
GOODS_HERE = refusal(
    "GOODS_HERE", "conflict",
    zh="商品已在商家处，须先验收、退款或退回商品，不能直接关闭；如需关闭请联系平台客服。",
    en="The goods are with the shop: inspect, refund or send them back first. Only the platform may close it as it is.",
)  # fmt: skip
WRONG_REPLACEMENT = refusal(
    "WRONG_REPLACEMENT", "conflict",
    zh="扫到的是 {scanned}，应换出 {owed}：不能出库。请核对商品。",
    en="{scanned} was scanned, {owed} is owed: it cannot go out. Check the article.",
)
OLD_UNIT = refusal(
    "OLD_UNIT", "conflict",
    zh="序列号 {serials} 是消费者退回或原来购买的那一件，不能作为新品发出。",
    en="Serial {serials} is the unit the consumer bought or sent back: it cannot go out as the replacement.",
)  # fmt: skip
REPAIR_ONE_UNIT = refusal(
    "REPAIR_ONE_UNIT", "invalid", zh="每张维修单只办理一件商品，请分别提交。", en="One repair is for one unit. Apply for each of them."
)
MODE_NOT_OFFERED = refusal(
    "MODE_NOT_OFFERED", "invalid", zh="该商品不支持“{mode}”，可选：{offered}。",
    en="“{mode_en}” is not offered for this article. Choose: {offered_en}."
)
NO_SERVICE_POINT = refusal(
    "NO_SERVICE_POINT", "invalid",
    zh="附近没有受理该商品维修的网点，请选择寄修或其他方式。", en="No service point nearby takes it in. Choose mail-in or another mode.",
)  # fmt: skip
NOT_YET_TIME = refusal(
    "NOT_YET_TIME", "conflict", zh="预约时段（{window}）尚未到，暂不能登记。", en="The window ({window}) has not come yet."
)
CAUSE_REQUIRED = refusal(
    "CAUSE_REQUIRED", "invalid", zh="请填写故障原因与故障现象。", en="Give the cause and the fault."
)
PICKUP_CODE_WRONG = refusal(
    "PICKUP_CODE_WRONG", "invalid",
    zh="取件码不对，请让来人打开售后单重看一遍，或核对姓名与手机后四位。",
    en="This is not the pickup code. Have the page of the case opened again, or check name and last four digits.",
)  # fmt: skip
HAND_OVER_UNCHECKED = refusal(
    "HAND_OVER_UNCHECKED", "invalid",
    zh="交还前须核对来人：填写取件码，或选择核对方式并写明说明。",
    en="Check who is there before you hand it over: give the pickup code, or say how you checked, with a note.",
)  # fmt: skip
REPAIR_IS_FREE = refusal(
    "REPAIR_IS_FREE", "conflict", zh="该故障在免费维修范围内，不能报价收费。", en="The warranty covers this fault: it must not be quoted."
)
PLAN_PAYS_NOTHING = refusal(
    "PLAN_PAYS_NOTHING", "conflict", zh="没有可赔付的保障计划：{why}。", en="No plan pays for this: {why_en}."
)
FREIGHT_PAID_ALREADY = refusal(
    "FREIGHT_PAID_ALREADY", "conflict",
    zh="这段运费已由保险赔付，不重复退还。", en="An insurer has paid this freight: it is not paid twice.",
)  # fmt: skip
DISPUTE_ROUNDS_USED = refusal(
    "DISPUTE_ROUNDS_USED", "conflict",
    zh="已要求补充证据 {most} 次，请按现有材料裁决。", en="Evidence has been asked for {most} times already. Rule by what is there.",
)  # fmt: skip
JUDGED_BEFORE = refusal(
    "JUDGED_BEFORE", "forbidden", zh="您作出了原裁决，申诉须由另一人裁决。", en="You made the ruling: another person decides the appeal."
)
APPEAL_OVER = refusal(
    "APPEAL_OVER", "conflict",
    zh="申诉期限已过（{until}）。您仍可向市场监管部门投诉（12315）或提起诉讼。",
    en="The time to appeal ended {until}. You may still go to the market regulator (12315) or to court.",
)  # fmt: skip
SETTLEMENT_KIND = refusal(
    "SETTLEMENT_KIND", "invalid",
    zh="该服务不能按部分金额和解。请选择其他方案，或另行补偿。",
    en="This service cannot be settled for a part of the money. Choose another proposal, or add a compensation.",
)  # fmt: skip
