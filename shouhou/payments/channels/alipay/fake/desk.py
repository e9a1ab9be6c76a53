"""What the small Alipay does with money: trades that begin when their code is scanned, refunds, what is refused."""

import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from shouhou.payments.channels.fake.keypair import KeyPair, new_key, read_key
from shouhou.payments.channels.fake.scripted import Shelf

Said = dict[str, Any]
APP, SELLER = "2021004100000001", "2088102146225135"
REFUSALS = {
    "not_enough": ("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足"),
    "frozen": ("ACQ.REASON_TRADE_BEEN_FREEZEN", "请求退款的交易被冻结"),
    "finished": ("ACQ.TRADE_HAS_FINISHED", "交易已完结"),
}
COURSES = {"late": "accepted, the money moves when it is finished by hand"}


@dataclass(frozen=True, slots=True)
class Keys:
    """Both sides' keys; the app's private one is only used to make up its settings."""

    app: KeyPair
    alipay: KeyPair


def new_keys() -> Keys:
    return Keys(new_key(), new_key())


def keys_in(folder: Path) -> Keys:
    """The keys of a folder, made there the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("app", "alipay"):
        if not (path := folder / f"{name}.pem").exists():
            path.write_text(new_key().private_pem)
    return Keys(read_key((folder / "app.pem").read_text()), read_key((folder / "alipay.pem").read_text()))


def done(**told: Any) -> Said:
    return {"code": "10000", "msg": "Success", **told}


def failure(sub_code: str, sub_msg: str, *, code: str = "40004", msg: str = "Business Failed") -> Said:
    return {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}


NO_TRADE = failure("ACQ.TRADE_NOT_EXIST", "交易不存在")


def precreate(trades: Shelf, said: Said, *, notify_url: str) -> Said:
    """A code to scan; there is no trade yet."""
    name, words = said["out_trade_no"], {"total": said["total_amount"], "subject": said["subject"]}
    standing = trades.known.get(name)
    if standing and standing["state"] in ("TRADE_SUCCESS", "TRADE_FINISHED"):
        return failure("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if standing and standing["state"] == "TRADE_CLOSED":
        return failure("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if standing and {each: standing[each] for each in words} != words:
        return failure("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    if not standing:
        trades.put(name, {**words, "state": "", "notify_url": notify_url, "body": said.get("body", "")})
    return done(out_trade_no=name, qr_code=f"https://qr.alipay.com/{name[:16]}")


def scan(trades: Shelf, name: str) -> Said:
    """The code is scanned: now there is a trade."""
    trade = trades.known[name]
    if trade["state"]:
        return trade
    return trades.put(name, {"state": "WAIT_BUYER_PAY", "trade_no": time.strftime("%Y%m%d22001") + uuid4().hex[:17]})


def pay(trades: Shelf, name: str) -> Said:
    trade = scan(trades, name)
    return trades.put(name, {"state": "TRADE_SUCCESS", "paid_at": stamp()}) if trade["state"] == "WAIT_BUYER_PAY" else trade


def paid_trade(trades: Shelf, total: str) -> Said:
    """A trade of the shop's that its buyer has paid."""
    name = f"shop{uuid4().hex[:20]}"
    trades.put(name, {"total": total, "subject": "x", "state": "", "notify_url": ""})
    return pay(trades, name)


def query(trades: Shelf, said: Said) -> Said:
    trade = found(trades, said)
    if trade is None:
        return NO_TRADE
    return done(
        out_trade_no=trade["name"], trade_no=trade["trade_no"], trade_status=trade["state"], total_amount=trade["total"],
        buyer_logon_id="buy***@example.com", **({"send_pay_date": trade["paid_at"]} if "paid_at" in trade else {}),
    )  # fmt: skip


def close(trades: Shelf, said: Said) -> Said:
    trade = found(trades, said)
    if trade is None:
        return NO_TRADE
    if trade["state"] != "WAIT_BUYER_PAY":
        return failure("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    trades.put(trade["name"], {"state": "TRADE_CLOSED"})
    return done(out_trade_no=trade["name"], trade_no=trade["trade_no"])


def refund(trades: Shelf, refunds: Shelf, said: Said, *, does: str) -> Said:
    """At most once under a number; when all has gone back the trade is closed."""
    name, amount, trade = said["out_request_no"], Decimal(said["refund_amount"]), found(trades, said)
    if trade is None:
        return NO_TRADE
    told = {"trade_no": trade["trade_no"], "out_trade_no": trade["name"], "buyer_logon_id": "buy***@example.com"}
    if standing := refunds.known.get(name):
        if (standing["amount"], standing["trade_no"]) != (str(amount), trade["trade_no"]):
            return failure("ACQ.DISCORDANT_REPEAT_REQUEST", "同一请求号，退款金额不一致")
        return done(**told, fund_change="N", refund_fee=str(gone(refunds, trade["trade_no"])))
    if does in REFUSALS:
        return failure(*REFUSALS[does])
    if trade["state"] == "TRADE_CLOSED":
        return failure("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if trade["state"] != "TRADE_SUCCESS":
        return failure("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    if amount <= 0 or gone(refunds, trade["trade_no"]) + amount > Decimal(trade["total"]):
        return failure("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    refunds.put(name, {
        "trade_no": trade["trade_no"], "out_trade_no": trade["name"], "amount": str(amount), "total": trade["total"],
        "state": "" if does == "late" else "REFUND_SUCCESS", "done_at": stamp(),
    })  # fmt: skip
    if gone(refunds, trade["trade_no"]) == Decimal(trade["total"]):
        trades.put(trade["name"], {"state": "TRADE_CLOSED"})
    return done(**told, fund_change="N" if does == "late" else "Y", refund_fee=str(gone(refunds, trade["trade_no"])))


def refund_query(trades: Shelf, refunds: Shelf, said: Said) -> Said:
    """What is not known, or has not gone through, comes back without a state."""
    if found(trades, said) is None:
        return NO_TRADE
    each = refunds.known.get(said["out_request_no"])
    if each is None or each["state"] != "REFUND_SUCCESS" or each["trade_no"] != said["trade_no"]:
        return done()
    return done(
        out_request_no=each["name"], trade_no=each["trade_no"], out_trade_no=each["out_trade_no"],
        refund_amount=each["amount"], total_amount=each["total"], refund_status="REFUND_SUCCESS",
    )  # fmt: skip


def gone(refunds: Shelf, trade_no: str) -> Decimal:
    return sum((Decimal(each["amount"]) for each in refunds.known.values() if each["trade_no"] == trade_no), Decimal("0.00"))


def found(trades: Shelf, said: Said) -> Said | None:
    """A trade that has begun, by their number or by the merchant's."""
    if number := said.get("trade_no"):
        return next((each for each in trades.known.values() if each.get("trade_no") == number), None)
    trade = trades.known.get(said.get("out_trade_no", ""))
    return trade if trade and trade["state"] else None


def notice(keys: Keys, trade: Said, *, notice_id: str = "", **more: str) -> bytes:
    """A signed notice about a trade, as the form it is sent as."""
    form = {
        "notify_time": stamp(), "notify_type": "trade_status_sync", "notify_id": notice_id or uuid4().hex, "app_id": APP,
        "charset": "utf-8", "version": "1.0", "auth_app_id": APP, "trade_no": trade["trade_no"], "out_trade_no": trade["name"],
        "seller_id": SELLER, "trade_status": trade["state"], "total_amount": trade["total"], "subject": trade["subject"],
        "gmt_create": stamp(), **more,
    }  # fmt: skip
    return signed_form(keys.alipay, form)


def signed_form(key: KeyPair, form: dict[str, str]) -> bytes:
    text = "&".join(f"{name}={form[name]}" for name in sorted(form))
    return urlencode({**form, "sign_type": "RSA2", "sign": key.sign(text)}).encode()


def stamp() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3600))
