"""A member of staff's own password in place of the one somebody made for them, and who still has such a one."""

from base64 import b64encode
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import get_random_string

from shouhou.accounts.models import User
from shouhou.accounts.staff_sessions import end_other_staff_sessions
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

# Stands in the hash of every password of the demo, so that a single one that was left is known; as long in either writing.
DEMO_SALT = "shouhouDemo1"
SALT_REST = 12
# Django writes a password that nobody can have with a "!" before it.
USABLE = ~Q(password="") & ~Q(password__startswith="!")  # noqa: S106 – beginnings of hashes


def demo_hash(password: str) -> str:
    """The hash of the demo's password: as strong as any, and known as the demo's wherever the database goes."""
    return make_password(password, salt=DEMO_SALT + get_random_string(SALT_REST))


def with_demo_password() -> QuerySet[User]:
    """Who works here with the demo's password; also two with the same hash, which only the demo makes."""
    people = User.objects.filter(USABLE, is_active=True)
    alike = people.values("password").annotate(people=Count("pk")).filter(people__gt=1).values("password")
    marked = Q(password__contains=f"${DEMO_SALT}") | Q(password__contains=f"${b64encode(DEMO_SALT.encode()).decode()}")
    return people.filter(marked | Q(password__in=alike))


def with_one_time_password() -> QuerySet[User]:
    """Who has never changed the password that somebody made for them."""
    return User.objects.filter(USABLE, is_active=True, password_temporary=True)


def set_own_password(user: User, *, password: str, here: str, now: datetime) -> None:
    """The one-time password ends; so does every session of theirs but `here`, this browser's session key."""
    with transaction.atomic():
        user.password, user.password_temporary = make_password(password), False
        user.save(update_fields=["password", "password_temporary"])
        end_other_staff_sessions(user.pk, here=here)
        own = Actor(role=user.role, who=f"user:{user.pk}", name=user.get_full_name())  # type: ignore[arg-type]
        audit.note(own, what="staff.password_own", subject=user.username, detail="", now=now)
