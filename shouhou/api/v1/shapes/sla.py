"""Shapes of clocks, breaches and scorecards."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Shape

Reasons = Annotated[str, Field(min_length=1, max_length=1000)]
Tokens = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=9)]


class AppealShape(Shape):
    """The shop's one appeal and its decision; `verdict` is empty until then."""

    text: str
    at: str
    decide_by: str
    verdict: Literal["", "granted", "refused"]
    reasons: str
    decided_at: str | None


class ClockShape(Shape):
    """One duty on the board."""

    case: str
    service: str
    merchant: str
    kind: str = Field(description="the kind of clock: MER-01 … MER-06, or a limit of the book")
    team: str = Field(description="the role that owes it")
    party: Literal["shop", "house"]
    started_at: str
    due_at: str
    ended_at: str | None = Field(description="null while it runs or is still owed")
    breach: str


class ClockList(Shape):
    items: list[ClockShape]
    next: str | None


class TallyShape(Shape):
    """The counts of one shop, team or kind: due within 24 h, overdue and not done, kept and missed today."""

    code: str
    name: str
    soon: int
    overdue: int
    met: int
    late: int


class TallyList(Shape):
    items: list[TallyShape]
    next: None = None


class BreachAppealInput(Input):
    """Why it is not the shop's fault; `files` are tokens of uploads of this key."""

    text: Reasons
    files: Tokens = []


class AppealVerdictInput(Input):
    """Granted: struck, its points and amount with it; the reasons are told to the shop."""

    grant: bool
    reasons: Reasons


class PenaltyShape(Shape):
    """A row of the penalty table, which ships empty."""

    number: int
    kind: str
    since: str
    until: str | None = Field(description="the first day on which it holds no more")
    points: int
    amount_minor: int
    clause: str


class PenaltyList(Shape):
    items: list[PenaltyShape]
    next: None = None


class PenaltyInput(Input):
    kind: Annotated[str, Field(max_length=20)]
    since: date
    points: Annotated[int, Field(ge=0, le=1000)] = 0
    amount_minor: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    clause: Annotated[str, Field(min_length=1, max_length=120)]


class SuspensionShape(Shape):
    """A shop may not use the system: asked for on a verified ground, ordered by a second person."""

    number: str
    merchant: str
    ground: Literal["complaint", "violation"]
    rests_on: str = Field(description="the complaint or breach")
    reasons: str
    state: Literal["asked", "refused", "ordered", "lifted"]
    asked_at: str
    ordered_at: str | None
    publish_due_at: str | None
    published_at: str | None
    appeal_until: str | None
    lifted_at: str | None
    lifted_because: str
    taken: list[str] = Field(description="cases that the house has taken over")
    appeal: AppealShape | None


class SuspensionList(Shape):
    items: list[SuspensionShape]
    next: str | None


class SuspensionInput(Input):
    rests_on: Annotated[str, Field(min_length=1, max_length=20, description="a complaint found true, or a breach that stands")]
    reasons: Reasons


class ReasonsInput(Input):
    reasons: Reasons


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
    appeal_until: str


class BreachList(Shape):
    items: list[BreachShape]
    next: str | None


class ScorecardShape(Shape):
    """A shop's month. A rate with nothing to divide by is null: not assessable."""

    merchant: str
    month: str
    version: int = Field(description="0 while the month runs")
    because: str = Field(description="why there is a new version")
    closed_at: str | None
    figures: dict[str, Any]
    formulas: dict[str, dict[str, str]] = Field(description="formula and cohort of each figure")


class ScorecardList(Shape):
    items: list[ScorecardShape]
    next: str | None
