"""What accounts needs from floors above; wiring.py connects it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A sign-in code on its way to a phone; called inside the transaction that stored it, so it is to be a job."""

    buyer_id: int
    phone: str
    code: str
    language: str
    now: datetime


SendCode = Callable[[CodeToSend], None]
# An invitation (its id and round) on its way to a mailbox; called inside the transaction that stored it.
SendInvitation = Callable[[int, int], None]
OrderOwner = Callable[[str], int | None]
# Removes what a floor knows of a buyer (id, instant) and says how much: {"cases": 3}. Ledger, history, amounts stay.
Eraser = Callable[[int, datetime], dict[str, int]]
# How many matters of the buyer are still open.
OpenMatters = Callable[[int], int]
# Told of buyers (id, new tier) whose membership has changed, in the transaction that stored it.
FollowTiers = Callable[[Sequence[tuple[int, str]]], None]


class NotConnected(RuntimeError):
    """A port that wiring.py has not connected was used."""


def _nobody(message: CodeToSend) -> None:
    raise NotConnected("nobody sends sign-in codes: wiring.py connects accounts.ports.send_code")


def _no_mail(invitation_id: int, turn: int) -> None:
    raise NotConnected("nobody sends invitations: wiring.py connects accounts.ports.send_invitation")


def _no_orders(number: str) -> int | None:
    raise NotConnected("nobody knows orders: wiring.py connects accounts.ports.owner_of_order")


send_code: SendCode = _nobody
send_invitation: SendInvitation = _no_mail
owner_of_order: OrderOwner = _no_orders
ERASERS: list[Eraser] = []
OPEN_MATTERS: list[OpenMatters] = []
TIER_FOLLOWERS: list[FollowTiers] = []


def connect(
    *, sender: SendCode | None = None, owner: OrderOwner | None = None, inviter: SendInvitation | None = None
) -> None:  # fmt: skip
    """Only wiring.py (and the tests' cast) calls this."""
    global send_code, owner_of_order, send_invitation
    send_code = sender or send_code
    owner_of_order = owner or owner_of_order
    send_invitation = inviter or send_invitation


def erases(eraser: Eraser) -> None:
    """Register what removes a floor's personal data, once."""
    if eraser not in ERASERS:
        ERASERS.append(eraser)


def follows_tiers(follower: FollowTiers) -> None:
    """Register what goes by a buyer's membership of today, once."""
    if follower not in TIER_FOLLOWERS:
        TIER_FOLLOWERS.append(follower)


def counts_open(counter: OpenMatters) -> None:
    """Register what knows of open matters, once."""
    if counter not in OPEN_MATTERS:
        OPEN_MATTERS.append(counter)
