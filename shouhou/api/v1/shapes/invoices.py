"""Shapes of invoice tasks."""

from typing import Annotated, Literal

from ninja import Path
from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, MoneyShape, Shape

InvoiceNumber = Annotated[str, Path(min_length=1, max_length=40, examples=["IV-5QJ2-8NTC-K"])]


class InvoiceTaskShape(Shape):
    """One invoice to be made out because money moved."""

    number: str = Field(examples=["IV-5QJ2-8NTC-K"])
    kind: Literal["red", "blue"]
    state: Literal["drafted", "confirmed", "issued", "rejected", "cancelled"]
    subject: str = Field(examples=["SO-7K3Q-9XMT-4"])
    order: str = Field(examples=["JD1001"])
    refund: str | None = Field(examples=["RF-2M8D-0QWE-7"])
    charge: str | None
    invoice: str = Field(description="the invoice that is reversed, or that a blue one belongs to")
    amount: MoneyShape
    reason: Literal["01", "02", "03", "04"] | None = Field(description="02 sales return, 04 sales allowance")
    whole: bool = Field(description="nothing of the invoice is left then")
    needs_confirmation: bool = Field(description="the buyer's side has booked it and confirms first")
    confirmation: str | None
    issued_number: str | None
    why: str | None
    created_at: Instant
    issued_at: Instant | None
    version: int


class InvoiceTaskList(Shape):
    items: list[InvoiceTaskShape]
    next: str | None


class ConfirmInput(Input):
    """The number of the buyer's confirmation form."""

    confirmation: Annotated[str, Field(min_length=1, max_length=60)]


class IssueInput(Input):
    """The number of the invoice that was made out."""

    issued_number: Annotated[str, Field(min_length=1, max_length=60)]


class RejectInput(Input):
    """Why it was sent back."""

    why: Annotated[str, Field(min_length=1, max_length=300)]
