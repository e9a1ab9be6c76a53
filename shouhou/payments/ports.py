"""What payments needs from above without knowing it; filled by the wiring."""

from collections.abc import Callable


def _nobody(subject: str) -> None:
    """Nobody above keeps a row for the subject."""


# Locks the row that the subject stands for, before our own rows: whoever locks both always takes that one first, so
# that a person's move and a channel's callback at the same instant wait for each other, never in a ring.
hold_subject: Callable[[str], None] = _nobody


def hold(subject: str) -> None:
    hold_subject(subject)
