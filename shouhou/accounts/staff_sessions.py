"""Where a member of staff is signed in: listed for them, ended one by one by them, and all at once by whoever changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from shouhou.accounts.models import User
from shouhou.foundation.refusals import NOT_FOUND, refused

LISTED_MOST = 50


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One browser in which somebody is signed in; `here` is the one that asks."""

    id: int
    browser: str
    address: str
    created_at: datetime
    here: bool


def staff_sessions(user: User, *, here: str = "") -> Sequence[StaffSession]:
    """The living sessions, this browser's first, then the newest. `here` is this browser's session key."""
    rows = UserSession.objects.purge_and_list(user)[:LISTED_MOST]
    found = [StaffSession(row.pk, row.user_agent, row.ip, row.created_at, row.session_key == here) for row in rows]
    return sorted(found, key=lambda each: (not each.here, -each.created_at.timestamp()))


def end_staff_session(session_id: int, *, user_id: int) -> None:
    """That browser has to sign in again. Raises Refused NOT_FOUND, also for somebody else's."""
    with transaction.atomic():
        row = UserSession.objects.select_for_update().filter(pk=session_id, user_id=user_id).first()
        if row is None:
            raise refused(NOT_FOUND)
        _end([row])


def end_other_staff_sessions(user_id: int, *, here: str) -> None:
    """Every browser but this one has to sign in again."""
    with transaction.atomic():
        _end(list(UserSession.objects.select_for_update().filter(user_id=user_id).exclude(session_key=here)))


def end_staff_sessions(user: User) -> None:
    """Every browser has to sign in again, those nobody has noted too: the next request of each of them is a stranger's."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
        _end(list(UserSession.objects.select_for_update().filter(user_id=user.pk)))


def _end(rows: Sequence[UserSession]) -> None:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
