"""A shop's statement on paper: data in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shouhou.documents.paper import HOUSE, PAGE, printed
from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text

TITLE = Text("商家对账单", "Merchant's statement")
FOOT = Text("售后 · 商家对账单 {code} {month}", "After-sales · statement {code} {month}")
OPENING, CLOSING = Text("期初余额", "Opening balance"), Text("期末余额", "Closing balance")
PROVEN = Text("期初余额与全部分录之和等于账簿期末余额。", "The opening balance and all postings come to the ledger's closing balance.")
UNPROVEN = Text("与账簿不符，请联系平台财务。", "This does not agree with the ledger. Ask the platform's finance.")
LEFT_OFF = Text("另有 {n} 行未打印，请导出表格查看。", "{n} more lines are not printed; export the table to see them.")
HEADS = (Text("时间", "When"), Text("项目", "What"), Text("单号", "Number"), Text("金额", "Amount"), Text("余额", "Balance"))
SHOP, MONTH, CURRENCY = Text("商家", "Shop"), Text("月份", "Month"), Text("币种", "Currency")


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands in it. `lines` are (when, what, number, amount, balance after it), amounts in minor units."""

    shop: str
    code: str
    month: str
    currency: str
    opening_minor: int
    closing_minor: int
    proven: bool
    parts: Sequence[tuple[Text, int]]
    lines: Sequence[tuple[datetime, str, str, int, int]]
    left_off: int = 0


def statement_pdf(paper: Paper, *, language: str, at: datetime) -> bytes:
    """In `language` ("en…", anything else is Chinese); the same data give the same bytes."""
    def money(minor: int) -> str:
        return f"{Money(minor, paper.currency).decimal:,}"

    def said(text: Text) -> str:
        return text.in_(language)

    return printed("statement.typ", {
        "title": said(TITLE), "house": said(HOUSE), "lang": "en" if language.startswith("en") else "zh",
        "region": "gb" if language.startswith("en") else "cn", "page": said(PAGE),
        "foot": said(FOOT).format(code=paper.code, month=paper.month),
        "facts": [[said(SHOP), f"{paper.shop} ({paper.code})"], [said(MONTH), paper.month], [said(CURRENCY), paper.currency]],
        "sums": [
            [said(OPENING), money(paper.opening_minor)], *([said(label), money(amount)] for label, amount in paper.parts),
            [said(CLOSING), money(paper.closing_minor)],
        ],
        "proof": said(PROVEN if paper.proven else UNPROVEN), "heads": [said(head) for head in HEADS],
        "lines": [
            [f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", what, number, money(amount), money(balance)]
            for when, what, number, amount, balance in paper.lines
        ],
        "left_off": said(LEFT_OFF).format(n=paper.left_off) if paper.left_off else "",
    }, at=at)  # fmt: skip
