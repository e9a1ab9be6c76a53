"""Where a buyer is signed in: listed for them, and ended by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from shouhou.accounts.models import Buyer, BuyerSession
from shouhou.foundation.refusals import NOT_FOUND, refused

LISTED_MOST = 50
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser in which the buyer is signed in; `here` is the one that asks."""

    id: int
    browser: str
    address: str
    guest_order: str
    created_at: datetime
    seen_at: datetime
    here: bool


def note_session(
    buyer: Buyer, *, session_key: str, address: str, browser: str, now: datetime, guest_order: str = ""
) -> None:  # fmt: skip
    """Remember a browser that has just been let in."""
    BuyerSession.objects.create(
        buyer=buyer, session_key=session_key, guest_order=guest_order[:80], address=address[:45], browser=browser[:200],
        created_at=now, seen_at=now,
    )  # fmt: skip


def seen_session(session_key: str, *, now: datetime) -> None:
    """The browser was here again."""
    BuyerSession.objects.filter(session_key=session_key).update(seen_at=now)


@dataclass(frozen=True, slots=True)
class Door:
    """Whose sessions: a buyer's, or of a guest, who proved one order, only those of guests of that order."""

    buyer_id: int
    guest_order: str = ""

    def rows(self) -> QuerySet[BuyerSession]:
        found = BuyerSession.objects.filter(buyer=self.buyer_id)
        return found.filter(guest_order=self.guest_order) if self.guest_order else found


def sessions_of(door: Door, *, here: str, now: datetime) -> list[SignedIn]:
    """The living sessions, this browser's first, then the latest seen. `here` is this browser's session key."""
    rows = list(door.rows().order_by("-seen_at")[:LISTED_MOST])
    keys = [row.session_key for row in rows]
    living = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    found = [
        SignedIn(row.pk, row.browser, row.address, row.guest_order, row.created_at, row.seen_at, row.session_key == here)
        for row in rows if row.session_key in living
    ]  # fmt: skip
    return sorted(found, key=lambda each: not each.here)


def end_session(session_id: int, *, door: Door) -> None:
    """That browser has to sign in again. Raises Refused NOT_FOUND, also for another buyer's."""
    with transaction.atomic():
        row = door.rows().select_for_update().filter(pk=session_id).first()
        if row is None:
            raise refused(NOT_FOUND)
        _end([row])


def end_other_sessions(door: Door, *, here: str) -> int:
    """Every browser but this one has to sign in again; answers how many."""
    with transaction.atomic():
        rows = list(door.rows().select_for_update().exclude(session_key=here))
        _end(rows)
        return len(rows)


def end_all_sessions(buyer_id: int) -> int:
    """Every browser has to sign in again; answers how many. Also used when the buyer is erased."""
    return end_other_sessions(Door(buyer_id), here="")


def forget_sessions(*, now: datetime) -> int:
    """Drop the notes about browsers that have not been here for long; answers how many."""
    return BuyerSession.objects.filter(seen_at__lt=now - KEPT).delete()[0]


def _end(rows: Sequence[BuyerSession]) -> None:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    BuyerSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
