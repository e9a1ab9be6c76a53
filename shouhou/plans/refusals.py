"""What plans can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

PLAN_INVALID = refusal("PLAN_INVALID", "invalid", zh="保障计划有误，请修改标出的内容。", en="The plan is not valid. Mend what is marked.")
PLAN_NOT_FOUND = refusal(
    "PLAN_NOT_FOUND", "not_found", zh="没有找到保障计划 {number}，请核对保单号。", en="There is no plan {number}. Check the policy number."
)
PLAN_GOODS_UNKNOWN = refusal(
    "PLAN_GOODS_UNKNOWN", "not_found",
    zh="没有找到保障计划所属的商品（订单 {order} 第 {line} 行，序列号 {serial}），请先导入订单。",
    en="The goods of the plan are not known (order {order}, line {line}, serial {serial}). Import the order first.",
)  # fmt: skip
PLAN_ELSEWHERE = refusal(
    "PLAN_ELSEWHERE", "conflict", zh="保单号 {number} 已属于另一件商品。", en="The policy number {number} belongs to other goods."
)
PLAN_CLAIMED = refusal(
    "PLAN_CLAIMED", "conflict",
    zh="保障计划 {number} 已有理赔，不能改成更少的保障。",
    en="The plan {number} has claims: it cannot be made to cover less than they took.",
)  # fmt: skip
PLAN_USED_UP = refusal(
    "PLAN_USED_UP", "conflict",
    zh="保障计划 {number} 的理赔次数或保额已用完，请改为付费维修。",
    en="The plan {number} has no claim or sum left. Repair at the consumer's cost instead.",
)  # fmt: skip
PLAN_FILE = refusal("PLAN_FILE", "invalid", zh="无法读取该文件：{reason}", en="The file cannot be read: {reason_en}")
PLAN_NOT_OFFERED = refusal(
    "PLAN_NOT_OFFERED", "conflict",
    zh="这件商品现在不能购买这种保障计划：可能已过购买期限、已有同类计划或商品已在售后中。",
    en="This plan cannot be bought for these goods now: its time to buy is over, you have one, or the goods are in a case.",
)  # fmt: skip
