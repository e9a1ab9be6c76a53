"""What is written about people: buyers as the shop's orders name them, and the staff that a shop keeps for itself."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from shouhou.accounts.models import Organisation, User
from shouhou.foundation.refusals import FORBIDDEN, INVALID_INPUT, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

TEAM_ROLES = ("merchant_operator", "merchant_manager")
TEAM_MAX = 200
USERNAME_TAKEN = refusal(
    "USERNAME_TAKEN", "conflict", zh="账号名“{username}”已被使用，请换一个。", en="The name “{username}” is taken. Choose another."
)
NOT_YOURSELF = refusal(
    "NOT_YOURSELF", "conflict",
    zh="不能更改自己的角色或停用自己，请由另一位主管操作。",
    en="You cannot change your own role or switch yourself off. Ask another manager.",
)  # fmt: skip
TEAM_FULL = refusal(
    "TEAM_FULL", "conflict", zh="店铺最多 {most} 个账号，请联系平台。", en="A shop has at most {most} accounts. Ask the platform."
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of a shop as their manager names them."""

    username: str
    name: str
    email: str
    role: str
    language: str = "zh-hans"


class BuyerFacts(NamedTuple):
    """What an order says about its buyer; an empty text says nothing."""

    name: str = ""
    phone: str = ""
    email: str = ""
    tier: str = "none"


class KnownBuyer(NamedTuple):
    """A buyer's row; of an erased one nothing personal is taken in again."""

    id: int
    erased: bool


def take_buyers(buyers: Mapping[str, BuyerFacts]) -> dict[str, KnownBuyer]:
    """The row of every buyer by the shop's id: made when new, refreshed with what is newly said, unless erased."""
    with transaction.atomic(), connection.cursor() as cursor:
        ids = sorted(buyers)
        cursor.execute(FIND, [ids])
        rows = {row[1]: row for row in cursor.fetchall()}
        missing = [external for external in ids if external not in rows]
        if missing:
            fresh = zip(*(buyers[external] for external in missing), strict=True)
            cursor.execute(MAKE, [missing, *map(list, fresh)])
            cursor.execute(FIND, [missing])
            rows.update({row[1]: row for row in cursor.fetchall()})
        changed = []
        for external, (key, _, *stored, erased) in rows.items():
            new = BuyerFacts(*(said or known for said, known in zip(buyers[external], stored, strict=True)))
            if not erased and new != BuyerFacts(*stored):
                changed.append((key, *new))
        if changed:
            changed.sort()
            keys, *columns = zip(*changed, strict=True)
            cursor.execute(LOCK, [list(keys)])
            cursor.execute(REFRESH, [list(keys), *map(list, columns)])
    return {external: KnownBuyer(row[0], row[6]) for external, row in rows.items()}


def take_organisations(codes: Sequence[str], *, names: Sequence[str]) -> None:
    """Make the merchants' organisations that are missing; what is known stays."""
    Organisation.objects.bulk_create(
        [Organisation(code=code, name=name, kind="merchant") for code, name in zip(codes, names, strict=True)],
        ignore_conflicts=True,
    )


def hire(colleague: Colleague, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """A new member of the manager's own shop: their id and a password, which is shown once and not kept.

    Raises FORBIDDEN, INVALID_INPUT, USERNAME_TAKEN, TEAM_FULL.
    """
    with transaction.atomic():
        house = _managed(actor)
        _known_role(colleague.role)
        if User.objects.filter(organisation=house).count() >= TEAM_MAX:
            raise refused(TEAM_FULL, most=TEAM_MAX)
        password = _password()
        made, new = User.objects.get_or_create(
            username=colleague.username,
            defaults={
                "last_name": colleague.name, "email": colleague.email, "role": colleague.role, "organisation": house,
                "language": colleague.language, "password": make_password(password),
            },
        )  # fmt: skip
        if not new:
            raise refused(USERNAME_TAKEN, username=colleague.username)
        audit.note(actor, what="staff.created", subject=made.username, detail=f"{house.code}: {made.role}", now=now)
        return made.pk, password


def change_colleague(user_id: int, *, role: str, active: bool, actor: Actor, now: datetime) -> None:
    """Another role, switched off or on again. Raises FORBIDDEN, NOT_FOUND, INVALID_INPUT, NOT_YOURSELF."""
    with transaction.atomic():
        person = _colleague(user_id, _managed(actor))
        _known_role(role)
        if (person.role, person.is_active) == (role, active):
            return
        if actor.who == f"user:{person.pk}":
            raise refused(NOT_YOURSELF)
        person.role, person.is_active = role, active
        person.save(update_fields=["role", "is_active"])
        detail = f"{role}, {'active' if active else 'off'}"
        audit.note(actor, what="staff.changed", subject=person.username, detail=detail, now=now)


def new_password(user_id: int, *, actor: Actor, now: datetime) -> str:
    """A fresh password, shown once; wherever the person is signed in, they no longer are. Raises FORBIDDEN, NOT_FOUND."""
    with transaction.atomic():
        person = _colleague(user_id, _managed(actor))
        if actor.who == f"user:{person.pk}":
            raise refused(NOT_YOURSELF)
        password = _password()
        person.password = make_password(password)
        person.save(update_fields=["password"])
        audit.note(actor, what="staff.password_set", subject=person.username, detail="one-time password", now=now)
        return password


def _managed(actor: Actor) -> Organisation:
    """The shop's organisation, locked, of a manager who is one still. Raises FORBIDDEN."""
    key = actor.who.removeprefix("user:")
    if actor.role != "merchant_manager" or actor.merchant_id is None or not key.isdigit():
        raise refused(FORBIDDEN)
    house = Organisation.objects.select_for_update().filter(user__pk=int(key), kind="merchant").first()
    # Read after the lock: two managers who switch each other off at once do not both succeed.
    if house is None or not User.objects.filter(pk=int(key), organisation=house, is_active=True, role="merchant_manager").exists():
        raise refused(FORBIDDEN)
    return house


def _colleague(user_id: int, house: Organisation) -> User:
    found = User.objects.filter(pk=user_id, organisation=house, role__in=TEAM_ROLES, is_superuser=False).first()
    if found is None:
        raise refused(NOT_FOUND)
    return found


def _known_role(role: str) -> None:
    if role not in TEAM_ROLES:
        raise refused(INVALID_INPUT, reason=f"role: {', '.join(TEAM_ROLES)}")


def _password() -> str:
    return secrets.token_urlsafe(12)


FIND = """
SELECT id, external_id, name, phone, email, tier, erased_at IS NOT NULL FROM accounts_buyer
WHERE external_id = ANY(%s)
"""
MAKE = """
INSERT INTO accounts_buyer (external_id, name, phone, email, tier, language)
SELECT *, 'zh-hans' FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (external_id) DO NOTHING
"""
# Locked in one order, so that two bulk calls never wait for each other in a circle.
LOCK = "SELECT 1 FROM accounts_buyer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
REFRESH = """
UPDATE accounts_buyer b SET name = n.name, phone = n.phone, email = n.email, tier = n.tier
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) AS n (id, name, phone, email, tier)
WHERE b.id = n.id AND b.erased_at IS NULL
"""
