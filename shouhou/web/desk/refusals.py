"""What the counter can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

IDENTITY_WRONG = refusal(
    "IDENTITY_WRONG", "invalid",
    zh="姓名或手机后四位与工单登记的不符，请核对身份后再交还。",
    en="Name or last four digits do not match the case. Check who is there before you hand it over.",
)  # fmt: skip
PICKUP_CODE_WRONG = refusal(
    "PICKUP_CODE_WRONG", "invalid",
    zh="取件码不对，请让来人打开售后单重看一遍，或核对姓名与手机后四位。",
    en="This is not the pickup code. Have the page of the case opened again, or check name and last four digits.",
)  # fmt: skip
NO_SUCH_POINT = refusal(
    "NO_SUCH_POINT", "not_found", zh="没有这个网点：{point}。", en="There is no service point {point}."
)  # fmt: skip
