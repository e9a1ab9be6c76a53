"""A member of staff's own password in place of the one somebody made for them."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from shouhou.accounts.models import User
from shouhou.accounts.staff_sessions import end_other_staff_sessions
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor


def set_own_password(user: User, *, password: str, here: str, now: datetime) -> None:
    """The one-time password ends; so does every session of theirs but `here`, this browser's session key."""
    with transaction.atomic():
        user.password, user.password_temporary = make_password(password), False
        user.save(update_fields=["password", "password_temporary"])
        end_other_staff_sessions(user.pk, here=here)
        own = Actor(role=user.role, who=f"user:{user.pk}", name=user.get_full_name())  # type: ignore[arg-type]
        audit.note(own, what="staff.password_own", subject=user.username, detail="", now=now)
