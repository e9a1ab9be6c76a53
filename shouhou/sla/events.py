"""What this room announces; the subject is the case, the breach or the measure."""

from shouhou.plumbing.events import event_type

_BREACH = {
    "number": "the breach's number", "case": "the case, or empty", "kind": "the kind of clock", "due_at": "when it was due, RFC 3339",
}  # fmt: skip
DUE_SOON = event_type(
    "clock.due_soon", zh="时限即将到期", en="a duty's limit is near", number="the case's number", kind="the kind of clock",
    due_at="RFC 3339",
)  # fmt: skip
BREACH_RECORDED = event_type(
    "breach.recorded", zh="记录违约", en="a duty was missed", party="shop | house", points="points", amount_minor="in minor units",
    table_missing="no penalty table for it", until="until when it can be appealed", **_BREACH,
)  # fmt: skip
BREACH_APPEALED = event_type("breach.appealed", zh="商家申诉违约", en="a shop appealed a breach", until="to be decided by", **_BREACH)
BREACH_DECIDED = event_type(
    "breach.decided", zh="违约申诉有结果", en="the appeal was decided", verdict="granted | refused", reasons="why", **_BREACH
)
APPEAL_OVERDUE = event_type("breach.appeal_overdue", zh="违约申诉逾期未裁决", en="an appeal was not decided in time", **_BREACH)
SCORECARD_CLOSED = event_type(
    "scorecard.closed", zh="月度评分卡已定", en="a shop's month was closed", number="the shop's code", month="2026-03", version="1, 2, …",
    because="why there is a new version, or empty",
)  # fmt: skip
COMPLAINT_UNOWNED = event_type(
    "complaint.unowned", zh="投诉无人负责，已派给值班人员", en="nobody owned the complaint: given to whoever is on duty",
    number="the complaint", owner="who has it now, or empty",
)  # fmt: skip
_MEASURE = {"number": "the measure's number", "merchant": "the shop's code"}
SUSPENSION_ORDERED = event_type(
    "suspension.ordered", zh="商家停用售后系统", en="a shop was suspended", reasons="why", until="until when it can be appealed", **_MEASURE
)
SUSPENSION_PUBLISHED = event_type("suspension.published", zh="停用措施已公示", en="the measure was published", **_MEASURE)
SUSPENSION_APPEALED = event_type(
    "suspension.appealed", zh="商家申诉停用", en="a shop appealed its suspension", until="decide by", **_MEASURE
)
SUSPENSION_APPEAL_OVERDUE = event_type(
    "suspension.appeal_overdue", zh="停用申诉逾期未裁决", en="the appeal of a suspension was not decided in time", **_MEASURE
)
SUSPENSION_LIFTED = event_type("suspension.lifted", zh="商家恢复使用", en="a shop was reinstated", reasons="why", **_MEASURE)
