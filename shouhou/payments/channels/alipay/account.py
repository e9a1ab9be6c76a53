"""What Alipay gave the merchant: the app, its keys, and the one client of the open platform made from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from alipay import AliPay
from alipay.utils import AliPayConfig

from shouhou.payments.channels.base import ChannelDown
from shouhou.payments.channels.keys import key_text

GATEWAY = "https://openapi.alipay.com/gateway.do"
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class AlipayAccount:
    """An app of the open platform in public-key mode; `public_key` is Alipay's, `seller` (2088…) whose money it is."""

    app: str
    private_key: str
    public_key: str
    seller: str = ""
    url: str = GATEWAY
    notify_url: str = ""
    timeout: float = TIMEOUT_SECONDS


def account_from(given: Mapping[str, str], *, notify_url: str) -> AlipayAccount:
    """From the settings (SHOUHOU_ALIPAY_…). Raises ChannelDown for a key that cannot be read."""
    try:
        return AlipayAccount(
            app=given["app"], private_key=key_text(given["private_key"], kind="PRIVATE KEY"),
            public_key=key_text(given["public_key"], kind="PUBLIC KEY"), seller=given["seller"],
            url=given["url"] or GATEWAY, notify_url=notify_url, timeout=TIMEOUT_SECONDS,
        )  # fmt: skip
    except OSError as error:
        raise ChannelDown(f"a key of Alipay cannot be read: {error}") from error


def wrong_with(given: Mapping[str, str]) -> str:
    """What is missing or cannot be read in the settings, by name; empty when all is well. Nobody is asked."""
    if missing := [name for name in ("private_key", "public_key", "seller") if not given[name]]:
        return ", ".join(missing)
    try:
        client_of(account_from(given, notify_url=""))
    except ChannelDown:
        return "private_key, public_key"
    return ""


@lru_cache(maxsize=8)
def client_of(account: AlipayAccount) -> Any:
    """The client. Raises ChannelDown when it cannot be made of these keys."""
    try:
        client = AliPay(
            appid=account.app, app_notify_url=None, app_private_key_string=account.private_key,
            alipay_public_key_string=account.public_key, sign_type="RSA2", config=AliPayConfig(timeout=account.timeout),
        )  # fmt: skip
    except (ValueError, IndexError, TypeError) as error:
        raise ChannelDown(f"Alipay is not set up rightly: {error}") from error
    # The library knows the live gateway and one sandbox.
    client._gateway = account.url
    return client
