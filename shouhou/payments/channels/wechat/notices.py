"""What WeChat Pay tells by itself: signature and age are checked, the content is decrypted, then read."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wechatpayv3.utils import aes_decrypt, load_public_key, rsa_verify

from shouhou.payments.channels.base import BadCallback, Callback, NotOurs, PayCallback
from shouhou.payments.channels.numbers import key_in
from shouhou.payments.channels.wechat import wire
from shouhou.payments.channels.wechat.account import WeChatAccount, client_of
from shouhou.plumbing import clock

FRESH = timedelta(minutes=5)
# Somebody who signs with a certificate that we do not know makes us ask WeChat for news of them no more often than this.
REFRESH = timedelta(minutes=10)
SIGNED_AS = "WECHATPAY2-SHA256-RSA2048"
_refreshed: dict[str, datetime] = {}


def read_notice(
    account: WeChatAccount, *, headers: Mapping[str, str], body: bytes
) -> Callback | PayCallback | NotOurs | None:  # fmt: skip
    """None when it is not WeChat's, or older than five minutes. Raises BadCallback."""
    told = {name.lower(): value for name, value in headers.items()}
    if not _is_signed(account, told, body):
        return None
    try:
        event = json.loads(body)
        notice_id, kind, sealed = str(event["id"])[:120], str(event["event_type"]), event["resource"]
        if sealed["algorithm"] != "AEAD_AES_256_GCM":
            raise BadCallback(f"sealed with {str(sealed['algorithm'])[:40]}")
        opened = aes_decrypt(
            nonce=sealed["nonce"], ciphertext=sealed["ciphertext"], associated_data=sealed.get("associated_data") or "",
            apiv3_key=account.api_key,
        )  # fmt: skip
        if opened is None:
            raise BadCallback("it cannot be decrypted with our key")
        return _meaning(account, notice_id, kind, json.loads(opened))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise error if isinstance(error, BadCallback) else BadCallback(repr(error)[:100]) from error


def _meaning(
    account: WeChatAccount, notice_id: str, kind: str, said: Mapping[str, Any]
) -> Callback | PayCallback | NotOurs:  # fmt: skip
    if said["mchid"] != account.merchant:
        raise BadCallback("about another merchant")
    if kind.startswith("REFUND."):
        key = key_in(str(said["out_refund_no"]))
        if key is None:
            return NotOurs(notice_id)
        status, code = wire.REFUND_STATES[said["refund_status"]]
        return Callback(
            notice_id, key, status, int(said["amount"]["refund"]), said["amount"].get("currency", wire.CURRENCY),
            str(said.get("refund_id") or ""), code,
        )  # fmt: skip
    key = key_in(str(said.get("out_trade_no", "")))
    if not kind.startswith("TRANSACTION.") or key is None:
        return NotOurs(notice_id)
    if said["appid"] != account.app:
        raise BadCallback("about another app")
    return PayCallback(
        notice_id, key, wire.TRADE_STATES[said["trade_state"]], int(said["amount"]["total"]),
        str(said["amount"]["currency"]), str(said.get("transaction_id") or ""), means=wire.MEANS,
    )  # fmt: skip


def _is_signed(account: WeChatAccount, told: Mapping[str, str], body: bytes) -> bool:
    """Signed by WeChat for these very bytes, and lately: what was caught once cannot be sent again next week."""
    stamp, nonce = told.get("wechatpay-timestamp", ""), told.get("wechatpay-nonce", "")
    signature, serial = told.get("wechatpay-signature", ""), told.get("wechatpay-serial", "")
    if told.get("wechatpay-signature-type", SIGNED_AS) != SIGNED_AS or not _is_fresh(stamp):
        return False
    key = _key_of(account, serial)
    if key is None:
        return False
    try:
        return bool(rsa_verify(stamp, nonce, body.decode(), signature, key))
    except ValueError:
        return False


def _is_fresh(stamp: str) -> bool:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    # Their clock and the world's, not the one that a test or a demo has moved.
    return abs(clock.now() - clock.shift() - datetime.fromtimestamp(int(stamp), UTC)) <= FRESH


def _key_of(account: WeChatAccount, serial: str) -> Any:
    """WeChat's key with this number; None for one that is not theirs."""
    if not serial:
        return None
    if serial == account.public_key_id:
        return load_public_key(account.public_key)
    if not account.certificates:
        return None
    try:
        wanted = int(serial, 16)
    except ValueError:
        return None
    client = client_of(account)
    found = client.knows(wanted)
    now = clock.now() - clock.shift()
    if found is None and now - _refreshed.get(account.merchant, now - REFRESH) >= REFRESH:
        _refreshed[account.merchant] = now
        client.ask_for_certificates()
        found = client.knows(wanted)
    return found.public_key() if found is not None else None
