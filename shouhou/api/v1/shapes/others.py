"""Shapes of refunds, events, webhooks, policies, decisions and uploads."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, MoneyShape, Shape, Version

RefundState = Literal["awaiting_second", "pending", "settled", "partly_settled", "failed", "cancelled"]


class RefundRow(Shape):
    """A refund as lists show it."""

    number: str = Field(examples=["RF-2M8D-0QWE-7"])
    subject: str = Field(examples=["SO-7K3Q-9XMT-4"])
    state: RefundState
    amount: MoneyShape
    expected_at: Instant | None
    settled_at: Instant | None
    version: int


class PartShape(Shape):
    """What goes back to one tender; the house also sees the attempts."""

    tender: str
    amount: MoneyShape
    state: str
    settled_at: Instant | None


class RefundShape(RefundRow):
    """A refund: amount per tender, state, attempts, expected and actual dates."""

    tenders: list[PartShape]


class RefundList(Shape):
    items: list[RefundRow]
    next: str | None


class ApproveInput(Input):
    """The second person's consent; the version guards what was seen."""

    version: Version = None


class EventShape(Shape):
    """One event of the ordered feed."""

    seq: int
    at: Instant
    type: str = Field(examples=["case.moved"])
    subject: str
    data: dict[str, Any]


class EventList(Shape):
    """`next` is what to ask `after` with; it stays the same when nothing is new."""

    items: list[EventShape]
    next: int


EventName = Annotated[str, Field(max_length=60, pattern=r"^(\*|[a-z][a-z_.]*(\.\*)?)$")]
Url = Annotated[str, Field(min_length=8, max_length=500, examples=["https://shop.example/hooks/shouhou"])]


class WebhookInput(Input):
    """Where to send which events; none means all, "case.*" a family."""

    url: Url
    events: list[EventName] = Field(default_factory=list, max_length=50)
    description: str = Field("", max_length=200)


class WebhookChange(Input):
    """What is given is changed; `new_secret` makes a new one and tells it once."""

    url: Url | None = None
    events: list[EventName] | None = Field(None, max_length=50)
    description: str | None = Field(None, max_length=200)
    active: bool | None = None
    new_secret: bool = False
    version: Version = None


class WebhookShape(Shape):
    id: int
    url: str
    events: list[str]
    description: str
    active: bool
    failing_since: Instant | None
    disabled_reason: str
    version: int


class WebhookMade(WebhookShape):
    """With the signing secret (Standard Webhooks, whsec_…): told this once."""

    secret: str


class WebhookList(Shape):
    items: list[WebhookShape]
    next: None = None


class DeliveryShape(Shape):
    id: str
    seq: int
    state: str
    attempts: int
    last_status: int | None
    last_error: str
    last_at: Instant | None
    next_at: Instant | None
    delivered_at: Instant | None


class DeliveryList(Shape):
    items: list[DeliveryShape]
    next: int | None


class ReplayShape(Shape):
    """How many deliveries were queued; `next` continues, null is the end of the feed."""

    queued: int
    next: int | None


class UploadShape(Shape):
    """A stored file; its token is named as evidence."""

    token: str
    name: str
    content_type: str
    size: int
    sha256: str


class VersionShape(Shape):
    """One published version of a policy book."""

    book: str
    version: str
    effective_from: str


class VersionList(Shape):
    items: list[VersionShape]
    next: None = None


class PutShape(Shape):
    """What became of the snapshot."""

    number: str
    result: str = Field(examples=["created", "updated", "unchanged"])
    version: int
