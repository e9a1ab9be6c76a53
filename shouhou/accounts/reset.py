"""A new password by mail, for staff: asked for at the door, sent by a job."""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from procrastinate.contrib.django import app

from shouhou.accounts.models import User
from shouhou.foundation.workflow import Text

SUBJECT = Text("设置新密码", "Set a new password")
BODY = Text(
    "{name}，您好：\n\n有人（应该是您）请求为账号 {username} 设置新密码。请打开下面的链接，按提示操作：\n\n{link}\n\n"
    "链接 1 小时内有效，只能使用一次。如果不是您本人操作，请忽略本邮件，密码不会改变。\n",
    "Hello {name},\n\nSomebody, probably you, asked for a new password for the account {username}. Open this link and follow it:"
    "\n\n{link}\n\nIt is valid for one hour and works once. If it was not you, ignore this mail: the password stays as it is.\n",
)


def ask_reset_mail(user: User) -> None:
    """Let a job send the link; the caller answers the same, and as quickly, for an unknown address."""
    app.configure_task("accounts.mail_reset", queue="notifications").defer(user_id=user.pk)


def send_reset_mail(user_id: int) -> None:
    """Send it, if the person still works here and has an address."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None:
        return
    given = {"name": user.get_full_name() or user.username, "username": user.username, "link": reset_link(user)}
    subject, body = SUBJECT.in_(user.language), BODY.in_(user.language).format(**given)
    EmailMessage(subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[user.email]).send()


def reset_link(user: User) -> str:
    """The address at which this person may set a password, once; never from a request's own Host header."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
    return f"{settings.BASE_URL.rstrip('/')}{path}"
