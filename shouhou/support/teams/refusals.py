"""What the keeping of a team can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

TEAM_INVALID = refusal("TEAM_INVALID", "invalid", zh="填写的内容有误，请按提示修改。", en="Something is not right. Correct what is marked.")
COURSE_TWICE = refusal(
    "COURSE_TWICE", "conflict", zh="已有同名课程“{title}”，没有更改。请换一个名称或停用原课程。",
    en="There is a course “{title}” already. Nothing was changed. Take another name or end the other course.",
)  # fmt: skip
TRAINING_TWICE = refusal(
    "TRAINING_TWICE", "conflict", zh="{name} 当天已有这门课程的记录，没有更改。",
    en="{name} has a record of this course on that day already. Nothing was changed.",
)  # fmt: skip
CHECK_OWN = refusal(
    "CHECK_OWN", "forbidden", zh="不能检查自己处理的工单，请由其他人检查。", en="Nobody checks their own work. Somebody else must do it."
)
CHECK_DONE = refusal(
    "CHECK_DONE", "conflict", zh="这项检查已有结果，没有更改。", en="This check has its result. Nothing was changed."
)
SWAP_NOT_THAT_DAY = refusal(
    "SWAP_NOT_THAT_DAY", "invalid", zh="{name} 在 {day} 没有这个班次，请核对日期。", en="{name} has no such shift on {day}. Check the day."
)
SWAP_TAKEN = refusal(
    "SWAP_TAKEN", "conflict", zh="这一天的班次已有换班申请，没有更改。",
    en="There is a swap of that day's shift already. Nothing was changed.",
)  # fmt: skip
SWAP_BUSY = refusal(
    "SWAP_BUSY", "conflict", zh="{name} 那时已有班次，不能再换班。请另选同事或日期。",
    en="{name} is on duty then already. Choose another colleague or day.",
)  # fmt: skip
SWAP_OVER = refusal(
    "SWAP_OVER", "conflict", zh="这项换班已有结果或日期已过，没有更改。",
    en="This swap is settled, or its day has passed. Nothing was changed.",
)  # fmt: skip
