"""Shapes of notices: what a buyer was told, wants to be told, and what became of what left the house."""

from typing import Annotated, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Shape

Channel = Literal["sms", "email", "im", "call"]
Sending = Literal["queued", "held", "sent", "delivered", "undelivered", "unknown", "failed", "skipped"]
Switch = Annotated[str, Field(max_length=30, pattern=r"^[a-z_]{1,20}:[a-z]{2,6}$", examples=["survey:email"])]


class NoticeShape(Shape):
    """One notice as it stands on the site."""

    id: int
    at: str
    title: str
    body: str
    number: str = Field(description="the case, conversation or plan it is about")
    link: str
    read: bool


class NoticeList(Shape):
    items: list[NoticeShape]
    next: str | None


class NoticeKindShape(Shape):
    """`must`: it always stands on the site, and one way out stays open."""

    kind: str
    label: str
    must: bool
    channels: list[str] = Field(description="what may be switched, as kind:channel")


class NoticePreferencesShape(Shape):
    """`first` is tried before the others; what is in `off` is not sent."""

    language: Literal["", "zh-hans", "en"] = Field(description="empty: the language of the buyer's account")
    first: Literal["", "sms", "email"] = Field(description="empty: the house's order")
    off: list[str]
    kinds: list[NoticeKindShape]


class NoticePreferencesInput(Input):
    """All wishes at once; what is left out is as if nothing had been chosen."""

    buyer: str = Field(default="", max_length=80, description="the shop's own id of the buyer; a consumer's key leaves it out")
    language: Literal["", "zh-hans", "en"] = ""
    first: Literal["", "sms", "email"] = ""
    off: list[Switch] = Field(default_factory=list, max_length=60)


class NoticeStepShape(Shape):
    """`what`: queued, held, sent, delivered, undelivered, delayed, fell_on, site_only, sent_anew …; `detail` is masked."""

    at: str
    what: str
    detail: str


class NoticeSendingShape(Shape):
    """One message through one channel; addresses and what names a person are masked."""

    number: int
    about: str
    channel: Channel
    kind: str
    template: str
    to: str = Field(description="where it went, masked")
    state: Sending
    reason: str
    attempts: int
    trouble: str = Field(description="the last error or the mail server's words")
    created_at: str
    sent_at: str | None
    delivered_at: str | None
    falls_from: int | None = Field(description="the delivery that failed before this one")
    again_of: int | None = Field(description="the delivery that this one repeats")


class NoticeSendingList(Shape):
    items: list[NoticeSendingShape]
    next: str | None


class NoticeSendingDetail(NoticeSendingShape):
    """With everything that became of it, in order, and whether it may be sent anew."""

    steps: list[NoticeStepShape]
    may_resend: bool
    why_not: str


class NoticeResendInput(Input):
    """Why it is sent anew; the reason stands with both deliveries."""

    reason: str = Field(min_length=1, max_length=200)
