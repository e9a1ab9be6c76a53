"""A notice as a mail: its text, and the same as HTML that loads nothing from anywhere."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from shouhou.foundation.workflow import Text
from shouhou.notifications.models import Notice
from shouhou.notifications.unsubscribe import off_link

# The light theme of the pages; mail clients know no variables.
TOKENS = {
    "ground": "#f4f6f4", "surface": "#ffffff", "text": "#18201d", "muted": "#54605b", "line": "#dbe1dc",
    "accent": "#0a6b60", "on_accent": "#ffffff",
}  # fmt: skip
OFF, COLON = Text("不再接收这类邮件", "No more mails of this kind"), Text("：", ": ")
LINK = re.compile(r"https?://\S+\Z")


@dataclass(frozen=True, slots=True)
class Parts:
    """A notice's text taken apart: the paragraphs above its link, where it leads, and what stands under it."""

    said: tuple[str, ...]
    link: str
    foot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a notice is about: the words on its button, and why a mail of it comes to a buyer and to a member of staff."""

    open: Text
    why: Text
    why_staff: Text


CASE = Kind(
    Text("查看售后单", "Open the case"),
    Text("您收到这封邮件，是因为它关系到您的售后。请勿直接回复；请在售后单里留言。",
         "You get this mail because it is about your case. Please do not reply; write in the case instead."),
    Text("您收到这封邮件，是因为这张售后单由您处理。", "You get this mail because you handle this case."),
)  # fmt: skip
TALK = Kind(
    Text("打开会话", "Open the conversation"),
    Text("您收到这封邮件，是因为您向我们提了问题。请勿直接回复；请在会话里回复。",
         "You get this mail because you asked us something. Please do not reply; write in the conversation instead."),
    Text("您收到这封邮件，是因为这个会话等您接待。", "You get this mail because this conversation waits for you."),
)  # fmt: skip
PLAN = Kind(
    Text("查看保障计划", "Open your plans"),
    Text("您收到这封邮件，是因为它关系到您购买的保障计划。请勿直接回复。",
         "You get this mail because it is about a plan that you buy. Please do not reply."),
    Text("您收到这封邮件，是因为贵店售出了保障计划。", "You get this mail because your shop sold a plan."),
)  # fmt: skip
OTHER = Kind(
    Text("打开查看", "Open"), CASE.why,
    Text("您收到这封邮件，是因为这件事与您的工作有关。", "You get this mail because it concerns your work."),
)  # fmt: skip


def letter(notice: Notice, address: str) -> EmailMultiAlternatives:
    """Ready to be sent; the Message-ID belongs to the notice, so that a second copy is known as the same message."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<notice-{notice.id}@{host}>", "Auto-Submitted": "auto-generated"}
    body, off = notice.body, off_link(notice)
    if off:
        # RFC 8058: mail programs show a button for it.
        headers |= {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        body = f"{body}\n{OFF.in_(notice.language)}{COLON.in_(notice.language)}{off}\n"
    mail = EmailMultiAlternatives(notice.title, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
    mail.attach_alternative(html_of(notice), "text/html")
    return mail


def html_of(notice: Notice) -> str:
    """The HTML part: the paragraphs, and the link as a button."""
    parts, kind = parts_of(notice), kind_of(notice)
    context = {
        "language": "en" if notice.language == "en" else "zh-Hans", "title": notice.title, "link": parts.link, "tokens": TOKENS,
        "paragraphs": parts.said, "foot": " · ".join(parts.foot), "open": kind.open.in_(notice.language),
        "off": off_link(notice), "off_words": OFF.in_(notice.language),
        "why": (kind.why_staff if notice.user_id is not None else kind.why).in_(notice.language),
    }  # fmt: skip
    return render_to_string("notifications/letter.html", context)


def parts_of(notice: Notice) -> Parts:
    """The last paragraph that ends in an address is the link; a text without one (its buyer was erased) leads to its case."""
    paragraphs = [paragraph for paragraph in notice.body.strip().split("\n\n") if paragraph]
    for at in range(len(paragraphs) - 1, -1, -1):
        if found := LINK.search(paragraphs[at]):
            return Parts(tuple(paragraphs[:at]), found[0], tuple(paragraphs[at + 1 :]))
    return Parts(tuple(paragraphs), f"{settings.BASE_URL}/{'staff/' if notice.user_id is not None else ''}cases/{notice.subject}/", ())


def last_link(body: str) -> str:
    """The address in which a text ends, "" when there is none."""
    found = [match[0] for paragraph in body.strip().split("\n\n") if (match := LINK.search(paragraph))]
    return found[-1] if found else ""


def kind_of(notice: Notice) -> Kind:
    """By where it leads: the same case is another matter to its insurer."""
    link = parts_of(notice).link
    return CASE if "/cases/" in link else TALK if "/talks/" in link else PLAN if "/plans/" in link else OTHER
