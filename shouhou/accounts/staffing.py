"""The one way to make, change and switch off the accounts of staff, for operations and for a shop's managers; all noted."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from shouhou.accounts.models import Invitation, Organisation, User
from shouhou.accounts.reach import reach_of
from shouhou.accounts.staff_sessions import end_staff_sessions
from shouhou.foundation.refusals import refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

TEAM_MAX = 200
PASSWORD_BYTES = 12
USERNAME_TAKEN = refusal(
    "USERNAME_TAKEN", "conflict", zh="账号名“{username}”已被使用，请换一个。", en="The name “{username}” is taken. Choose another."
)
NOT_YOURSELF = refusal(
    "NOT_YOURSELF", "conflict",
    zh="不能更改自己的角色、停用自己或重置自己的密码，请由另一位主管或运营人员操作。",
    en="Nobody changes their own role, switches themselves off or resets their own password here. Ask another manager or operations.",
)  # fmt: skip
TEAM_FULL = refusal(
    "TEAM_FULL", "conflict", zh="店铺最多 {most} 个账号，请联系平台。", en="A shop has at most {most} accounts. Ask the platform."
)


@dataclass(frozen=True, slots=True)
class Person:
    """A new member of staff; `organisation` is the code of one within the reach of whoever hires."""

    username: str
    name: str
    email: str
    role: str
    organisation: str
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class Hired:
    """An account and its one-time password, which is told this once and changed at the first sign-in."""

    user_id: int
    password: str


@transaction.atomic
def hire(person: Person, *, actor: Actor, now: datetime) -> Hired:
    """A new account. Raises Refused FORBIDDEN, NOT_FOUND, ROLE_OUTSIDE, USERNAME_TAKEN, TEAM_FULL."""
    owner = reach_of(actor).organisation(person.organisation, role=person.role)
    require_room(owner)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = make_person(person, owner, password=password, temporary=True, now=now)
    audit.note(actor, what="staff.created", subject=user.username, detail=f"{user.role} · {owner.code}", now=now)
    return Hired(user.pk, password)


@transaction.atomic
def change_staff(
    user_id: int, *, actor: Actor, now: datetime, role: str | None = None, organisation: str | None = None,
    active: bool | None = None,
) -> None:  # fmt: skip
    """Another role or organisation, off or on again; what is None stays. Whatever changes ends their sessions, and a new role
    or none the invitations they sent.

    Raises Refused FORBIDDEN, NOT_FOUND, ROLE_OUTSIDE, NOT_YOURSELF.
    """
    reach = reach_of(actor)
    user = reach.member(user_id)
    before = (user.role, user.organisation_id, user.is_active)
    was = f"{user.role} · {user.organisation.code if user.organisation else '–'}"
    if role is not None or organisation is not None:
        code = organisation or (user.organisation.code if user.organisation else "")
        user.role = role or user.role
        user.organisation = reach.organisation(code, role=user.role)
    user.is_active = user.is_active if active is None else active
    if before == (user.role, user.organisation_id, user.is_active):
        return
    _not_oneself(user, actor)
    user.save(update_fields=["role", "organisation", "is_active"])
    end_staff_sessions(user)
    Invitation.objects.filter(invited_by=user, accepted_at=None, revoked_at=None).update(revoked_at=now)
    is_now = f"{user.role} · {user.organisation.code if user.organisation else '–'}"
    if was != is_now:
        audit.note(actor, what="staff.role_changed", subject=user.username, detail=f"{was} → {is_now}", now=now)
    if before[2] != user.is_active:
        what = "staff.switched_on" if user.is_active else "staff.switched_off"
        audit.note(actor, what=what, subject=user.username, detail="", now=now)


@transaction.atomic
def renew_password(user_id: int, *, actor: Actor, now: datetime) -> Hired:
    """A new one-time password; the old one and all sessions made with it end. Raises Refused FORBIDDEN, NOT_FOUND, NOT_YOURSELF."""
    user = reach_of(actor).member(user_id)
    _not_oneself(user, actor)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user.password, user.password_temporary = make_password(password), True
    user.save(update_fields=["password", "password_temporary"])
    end_staff_sessions(user)
    audit.note(actor, what="staff.password_renewed", subject=user.username, detail="", now=now)
    return Hired(user.pk, password)


@transaction.atomic
def sign_out_staff(user_id: int, *, actor: Actor, now: datetime) -> None:
    """Every browser of this person has to sign in again. Raises Refused FORBIDDEN, NOT_FOUND, NOT_YOURSELF."""
    user = reach_of(actor).member(user_id)
    _not_oneself(user, actor)
    end_staff_sessions(user)
    audit.note(actor, what="staff.signed_out", subject=user.username, detail="", now=now)


def make_person(person: Person, owner: Organisation, *, password: str, temporary: bool, now: datetime) -> User:
    """The row itself, inside the caller's transaction. Raises Refused USERNAME_TAKEN, whatever the case of its letters."""
    if User.objects.filter(username__iexact=person.username).exists():
        raise refused(USERNAME_TAKEN, username=person.username)
    last, first = (person.name[:1], person.name[1:]) if person.name and not person.name.isascii() else ("", person.name)
    try:
        with transaction.atomic():
            return User.objects.create(
                username=person.username, last_name=last, first_name=first, email=person.email, role=person.role,
                organisation=owner, language=person.language, password=make_password(password),
                password_temporary=temporary, date_joined=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(USERNAME_TAKEN, username=person.username) from error


def require_room(owner: Organisation) -> None:
    """A shop keeps a bounded number of people and open invitations. Raises Refused TEAM_FULL."""
    open_ones = Invitation.objects.filter(organisation=owner, accepted_at=None, revoked_at=None)
    if owner.kind == "merchant" and User.objects.filter(organisation=owner).count() + open_ones.count() >= TEAM_MAX:
        raise refused(TEAM_FULL, most=TEAM_MAX)


def _not_oneself(user: User, actor: Actor) -> None:
    if actor.who == f"user:{user.pk}":
        raise refused(NOT_YOURSELF)
