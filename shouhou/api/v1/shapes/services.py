"""Shapes of the service catalogue: what can be applied for, with what is asked and what it can turn into."""

from pydantic import Field

from shouhou.api.v1.shapes.cases import AskShape
from shouhou.api.v1.shapes.common import Shape


class ReasonDetailShape(Shape):
    """The second level of a reason; no `categories`: it fits all of them."""

    code: str
    label: str
    categories: list[str]


class ReasonChoiceShape(Shape):
    """A reason that fits the service; `evidence`: a description and proof are asked for."""

    code: str
    label: str
    evidence: bool
    details: list[ReasonDetailShape]


class ConversionShape(Shape):
    """A move that goes on with the same case in another service's workflow."""

    move: str
    label: str
    to_service: str
    from_states: list[str]


class StateShape(Shape):
    """Where a case of the service can stand; `waits_on` acts next."""

    status: str
    label: str
    stage: str
    waits_on: str | None
    final: bool
    hint: str | None


class CatalogueEntry(Shape):
    """A service; its `asks` are answered in `answers` of POST /cases."""

    service: str
    label: str
    verdict: str | None = Field(description="the policy's verdict that decides; none where a promise does")
    goods: bool = Field(description="goods come back, so a return method is asked for")
    claims: bool = Field(description="the units are held for the case while it lives")
    refunds: bool = Field(description="a refund is previewed")
    start: str
    asks: list[AskShape]
    reasons: list[ReasonChoiceShape]
    states: list[StateShape]
    conversions: list[ConversionShape]


class Catalogue(Shape):
    items: list[CatalogueEntry]
    next: str | None
