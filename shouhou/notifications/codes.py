"""The text message of a sign-in code."""

from shouhou.accounts.signin import VALID_MINUTES
from shouhou.foundation.workflow import Text

CODE = Text(
    "【售后】您的登录验证码是 {code}，{minutes} 分钟内有效。如非本人操作请忽略，切勿告诉他人。",
    "[After-sales] Your sign-in code is {code}, valid for {minutes} minutes. Not you? Ignore it, and tell nobody.",
)


def code_text(code: str, language: str) -> str:
    return CODE.in_(language).format(code=code, minutes=VALID_MINUTES)
