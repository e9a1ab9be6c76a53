"""Operations make, change and switch off the accounts of staff; every change is noted."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from shouhou.accounts.actions import USERNAME_TAKEN
from shouhou.accounts.models import ROLES, Organisation, User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_STAFF = ("operations",)
PASSWORD_BYTES = 12
KINDS_OF = {"merchant_operator": "merchant", "merchant_manager": "merchant"}
ROLE_OUTSIDE = refusal(
    "ROLE_OUTSIDE", "invalid",
    zh="商家角色只能归属商家组织，其他角色只能归属平台或伙伴组织。",
    en="Merchant roles belong to a merchant's organisation, all others to the platform's or a partner's.",
)  # fmt: skip
OWN_ACCOUNT = refusal(
    "OWN_ACCOUNT", "forbidden", zh="不能更改自己的角色，也不能停用自己。", en="Nobody changes their own role or switches themselves off."
)


@dataclass(frozen=True, slots=True)
class Hired:
    """A new account and its first password, which is told this once."""

    user_id: int
    password: str


@transaction.atomic
def create_staff(
    *, username: str, name: str, email: str, role: str, organisation: str, actor: Actor, now: datetime
) -> Hired:  # fmt: skip
    """An account in the organisation with this code. Raises Refused FORBIDDEN, NOT_FOUND, ROLE_OUTSIDE, USERNAME_TAKEN."""
    _allowed(actor)
    owner = _organisation(organisation, role=role)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    last, first = (name[:1], name[1:]) if name and not name.isascii() else ("", name)
    try:
        with transaction.atomic():
            user = User.objects.create(
                username=username, last_name=last, first_name=first, email=email, role=role, organisation=owner,
                password=make_password(password), date_joined=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise refused(USERNAME_TAKEN, username=username) from error
    audit.note(actor, what="staff.created", subject=username, detail=f"{role} · {owner.code}", now=now)
    return Hired(user.pk, password)


@transaction.atomic
def change_role(user_id: int, *, role: str, organisation: str, actor: Actor, now: datetime) -> None:
    """Another role or organisation; the next page they open knows it. Raises Refused FORBIDDEN, NOT_FOUND, OWN_ACCOUNT, ROLE_OUTSIDE."""
    user = _other(user_id, actor=actor)
    owner = _organisation(organisation, role=role)
    before = f"{user.role} · {user.organisation.code if user.organisation else '–'}"
    if (user.role, user.organisation_id) == (role, owner.pk):
        return
    user.role, user.organisation = role, owner
    user.save(update_fields=["role", "organisation"])
    audit.note(actor, what="staff.role_changed", subject=user.username, detail=f"{before} → {role} · {owner.code}", now=now)


@transaction.atomic
def switch_staff(user_id: int, *, active: bool, actor: Actor, now: datetime) -> None:
    """Off: every session of theirs ends with its next page. Raises Refused FORBIDDEN, NOT_FOUND, OWN_ACCOUNT."""
    user = _other(user_id, actor=actor)
    if user.is_active == active:
        return
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.note(actor, what="staff.switched_on" if active else "staff.switched_off", subject=user.username, detail="", now=now)


@transaction.atomic
def renew_password(user_id: int, *, actor: Actor, now: datetime) -> Hired:
    """A new first password; the old one and all sessions made with it end. Raises Refused FORBIDDEN, NOT_FOUND, OWN_ACCOUNT."""
    user = _other(user_id, actor=actor)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    audit.note(actor, what="staff.password_renewed", subject=user.username, detail="", now=now)
    return Hired(user.pk, password)


def _allowed(actor: Actor) -> None:
    if actor.role not in MAY_STAFF or actor.merchant_id is not None:
        raise refused(FORBIDDEN)


def _other(user_id: int, *, actor: Actor) -> User:
    """Somebody else's row, locked; an administrator's is changed at /admin only."""
    _allowed(actor)
    user = User.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=user_id).first()
    if user is None:
        raise refused(NOT_FOUND)
    if actor.who == f"user:{user.pk}":
        raise refused(OWN_ACCOUNT)
    if user.is_superuser:
        raise refused(FORBIDDEN)
    return user


def _organisation(code: str, *, role: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None or role not in ROLES:
        raise refused(NOT_FOUND)
    if (found.kind == "merchant") != (KINDS_OF.get(role) == "merchant"):
        raise refused(ROLE_OUTSIDE)
    return found
