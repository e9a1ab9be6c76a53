"""What the book in force says about breaches and measures."""

from datetime import datetime, timedelta

from shouhou.policy.queries import book_in_force, compiled
from shouhou.policy.terms import Terms


def terms_now(now: datetime) -> Terms:
    """The terms of the default book's version in force."""
    found = book_in_force(now)
    return compiled(found.book, found.version).terms


def days(term: str, *, now: datetime) -> timedelta:
    return timedelta(days=terms_now(now).number(term))
