"""Shapes that every resource uses."""

from typing import Annotated, Any, Literal

from ninja import Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MOST_MINOR = 10**12 - 1
BIGGEST = 2**63 - 1


class Input(BaseModel):
    """A body we are sent: unknown fields are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(BaseModel):
    """A body we send: fields may be added."""

    model_config = ConfigDict(frozen=True)


class MoneyShape(Shape):
    """Whole minor units (fen, cents) of an ISO 4217 currency."""

    amount: int = Field(examples=[19900])
    currency: str = Field(examples=["CNY"], pattern="^[A-Z]{3}$")


class FieldErrorShape(Shape):
    """One wrong field; `detail` in the caller's language, both beside it."""

    field: str = Field(examples=["lines[0].quantity"])
    detail: str
    zh: str
    en: str


class Problem(Shape):
    """RFC 9457, application/problem+json. `code` is stable, `detail` in the caller's Accept-Language."""

    type: str = Field(examples=["/api/v1/problems/QUANTITY_TAKEN"])
    title: str
    status: int
    code: str = Field(examples=["QUANTITY_TAKEN"])
    detail: str
    errors: list[FieldErrorShape]
    facts: dict[str, Any]


Label = Annotated[str, Field(max_length=200)]
Instant = AwareDatetime
Version = Annotated[int | None, Field(ge=1, le=2**31 - 1, strict=True, description="the version you have seen; 409 when stale")]
# Parameters: ninja reads the one marker, so bounds stand in it and are not layered.
PageSize = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before")]
After = Annotated[int, Query(ge=0, le=BIGGEST, description="the last `seq` you have; 0 begins")]
OrderNumber = Annotated[str, Path(min_length=1, max_length=80, examples=["JD1001"])]
CaseNumber = Annotated[str, Path(min_length=1, max_length=40, examples=["SO-7K3Q-9XMT-4"])]
RefundNumber = Annotated[str, Path(min_length=1, max_length=40, examples=["RF-2M8D-0QWE-7"])]
CODE = r"^[A-Za-z][A-Za-z0-9_.-]*$"
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=CODE)]
PathCode = Annotated[str, Path(min_length=1, max_length=40, pattern=CODE)]
Errors = Literal[400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503]


def answers(shape: Any, *, status: int = 200, also: int | None = None, errors: tuple[Errors, ...] = ()) -> dict[Any, Any]:
    """The `response=` of an endpoint: its shape (`also` under another status), what it may refuse, and what any may."""
    every: tuple[Errors, ...] = (400, 401, 403, 405, 413, 422, 429, 500, 503)
    good = {status: shape} if also is None else {status: shape, also: shape}
    return {**good, **dict.fromkeys(sorted({*every, *errors}), Problem)}
