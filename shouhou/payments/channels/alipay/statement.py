"""Alipay's bill of a day (业务明细): a CSV of GBK or UTF-8, often in a ZIP, amounts in yuan, refunds below zero."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime

from shouhou.payments.channels.alipay.wire import BEIJING, CURRENCY, minor
from shouhou.payments.channels.base import BadStatement, StatementRow
from shouhou.payments.channels.numbers import key_in

NEEDED = ("支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额（元）")
FIRST, END = "支付宝交易号", "业务明细列表结束"
REQUEST = "退款批次号/请求号"
MOST_BYTES = 200 * 1024 * 1024


def read_bill(data: bytes) -> list[StatementRow]:
    """The rows of the details; the ZIP's summary is left alone. Raises BadStatement."""
    rows: list[StatementRow] = []
    names: list[str] | None = None
    for number, line in enumerate(_text(data).splitlines(), 1):
        if line.startswith("#"):
            if END in line and names:
                return rows
        elif names is None and line.strip():
            names = [name.strip().replace("(元)", "（元）") for name in line.split(",")]
            if missing := [name for name in NEEDED if name not in names]:
                raise BadStatement(f"line {number}: {'、'.join(missing)}")
        elif names is not None and line.strip():
            rows.extend(_rows(number, names, line))
    if names is None:
        raise BadStatement(f"no column {FIRST}")
    raise BadStatement(f"no end ({END}): the file is cut off")


def _text(data: bytes) -> str:
    try:
        if data[:4] == b"PK\x03\x04":
            data = _unpacked(data)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("gb18030")
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
        raise BadStatement(f"not a text of GBK or UTF-8: {error}") from error


def _unpacked(data: bytes) -> bytes:
    """The details inside the ZIP; its names may have been written in GBK, so the content tells which file it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for inside in packed.infolist():
            if inside.file_size > MOST_BYTES:
                raise BadStatement(f"{inside.filename}: larger than {MOST_BYTES} bytes")
            found = packed.read(inside)
            if FIRST.encode("gb18030") in found or FIRST.encode() in found:
                return found
    raise BadStatement("no details in the ZIP")


def _rows(number: int, names: list[str], line: str) -> Iterator[StatementRow]:
    values = [value.strip() for value in next(csv.reader([line]))]
    if len(values) != len(names):
        raise BadStatement(f"line {number}: {len(values)} values for {len(names)} columns")
    try:
        yield from _meant(dict(zip(names, values, strict=True)))
    except ValueError as error:
        raise BadStatement(f"line {number}: {error}") from error


def _meant(told: Mapping[str, str]) -> Iterator[StatementRow]:
    at = datetime.strptime(told["完成时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    amount, text = minor(told["订单金额（元）"]), told.get("商品名称", "")[:200]
    reference = told["支付宝交易号"]
    if told["业务类型"] == "退款":
        key = key_in(told.get(REQUEST, ""))
        yield StatementRow("refund", reference, key, abs(amount), CURRENCY, at, text)
    else:
        key = key_in(told["商户订单号"])
        yield StatementRow("payment" if told["业务类型"] == "交易" else "other", reference, key, abs(amount), CURRENCY, at, text)
    fee = minor(told.get("服务费（元）") or "0")
    if fee:
        # In the bill what they take is below zero; here it is > 0, and what they give back with a refund < 0.
        yield StatementRow("fee", reference, key, -fee, CURRENCY, at)
