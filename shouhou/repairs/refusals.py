"""What the workshop can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

WORK_ORDER_NOT_FOUND = refusal(
    "WORK_ORDER_NOT_FOUND", "not_found", zh="没有找到工单 {number}，请核对编号。", en="There is no work order {number}. Check the number."
)
WORK_ORDER_NOT_NOW = refusal(
    "WORK_ORDER_NOT_NOW", "conflict",
    zh="工单 {number} 当前为“{state}”，不能进行此操作，请刷新。",
    en="Work order {number} is “{state_en}”: this is not possible now. Reload.",
)  # fmt: skip
WORK_ORDER_OPEN = refusal(
    "WORK_ORDER_OPEN", "conflict", zh="{subject} 还有未结束的工单 {number}。", en="{subject} still has the open work order {number}."
)
WINDOW_PAST = refusal(
    "WINDOW_PAST", "invalid", zh="预约时段须在将来，且不超过 {days} 天。", en="The window must lie ahead, within {days} days."
)
DAY_FULL = refusal(
    "DAY_FULL", "conflict",
    zh="{day} 的上门与远程时段已约满，最近可约：{free}。",
    en="{day} is fully booked for visits and sessions; the next free day: {free_en}.",
)  # fmt: skip
NOT_TESTED = refusal(
    "NOT_TESTED", "conflict", zh="没有通过的测试记录，不能完成维修。", en="No test record has passed: the repair cannot be completed."
)
CHECK_MISSING = refusal(
    "CHECK_MISSING", "invalid", zh="测试项未全部填写或不适用：{missing}。", en="The checklist is not complete or does not fit: {missing}."
)
NOT_RECORDED = refusal(
    "NOT_RECORDED", "conflict", zh="请先登记维修内容。", en="Record first what was done."
)
PARTS_MISSING = refusal(
    "PARTS_MISSING", "conflict", zh="还有 {count} 个配件未到。", en="{count} parts have not arrived."
)
LOAN_OUT = refusal(
    "LOAN_OUT", "conflict", zh="备用机 {serial} 尚未归还，请先登记归还。", en="Loan unit {serial} is still out. Register its return first."
)
LOAN_TAKEN = refusal(
    "LOAN_TAKEN", "conflict", zh="备用机 {serial} 已借出，或本工单已有备用机。",
    en="Loan unit {serial} is out, or there is one on this order already."
)
NO_LOAN = refusal("NO_LOAN", "conflict", zh="本工单没有借出的备用机。", en="No loan unit is out on this order.")
NO_QUOTE = refusal("NO_QUOTE", "conflict", zh="没有待确认的报价。", en="There is no open quote.")
QUOTE_OVER = refusal(
    "QUOTE_OVER", "conflict", zh="报价已于 {until} 过期，请联系重新报价。", en="The quote expired at {until}. Ask for a new one."
)
