"""What moves ask for: the fields that several of them share, with their texts."""

from shouhou.foundation.workflow import Ask, Text, Who

CONSUMER: frozenset[Who] = frozenset({"consumer"})
SYSTEM: frozenset[Who] = frozenset({"system"})
CARRIER: frozenset[Who] = frozenset({"carrier", "system"})
REVIEWERS: frozenset[Who] = frozenset({"merchant_operator", "merchant_manager", "agent", "reviewer", "supervisor"})
INSPECTORS: frozenset[Who] = frozenset({"inspector", "clerk", "merchant_operator", "merchant_manager", "supervisor"})
SHIPPERS: frozenset[Who] = frozenset({"merchant_operator", "merchant_manager", "inspector", "clerk", "supervisor"})
OVERRIDERS: frozenset[Who] = frozenset({"agent", "reviewer", "supervisor", "merchant_manager"})
AUDITORS: frozenset[Who] = frozenset({"supervisor", "arbitrator", "finance", "merchant_manager"})

NOTE = Ask("note", "text", Text("说明", "Note"), most=1000)
REASON = Ask("reason", "text", Text("原因", "Reason"), required=True, most=500)
EVIDENCE = Ask("evidence", "files", Text("凭证（照片、视频、PDF）", "Evidence (photos, video, PDF)"), most=9)
WINDOW = Ask("window", "choice", Text("上门时间", "Pickup window"), required=True)
ADDRESS = Ask("address", "address", Text("取件地址", "Pickup address"))
CARRIER_CODE = Ask("carrier", "text", Text("快递公司", "Carrier"), required=True, most=30)
TRACKING = Ask(
    "tracking_number", "text", Text("运单号", "Tracking number"), required=True, most=40,
    help=Text("请使用可追踪的快递，并在包裹内附上退货单号。", "Use a trackable carrier and enclose the return number."),
)  # fmt: skip
FREIGHT_PAID = Ask(
    "freight_paid", "money", Text("您付的运费", "Freight you paid"), most=100_000_00,
    help=Text("有运费险，或运费不该由您承担时，按此核赔。", "Insured freight, or freight that is not yours to bear, is paid back by it."),
)  # fmt: skip
FREIGHT_RECEIPT = Ask("freight_receipt", "files", Text("运费凭证照片", "Photo of the freight receipt"), most=3)
SERIALS_SENT = Ask(
    "items", "items", Text("每件的序列号", "The serial of every unit"), required=True,
    help=Text("对照手中的商品；手机拨 *#06# 可看 IMEI。", "As on the unit in your hand; on a phone dial *#06# for its IMEI."),
)  # fmt: skip
ACCESSORIES_SENT = Ask(
    "accessories", "choice", Text("配件与赠品", "Accessories and gifts"), required=True,
    choices={
        "complete": Text("都在，一起寄回", "all there and sent along"),
        "missing": Text("有缺少（请在说明里写明）", "something is missing (say what)"),
    },
)  # fmt: skip
REMARK = Ask("remark", "text", Text("内部说明", "Internal remark"), required=True, most=1000,
             help=Text("消费者看不到这段说明。", "The consumer does not see this."))  # fmt: skip
BEARERS = {
    "merchant": Text("商家", "the shop"),
    "platform_goodwill": Text("平台（善意补偿）", "the platform, as goodwill"),
    "carrier": Text("承运商", "the carrier"),
}
FAULTS = {
    "none": Text("无责任方（无理由）", "nobody (no reason)"),
    "customer": Text("消费者", "the consumer"),
    "seller": Text("商家", "the seller"),
    "platform": Text("平台", "the platform"),
    "carrier": Text("承运商", "the carrier"),
}
FAULT = Ask("fault", "choice", Text("责任方", "Who is at fault"), choices=FAULTS)
FINDINGS = Ask(
    "items", "items", Text("逐件验收", "Findings per item"),
    help=Text("数量、成色、去向、扣款及理由", "Quantity, grade, disposition, deduction and its reason"),
)  # fmt: skip
CHECKS = {
    "appearance": Text("外观完好", "appearance in order"),
    "packaging": Text("包装完好", "packaging in order"),
    "accessories": Text("配件与赠品齐全", "accessories and gifts complete"),
    "function": Text("功能正常", "works as it should"),
    "labels": Text("标贴、吊牌、密封完好", "labels, tags and seals intact"),
    "serial": Text("序列号一致", "serial matches"),
}
CHECKLIST = Ask(
    "checklist", "checklist", Text("验收清单（勾选合格项）", "Checklist (tick what is in order)"), choices=CHECKS,
)  # fmt: skip
GRADES = {
    "A": Text("A 全新可二次销售", "A as new, resaleable"),
    "B": Text("B 开箱/轻微痕迹", "B open box, slight traces"),
    "C": Text("C 明显使用", "C plainly used"),
    "D": Text("D 损坏", "D damaged"),
}
DISPOSITIONS = {
    "restock": Text("重新入库", "restock"),
    "open_box": Text("二手披露销售", "sell as open box, disclosed"),
    "refurbish": Text("翻新", "refurbish"),
    "scrap": Text("报废", "scrap"),
    "supplier": Text("退供应商", "return to supplier"),
    "consumer": Text("退回消费者", "back to the consumer"),
}
RETURN_METHODS = {
    "pickup": Text("上门取件", "pickup"),
    "ship_back": Text("自行寄回", "ship back"),
    "drop_off": Text("送到网点", "drop off"),
}
STATES_OF_GOODS = {
    "ok": Text("完好", "intact"),
    "damaged": Text("破损", "damaged"),
    "missing": Text("缺失", "missing"),
}
REJECTION_REASONS = {
    "NO_WINDOW_EXPIRED": Text("超过期限", "outside the window"),
    "NO_EXCLUDED_STATUTORY": Text("法定不适用无理由退货的商品", "excluded by law from no-reason return"),
    "NO_EXCLUDED_CONFIRMED": Text("购买时已确认不适用", "excluded and confirmed at purchase"),
    "NO_ACTIVATED": Text("已激活", "activated"),
    "NO_USED_BEYOND_INSPECTION": Text("使用超出查验需要", "used beyond inspection"),
    "NO_SEAL_BROKEN": Text("一次性密封破损", "hygiene seal broken"),
    "NO_TAG_REMOVED": Text("吊牌已拆", "tag removed"),
    "NO_SOILED": Text("污损", "soiled"),
    "NO_SERIAL_MISMATCH": Text("序列号不符", "serial does not match"),
    "NO_LABEL_TAMPERED": Text("标贴涂改", "label tampered with"),
    "NO_HUMAN_DAMAGE": Text("人为损坏", "damage by a person"),
    "NO_DEFECT_FOUND": Text("检测未发现故障", "no defect found"),
    "NO_VOUCHER": Text("无法证明购买", "no proof of purchase"),
    "NO_OTHER_LEGAL": Text("其他依法不予办理（须写明条款）", "other legal ground (name the provision)"),
}
REFUND_REFUSALS = {
    "amount": Text("金额有误", "the amount is wrong"),
    "inspection": Text("验收结论存疑", "the inspection is doubtful"),
    "evidence": Text("材料不足以支持退款", "what is there does not support it"),
    "fraud": Text("疑似欺诈，需核查", "fraud is suspected"),
    "other": Text("其他（须说明）", "other (say what)"),
}
OVERRIDE_REASONS = {
    "goodwill": Text("善意补偿", "goodwill"),
    "late_acceptance": Text("逾期受理", "late acceptance"),
    "carrier_fault": Text("物流责任", "carrier's fault"),
    "system_error": Text("系统差错", "system error"),
    "evidence_accepted": Text("补充证据采信", "further evidence accepted"),
    "special_care": Text("特殊群体照顾", "special care"),
}
CLOSING_REASONS = {
    "duplicate": Text("重复申请", "duplicate"),
    "agreed_otherwise": Text("双方另行协商", "settled otherwise by agreement"),
    "fraud_confirmed": Text("确认欺诈", "fraud confirmed"),
    "goods_never_arrived": Text("货物未寄达", "goods never arrived"),
    "other": Text("其他（须说明）", "other (say what)"),
}
