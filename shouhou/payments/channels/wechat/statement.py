"""WeChat Pay's trade bill of a day (交易账单): every value after a back-tick, amounts in yuan, times in Beijing."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from shouhou.foundation.money import Money
from shouhou.payments.channels.base import BadStatement, StatementRow
from shouhou.payments.channels.numbers import key_in

BEIJING = timezone(timedelta(hours=8))
NEEDED = ("交易时间", "微信订单号", "商户订单号", "交易状态", "货币种类")
TOTALS = "总交易单数"
# The order's amount and what was asked to go back; older bills have only what was settled.
PAID = ("订单金额", "应结订单金额", "总金额")
BACK = ("申请退款金额", "退款金额")
NONE = ("", "0")


def read_trade_bill(data: bytes) -> list[StatementRow]:
    """The rows of a bill (ALL, SUCCESS or REFUND), packed or not. Raises BadStatement."""
    lines = iter(enumerate(_text(data).splitlines(), 1))
    _, first = next(lines, (0, ""))
    names = [name.strip() for name in first.split(",")]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadStatement(f"line 1: {'、'.join(missing)}")
    rows: list[StatementRow] = []
    for number, line in lines:
        if line.startswith(TOTALS):
            return rows
        if line.strip():
            rows.extend(_rows(number, names, line))
    raise BadStatement(f"no totals ({TOTALS}): the file is cut off")


def _text(data: bytes) -> str:
    try:
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadStatement(f"not a text of UTF-8: {error}") from error


def _rows(number: int, names: list[str], line: str) -> Iterator[StatementRow]:
    # A product's name may hold commas; only ",`" parts two values.
    values = [value.strip() for value in line.strip().removeprefix("`").split(",`")]
    if len(values) != len(names):
        raise BadStatement(f"line {number}: {len(values)} values for {len(names)} columns")
    told = dict(zip(names, values, strict=True))
    try:
        yield from _meant(told)
    except (ValueError, ArithmeticError, KeyError) as error:
        raise BadStatement(f"line {number}: {error}") from error


def _meant(told: dict[str, str]) -> Iterator[StatementRow]:
    at = datetime.strptime(told["交易时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    currency, text = told["货币种类"], told.get("商品名称", "")[:180]
    if told["交易状态"] == "REFUND" or told.get("商户退款单号", "") not in NONE:
        is_refund, reference, out = True, told["微信退款单号"], told["商户退款单号"]
    else:
        is_refund, reference, out = False, told["微信订单号"], told["商户订单号"]
    names = BACK if is_refund else PAID
    amount = Money.of(next(told[name] for name in names if told.get(name)), currency).minor
    if told["交易状态"] not in ("SUCCESS", "REFUND"):
        yield StatementRow("other", reference, key_in(out), amount, currency, at, f"{told['交易状态']} {text}")
        return
    if told.get("退款状态") in ("FAIL", "CHANGE"):
        # Turned back by the bank: the money did not reach the buyer.
        yield StatementRow("other", reference, key_in(out), amount, currency, at, f"{told['退款状态']} {text}")
        return
    yield StatementRow("refund" if is_refund else "payment", reference, key_in(out), amount, currency, at, text)
    fee = Money.of(told.get("手续费") or "0", currency).minor
    if fee:
        # What they take is > 0; what they give back of it with a refund is < 0.
        yield StatementRow("fee", reference, key_in(out), fee, currency, at, told.get("费率", ""))
