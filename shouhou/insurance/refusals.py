"""What freight insurance refuses, and in which words."""

from shouhou.foundation.refusals import refusal

POLICY_INVALID = refusal(
    "FREIGHT_POLICY_INVALID", "invalid", zh="运费险保单有误，请修改标出的内容。",
    en="The freight policy is not valid. Mend what is marked.",
)  # fmt: skip
POLICY_NOT_FOUND = refusal("FREIGHT_POLICY_NOT_FOUND", "not_found", zh="没有找到运费险保单。", en="There is no such freight policy.")
POLICY_ORDER_UNKNOWN = refusal(
    "FREIGHT_POLICY_ORDER_UNKNOWN", "not_found", zh="没有找到订单 {order}，请先导入订单。",
    en="There is no order {order}. Import it first.",
)  # fmt: skip
SELF_OPERATED = refusal(
    "FREIGHT_POLICY_SELF_OPERATED", "conflict",
    zh="运费险（卖家版）只用于第三方商家的订单，自营订单 {order} 不能附加。",
    en="Freight insurance is for orders of third-party shops; it cannot be attached to the self-operated order {order}.",
)  # fmt: skip
POLICY_TAKEN = refusal(
    "FREIGHT_POLICY_TAKEN", "conflict",
    zh="订单 {order} 已有运费险保单 {number}，一个订单只能有一份。",
    en="Order {order} has the freight policy {number} already; an order has one.",
)  # fmt: skip
POLICY_ELSEWHERE = refusal(
    "FREIGHT_POLICY_ELSEWHERE", "conflict", zh="保单号 {number} 已属于另一订单。",
    en="The policy number {number} belongs to another order.",
)  # fmt: skip
POLICY_CLAIMED = refusal(
    "FREIGHT_POLICY_CLAIMED", "conflict", zh="保单 {number} 已有理赔，不能再修改。",
    en="The policy {number} has been claimed: it cannot be changed.",
)  # fmt: skip
POLICY_FILE = refusal("FREIGHT_POLICY_FILE", "invalid", zh="无法读取该文件：{reason}", en="The file cannot be read: {reason_en}")
CLAIM_NOT_FOUND = refusal(
    "FREIGHT_CLAIM_NOT_FOUND", "not_found", zh="没有找到理赔单 {number}，请核对单号。", en="There is no claim {number}. Check the number."
)
CLAIM_NOT_OPEN = refusal(
    "FREIGHT_CLAIM_NOT_OPEN", "conflict", zh="理赔单 {number} 已处理（{state}），请刷新页面。",
    en="Claim {number} has been decided ({state}). Reload.",
)  # fmt: skip
CLAIM_AMOUNT = refusal(
    "FREIGHT_CLAIM_AMOUNT", "invalid",
    zh="减赔金额须大于零且小于应赔金额（{most}，以分计）；不赔请选择拒赔。",
    en="A reduced payout is more than nothing and less than what is claimed ({most} in minor units); to pay nothing, refuse.",
)  # fmt: skip
CLAIM_REASON = refusal(
    "FREIGHT_CLAIM_REASON", "invalid", zh="减赔或拒赔须选择理由并写明说明（最多 1000 字）。",
    en="A reduced or refused claim needs a ground and words for the buyer (at most 1000).",
)  # fmt: skip
APPEAL_ONCE = refusal(
    "FREIGHT_APPEAL_ONCE", "conflict", zh="理赔单 {number} 已申诉过一次，结果为最终结果。",
    en="Claim {number} was appealed once; the answer is final.",
)  # fmt: skip
APPEAL_NOT_NOW = refusal(
    "FREIGHT_APPEAL_NOT_NOW", "conflict", zh="理赔单 {number} 现在不能申诉（未被拒赔，或已过申诉期限）。",
    en="Claim {number} cannot be appealed now: it was not refused, or the time for it is over.",
)  # fmt: skip
APPEAL_TEXT = refusal(
    "FREIGHT_APPEAL_TEXT", "invalid", zh="请写明申诉理由（最多 1000 字）。", en="Say why (at most 1000 characters)."
)
SETTLEMENT_INVALID = refusal(
    "INSURER_SETTLEMENT_INVALID", "invalid", zh="回款金额须大于零，且须填写凭证号（最多 200 字）。",
    en="A settlement has an amount above nothing and a proof (at most 200 characters).",
)  # fmt: skip
SETTLEMENT_SECOND = refusal(
    "INSURER_SETTLEMENT_SECOND", "forbidden",
    zh="金额较大（与此前一人登记的回款合计）：须由另一人以同样的金额与凭证号再次登记后入账。",
    en="The amount is large, together with what one person alone has registered before: another person has to give the same amount "
    "and proof before it is booked.",
)  # fmt: skip
SETTLEMENT_KEY = refusal(
    "INSURER_SETTLEMENT_KEY", "conflict", zh="该凭证已登记为另一金额或另一保险公司的回款。",
    en="That proof is registered with another amount or insurer.",
)  # fmt: skip
