"""A notice as a mail: its text, and the same as HTML that loads nothing from anywhere."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from shouhou.foundation.workflow import Text
from shouhou.notifications.models import Notice

# The light theme of the pages; mail clients know no variables.
TOKENS = {
    "ground": "#f4f6f4", "surface": "#ffffff", "text": "#18201d", "muted": "#54605b", "line": "#dbe1dc",
    "accent": "#0a6b60", "on_accent": "#ffffff",
}  # fmt: skip
OPEN = Text("查看售后单", "Open the case")
WHY = Text(
    "您收到这封邮件，是因为它关系到您的售后。请勿直接回复；请在售后单里留言。",
    "You get this mail because it is about your case. Please do not reply; write in the case instead.",
)
WHY_STAFF = Text(
    "您收到这封邮件，是因为这张售后单由您处理。", "You get this mail because you handle this case."
)


def letter(notice: Notice, address: str) -> EmailMultiAlternatives:
    """Ready to be sent; the Message-ID belongs to the notice, so that a second copy is known as the same message."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<notice-{notice.id}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(notice.title, notice.body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
    mail.attach_alternative(html_of(notice), "text/html")
    return mail


def html_of(notice: Notice) -> str:
    """The HTML part: the paragraphs, and the link as a button."""
    link = link_of(notice)
    paragraphs = [paragraph for paragraph in notice.body.strip().split("\n\n") if paragraph]
    said = [paragraph for paragraph in paragraphs if not paragraph.endswith(link)]
    context = {
        "language": "en" if notice.language == "en" else "zh-Hans", "title": notice.title, "link": link, "tokens": TOKENS,
        "paragraphs": said[:-1] if len(said) > 1 else said, "foot": said[-1] if len(said) > 1 else "",
        "open": OPEN.in_(notice.language),
        "why": (WHY_STAFF if notice.user_id is not None else WHY).in_(notice.language),
    }  # fmt: skip
    return render_to_string("notifications/letter.html", context)


def link_of(notice: Notice) -> str:
    """Where the notice leads: the case's page at the reader's own door."""
    return f"{settings.BASE_URL}/{'staff/' if notice.user_id is not None else ''}cases/{notice.subject}/"
