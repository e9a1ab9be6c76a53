"""What orders needs from floors above and from outside; wiring.py connects it."""

from collections.abc import Callable
from datetime import date

BookAt = Callable[[date], tuple[str, str]]


def _first_book(day: date) -> tuple[str, str]:
    """Until a policy floor is wired: the shipped default book in its first version."""
    return "std-1", "1"


book_at: BookAt = _first_book


def connect(*, book_in_force: BookAt) -> None:
    """Give orders the book version in force on a day: (book, version). Only wiring.py calls this."""
    global book_at
    book_at = book_in_force
