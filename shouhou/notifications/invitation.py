"""The mail that asks somebody to become a member of staff: its text, and the same as HTML like every notice."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from shouhou.accounts.invitations import VALID_DAYS, link_of
from shouhou.accounts.models import ROLES, Invitation
from shouhou.foundation.workflow import Text
from shouhou.notifications.letter import TOKENS

TITLE = Text("{organisation}邀请您使用售后系统", "{organisation} invites you to its after-sales desk")
SAID = Text(
    "{greeting}{inviter}邀请您以“{role}”身份加入{organisation}。打开下面的链接，设置账号名和密码即可开始。",
    "{greeting}{inviter} invites you to join {organisation} as {role}. Open the link, choose a name and a password, and begin.",
)
LIMITS = Text(
    "链接 {days} 天内有效，只能使用一次。请勿转发：谁打开它，谁就能建立这个账号。",
    "The link is good for {days} days and works once. Do not pass it on: whoever opens it makes the account.",
)
GREETING = Text("{name}，您好：", "Hello {name}, ")
OPEN = Text("接受邀请", "Accept the invitation")
WHY = Text("如果您不认识邀请人，请忽略本邮件，不会建立任何账号。", "If you do not know them, ignore this mail: no account is made.")


def invitation_letter(invitation: Invitation) -> EmailMultiAlternatives:
    """Ready to be sent, in the language the invitation was written in."""
    language, link = invitation.language, link_of(invitation)
    by = invitation.invited_by
    given = {
        "organisation": invitation.organisation.name, "inviter": by.get_full_name() or by.username, "days": VALID_DAYS,
        "role": Text(*ROLES[invitation.role]).in_(language),
        "greeting": GREETING.in_(language).format(name=invitation.name) if invitation.name else "",
    }  # fmt: skip
    title, said, limits = (text.in_(language).format(**given) for text in (TITLE, SAID, LIMITS))
    why = WHY.in_(language)
    mail = EmailMultiAlternatives(
        title, "\n\n".join([said, link, limits, why]) + "\n", settings.DEFAULT_FROM_EMAIL, [invitation.email],
        headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    context = {
        "language": "en" if language == "en" else "zh-Hans", "title": title, "link": link, "tokens": TOKENS,
        "paragraphs": [said], "foot": limits, "open": OPEN.in_(language), "why": why,
    }  # fmt: skip
    mail.attach_alternative(render_to_string("notifications/letter.html", context), "text/html")
    return mail
