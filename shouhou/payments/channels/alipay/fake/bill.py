"""The small Alipay's bill of a day, as the real one writes it: two CSV files of GBK in a ZIP."""

import io
import zipfile
from typing import Any

from shouhou.payments.channels.alipay.fake import desk
from shouhou.payments.channels.fake.scripted import Shelf

COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,"
    "服务费（元）,分润（元）,备注"
)


def bill_of(day: str, *, trades: Shelf, refunds: Shelf) -> bytes | None:
    """The ZIP; None for a day on which nothing moved."""
    rows = [_row(each["paid_at"], each) for each in trades.known.values() if each.get("paid_at", "").startswith(day)]
    for refund in refunds.known.values():
        if refund["state"] == "REFUND_SUCCESS" and refund["done_at"].startswith(day):
            rows.append(_row(refund["done_at"], trades.known[refund["out_trade_no"]], refund))
    if not rows:
        return None
    lines = [
        "#支付宝业务明细查询", f"#账号：[{desk.SELLER}0156]", "#-----------------业务明细列表-----------------", COLUMNS, *rows,
        "#-----------------业务明细列表结束-----------------", f"#导出时间：[{desk.stamp()}]",
    ]  # fmt: skip
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as packed:
        packed.writestr(f"{desk.SELLER}_{day}_summary.csv", "#支付宝业务汇总查询\r\n".encode("gb18030"))
        packed.writestr(f"{desk.SELLER}_{day}.csv", "\r\n".join(lines).encode("gb18030"))
    return box.getvalue()


def _row(at: str, trade: dict[str, Any], refund: dict[str, Any] | None = None) -> str:
    amount = f"-{refund['amount']}" if refund else trade["total"]
    return ",".join([
        f"{trade['trade_no']}\t", f"{trade['name']}\t", "退款" if refund else "交易", trade["subject"].replace(",", " "), at, at,
        *[""] * 4, "买家(buy***@example.com)\t", amount, amount, *["0.00"] * 5, "", "0.00", "0.00",
        f"{refund['name']}\t" if refund else "", "0.00", "0.00", "",
    ])  # fmt: skip
