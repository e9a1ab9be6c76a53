"""What the membership of today adds to a case: where it stands in the queue, and in whose channel (MEM-01, MEM-02)."""

from collections.abc import Sequence

from django.db import connection, transaction

from shouhou.policy.queries import compiled
from shouhou.policy.terms import Terms

STANDARD = "standard"
CHANNELS = (STANDARD, "plus_vip")
MINUTES = 60


def standing(terms: Terms, tier: str) -> tuple[str, int]:
    """The channel, and the head start in minutes, that the book gives a member of this tier."""
    return str(terms.value("member_channel", member=tier)), terms.number("member_head_start_hours", member=tier) * MINUTES


def follow_tiers(moved: Sequence[tuple[int, str]]) -> None:
    """Buyers (id, tier) have joined or left: their cases change channel and place; privileges of an order stay (MEM-04)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOOKS, [[buyer for buyer, _ in moved]])
        tiers = dict(moved)
        rows = [
            (buyer, book, version, *standing(compiled(book, version).terms, tiers[buyer])) for buyer, book, version in cursor.fetchall()
        ]
        if rows:
            cursor.execute(FOLLOW, [list(column) for column in zip(*rows, strict=True)])


BOOKS = "SELECT DISTINCT buyer_id, book, book_version FROM cases_case WHERE buyer_id = ANY(%s) ORDER BY buyer_id, book, book_version"
FOLLOW = """
UPDATE cases_case c SET channel_queue = n.channel, head_start_minutes = n.minutes
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[]) AS n (buyer, book, version, channel, minutes)
WHERE c.buyer_id = n.buyer AND c.book = n.book AND c.book_version = n.version
    AND (c.channel_queue, c.head_start_minutes) IS DISTINCT FROM (n.channel, n.minutes)
"""
