"""Shapes of satisfaction."""

from typing import Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Shape


class FigureShape(Shape):
    """One shop's month; `merchant` is empty for what concerns no shop."""

    merchant: str
    name: str
    month: str
    very_satisfied: int
    satisfied: int
    respondents: int
    asked: int = Field(description="invited in the month, whenever they answer")
    percent: str | None = Field(description="rounded to two places for display; compared unrounded")
    floor_percent: int
    result: Literal["pass", "fail", "not_assessable"]
    formula: str
    cohort: str


class FigureList(Shape):
    items: list[FigureShape]
    next: str | None


class RatedShape(Shape):
    """A rating as the shop and the house read it."""

    case: str
    service: str
    merchant: str
    grade: int
    reasons: list[str]
    text: str
    hidden: str | None = Field(description="the ground on which its words are hidden: illegal | privacy | abuse | ads")
    answer: str | None
    at: str
    amended_at: str | None


class RatingList(Shape):
    items: list[RatedShape]
    next: str | None
