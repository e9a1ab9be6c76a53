"""What orders say about people: buyers as the shop names them, and the organisations of merchants."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from shouhou.accounts import ports
from shouhou.accounts.models import Organisation


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
        changed, moved = [], []
        for external, (key, _, *stored, erased) in rows.items():
            new = BuyerFacts(*(said or known for said, known in zip(buyers[external], stored, strict=True)))
            if not erased and new != BuyerFacts(*stored):
                changed.append((key, *new))
                if new.tier != stored[3]:
                    moved.append((key, new.tier))
        if changed:
            changed.sort()
            keys, *columns = zip(*changed, strict=True)
            cursor.execute(LOCK, [list(keys)])
            cursor.execute(REFRESH, [list(keys), *map(list, columns)])
        if moved:
            for follow in ports.TIER_FOLLOWERS:
                follow(moved)
    return {external: KnownBuyer(row[0], row[6]) for external, row in rows.items()}


def take_organisations(codes: Sequence[str], *, names: Sequence[str]) -> None:
    """Make the merchants' organisations that are missing; what is known stays."""
    Organisation.objects.bulk_create(
        [Organisation(code=code, name=name, kind="merchant") for code, name in zip(codes, names, strict=True)],
        ignore_conflicts=True,
    )


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
