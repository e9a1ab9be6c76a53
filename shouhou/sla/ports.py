"""What this room needs of its neighbours, who are strangers to it: the month's satisfaction, the rota; wired at the top."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class MonthlySatisfaction:
    """One shop's month as the room of satisfaction has it: nothing is computed twice."""

    merchant: str
    very: int
    satisfied: int
    total: int
    floor: int
    score: Decimal | None
    result: str


def _unrated(month: date) -> Sequence[MonthlySatisfaction]:
    return ()


def _nobody(now: datetime) -> Sequence[int]:
    return ()


satisfaction_of: Callable[[date], Sequence[MonthlySatisfaction]] = _unrated
# How that figure is computed and what it counts, in its own room's words.
satisfaction_words = (Text("", ""), Text("", ""))
# Ids of whoever is at the house's desk for complaints now, or begins next; the first of them is asked first.
on_duty: Callable[[datetime], Sequence[int]] = _nobody


def connect(
    *, satisfaction: Callable[[date], Sequence[MonthlySatisfaction]], words: tuple[Text, Text], duty: Callable[[datetime], Sequence[int]]
) -> None:  # fmt: skip
    """Called once, by the wiring."""
    global satisfaction_of, satisfaction_words, on_duty
    satisfaction_of, satisfaction_words, on_duty = satisfaction, words, duty
