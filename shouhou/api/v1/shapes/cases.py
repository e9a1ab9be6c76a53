"""Shapes of cases, their moves, messages and ratings."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Code, Input, Instant, MoneyShape, Shape, Version
from shouhou.foundation.workflow import AskType

Channel = Literal["web", "app", "phone", "chat", "form", "outlet", "api"]
ReturnMethod = Literal["pickup", "ship_back", "drop_off"]
Verdict = Literal["allow", "allow_paid", "review", "deny", "na"]
StageName = Literal["applied", "reviewed", "goods", "inspected", "resolved", "rated"]
Token = Annotated[str, Field(min_length=8, max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]


class LineWish(Input):
    """How much of which line; `condition` states facts of the goods ({"opened": true})."""

    line: int = Field(ge=1, le=1_000_000, strict=True)
    quantity: int = Field(ge=1, le=1_000_000, strict=True)
    condition: dict[Annotated[str, Field(max_length=40)], bool | Annotated[str, Field(max_length=80)]] = Field(
        default_factory=dict, max_length=20
    )


class Contact(Input):
    """Whom to call, and where a pickup goes."""

    name: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=32)
    region: str = Field(default="", max_length=120)
    region_code: str = Field(default="", max_length=20)
    address: str = Field(default="", max_length=240)
    email: str = Field(default="", max_length=254)
    window: str = Field(default="", max_length=60, description="the pickup window wished for")


class CaseInput(Input):
    """An application."""

    order: str = Field("", max_length=80, description="needed but for a complaint or feedback about no order", examples=["JD1001"])
    service: Code = Field(examples=["return"])
    reason: Code = Field(examples=["no_reason"])
    lines: list[LineWish] = Field(default_factory=list, max_length=100, description="needed but for a complaint or feedback")
    description: str = Field("", max_length=2000)
    evidence: list[Token] = Field(default_factory=list, max_length=9)
    return_method: ReturnMethod = "ship_back"
    contact: Contact = Contact()
    channel: Channel = "api"
    requested_by: str | None = Field(None, max_length=80, description="who asked: the buyer's id at the shop")
    call_note: str = Field("", max_length=500)
    merchant: str = Field("", max_length=40, description="the shop (its code) that a complaint about no order is about")
    policy_shown_at: Instant | None = None
    request_review: bool = Field(False, description="let a person look although the policy says no")
    override_reason: Annotated[str, Field(max_length=40)] = Field("", description="staff: the named reason of an exception")
    answers: dict[Annotated[str, Field(max_length=60)], Any] = Field(
        default_factory=dict, max_length=40,
        description="what the service itself asks for: the variant wanted, the repair's mode …; see `Apply…Answers` and `x-services`",
    )


class MoveInput(Input):
    """The answers a move asks for, and the version the caller has seen."""

    answers: dict[Annotated[str, Field(max_length=60)], Any] = Field(
        default_factory=dict, max_length=40, description="what the move asks for: `…Answers`, named per service and move in `x-services`"
    )
    version: Version = None


class MessageInput(Input):
    """A message on the case; `internal` ones are for staff only."""

    text: str = Field(min_length=1, max_length=2000)
    internal: bool = False


class RatingInput(Input):
    """1 (very bad) to 5 (very good), with reasons that fit the grade."""

    grade: int = Field(ge=1, le=5, strict=True)
    reasons: list[Annotated[str, Field(max_length=24)]] = Field(default_factory=list, max_length=8)
    text: str = Field("", max_length=1000)


class DeadlineShape(Shape):
    """A limit that runs: who must act, until when, and the move the clock makes then."""

    name: str
    waits_on: str
    due_at: Instant
    state: str
    on_breach: str


class ReasonShape(Shape):
    """Why the policy says so: clause, sentence and source."""

    code: str
    clause: str
    text: str
    source: str
    sources: list[str]


class DecisionShape(Shape):
    """What the policy says of the application, by which version of which book."""

    verdict: Verdict
    book: str
    version: str
    reasons: list[ReasonShape]


class TenderShape(Shape):
    """What goes back to one tender that was used to pay."""

    tender: str
    amount: MoneyShape


class DeductionShape(Shape):
    """What is kept back, and why."""

    code: str
    label: str
    line: int | None
    note: str
    amount: MoneyShape


class PreviewShape(Shape):
    """What the refund is or would be."""

    total: MoneyShape
    tenders: list[TenderShape]
    deductions: list[DeductionShape]


class AmountShape(Shape):
    """One line of the money of a case in minor units; null: not part of that column. What is deducted is negative.

    goods, freight, deductions and in_kind add up to the total; each tender follows, and for the house what goes back to
    the platform. `why` says why a line differs; every deduction has its clause and source.
    """

    kind: Literal["goods", "freight", "deduction", "in_kind", "total", "tender", "subsidy"]
    label: str
    line: int | None
    tender: str | None
    preview: int | None
    agreed: int | None
    final: int | None
    units: list[int | None] | None
    why: str | None
    clause: str | None
    source: str | None
    note: str


class AmountsShape(Shape):
    """What was previewed at the application, agreed after the inspection, and paid."""

    number: str
    currency: str
    rows: list[AmountShape]


class ItemShape(Shape):
    """One line of the case: how much was applied for, received, accepted."""

    line: int
    sku: str
    title: str
    quantity: int
    received: int
    accepted: int | None
    finding: str | None
    deduction: MoneyShape


class CaseRow(Shape):
    """A case as lists show it."""

    number: str = Field(examples=["SO-7K3Q-9XMT-4"])
    order: str
    service: str
    reason: str
    status: str
    status_label: str
    stage: StageName
    waits_on: str | None
    due_at: Instant | None
    version: int
    merchant: str
    refund: MoneyShape
    submitted_at: Instant
    updated_at: Instant
    closed_at: Instant | None


class CaseShape(CaseRow):
    """One case; GET adds timeline, messages, attachments, parcels, pickups, refunds and the moves open to the caller."""

    deadlines: list[DeadlineShape]
    items: list[ItemShape]
    decision: DecisionShape
    refund_preview: PreviewShape | None
    details: dict[str, Any]


class CaseList(Shape):
    items: list[CaseRow]
    next: str | None


class ChoiceShape(Shape):
    value: str
    label: str


class AskShape(Shape):
    """One field a move asks for."""

    field: str
    type: AskType
    label: str
    required: bool
    most: int | None
    help: str | None
    choices: list[ChoiceShape]


class MoveShape(Shape):
    """A move this caller may make now."""

    move: str
    label: str
    danger: bool
    primary: bool
    asks: list[AskShape]


class MoveList(Shape):
    items: list[MoveShape]


class MessageShape(Shape):
    id: int
    role: str
    name: str
    text: str
    internal: bool
    at: Instant


class RatingShape(Shape):
    number: str
    grade: int
    reasons: list[str]
    text: str
    at: Instant


class AttachmentShape(Shape):
    number: str
    upload: str
    kind: str
    at: Instant


class ServiceShape(Shape):
    """One service for one line. `offered`: it can be applied for right now."""

    service: str
    verdict: Verdict
    offered: bool
    deadline: Instant | None


class MethodShape(Shape):
    method: ReturnMethod
    recommended: bool


class PromiseShape(Shape):
    """A promise beyond return, exchange and repair, for one unit: price protection, compensation …"""

    service: str
    label: str
    reason: str
    verdict: str
    offered: bool
    until: str | None
    amount: MoneyShape | None
    reasons: list[ReasonShape]


class LinePlanShape(Shape):
    """A protection plan of the line: in force, or why not; what is left of it and which documents a claim asks for."""

    number: str | None
    kind: str
    label: str
    terms: str
    in_force: bool
    why_not: str | None
    text: str | None
    since: str | None
    helps: str | None
    starts_on: str
    ends_on: str | None
    months: int
    claims_left: int | None
    left: int | None
    deductible: int
    documents: list[str]


class ApplyingShape(Shape):
    """How a service is applied for. `goods`: something has to be sent or brought, so freight has a payer."""

    service: str
    label: str
    decided_by: Literal["policy", "promise"]
    reasons: list[str]
    goods: bool
    refunds: bool
    asks: list[AskShape]


class LineEntitlements(Shape):
    """What one line entitles to, until when, at whose cost, and why."""

    line: int
    quantity: int
    claimable: int
    paid: MoneyShape
    received_on: str | None
    receipt_source: str
    services: list[ServiceShape]
    reasons: list[ReasonShape]
    freight: dict[str, Any]
    return_methods: list[MethodShape]
    promises: list[PromiseShape]
    instead: list[str]
    plans: list[LinePlanShape]


class Entitlements(Shape):
    """Per line: each service with verdict, deadline, payer, methods, reasons and what is still claimable."""

    order: str
    reason: str
    at: Instant
    book: str
    book_version: str
    member: str
    applying: list[ApplyingShape]
    lines: list[LineEntitlements]
