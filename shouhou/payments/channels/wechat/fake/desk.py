"""What the small WeChat Pay does with money: orders, refunds, what is refused and what has to wait."""

import json
import os
import time
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shouhou.payments.channels.fake.keypair import KeyPair, new_key, read_key
from shouhou.payments.channels.fake.scripted import Shelf

Said = tuple[int, dict[str, Any]]
CASHIER = "/cgi-bin/mmpayweb-bin/checkmweb"
MERCHANT, APP, SERIAL = "1900000109", "wx8888888888888888", "7A11CE0000000000000000000000000000000001"
KEY_ID = "PUB_KEY_ID_0119000001092026"
CERTIFICATE = 0x5A11CE5A11CE
# The official account: its secret, and who visits its pages.
SECRET, VISITOR = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
REFUSALS = {
    "not_enough": (403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"),
    "account_abnormal": (403, "USER_ACCOUNT_ABNORMAL", "用户账户异常或注销"),
    "too_late": (400, "INVALID_REQUEST", "订单已超过可退款的最大期限"),
}
# A refund that is accepted, and what becomes of it.
COURSES = {"processing": "PROCESSING", "abnormal": "ABNORMAL", "closed": "CLOSED"}


@dataclass(frozen=True, slots=True)
class Keys:
    """Both sides' keys; the merchant's private one is only used to make up its settings."""

    merchant: KeyPair
    platform: KeyPair
    api_key: str = field(default="0123456789abcdef0123456789abcdef")


def new_keys() -> Keys:
    return Keys(new_key(), new_key())


def keys_in(folder: Path) -> Keys:
    """The keys of a folder, made there the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("merchant", "platform"):
        if not (path := folder / f"{name}.pem").exists():
            path.write_text(new_key().private_pem)
    return Keys(read_key((folder / "merchant.pem").read_text()), read_key((folder / "platform.pem").read_text()))


def failure(code: str, message: str, status: int = 400) -> Said:
    return status, {"code": code, "message": message}


def make_order(trades: Shelf, said: dict[str, Any], *, kind: str = "NATIVE", at: str = "") -> Said:
    """An order under the merchant's number; the same again is the same, with other words or paid another way it is refused."""
    name, amount = said["out_trade_no"], said["amount"]
    standing = trades.known.get(name)
    if said.get("mchid") != MERCHANT or said.get("appid") != APP:
        return failure("APPID_MCHID_NOT_MATCH", "appid 与 mchid 不匹配")
    if standing and standing["state"] == "SUCCESS":
        return failure("ORDERPAID", "该订单已支付")
    if standing and standing["state"] == "CLOSED":
        return failure("ORDER_CLOSED", "订单已关闭")
    scene = said.get("scene_info", {})
    if kind == "MWEB" and not (scene.get("payer_client_ip") and scene.get("h5_info", {}).get("type")):
        return failure("PARAM_ERROR", "缺少场景信息 scene_info")
    person = str((said.get("payer") or {}).get("openid", ""))
    if kind == "JSAPI" and not person.startswith("o"):
        return failure("PARAM_ERROR", "openid 与 appid 不匹配" if person else "缺少 payer.openid")
    words = {"total": amount["total"], "currency": amount["currency"], "description": said["description"], "kind": kind, "person": person}
    if standing and {each: standing.get(each, "") for each in words} != words:
        return failure("INVALID_REQUEST", "201 商户订单号重复")
    if not standing:
        trades.put(name, {**words, "state": "NOTPAY", "notify_url": said.get("notify_url", ""), "attach": said.get("attach", "")})
    if kind == "MWEB":
        return 200, {"h5_url": f"{at}{CASHIER}?prepay_id={name}&package={uuid4().hex[:10]}"}
    if kind == "JSAPI":
        return 200, {"prepay_id": f"wx{name[:20]}{uuid4().hex[:10]}"}
    return 200, {"code_url": f"weixin://wxpay/bizpayurl?pr={name[:9]}"}


def cashier_page(trade: dict[str, Any]) -> bytes:
    """What a phone shows where WeChat would open: the sum, and a button to pay it."""
    what = "已支付" if trade["state"] == "SUCCESS" else "已关闭" if trade["state"] == "CLOSED" else ""
    button = what or "<form method='post'><button>支付</button></form>"
    return f"<!doctype html><meta charset='utf-8'><title>微信支付（模拟）</title><h1>¥{trade['total'] / 100:.2f}</h1>{button}".encode()


def paid_order(trades: Shelf, total: int) -> dict[str, Any]:
    """An order of the shop's that its buyer has paid."""
    return pay(trades, trades.put(f"shop{uuid4().hex[:20]}", {"total": total, "currency": "CNY", "description": "x", "state": "NOTPAY"}))


def pay(trades: Shelf, trade: dict[str, Any]) -> dict[str, Any]:
    if trade["state"] != "NOTPAY":
        return trade
    return trades.put(trade["name"], {"state": "SUCCESS", "transaction_id": "42000000" + uuid4().hex[:20], "paid_at": stamp()})


def shown_order(trade: dict[str, Any]) -> dict[str, Any]:
    back = {"transaction_id": trade["transaction_id"], "bank_type": "OTHERS"} if "transaction_id" in trade else {}
    return {
        "appid": APP, "mchid": MERCHANT, "out_trade_no": trade["name"], "trade_type": trade.get("kind", "NATIVE"),
        "trade_state": trade["state"],
        "attach": trade.get("attach", ""), **back,
        "amount": {"total": trade["total"], "payer_total": trade["total"], "currency": trade["currency"], "payer_currency": "CNY"},
    }  # fmt: skip


def make_refund(trades: Shelf, refunds: Shelf, said: dict[str, Any], *, does: str) -> Said:
    """A refund under the merchant's number, at most once; what it asks must fit what was paid."""
    name, amount = said["out_refund_no"], said["amount"]
    trade = next((each for each in trades.known.values() if each.get("transaction_id") == said.get("transaction_id")), None)
    if trade is None:
        return failure("RESOURCE_NOT_EXISTS", "订单不存在", 404)
    if standing := refunds.known.get(name):
        same = (standing["refund"], standing["transaction_id"]) == (amount["refund"], trade["transaction_id"])
        return (200, shown_refund(standing)) if same else failure("INVALID_REQUEST", "退款单号重复，参数与首次请求不一致")
    if does in REFUSALS:
        status, code, message = REFUSALS[does]
        return failure(code, message, status)
    gone = sum(each["refund"] for each in refunds.known.values() if counts(each, trade["transaction_id"]))
    if amount["total"] != trade["total"]:
        return failure("INVALID_REQUEST", "订单金额与退款请求中的订单金额不一致")
    if amount["refund"] < 1 or gone + amount["refund"] > trade["total"]:
        return failure("INVALID_REQUEST", "累计退款金额大于支付金额")
    return 200, shown_refund(refunds.put(name, {
        "refund_id": "50000000" + uuid4().hex[:20], "transaction_id": trade["transaction_id"], "out_trade_no": trade["name"],
        "refund": amount["refund"], "total": trade["total"], "state": COURSES.get(does, "SUCCESS"),
        "notify_url": said.get("notify_url", ""), "done_at": stamp(),
    }))  # fmt: skip


def counts(refund: dict[str, Any], transaction_id: str) -> bool:
    return refund["transaction_id"] == transaction_id and refund["state"] not in ("CLOSED", "ABNORMAL")


def shown_refund(refund: dict[str, Any], *, notice: bool = False) -> dict[str, Any]:
    """As an answer; in a notice the state has another name, and no currency is told."""
    money = {"total": refund["total"], "refund": refund["refund"], "payer_total": refund["total"], "payer_refund": refund["refund"]}
    told = {name: refund[name] for name in ("refund_id", "transaction_id", "out_trade_no")} | {"out_refund_no": refund["name"]}
    if notice:
        return {**told, "mchid": MERCHANT, "refund_status": refund["state"], "amount": money, "user_received_account": "零钱"}
    return {**told, "status": refund["state"], "channel": "ORIGINAL", "create_time": stamp(), "amount": {**money, "currency": "CNY"}}


def sealed(keys: Keys, event: str, resource: dict[str, Any], *, notice_id: str = "") -> bytes:
    """A notice's body: the resource encrypted with the merchant's API key."""
    nonce, kind = uuid4().hex[:12], "refund" if event.startswith("REFUND") else "transaction"
    closed = AESGCM(keys.api_key.encode()).encrypt(nonce.encode(), json.dumps(resource).encode(), kind.encode())
    return json.dumps({
        "id": notice_id or "EV-" + uuid4().hex, "create_time": stamp(), "resource_type": "encrypt-resource",
        "event_type": event, "summary": event,
        "resource": {"original_type": kind, "algorithm": "AEAD_AES_256_GCM", "ciphertext": b64encode(closed).decode(),
                     "associated_data": kind, "nonce": nonce},
    }).encode()  # fmt: skip


def signed_headers(key: KeyPair, body: bytes, *, serial: str = KEY_ID, at: float | None = None) -> dict[str, str]:
    """How the platform signs what it says."""
    moment, nonce = str(int(time.time() if at is None else at)), os.urandom(12).hex()
    return {
        "Wechatpay-Timestamp": moment, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": key.sign(f"{moment}\n{nonce}\n{body.decode()}\n"),
    }  # fmt: skip


def stamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600))
