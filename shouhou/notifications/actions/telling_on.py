"""Keeping contact while a repair lasts: whoever was told nothing for days is told how it goes (NTF-08)."""

from datetime import datetime

from shouhou.cases.quiet import tell_repairs

# By the rows of the site: everything a buyer is told stands there, and those of one case are found by its number.
TOLD = """EXISTS (
    SELECT 1 FROM notifications_notice n
    WHERE n.subject = c.number AND n.channel = 'site' AND n.buyer_id IS NOT NULL AND n.created_at > %(before)s)"""


def keep_told(*, now: datetime) -> int:
    """Announce the progress of repairs whose consumer has had no notice for the book's days; returns how many. Again: none."""
    return tell_repairs(TOLD, now=now)
