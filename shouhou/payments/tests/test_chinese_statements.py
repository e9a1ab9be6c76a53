"""The day's bills of WeChat Pay and Alipay, as they are downloaded: packed, in their charsets, with their odd rows."""

import gzip
import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shouhou.payments.channels.alipay.statement import read_bill
from shouhou.payments.channels.alipay.wire import BEIJING
from shouhou.payments.channels.base import BadStatement, ChannelDown, ChannelSilent, FetchesStatements, StatementRow
from shouhou.payments.channels.registry import STATEMENT_CHANNELS
from shouhou.payments.channels.wechat.statement import read_trade_bill
from shouhou.payments.tests.chinese_houses import AlipayHouse, WeChatHouse, alipay_house, wechat_house

REFUND, CHARGE = UUID("7b0d7a52-6d0b-4c43-9a57-000000000001"), UUID("7b0d7a52-6d0b-4c43-9a57-000000000002")
NOON = datetime(2025, 3, 17, 4, 0, tzinfo=UTC)
WECHAT_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
WECHAT_END = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n"
    "`4,`33.00,`9.00,`0.00,`0.09000,`36.00,`9.00"
)
ALIPAY_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def wechat_row(
    *, state: str = "SUCCESS", order: str = CHARGE.hex, refund: str = "0", back: str = "0.00", fee: str = "0.11000", status: str = "",
    paid: str = "18.00", title: str = "维修费",
) -> str:  # fmt: skip
    values = [
        "2025-03-17 12:00:00", "wx8888888888888888", "1900000109", "0", "", "4200000001", order, "oX-1", "NATIVE", state, "OTHERS",
        "CNY", "15.00", "3.00", "5000000001" if refund != "0" else "0", refund, back, "0.00", "ORIGINAL" if refund != "0" else "",
        status, title, "CH-1", fee, "0.60%", paid, back, "",
    ]  # fmt: skip
    return ",".join(f"`{value}" for value in values)


def wechat_bill(*rows: str, end: str = WECHAT_END) -> bytes:
    return "\r\n".join([WECHAT_COLUMNS, *rows, end]).encode("utf-8-sig")


def alipay_row(*, kind: str = "交易", order: str = CHARGE.hex, amount: str = "18.00", request: str = "", fee: str = "-0.11") -> str:
    return ",".join([
        "2025031722001\t", f"{order}\t", kind, "维修费", "2025-03-17 11:59:00", "2025-03-17 12:00:00", "", "", "", "",
        "买家(buy***@example.com)\t", amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", f"{request}\t", fee,
        "0.00", "",
    ])  # fmt: skip


def alipay_bill(*rows: str, end: str = "#-----业务明细列表结束-----", charset: str = "gb18030") -> bytes:
    head = ["#支付宝业务明细查询", "#账号：[20881234567890120156]", "#-----业务明细列表-----", ALIPAY_COLUMNS]
    return "\r\n".join([*head, *rows, end, "#交易合计：1笔", "#导出时间：[2025年03月18日 09:00:00]"]).encode(charset)


def test_every_channel_that_can_be_reconciled_reads_its_own_statement() -> None:
    assert {"wechat", "alipay"} <= set(STATEMENT_CHANNELS)


@pytest.mark.parametrize("packed", [False, True])
def test_a_wechat_bill_tells_payments_refunds_and_fees_by_our_keys(packed: bool) -> None:
    bill = wechat_bill(
        wechat_row(title="螺丝, 垫片"),
        wechat_row(state="REFUND", order="shop1", refund=REFUND.hex, back="9.00", fee="-0.02000", status="SUCCESS"),
    )  # fmt: skip
    assert read_trade_bill(gzip.compress(bill) if packed else bill)[1:] == [
        StatementRow("fee", "4200000001", CHARGE, 11, "CNY", NOON, "0.60%"),
        StatementRow("refund", "5000000001", REFUND, 900, "CNY", NOON, "维修费"),
        StatementRow("fee", "5000000001", REFUND, -2, "CNY", NOON, "0.60%"),
    ]


def test_the_full_price_counts_and_not_what_is_settled_after_a_coupon() -> None:
    first = read_trade_bill(wechat_bill(wechat_row(fee="0.00000")))
    assert [(row.kind, row.amount_minor, row.reference) for row in first] == [("payment", 1800, "4200000001")]


@pytest.mark.parametrize(("state", "status"), [("REVOKED", ""), ("REFUND", "FAIL"), ("REFUND", "CHANGE")])
def test_what_was_revoked_or_turned_back_moved_nothing_to_the_buyer(state: str, status: str) -> None:
    bill = wechat_bill(wechat_row(state=state, refund=REFUND.hex if status else "0", back="9.00", status=status))
    assert [row.kind for row in read_trade_bill(bill)] == ["other"]


def test_a_number_of_the_shops_own_is_none_of_our_keys() -> None:
    assert read_trade_bill(wechat_bill(wechat_row(order="20250317-1", fee="0")))[0].key is None
    assert read_bill(alipay_bill(alipay_row(order="20250317-1", fee="")))[0].key is None


@pytest.mark.parametrize("charset", ["gb18030", "utf-8-sig"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_alipay_bill_tells_payments_refunds_and_fees_by_our_keys(charset: str, packed: bool) -> None:
    bill = alipay_bill(
        alipay_row(), alipay_row(kind="退款", order="shop1", amount="-1009.00", request=REFUND.hex, fee="0.02"), charset=charset
    )  # fmt: skip
    if packed:
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as made:
            made.writestr("20881234567890120156_20250317_业务明细(汇总).csv", "#支付宝业务汇总查询".encode("gb18030"))
            made.writestr("20881234567890120156_20250317_业务明细.csv", bill)
        bill = box.getvalue()
    assert read_bill(bill) == [
        StatementRow("payment", "2025031722001", CHARGE, 1800, "CNY", NOON, "维修费"),
        StatementRow("fee", "2025031722001", CHARGE, 11, "CNY", NOON),
        StatementRow("refund", "2025031722001", REFUND, 100900, "CNY", NOON, "维修费"),
        StatementRow("fee", "2025031722001", REFUND, -2, "CNY", NOON),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "交易时间"), (b"\xff\xfe\x00", "UTF-8"), (gzip.compress(b"x", mtime=0)[:12], "UTF-8"), ("支付宝,x\n1,2".encode(), "交易时间"),
        (wechat_bill(wechat_row(), end=""), "cut off"), (wechat_bill("`2025-03-17 12:00:00,`x"), "line 2"),
        (wechat_bill(wechat_row(paid="much")), "line 2"),
        (wechat_bill(wechat_row(), wechat_row().replace("2025-03-17", "yesterday")), "line 3"),
    ],
)  # fmt: skip
def test_what_is_no_wechat_bill_is_refused_with_its_line(data: bytes, why: str) -> None:
    with pytest.raises(BadStatement, match=why):
        read_trade_bill(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "支付宝交易号"), (b"PK\x03\x04broken", "GBK"), (b"\x81", "GBK"), ("交易时间,x\n1,2".encode(), "line 1"),
        (alipay_bill(alipay_row(), end=""), "cut off"), (alipay_bill("1,2"), "line 5"), (alipay_bill(alipay_row(amount="much")), "line 5"),
        (alipay_bill(alipay_row(), alipay_row().replace("2025-03-17 12", "yesterday")), "line 6"),
    ],
)  # fmt: skip
def test_what_is_no_alipay_bill_is_refused_with_its_line(data: bytes, why: str) -> None:
    with pytest.raises(BadStatement, match=why):
        read_bill(data)


@pytest.mark.parametrize("make", [wechat_house, alipay_house])
def test_a_day_is_fetched_from_them_and_holds_every_refund_and_payment_of_ours(
    make: Callable[[Path], AbstractContextManager[WeChatHouse | AlipayHouse]], tmp_path: Path
) -> None:
    with make(tmp_path) as house:
        channel, today = house.channel(), datetime.now(BEIJING).date()
        assert isinstance(channel, FetchesStatements) and channel.fetch_statement(day=today) is None
        paid, refunds, charge = house.paid(5000), [uuid4(), uuid4()], uuid4()
        for place, key in enumerate(refunds):
            channel.refund(key=key, amount_minor=100 + place, currency="CNY", reference="RF-1", paid=paid)
        opened = channel.open_payment(
            key=charge, amount_minor=1800, currency="CNY", reference="CH-1", title="维修费, Repair", return_url="https://shop.example/"
        )
        house.pay(charge, opened.url)
        data = channel.fetch_statement(day=today)
        assert data is not None and channel.fetch_statement(day=today - timedelta(days=1)) is None
        told = {(row.kind, row.key, row.amount_minor) for row in channel.read_statement(data)}
        assert told == {
            ("payment", None, 5000), ("payment", charge, 1800), ("refund", refunds[0], 100), ("refund", refunds[1], 101),
        }  # fmt: skip
        house.server.behave("bad_signature")
        with pytest.raises(ChannelSilent):
            channel.fetch_statement(day=today)
        with pytest.raises(ChannelDown):
            house.nowhere().fetch_statement(day=today)


def test_a_bill_that_is_not_the_one_they_signed_for_is_not_taken(tmp_path: Path) -> None:
    with wechat_house(tmp_path) as house:
        house.paid(5000)
        house.server.behave("success", "lost")
        with pytest.raises(ChannelSilent, match="not the bill"):
            house.channel().fetch_statement(day=datetime.now(BEIJING).date())
