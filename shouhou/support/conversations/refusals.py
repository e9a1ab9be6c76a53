"""What a conversation can refuse, and in which words."""

from shouhou.foundation.refusals import refusal

TALK_NOT_FOUND = refusal(
    "TALK_NOT_FOUND", "not_found", zh="没有找到会话 {number}，请核对编号。", en="There is no conversation {number}. Check the number."
)
TALK_CLOSED = refusal(
    "TALK_CLOSED", "conflict", zh="会话 {number} 已结束。消费者再次留言时会重新打开。",
    en="Conversation {number} is closed. It opens again when the buyer writes.",
)  # fmt: skip
TALK_NOT_YOURS = refusal(
    "TALK_NOT_YOURS", "forbidden", zh="您的角色不能在会话中进行“{what}”。", en="Your role may not do this in a conversation: {what_en}."
)
TALK_CLAIMED = refusal(
    "TALK_CLAIMED", "conflict", zh="{number} 已由{name}接待，没有改派。", en="{number} is already with {name}. Nothing was changed."
)
TALK_TEXT = refusal(
    "TALK_TEXT", "invalid", zh="请填写内容（1 到 {most} 字）。", en="Write something (1 to {most} characters)."
)
TALK_REASON = refusal("TALK_REASON", "invalid", zh="请写明转接原因（1 到 {most} 字）。", en="Say why (1 to {most} characters).")
TALK_TOPIC = refusal("TALK_TOPIC", "invalid", zh="请选择咨询类型。", en="Choose what it is about.")
TALK_ABOUT_WHOM = refusal(
    "TALK_ABOUT_WHOM", "invalid", zh="请填写订单号或售后单号，以便知道是哪位消费者。",
    en="Give an order or a case, so that we know the buyer."
)
TALK_NO_SHOP = refusal(
    "TALK_NO_SHOP", "conflict", zh="商家不在此会话中，请先转给商家。", en="The shop is not in this conversation. Hand it over first."
)
TALK_DESK = refusal("TALK_DESK", "invalid", zh="不能转到该处。", en="It cannot be handed over there.")
TALK_NOT_ON_DUTY = refusal(
    "TALK_NOT_ON_DUTY", "invalid", zh="该同事不在此队列，不能转给他。", en="This colleague does not work in that queue."
)
TALK_FILES = refusal("TALK_FILES", "invalid", zh="一次最多 {most} 个文件。", en="At most {most} files at once.")
TALK_FILE_UNKNOWN = refusal(
    "TALK_FILE_UNKNOWN", "invalid", zh="没有找到上传的文件，请重新上传。", en="The uploaded file was not found. Upload it again."
)
CALL_INVALID = refusal(
    "CALL_INVALID", "invalid", zh="请填写通话方向、开始时间（不晚于现在）、时长（0–600 分钟）和摘要。",
    en="Give the direction, a beginning that is not in the future, the minutes (0–600) and a summary.",
)  # fmt: skip
DUTY_INVALID = refusal(
    "DUTY_INVALID", "invalid", zh="请填写人员、星期、时间和开始日期。", en="Give the person, weekdays, times and the first day."
)
REPLY_INVALID = refusal("REPLY_INVALID", "invalid", zh="请填写标题和中文内容。", en="Give a title and the Chinese words.")
REPLY_TWICE = refusal("REPLY_TWICE", "conflict", zh="已有名为“{title}”的常用语。", en="A reply called “{title}” is there already.")
