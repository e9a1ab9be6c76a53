"""Shapes of the ledger."""

from typing import Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Instant, MoneyShape, Shape


class AccountShape(Shape):
    """What an account holds in one currency at the period's end; what came in and went out during it."""

    account: str = Field(examples=["tender:wechat:wechat"])
    family: str = Field(examples=["tender"], description="the account's kind; docs/ledger.md lists them")
    currency: str
    balance: MoneyShape
    pending: MoneyShape
    came_in: MoneyShape
    went_out: MoneyShape
    postings: int


class AccountList(Shape):
    items: list[AccountShape]
    next: str | None


class PostingShape(Shape):
    """So much from one account to another. A pending one counts until it is resolved; a voided transfer has none."""

    id: int
    transfer: int
    at: Instant
    recipe: str = Field(examples=["refund"])
    subject: str = Field(examples=["SO-7K3Q-9XMT-4"])
    phase: Literal["posted", "pending"]
    resolved: bool
    source: str
    destination: str
    amount: MoneyShape
    by: str
    key: str


class PostingList(Shape):
    items: list[PostingShape]
    next: str | None


class ProofShape(Shape):
    """A day's proof in the chain: `sha256` covers `before`, the hash of the proof made before this one."""

    day: str = Field(examples=["2026-03-10"])
    revision: int
    state: Literal["good", "waiting", "bad"]
    digest: str
    before: str
    sha256: str
    made_at: Instant


class ProofList(Shape):
    items: list[ProofShape]
    next: str | None
