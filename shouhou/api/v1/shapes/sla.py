"""Shapes of clocks, breaches and scorecards."""

from typing import Any, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Shape


class BreachShape(Shape):
    """A duty that was missed; `merchant` is empty where it concerns no shop."""

    number: str
    case: str
    merchant: str
    kind: str = Field(description="the kind of clock: MER-01 … MER-07, or a limit of the book")
    team: str = Field(description="the role that owed it")
    party: Literal["shop", "house"]
    service: str
    month: str | None = Field(description="only for the month's satisfaction")
    started_at: str
    due_at: str
    recorded_at: str
    settled_at: str | None = Field(description="when it was done after all or taken over; null while it is still owed")
    late_seconds: int
    consequence: str = Field(description="the move that the clock made by itself")
    points: int
    amount_minor: int
    table_missing: bool = Field(description="there is no penalty table for it: recorded without a sanction")
    state: Literal["standing", "appealed", "struck"]
    appeal: str | None = Field(description="waiting | granted | refused; null where there is none")


class BreachList(Shape):
    items: list[BreachShape]
    next: str | None


class ScorecardShape(Shape):
    """A shop's closed month. A rate with nothing to divide by is null: not assessable."""

    merchant: str
    month: str
    version: int
    because: str = Field(description="why there is a new version")
    closed_at: str
    figures: dict[str, Any]
    formulas: dict[str, dict[str, str]] = Field(description="formula and cohort of each figure")


class ScorecardList(Shape):
    items: list[ScorecardShape]
    next: str | None
