"""The small WeChat Pay's trade bill of a day, as the real one writes it."""

import gzip
import hashlib
from typing import Any

from shouhou.payments.channels.fake.scripted import Shelf
from shouhou.payments.channels.wechat.fake import desk

COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def bill_of(day: str, *, trades: Shelf, refunds: Shelf) -> bytes | None:
    """The packed bill; None for a day on which nothing moved."""
    rows = [_row(trade["paid_at"], trade) for trade in trades.known.values() if trade.get("paid_at", "").startswith(day)]
    for refund in refunds.known.values():
        if refund["state"] == "SUCCESS" and refund["done_at"].startswith(day):
            rows.append(_row(refund["done_at"], trades.known[refund["out_trade_no"]], refund))
    if not rows:
        return None
    totals = [str(len(rows)), "0.00", "0.00", "0.00", "0.00000", "0.00", "0.00"]
    return gzip.compress("\r\n".join([COLUMNS, *rows, TOTALS, ",".join(f"`{each}" for each in totals)]).encode("utf-8-sig"))


def digest(packed: bytes) -> str:
    return hashlib.sha1(gzip.decompress(packed), usedforsecurity=False).hexdigest()


def _row(at: str, trade: dict[str, Any], refund: dict[str, Any] | None = None) -> str:
    moment, total, back = at[:19].replace("T", " "), _yuan(trade["total"]), _yuan(refund["refund"] if refund else 0)
    values = [
        moment, desk.APP, desk.MERCHANT, "0", "", trade["transaction_id"], trade["name"], "oX-1", trade.get("kind", "NATIVE"),
        "REFUND" if refund else "SUCCESS", "OTHERS", "CNY", "0.00" if refund else total, "0.00",
        refund["refund_id"] if refund else "0", refund["name"] if refund else "0", back, "0.00",
        "ORIGINAL" if refund else "", "SUCCESS" if refund else "", trade["description"], trade.get("attach", ""),
        "0.00000", "0.60%", "0.00" if refund else total, back, "",
    ]  # fmt: skip
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
