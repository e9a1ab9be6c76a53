"""The one file that reads the clock; everywhere else time is an argument."""

from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """The current instant, in UTC, moved by the tests' or the demo's shift."""
    return datetime.now(UTC) + _shift


def shift_to(moment: timedelta) -> None:
    """Move this process's time (tests and the demo's journey only)."""
    global _shift
    _shift = moment


def shift() -> timedelta:
    return _shift
