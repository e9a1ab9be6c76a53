"""What WeChat Pay gave the merchant: numbers and keys, and the one client of API v3 made from them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.utils import load_private_key, load_public_key

from shouhou.payments.channels.base import ChannelDown
from shouhou.payments.channels.keys import key_text

GATEWAY = "https://api.mch.weixin.qq.com"
# Of the official account: where its visitors are sent to be known, and where the code that they bring is exchanged.
OPEN, API = "https://open.weixin.qq.com", "https://api.weixin.qq.com"
API_KEY_BYTES = 32
# To connect, and between two bytes of the answer.
TIMEOUT_SECONDS = (3.05, 10.0)


@dataclass(frozen=True, slots=True)
class WeChatAccount:
    """A direct merchant. WeChat's signatures are checked with its public key, or with its certificates kept in a folder.
    `secret` is the official account's: without it nobody pays inside WeChat."""

    merchant: str
    app: str
    serial: str
    private_key: str
    api_key: str
    public_key: str = ""
    public_key_id: str = ""
    certificates: str = ""
    url: str = GATEWAY
    secret: str = ""
    open_url: str = OPEN
    api_url: str = API
    notify_url: str = ""
    timeout: tuple[float, float] = TIMEOUT_SECONDS


def account_from(given: Mapping[str, str], *, notify_url: str) -> WeChatAccount:
    """From the settings (SHOUHOU_WECHAT_…). Raises ChannelDown for a key that cannot be read."""
    try:
        return WeChatAccount(
            merchant=given["merchant"], app=given["app"], serial=given["serial"],
            private_key=key_text(given["private_key"], kind="PRIVATE KEY"), api_key=given["api_key"],
            public_key=key_text(given["public_key"], kind="PUBLIC KEY"), public_key_id=given["public_key_id"],
            certificates=given["certificates"], url=given["url"] or GATEWAY, notify_url=notify_url, timeout=TIMEOUT_SECONDS,
            secret=given.get("secret", ""), open_url=given.get("open_url") or OPEN, api_url=given.get("api_url") or API,
        )  # fmt: skip
    except OSError as error:
        raise ChannelDown(f"a key of WeChat Pay cannot be read: {error}") from error


def wrong_with(given: Mapping[str, str]) -> str:
    """What is missing or cannot be read in the settings, by name; empty when all is well. Nobody is asked."""
    missing = [name for name in ("app", "serial", "private_key", "api_key") if not given[name]]
    if not given["certificates"] and not (given["public_key"] and given["public_key_id"]):
        missing.append("public_key + public_key_id")
    if missing:
        return ", ".join(missing)
    if len(given["api_key"].encode()) != API_KEY_BYTES:
        return f"api_key ({API_KEY_BYTES} bytes)"
    try:
        account = account_from(given, notify_url="")
    except ChannelDown:
        return "private_key, public_key"
    for name, load, text in (("private_key", load_private_key, account.private_key), ("public_key", load_public_key, account.public_key)):
        try:
            load(text)
        except Exception:  # the library raises nothing narrower
            return name
    return ""


class Protocol3(Core):  # type: ignore[misc]
    """The library's API v3, at the entry that the account names: it asks for certificates before it can be told where."""

    def __init__(self, account: WeChatAccount) -> None:
        self._entry = account.url.rstrip("/")
        super().__init__(
            mchid=account.merchant, cert_serial_no=account.serial, private_key=account.private_key, apiv3_key=account.api_key,
            cert_dir=account.certificates or None, timeout=account.timeout, public_key=account.public_key or None,
            public_key_id=account.public_key_id or None,
        )  # fmt: skip

    @property
    def _gate_way(self) -> str:
        return self._entry

    @_gate_way.setter
    def _gate_way(self, value: str) -> None:
        """The library's own constant; the account's entry stands."""


class Client(WeChatPay):  # type: ignore[misc]
    """The library's calls over that protocol."""

    def __init__(self, account: WeChatAccount) -> None:
        self._type, self._partner_mode, self._core = WeChatPayType.NATIVE, False, Protocol3(account)
        self._mchid, self._appid, self._notify_url = account.merchant, account.app, account.notify_url or None

    def knows(self, serial: int) -> Any:
        """WeChat's certificate with this number, among those at hand."""
        return next((each for each in list(self._core._certificates) if each.serial_number == serial), None)

    def ask_for_certificates(self) -> None:
        """Their newest; when they cannot be had, those at hand stay."""
        before = list(self._core._certificates)
        with suppress(requests.RequestException):
            self._core._update_certificates()
        if not self._core._certificates:
            self._core._certificates.extend(before)


@lru_cache(maxsize=8)
def client_of(account: WeChatAccount) -> Client:
    """The client; the first one may ask for WeChat's certificates. Raises ChannelDown when it cannot be made."""
    try:
        return Client(account)
    except Exception as error:  # the library raises nothing narrower
        raise ChannelDown(f"WeChat Pay is not set up rightly: {error}") from error
