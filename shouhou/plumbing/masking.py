"""Personal data is masked in lists and logs (L-19): 王*明, 138****5678, a…@b.cn."""

import logging
import re

PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*(@[A-Za-z0-9.-]+\.[A-Za-z]{2,})")
TOKEN = re.compile(r"(sk_[a-z]+_)[A-Za-z0-9_-]{8,}")


def mask_name(name: str) -> str:
    """王小明 → 王*明, 王明 → 王*, "Jane Doe" → "J*** D***"."""
    if not name:
        return ""
    if name.isascii():
        return " ".join(word[0] + "***" for word in name.split())
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")


def mask_phone(phone: str) -> str:
    """13800005678 → 138****5678; anything shorter keeps only its last two digits."""
    if len(phone) >= 10:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(0, len(phone) - 2) + phone[-2:]


def mask_text(text: str) -> str:
    """Phones, addresses of mail and API tokens inside free text."""
    return TOKEN.sub(r"\1***", EMAIL.sub(r"\1***\2", PHONE.sub(r"\1****\2", text)))


class MaskPersonalData(logging.Filter):
    """Masks the finished message of every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        return True
