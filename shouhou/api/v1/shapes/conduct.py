"""Shapes of texts that were blocked or flagged, and of their appeals."""

from typing import Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import Input, Shape


class ConductAppealShape(Shape):
    """The author's appeal; `verdict` is empty until somebody else has decided."""

    text: str
    at: str
    verdict: Literal["", "granted", "refused"]
    reasons: str
    decided_at: str | None


class ScreenedShape(Shape):
    """One's own words that were blocked (not sent) or flagged (sent, to be reviewed); what names a person is masked."""

    number: int
    about: str = Field(description="the case or conversation, or reply:<title> for a canned reply")
    verdict: Literal["block", "flag"]
    codes: list[str] = Field(description="the rules it was held to: CDT-01 …")
    text: str
    times: int
    at: str
    reviewed: Literal["", "kept", "cleared"] = Field(description="cleared: a false alarm, the same words may go")
    appeal: ConductAppealShape | None


class ScreenedList(Shape):
    items: list[ScreenedShape]
    next: str | None


class AppealInput(Input):
    """Why these words break no rule."""

    text: str = Field(min_length=1, max_length=1000, description="why the rule is wrong about these words")


class VerdictInput(Input):
    """Granted: a false alarm; the reasons are told to the author."""

    grant: bool
    reasons: str = Field(min_length=1, max_length=1000)
