"""The terms that a case was opened under, their amounts told in the money it is paid in."""

from typing import Protocol

from shouhou.policy.queries import compiled
from shouhou.policy.terms import Terms


class Pinned(Protocol):
    """What names a book, its version and a currency: a case, an order, their rows."""

    @property
    def book(self) -> str: ...

    @property
    def book_version(self) -> str: ...

    @property
    def currency(self) -> str: ...


def terms_of(pinned: Pinned) -> Terms:
    """The pinned version's terms; what has no reference rate is decided by people. Raises UNKNOWN_BOOK."""
    return compiled(pinned.book, pinned.book_version).terms.within(pinned.currency)
