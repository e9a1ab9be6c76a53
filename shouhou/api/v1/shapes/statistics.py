"""Shapes of service statistics."""

from typing import Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Shape

Dimension = Literal["service", "reason", "detail", "sku", "category", "merchant", "status", "book"]


class WindowShape(Shape):
    """Days of application in Beijing time, both included; the period before has as many."""

    since: str
    until: str
    narrowed: dict[str, str]
    cohort: str


class StatisticsRow(Shape):
    """One value of the dimension; `sold`, `defective` and `defect_percent` only by SKU."""

    value: str
    name: str
    cases: int
    units: int
    reopened: int
    before: int = Field(description="cases in as many days just before")
    sold: int
    defective: int
    defect_percent: str | None
    alert: bool = Field(description="a defect rate above the alert's share, of enough sold")


class StatisticsShape(Shape):
    """The whole of the window and its most frequent values, at most fifty."""

    window: WindowShape
    by: Dimension
    cases: int
    reopened: int
    before: int
    formula: str = Field(description="how the defect rate is computed")
    items: list[StatisticsRow]


class DurationShape(Shape):
    """Hours from application to the last resolution, of the resolved cases of one service."""

    service: str
    cases: int
    median_hours: str
    mean_hours: str
    p90_hours: str


class DurationList(Shape):
    window: WindowShape
    formula: str
    items: list[DurationShape]


class StageShape(Shape):
    """How long cases stood in one state, and its share of all the time."""

    service: str
    status: str
    times: int
    mean_hours: str
    percent: int


class StageList(Shape):
    window: WindowShape
    items: list[StageShape]


class AlertShape(Shape):
    """A report of too many defects of one SKU, once a month; for whoever buys it in."""

    sku: str
    title: str
    since: str
    until: str
    sold: int
    defective: int
    at: str


class AlertList(Shape):
    items: list[AlertShape]
    next: str | None


class WeekShape(Shape):
    monday: str
    cases: int
    median_hours: str | None


class WeekList(Shape):
    window: WindowShape
    items: list[WeekShape]
