"""What a mail server reports about a mail later: a delivery status notification (RFC 3464), read into one small value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Literal

from django.conf import settings

from shouhou.foundation.refusals import refusal, refused
from shouhou.plumbing.callbacks import signed

Fate = Literal["delivered", "undelivered", "delayed", ""]
WHY_MOST = 200
# RFC 3464, 2.3.3; `relayed` and `expanded` say nothing about the reader's own mailbox.
FATES: Mapping[str, Fate] = {"failed": "undelivered", "delayed": "delayed", "delivered": "delivered"}
OURS = re.compile(r"<?notice-(\d{1,18})@")
MAIL_CALLBACK_SIGNATURE = refusal(
    "MAIL_CALLBACK_SIGNATURE", "unauthenticated",
    zh="邮件退信回执的签名不正确。", en="The signature of the mail server's report is wrong.",
)  # fmt: skip
MAIL_CALLBACK_MALFORMED = refusal(
    "MAIL_CALLBACK_MALFORMED", "invalid",
    zh="邮件退信回执的格式有误：须为 RFC 3464 投递状态报告。",
    en="The report cannot be read: it must be a delivery status notification (RFC 3464).",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which mail (by our key), what became of it, and the server's own words with its status code."""

    key: str
    fate: Fate
    why: str = ""


def read_bounce(headers: Mapping[str, str], body: bytes) -> Bounce:
    """The whole message as it came to the mailbox. Raises Refused MAIL_CALLBACK_SIGNATURE, MAIL_CALLBACK_MALFORMED."""
    if signed(settings.MAIL_CALLBACK_SECRET, headers, body) is None:
        raise refused(MAIL_CALLBACK_SIGNATURE)
    return bounce_of(body)


def bounce_of(body: bytes) -> Bounce:
    """Raises Refused MAIL_CALLBACK_MALFORMED. A report about somebody else's mail has the key ""."""
    report = message_from_bytes(body)
    if report.get_content_type() != "multipart/report" or not report.is_multipart():
        raise refused(MAIL_CALLBACK_MALFORMED)
    fields = [block for part in report.walk() if part.get_content_type() == "message/delivery-status" for block in _blocks(part)]
    told = [block for block in fields if block.get("Action")]
    if not told:
        raise refused(MAIL_CALLBACK_MALFORMED)
    block = told[0]
    action, status = _word(block.get("Action")).lower(), _word(block.get("Status"))
    said = str(block.get("Diagnostic-Code") or "").partition(";")[2] or str(block.get("Diagnostic-Code") or "")
    why = " ".join(f"{status} {said}".replace("\x00", "").split())[:WHY_MOST]
    return Bounce(next(_ours(report, fields), ""), FATES.get(action, ""), why)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a delivery-status part: the first is about the message, the others about its readers."""
    payload = part.get_payload()
    yield from (block for block in payload if isinstance(block, Message)) if isinstance(payload, list) else ()


def _ours(report: Message, fields: list[Message]) -> Iterator[str]:
    """Our key in the returned mail or its headers; else in the envelope's id. What the outer mail answers to may be forged."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            texts = [str(each.get("Message-ID") or "") for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []
        elif kind == "text/rfc822-headers":
            said = part.get_payload(decode=True)
            texts = [str(message_from_bytes(said).get("Message-ID") or "")] if isinstance(said, bytes) else []
        else:
            continue
        yield from (f"notice:{found[1]}" for text in texts if (found := OURS.search(text)))
    yield from (f"notice:{found[1]}" for block in fields if (found := OURS.search(str(block.get("Original-Envelope-Id") or ""))))


def _word(value: object) -> str:
    return str(value or "").strip().split(" ")[0][:20]
