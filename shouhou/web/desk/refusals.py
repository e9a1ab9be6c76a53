"""What the counter can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

IDENTITY_WRONG = refusal(
    "IDENTITY_WRONG", "invalid",
    zh="姓名或手机后四位与工单登记的不符，请核对身份后再交还。",
    en="Name or last four digits do not match the case. Check who is there before you hand it over.",
)  # fmt: skip
NO_SUCH_POINT = refusal(
    "NO_SUCH_POINT", "not_found", zh="没有这个网点：{point}。", en="There is no service point {point}."
)  # fmt: skip
