"""What orders needs from floors above and from outside; wiring.py connects it."""

from collections.abc import Callable
from datetime import date

BookAt = Callable[[date], tuple[str, str]]
HoldSubject = Callable[[str], object]


def _first_book(day: date) -> tuple[str, str]:
    """Until a policy floor is wired: the shipped default book in its first version."""
    return "std-1", "1"


book_at: BookAt = _first_book
# Locks the case before rows of this floor: whoever needs both takes the case first.
hold_subject: HoldSubject = lambda subject: None  # noqa: E731 – filled by wiring.py


def connect(*, book_in_force: BookAt) -> None:
    """Give orders the book version in force on a day: (book, version). Only wiring.py calls this."""
    global book_at
    book_at = book_in_force
