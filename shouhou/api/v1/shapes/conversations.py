"""Shapes of conversations."""

from typing import Annotated, Literal

from ninja import Path
from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Instant, Shape

TalkNumber = Annotated[str, Path(min_length=1, max_length=40, examples=["TK-7K3Q-9XMT-4"])]
Topic = Literal["pre_sale", "order", "delivery", "installation", "use", "repair", "return", "other"]
Desk = Literal["house", "shop"]
Skill = Literal["sales", "service", "technical"]
Audience = Literal["all", "staff", "house"]
Side = Literal["consumer", "shop", "house", "system"]
Uploads = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=6)]


class TalkInput(Input):
    """A question: about an order, a case, or (a consumer's key only) about nothing in particular."""

    topic: Topic
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    order: Annotated[str, Field(max_length=80)] = ""
    case: Annotated[str, Field(max_length=40)] = ""
    uploads: Uploads = []


class SayInput(Input):
    """What is said; `audience` "staff" is read by shop and house, "house" by the house alone."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    audience: Audience = "all"
    uploads: Uploads = []


class ReadInput(Input):
    """Everything up to this message has been read."""

    message: Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)]


class HandInput(Input):
    """To which desk and skill, and why; whoever takes it reads everything."""

    desk: Desk
    skill: Skill
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class CallInput(Input):
    """A telephone call that has taken place."""

    direction: Literal["in", "out"]
    phone: Annotated[str, Field(max_length=32)] = ""
    began_at: Instant
    minutes: Annotated[int, Field(ge=0, le=600, strict=True)]
    summary: Annotated[str, Field(min_length=1, max_length=1000)]


class TalkFileShape(Shape):
    token: str
    name: str


class SaidShape(Shape):
    """One thing that was said. `name` is who said it, for staff; the house's own lines come in the caller's language."""

    id: int
    kind: Literal["message", "auto", "note", "event", "call"]
    audience: Audience
    side: Side
    name: str
    text: str
    at: Instant
    files: list[TalkFileShape]


class ReadShape(Shape):
    side: Side
    message: int
    at: Instant | None


class HandOverShape(Shape):
    at: Instant
    by: str
    what: Literal["claim", "release", "hand"]
    desk: Desk
    skill: Skill
    reason: str


class TalkRow(Shape):
    """A conversation as a list shows it. `waits_on` is whose turn it is, null when closed."""

    number: str
    topic: Topic
    title: str
    order: str | None
    case: str | None
    desk: Desk
    skill: Skill
    waits_on: Literal["staff", "consumer"] | None
    waiting_since: Instant | None
    first_response_at: Instant | None
    opened_at: Instant
    last_at: Instant
    closed_at: Instant | None
    version: int
    channel: str


class TalkShape(TalkRow):
    """A whole conversation; `assigned_to` and `hand_overs` are for staff."""

    messages: list[SaidShape]
    read: list[ReadShape]
    assigned_to: str | None = None
    hand_overs: list[HandOverShape] = []


class TalkList(Shape):
    items: list[TalkRow]
    next: str | None


class CallShape(Shape):
    number: str
    call: int
