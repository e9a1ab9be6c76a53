"""What satisfaction can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

RATING_NONE = refusal("RATING_NONE", "not_found", zh="没有找到这条评价。", en="There is no such rating.")
FOLLOW_UP_NONE = refusal("FOLLOW_UP_NONE", "not_found", zh="没有找到这项回访。", en="There is no such follow-up.")
FOLLOW_UP_ENDED = refusal(
    "FOLLOW_UP_ENDED", "conflict", zh="这项回访已办结，没有更改。", en="This follow-up has ended. Nothing was changed."
)
FOLLOW_UP_TAKEN = refusal(
    "FOLLOW_UP_TAKEN", "conflict", zh="{name} 已在跟进，没有更改。", en="{name} is on it already. Nothing was changed."
)
SATISFACTION_NOT_YOURS = refusal(
    "SATISFACTION_NOT_YOURS", "forbidden", zh="您的角色不能这样做。", en="Your role may not do this."
)
SATISFACTION_WORDS = refusal(
    "SATISFACTION_WORDS", "invalid", zh="填写的内容有误，请按提示修改。", en="Something is not right. Correct what is marked."
)
