"""API keys: a random token shown once, stored as a hash, with a role and scopes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from shouhou.accounts.models import KEY_ROLES, ApiKey, Buyer, Organisation
from shouhou.foundation.refusals import NOT_FOUND, refusal, refused

MOST_SCOPES = 40
KEY_ROLE_UNKNOWN = refusal(
    "KEY_ROLE_UNKNOWN", "invalid", zh="没有角色 {role}；可选：{roles}。", en="No role {role}; there are: {roles}."
)
KEY_NEEDS_OWNER = refusal(
    "KEY_NEEDS_OWNER", "invalid",
    zh="该角色的密钥必须绑定商家或消费者。", en="A key of this role must be bound to a merchant or a buyer.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `token` is told this once."""

    id: int
    name: str
    role: str
    token: str


def create_key(
    *, name: str, role: str, organisation: Organisation, now: datetime, scopes: Sequence[str] = (),
    merchant_id: int | None = None, buyer: Buyer | None = None, expires_at: datetime | None = None,
    token: str | None = None,
) -> NewKey:  # fmt: skip
    """Make a key; no scopes means all of its role. `token` is given only by the demo, whose keys are printed.

    Raises Refused: KEY_ROLE_UNKNOWN, KEY_NEEDS_OWNER (a merchant's or consumer's key without its owner).
    """
    if role not in KEY_ROLES:
        raise refused(KEY_ROLE_UNKNOWN, role=role, roles=", ".join(KEY_ROLES))
    if (role.startswith("merchant_") and merchant_id is None) or (role == "consumer" and buyer is None):
        raise refused(KEY_NEEDS_OWNER)
    token = token or f"sk_{role}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        organisation=organisation, name=name[:80], prefix=token[:12], token_hash=hash_of(token), role=role,
        scopes=list(dict.fromkeys(scopes))[:MOST_SCOPES], merchant_id=merchant_id, buyer=buyer, expires_at=expires_at,
        created_at=now,
    )  # fmt: skip
    return NewKey(key.pk, key.name, role, token)


def hash_of(token: str) -> bytes:
    """What is stored of a token: 256 random bits need no salt and no slow hash."""
    return sha256(token.encode()).digest()


def key_by_token(token: str, *, now: datetime) -> ApiKey | None:
    """The living key of a token, or None; one query."""
    key = ApiKey.objects.filter(token_hash=hash_of(token), active=True).first()
    return None if key is None or (key.expires_at is not None and key.expires_at <= now) else key


def revoke_key(key_id: int) -> ApiKey:
    """The key opens nothing from now on. Raises Refused NOT_FOUND."""
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
        if key is None:
            raise refused(NOT_FOUND)
        key.active = False
        key.save(update_fields=["active"])
        return key
