"""Which way a notice takes out of the house, and which comes next when it fails."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouhou.notifications.rules.kinds import Kind


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants: the first way ("" as the kind has it) and what they switched off, as "survey:email"."""

    first: str = ""
    off: frozenset[str] = frozenset()

    def wants(self, kind: str, channel: str) -> bool:
        return f"{kind}:{channel}" not in self.off


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a reader can be reached."""

    email: bool
    phone: bool


def ways(kind: Kind, chain: Sequence[str], *, wishes: Wishes, reach: Reach, urgent_words: bool) -> tuple[str, ...]:
    """The channels in their order, phone calls left out: those are decided when everything else has failed.

    Without urgent words of its own a notice goes by mail before it goes by text message, unless its reader wants it so.
    """
    can = {"sms": reach.phone, "email": reach.email}
    order = [each for each in chain if each in can]
    if not urgent_words and "email" in order and "sms" in order:
        order.remove("sms")
        order.append("sms")
    if wishes.first in can:
        order = [wishes.first, *(each for each in order if each != wishes.first)]
    return tuple(each for each in order if can[each] and wishes.wants(kind.code, each))


def next_way(order: Sequence[str], used: Collection[str]) -> str:
    """The first channel that was not tried; "" when all were."""
    return next((each for each in order if each not in used), "")


def calls_for(due_at: datetime | None, *, now: datetime, within: timedelta) -> bool:
    """Is the limit so near that somebody must telephone? What has run out already is not."""
    return due_at is not None and now < due_at <= now + within
