"""What every refund channel can do: pay back under a key, and say what became of a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

Status = Literal["settled", "refused", "in_process", "not_known"]


@dataclass(frozen=True, slots=True)
class ChannelAnswer:
    """What the channel says about a key; `not_known`: it has never seen it."""

    status: Status
    reference: str = ""
    code: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A verified callback: about which key, what, and under which id of its own."""

    callback_id: str
    key: UUID
    status: Status
    amount_minor: int
    currency: str
    reference: str = ""
    code: str = ""


class ChannelSilent(Exception):
    """No answer, a broken one, or an error of theirs: whether money moved is unknown. Ask by the key, never guess."""


class ChannelDown(Exception):
    """Not reached at all: nothing has happened."""


class BadCallback(ValueError):
    """The callback's content cannot be read."""


class RefundChannel(Protocol):
    """Both calls carry a timeout and raise ChannelSilent or ChannelDown. The same key never pays twice."""

    def refund(self, *, key: UUID, amount_minor: int, currency: str, reference: str) -> ChannelAnswer: ...

    def query(self, *, key: UUID) -> ChannelAnswer: ...

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """The callback, None when its signature is not the channel's. Raises BadCallback."""
        ...
