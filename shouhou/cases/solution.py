"""Whether words to a consumer hold a solution, or only put them off; pure."""

import re

# What may stand beside a solution and is none itself (catalogue PRC-16: such templates are not accepted).
HOLDING = (
    "我们会尽快处理", "会尽快处理", "尽快处理", "尽快为您处理", "尽快给您答复", "尽快答复", "尽快回复", "尽快联系您",
    "正在处理中", "正在处理", "已经反馈", "已反馈", "已记录", "已为您登记", "核实中", "正在核实", "会核实",
    "请您耐心等待", "请耐心等待", "耐心等待", "请稍等", "稍后联系您", "稍后回复", "给您带来不便", "非常抱歉", "抱歉",
    "感谢您的理解", "感谢您的耐心", "感谢理解", "谢谢", "您好", "亲爱的顾客", "亲", "我们已收到您的申请",
    "已收到您的申请", "后续会有专人联系您", "会有专人联系您", "专人跟进", "we will look into it",
    "we are looking into it", "will look into this", "as soon as possible", "asap", "please wait",
    "please be patient", "for your patience", "sorry for the inconvenience", "we are sorry", "sorry", "thank you",
    "thanks", "hello", "dear customer", "we have received your application", "we have received your request",
    "your request is being processed", "is being processed", "we will get back to you", "get back to you soon",
    "we will contact you", "has been forwarded", "has been recorded", "we are working on it", "under review",
)  # fmt: skip
# Shorter than this, nothing is said of what, who and when.
LEAST_CHINESE, LEAST_WORDS = 8, 4
_HOLDING = re.compile("|".join(re.escape(each) for each in sorted(HOLDING, key=len, reverse=True)), re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}|[0-9]+")


def is_concrete(words: str) -> bool:
    """Whether something is left once the phrases that promise nothing are taken out."""
    left = _HOLDING.sub(" ", words)
    return len(_CHINESE.findall(left)) + 2 * len(_WORD.findall(left)) >= LEAST_CHINESE if _CHINESE.search(left) else (
        len(_WORD.findall(left)) >= LEAST_WORDS
    )
