"""What this room can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

BREACH_NONE = refusal("BREACH_NONE", "not_found", zh="没有找到这条违约记录。", en="There is no such breach.")
SLA_NOT_YOURS = refusal("SLA_NOT_YOURS", "forbidden", zh="您的角色不能这样做。", en="Your role may not do this.")
SLA_WORDS = refusal("SLA_WORDS", "invalid", zh="请写明理由，最多 {most} 字。", en="Give the reasons, at most {most} characters.")
APPEAL_FILES = refusal(
    "APPEAL_FILES", "invalid", zh="请附上自己刚上传的凭证，最多 {most} 份。", en="Attach files that you have just uploaded, at most {most}."
)
APPEAL_CLOSED = refusal(
    "APPEAL_CLOSED", "conflict", zh="已申诉过或已有结论，没有更改。", en="It was appealed or decided already. Nothing was changed."
)
APPEAL_TOO_LATE = refusal("APPEAL_TOO_LATE", "conflict", zh="申诉期已于 {until} 结束。", en="The time to appeal ended at {until}.")
APPEAL_NONE = refusal("APPEAL_NONE", "conflict", zh="没有待裁决的申诉。", en="There is no appeal to decide.")
SANCTION_WRONG = refusal(
    "SANCTION_WRONG", "invalid", zh="请选择时限种类，填写生效日期、依据，以及积分或金额。",
    en="Choose the kind of clock, and give the first day, the clause, and points or an amount.",
)  # fmt: skip
SANCTION_THERE = refusal(
    "SANCTION_THERE", "conflict", zh="同一时限在这一天已有处罚规则。", en="There is a rule for this clock from this day already."
)
SANCTION_NONE = refusal("SANCTION_NONE", "not_found", zh="没有这条处罚规则。", en="There is no such rule.")
MONTH_NOT_OVER = refusal("MONTH_NOT_OVER", "conflict", zh="{month} 还没有结束。", en="{month} is not over yet.")
SCORECARD_NONE = refusal("SCORECARD_NONE", "not_found", zh="没有这张评分卡。", en="There is no such scorecard.")
SUSPENSION_NONE = refusal("SUSPENSION_NONE", "not_found", zh="没有这项停用措施。", en="There is no such measure.")
SUSPENSION_GROUND = refusal(
    "SUSPENSION_GROUND", "conflict",
    zh="停用须以查证属实且附有凭证的投诉，或成立的违约为依据；{ground} 不是。",
    en="A suspension rests on a complaint found true with evidence, or on a breach that stands; {ground} is neither.",
)  # fmt: skip
SUSPENSION_THERE = refusal(
    "SUSPENSION_THERE", "conflict", zh="该商家已有未结束的停用措施 {number}。", en="Measure {number} against this shop has not ended."
)
SUSPENSION_ENDED = refusal("SUSPENSION_ENDED", "conflict", zh="{number} 已经处理过。", en="{number} has been dealt with.")
SUSPENSION_SECOND_PERSON = refusal(
    "SUSPENSION_SECOND_PERSON", "forbidden", zh="须由另一位同事决定。", en="Another person has to decide this."
)
