"""How allauth behaves here: nobody registers, secrets are stored encrypted, mail is a job."""

import base64
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from shouhou.accounts.models import User
from shouhou.accounts.reset import ask_reset_mail

# By role: the work that waits for them. Everybody else begins with the queue.
DAY_BEGINS = {
    "merchant_operator": "/merchant/", "merchant_manager": "/merchant/", "inspector": "/inspect/", "technician": "/technician/",
    "clerk": "/desk/", "finance": "/finance/", "insurer": "/insurer/", "operations": "/operations/",
}  # fmt: skip


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff accounts: made by operations, never by their owner."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the server sees it, like web/who.py; a proxy in front sets it."""
        return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 – no address, not a place to listen

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever was going nowhere in particular comes to the page their day begins with."""
        return day_begins(request.user)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """By its owner, on any of allauth's pages: no longer somebody else's."""
        if isinstance(user, User):
            user.password_temporary = False
        super().set_password(user, password)

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        if isinstance(user, User):
            ask_reset_mail(user)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The authenticator app's secret and the recovery codes are unreadable without the installation's own secret."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()


class NoSelfRegistration(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whoever comes from the company's sign-in must already be somebody here; see web/staff/oidc.py."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def day_begins(user: object) -> str:
    """The first page of somebody's day."""
    return DAY_BEGINS.get(getattr(user, "role", ""), settings.LOGIN_REDIRECT_URL)


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"second factor\n" + settings.SECRET_KEY.encode()).digest()))
