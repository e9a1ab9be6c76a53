"""Shapes of merchants' money."""

from pydantic import Field

from shouhou.api.v1.shapes.common import Instant, MoneyShape, Shape


class StatementPart(Shape):
    """What a part of the statement came to: sales, refunds, recharges …"""

    part: str = Field(examples=["refunds"])
    amount: MoneyShape


class StatementShape(Shape):
    """A month of a shop. `proven`: the opening balance and all lines come to the ledger's balance at its end."""

    merchant: str = Field(examples=["yunshang"])
    month: str = Field(examples=["2026-03"], pattern=r"^\d{4}-\d{2}$")
    currency: str = Field(examples=["CNY"])
    opening: MoneyShape
    parts: list[StatementPart]
    closing: MoneyShape
    proven: bool
    lines: int = Field(description="how many postings")


class StatementListShape(Shape):
    """The months there is something to say about, the newest first."""

    items: list[StatementShape]
    next: str | None = None


class StatementLineShape(Shape):
    """One posting: `subject` is the case, order or settlement it stands on; `balance` is what the shop is owed after it."""

    posting: int
    at: Instant
    part: str
    recipe: str
    subject: str
    amount: MoneyShape
    balance: MoneyShape


class StatementLineList(Shape):
    """The lines in their order."""

    items: list[StatementLineShape]
    next: str | None = None
