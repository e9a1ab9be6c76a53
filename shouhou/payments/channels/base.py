"""What every refund channel can do: pay back under a key, and say what became of a key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

Status = Literal["settled", "refused", "in_process", "not_known"]
PayStatus = Literal["open", "settled", "declined", "closed", "not_known"]
PayWay = Literal["scan", "phone", "inside"]


@dataclass(frozen=True, slots=True)
class Paid:
    """The payment that a refund goes back to: the channel's own word for it, and how much it was.

    The word is empty where the shop's order does not tell it; a channel that needs it refuses with `NO_REFERENCE`.
    """

    reference: str
    amount_minor: int


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


@dataclass(frozen=True, slots=True)
class Payer:
    """How the consumer is about to pay: a code on a screen (`scan`), in the browser of the phone he holds (`phone`,
    whose address the channel may want to know), or `inside` the channel's own app, which knows who he is (`openid`).
    A channel whose one page serves everybody looks at none of it."""

    way: PayWay = "scan"
    address: str = ""
    openid: str = ""


ANYBODY = Payer()


@dataclass(frozen=True, slots=True)
class PayAnswer:
    """What the channel says about a payment of the consumer's: `url` is where it can be paid while it is open.

    `declined` and `closed` are final: this key will never take money any more. `means` is what it was paid with.
    """

    status: PayStatus
    url: str = ""
    reference: str = ""
    code: str = ""
    means: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PayCallback:
    """A verified callback about a payment of the consumer's."""

    callback_id: str
    key: UUID
    status: PayStatus
    amount_minor: int
    currency: str
    reference: str = ""
    code: str = ""
    means: str = ""


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A verified callback about nothing that we asked for: answered quietly, so that it is not sent again."""

    callback_id: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One row of a channel's statement: what it says it has moved. Money out (a refund) and money in are both > 0; a fee
    is > 0 where it was taken, < 0 where it came back with a refund.

    `key` is ours where the statement carries it; else `reference` (the channel's own word) finds our part or charge.
    """

    kind: Literal["refund", "payment", "fee", "other"]
    reference: str
    key: UUID | None
    amount_minor: int
    currency: str
    at: datetime
    text: str = ""


class ChannelSilent(Exception):
    """No answer, a broken one, or an error of theirs: whether money moved is unknown. Ask by the key, never guess."""


class ChannelDown(Exception):
    """Not reached at all: nothing has happened."""


class BadCallback(ValueError):
    """The callback's content cannot be read."""


class BadStatement(ValueError):
    """The file is not a statement of this channel; the message names the line."""


class RefundChannel(Protocol):
    """Both calls carry a timeout and raise ChannelSilent or ChannelDown. The same key never pays twice.

    `reference` is our refund's number, `paid` the payment it goes back to.
    """

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer: ...  # fmt: skip

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer: ...

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | PayCallback | NotOurs | None:
        """The callback, None when its signature is not the channel's. Raises BadCallback."""
        ...


class PayChannel(Protocol):
    """Money in. Every call carries a timeout and raises ChannelSilent or ChannelDown; a key takes money at most once.

    `reference` (asking, closing) is the channel's word as it was heard when the payment was opened; empty where that
    answer was lost. A channel that finds a payment by our key needs none.
    """

    def open_payment(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, title: str, return_url: str, payer: Payer = ANYBODY
    ) -> PayAnswer:  # fmt: skip
        """Let the consumer pay under the key; the same key again is the same payment, paid the same way."""
        ...

    def query_payment(self, *, key: UUID, reference: str = "") -> PayAnswer: ...

    def close_payment(self, *, key: UUID, reference: str = "") -> PayAnswer:
        """Take no money under the key any more, also when it was never heard of; `settled` when it was paid before."""
        ...


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What a channel expects to hear when it called back, in its own words."""

    status: int
    content_type: str
    body: bytes


@runtime_checkable
class AnsweredInOwnWords(Protocol):
    """A channel that does not understand our JSON as an answer to its callback."""

    def own_answer(self, *, taken: bool) -> OwnAnswer: ...


@runtime_checkable
class PaidInside(Protocol):
    """A channel whose own app shows our pages, and opens its cashier there for who it knows."""

    def knows_visitors(self) -> bool:
        """Whether the installation is set up for it."""
        ...

    def visitor_address(self, *, back: str, state: str) -> str:
        """Where the app's browser is sent; it comes `back` with a code and `state`."""
        ...

    def visitor(self, code: str) -> str | None:
        """Who brought the code, None for a wrong one. Raises ChannelSilent, ChannelDown."""
        ...

    def cashier(self, url: str, *, now: datetime) -> dict[str, str]:
        """What the app's browser is told to open the cashier for a payment that is open at `url`. Raises ChannelDown."""
        ...


class StatementChannel(Protocol):
    """A channel whose statements (CSV) can be read for reconciliation."""

    def read_statement(self, data: bytes) -> Iterable[StatementRow]:
        """The rows of a statement in its own format. Raises BadStatement."""
        ...


@runtime_checkable
class FetchesStatements(Protocol):
    """A channel that gives out its statements to whoever asks with its keys."""

    def fetch_statement(self, *, day: date) -> bytes | None:
        """The file of a day (as `read_statement` takes it), None while there is none. Raises ChannelSilent, ChannelDown."""
        ...
