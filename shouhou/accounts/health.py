"""What the doctor looks at around signing in: the company's sign-in, mail, text messages, second factors, passwords."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from shouhou.accounts.passwords import with_demo_password, with_one_time_password
from shouhou.accounts.second_factor import people_and_factors, roles_needing_totp

SECONDS = 5.0
FILES = "django.core.mail.backends.filebased.EmailBackend"
# Whoever has one of these can do most harm.
STRONG_ROLES = ("operations", "finance")
OIDC_NAMES = {"url": "SHOUHOU_OIDC_URL", "client_id": "SHOUHOU_OIDC_CLIENT_ID", "secret": "SHOUHOU_OIDC_SECRET"}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Seen(NamedTuple):
    """One thing looked at, as the doctor tells it; `advice` is Chinese / English, empty when all is well."""

    level: Literal["ok", "warn", "bad"]
    zh: str
    en: str
    advice: str = ""


def sign_in_health() -> Iterator[Seen]:
    """What can be said without asking anybody outside."""
    yield from _company()
    yield from _mail()
    yield _text_messages()
    yield from _second_factors()
    yield from _passwords()


def company_reachable() -> Iterator[Seen]:
    """Ask the company's sign-in who it is; nothing where there is none. A network call: for the command, not for a page."""
    url = settings.OIDC["url"].rstrip("/")
    if not url:
        return
    address = url if url.endswith("/.well-known/openid-configuration") else f"{url}/.well-known/openid-configuration"
    try:
        said = httpx.get(address, timeout=SECONDS, follow_redirects=True).raise_for_status().json()
        issuer, missing = said.get("issuer", ""), [name for name in ENDPOINTS if name not in said]
    except (httpx.HTTPError, ValueError, AttributeError) as why:
        yield Seen(
            "bad", f"公司登录 {url} 无法访问：{type(why).__name__}", f"the company's sign-in {url} cannot be reached: {type(why).__name__}",
            "检查网络与 SHOUHOU_OIDC_URL；员工仍可用密码登录 / check the network and SHOUHOU_OIDC_URL; passwords still work",
        )  # fmt: skip
        return
    if missing or not issuer:
        yield Seen(
            "bad", f"公司登录的说明缺少 {missing or ['issuer']}", f"the company's sign-in does not say {missing or ['issuer']}",
            "SHOUHOU_OIDC_URL 应为签发者地址 / SHOUHOU_OIDC_URL is to be the issuer's address",
        )  # fmt: skip
    else:
        yield Seen("ok", f"公司登录可访问（{issuer}）", f"the company's sign-in answers as {issuer}")


def _company() -> Iterator[Seen]:
    given = settings.OIDC
    missing = [name for key, name in OIDC_NAMES.items() if not given[key]]
    if len(missing) == len(OIDC_NAMES):
        return
    if missing:
        yield Seen(
            "bad", f"公司登录设置不完整：缺少 {', '.join(missing)}", f"the company's sign-in is not complete: {', '.join(missing)}",
            "补全或全部去掉 / give all of them or none",
        )  # fmt: skip
    elif not given["url"].startswith("https://") and not _here(given["url"]):
        yield Seen(
            "bad", "公司登录没有使用 HTTPS", "the company's sign-in is not HTTPS: anybody on the way can sign in as anybody",
            "SHOUHOU_OIDC_URL=https://…",
        )  # fmt: skip
    else:
        yield Seen("ok", "公司登录设置完整", "the company's sign-in is set up")


def _mail() -> Iterator[Seen]:
    if settings.EMAIL_BACKEND == FILES:
        yield Seen(
            "warn", "没有邮件服务器：邮件写成文件", "no mail server: mails become files, links to a new password reach nobody",
            "SHOUHOU_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend, SHOUHOU_SMTP_HOST=…",
        )  # fmt: skip
        return
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Seen("warn", "发件地址是 localhost，多会被拒收", "mail comes from localhost and is mostly refused", "SHOUHOU_FROM_EMAIL=…")
    if _here(settings.BASE_URL) and "smtp" in settings.EMAIL_BACKEND:
        yield Seen(
            "bad", "邮件里的链接指向本机", "links in mails lead to this machine only", "SHOUHOU_BASE_URL=https://…"
        )  # fmt: skip
    elif not settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Seen("ok", "邮件已设置", "mail is set up")


def _text_messages() -> Seen:
    if not settings.SMS_URL:
        return Seen(
            "warn", "没有短信网关：验证码写成文件", "no gateway for text messages: sign-in codes become files and reach no buyer",
            "SHOUHOU_SMS_URL=…",
        )  # fmt: skip
    if not settings.SMS_URL.startswith("https://") and not _here(settings.SMS_URL):
        return Seen("bad", "短信网关没有使用 HTTPS", "sign-in codes go to the gateway without HTTPS", "SHOUHOU_SMS_URL=https://…")
    return Seen("ok", "短信网关已设置", "the gateway for text messages is set up")


def _second_factors() -> Iterator[Seen]:
    needing, people = roles_needing_totp(), people_and_factors()
    without = [role for role in STRONG_ROLES if role not in needing and people.get(role, (0, 0))[0]]
    late = sum(people[role][0] - people[role][1] for role in needing if role in people)
    if without:
        yield Seen(
            "warn", f"这些角色只凭密码登录：{', '.join(without)}", f"these roles sign in with a password alone: {', '.join(without)}",
            "运营 → 登录规则 / Operations → Sign-in rules",
        )  # fmt: skip
    if late:
        yield Seen(
            "warn", f"{late} 人还没有设置必需的动态码", f"{late} people have not yet set up the second factor they need",
            "下次登录时会要求设置 / they are asked at their next sign-in",
        )  # fmt: skip
    if not without and not late:
        yield Seen("ok", "动态码规则已执行", "the rules on second factors are kept")


def _passwords() -> Iterator[Seen]:
    shared, given = with_demo_password().count(), with_one_time_password().count()
    if shared:
        level: Literal["warn", "bad"] = "warn" if _here(settings.BASE_URL) else "bad"
        yield Seen(
            level, f"{shared} 个账号还在用演示密码", f"{shared} accounts still have the demo's password",
            "运营 → 用户与角色 → 待换密码：停用或更换 / Operations → Users → Passwords to change: switch them off or renew them",
        )  # fmt: skip
    if given:
        yield Seen(
            "warn", f"{given} 个一次性密码还没有更换", f"{given} one-time passwords are not changed yet",
            "运营 → 用户与角色 → 待换密码：不再需要时停用 / Operations → Users → Passwords to change: switch off what nobody needs",
        )  # fmt: skip
    if not shared and not given:
        yield Seen("ok", "没有演示密码和未更换的一次性密码", "no demo password and no one-time password is left")


def _here(url: str) -> bool:
    """Whether the address is this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
