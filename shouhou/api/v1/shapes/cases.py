"""Shapes of cases, their moves, messages and ratings."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Code, Input, Instant, MoneyShape, Shape, Version

Channel = Literal["web", "app", "phone", "chat", "form", "outlet", "api"]
ReturnMethod = Literal["pickup", "ship_back", "drop_off"]
StageName = Literal["applied", "reviewed", "goods", "inspected", "resolved", "rated"]
Token = Annotated[str, Field(min_length=8, max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]


class LineWish(Input):
    """How much of which line; `condition` states facts of the goods ({"opened": true})."""

    line: int = Field(ge=1, le=1_000_000)
    quantity: int = Field(ge=1, le=1_000_000)
    condition: dict[Annotated[str, Field(max_length=40)], bool | Annotated[str, Field(max_length=80)]] = Field(
        default_factory=dict, max_length=20
    )


class Contact(Input):
    """Whom to call, and where a pickup goes."""

    name: str = Field("", max_length=80)
    phone: str = Field("", max_length=32)
    region: str = Field("", max_length=120)
    region_code: str = Field("", max_length=20)
    address: str = Field("", max_length=240)
    email: str = Field("", max_length=254)
    window: str = Field("", max_length=60, description="the pickup window wished for")


class CaseInput(Input):
    """An application."""

    order: str = Field(min_length=1, max_length=80, examples=["JD1001"])
    service: Code = Field(examples=["return"])
    reason: Code = Field(examples=["no_reason"])
    lines: list[LineWish] = Field(min_length=1, max_length=100)
    description: str = Field("", max_length=2000)
    evidence: list[Token] = Field(default_factory=list, max_length=9)
    return_method: ReturnMethod = "ship_back"
    contact: Contact = Contact()
    channel: Channel = "api"
    requested_by: str | None = Field(None, max_length=80, description="who asked: the buyer's id at the shop")
    call_note: str = Field("", max_length=500)
    policy_shown_at: Instant | None = None
    request_review: bool = Field(False, description="let a person look although the policy says no")
    override_reason: Annotated[str, Field(max_length=40)] = Field("", description="staff: the named reason of an exception")


class MoveInput(Input):
    """The answers a move asks for, and the version the caller has seen."""

    answers: dict[Annotated[str, Field(max_length=60)], Any] = Field(default_factory=dict, max_length=40)
    version: Version = None


class MessageInput(Input):
    """A message on the case; `internal` ones are for staff only."""

    text: str = Field(min_length=1, max_length=2000)
    internal: bool = False


class RatingInput(Input):
    """1 (very bad) to 5 (very good)."""

    grade: int = Field(ge=1, le=5)
    text: str = Field("", max_length=1000)


class DeadlineShape(Shape):
    """A limit that runs: who must act, until when."""

    name: str
    due_at: Instant | None


class ReasonShape(Shape):
    """Why the policy says so: clause, sentence and source."""

    code: str
    clause: str
    text: str
    source: str


class DecisionShape(Shape):
    """What the policy says of the application."""

    verdict: Literal["allow", "allow_paid", "review", "deny", "na"]
    reasons: list[ReasonShape]


class TenderShape(Shape):
    """What goes back to one tender that was used to pay."""

    tender: str
    amount: int


class PreviewShape(Shape):
    """What the refund would be."""

    total: MoneyShape
    tenders: list[TenderShape]
    deductions: list[dict[str, Any]]


class CaseShape(Shape):
    """One case; lists give the same without timeline."""

    number: str = Field(examples=["SO-7K3Q-9XMT-4"])
    status: str
    stage: StageName
    version: int
    deadlines: list[DeadlineShape] = []


class OpenedShape(CaseShape):
    """What an application answers."""

    decision: DecisionShape
    refund_preview: PreviewShape


class CaseList(Shape):
    items: list[CaseShape]
    next: str | None


class AskShape(Shape):
    """One field a move asks for."""

    field: str
    type: str
    required: bool


class MoveShape(Shape):
    """A move this caller may make now."""

    move: str
    label: str
    asks: list[AskShape]


class MoveList(Shape):
    items: list[MoveShape]


class LineEntitlements(Shape):
    """What one line entitles to."""

    line: int


class Entitlements(Shape):
    """Per line: each service with verdict, deadline, payer, methods, reasons and what is still claimable."""

    order: str
    lines: list[LineEntitlements]
