"""What WeChat Pay's words mean: states, error codes, and its words about a refund or a payment as our answers."""

import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from shouhou.payments.channels.base import ChannelAnswer, ChannelSilent, PayAnswer, PayStatus, Status
from shouhou.payments.channels.numbers import out_number

CURRENCY = "CNY"
MEANS = "wechat"
# What became of a refund, and the code that a person reads when the money did not get there.
REFUND_STATES: Mapping[str, tuple[Status, str]] = {
    "SUCCESS": ("settled", ""), "PROCESSING": ("in_process", ""), "CLOSED": ("refused", "REFUND_CLOSED"),
    "ABNORMAL": ("refused", "REFUND_ABNORMAL"),
}  # fmt: skip
# Paid is paid, also when some of it has gone back since (REFUND).
TRADE_STATES: Mapping[str, PayStatus] = {
    "SUCCESS": "settled", "REFUND": "settled", "NOTPAY": "open", "USERPAYING": "open", "ACCEPT": "open",
    "CLOSED": "closed", "REVOKED": "closed", "PAYERROR": "declined",
}  # fmt: skip
NO_SUCH_REFUND = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS"})
NO_SUCH_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
NO_BILL = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_CREATING"})
# What says nothing about the money: their trouble, their limits, or that we are not set up rightly.
UNDECIDED = frozenset({
    "SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED",
    "RATELIMIT_EXCEEDED", "SIGN_ERROR", "NO_AUTH", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS",
})  # fmt: skip


# Payment on phones is a product of its own: a merchant who has not opened it can still be paid by code.
NOT_OPENED = frozenset({"NO_AUTH"})
# What they take where the payer's address is not known.
NO_ADDRESS = "127.0.0.1"


def decided(status: int, text: str | bytes, *, final: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The answer's content, when it says something; codes in `final` do here, whatever else they may mean. Raises
    ChannelSilent."""
    if status == 204:
        return {}
    try:
        said = json.loads(text)
    except ValueError as error:
        raise ChannelSilent(f"HTTP {status}, unreadable") from error
    if not isinstance(said, dict):
        raise ChannelSilent(f"HTTP {status}, unreadable")
    code = str(said.get("code", ""))
    if status != 200 and code not in final and (status in (401, 408, 429) or status >= 500 or not code or code in UNDECIDED):
        raise ChannelSilent(f"HTTP {status} {code} {str(said.get('message', ''))[:120]}".strip())
    return said


def is_the_bill(data: bytes, *, sha1: str) -> bool:
    """Whether the file, unpacked, is the one of this digest."""
    try:
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error):
        return False
    return hmac.compare_digest(hashlib.sha1(plain, usedforsecurity=False).hexdigest(), sha1.lower())


def refund_answer(said: Mapping[str, Any], *, key: UUID) -> ChannelAnswer:
    """Raises ChannelSilent for words about another refund, and for those that cannot be read."""
    try:
        if said["out_refund_no"] != out_number(key) or said["amount"].get("currency", CURRENCY) != CURRENCY:
            raise ChannelSilent("an answer about another refund")
        status, code = REFUND_STATES[said["status"]]
        return ChannelAnswer(status, str(said["refund_id"])[:120], code, int(said["amount"]["refund"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChannelSilent(f"unreadable: {error!r}"[:200]) from error


def trade_answer(said: Mapping[str, Any], *, key: UUID, merchant: str) -> PayAnswer:
    """Raises ChannelSilent for words about another order, and for those that cannot be read."""
    try:
        amount: Mapping[str, Any] = said.get("amount") or {}
        if (said["out_trade_no"], said.get("mchid"), amount.get("currency", CURRENCY)) != (out_number(key), merchant, CURRENCY):
            raise ChannelSilent("an answer about another order")
        status = TRADE_STATES[said["trade_state"]]
        total = int(amount["total"]) if "total" in amount else None
        reference = str(said.get("transaction_id") or "")[:120]
        return PayAnswer(
            status, reference=reference, code="PAYERROR" if status == "declined" else "", means=MEANS, amount_minor=total
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChannelSilent(f"unreadable: {error!r}"[:200]) from error


def never_connected(error: requests.ConnectionError) -> bool:
    """Whether nothing can have reached them: there was no connection at all."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    why = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(why, NewConnectionError | ConnectTimeoutError)
