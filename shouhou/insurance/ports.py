"""What insurance asks of the floors above, filled by wiring.py."""

from collections.abc import Callable


def _nobody(subject: str) -> None:
    """Nobody above keeps a row for the subject."""


hold_subject: Callable[[str], None] = _nobody


def hold(subject: str) -> None:
    """Lock whatever stands behind the subject, before our own rows: whoever needs both takes it first."""
    hold_subject(subject)
