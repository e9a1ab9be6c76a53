"""The decision: facts and a compiled book in, verdicts, reasons, last days, freight, pickup and tasks out; replayable."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from shouhou.foundation.days import end_of_day, from_epoch_day
from shouhou.foundation.refusals import refusal, refused
from shouhou.policy.book import Clause
from shouhou.policy.compiler import ENGINE_VERSION, CompiledBook, Outcome
from shouhou.policy.facts import Facts
from shouhou.policy.vocabulary import SERVICES, VERDICTS, FactValue, Service, vocabulary

__all__ = ["ENGINE_VERSION", "Decision", "Facts", "decide", "decision_row", "replay"]
Verdict = Literal["allow", "allow_paid", "review", "deny", "na"]
FACT_NAMES = tuple(field.name for field in fields(Facts))
REQUIRED = FACT_NAMES[:4]
"""Reason, channel, category and day: without them nothing can be decided."""
UNKNOWN_FACT = refusal("UNKNOWN_FACT", "invalid", zh="没有事实项 {fact}。", en="There is no fact {fact}.")
BAD_FACT = refusal("BAD_FACT", "invalid", zh="{fact} 不能是 {value}。", en="{fact} cannot be {value}.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the book says about the facts; everything else is read out of `outcome`."""

    book: CompiledBook
    facts: Facts
    outcome: Outcome

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The verdicts' numbers of return, exchange, repair."""
        return self.outcome[:3]

    def verdict(self, service: Service) -> Verdict:
        return VERDICTS[self.numbers[SERVICES.index(service)]]  # type: ignore[return-value]

    @property
    def verdicts(self) -> dict[Service, Verdict]:
        return {service: self.verdict(service) for service in SERVICES}

    @property
    def reasons_mask(self) -> int:
        return self.outcome[3]

    @property
    def reasons(self) -> list[str]:
        """Reason codes in the order of the vocabulary."""
        return list(_codes(self.outcome[3]))

    @property
    def clauses(self) -> list[Clause]:
        """The clauses that applied, in the order of their ranks."""
        mask = self.outcome[4]
        return [clause for clause in self.book.book.clauses if mask >> clause.slot & 1]

    @property
    def last_days(self) -> dict[Service, int]:
        """The last day of each service's window as epoch day, where there is one."""
        return {
            service: until for service, until in zip(SERVICES, self.outcome[5:8], strict=True) if until is not None
        }

    @property
    def deadlines(self) -> dict[Service, datetime]:
        """The last second of each service's window."""
        zone = ZoneInfo(self.book.book.zone)
        return {service: end_of_day(from_epoch_day(day), zone) for service, day in self.last_days.items()}

    @property
    def freight(self) -> dict[str, str]:
        """Who pays each leg: customer, seller, platform or insurer."""
        payers = list(self.book.vocabulary.words["payers"])
        legs = (("return_leg", self.outcome[8]), ("outbound", self.outcome[9]))
        return {leg: payers[number - 1] for leg, number in legs if number}

    @property
    def pickup(self) -> str:
        answers = list(self.book.vocabulary.words["pickup"])
        return answers[self.outcome[10] - 1] if self.outcome[10] else "not_free"

    @property
    def hint(self) -> str | None:
        return next(iter(self._marks("hint")), None)

    @property
    def tasks(self) -> list[str]:
        return self._marks("task")

    @property
    def remarks(self) -> list[str]:
        return self._marks("remark")

    def _marks(self, kind: str) -> list[str]:
        mask = self.outcome[11]
        return [m.code for m in self.book.vocabulary.marks.values() if m.kind == kind and mask >> m.bit & 1]

    def as_dict(self) -> dict[str, object]:
        """The outcome in words and instants, as the API answers and the record keeps it."""
        verdicts: dict[str, object] = {service: self.verdict(service) for service in SERVICES}
        return {
            **verdicts, "reasons": self.reasons,
            "deadlines": {service: at.isoformat() for service, at in self.deadlines.items()},
            "freight": self.freight, "pickup": self.pickup, "hint": self.hint, "tasks": self.tasks,
            "remarks": self.remarks, "clauses": [clause.id for clause in self.clauses],
            "book": self.book.id, "version": self.book.version, "engine_version": ENGINE_VERSION,
        }  # fmt: skip


def decide(facts: Facts, *, book: CompiledBook) -> Decision:
    """What the book says. Pure; facts made by `prepare` (or checked by `facts_of`) never fail."""
    return Decision(book, facts, book.run(facts, book.rolls.get))


def decision_row(decision: Decision) -> dict[str, object]:
    """The columns of a stored Decision except subject and instant; enough to replay it for ever."""
    kept: dict[str, object] = {name: getattr(decision.facts, name) for name in FACT_NAMES}
    kept["rolls"] = _rolls(decision)
    return {
        "book": decision.book.id, "book_version": decision.book.version, "engine_version": ENGINE_VERSION,
        "facts": kept, "reasons_mask": decision.reasons_mask, "outcome": decision.as_dict(),
    }  # fmt: skip


def replay(stored: Mapping[str, object], *, book: CompiledBook) -> Decision:
    """The same answer from stored facts, with the holidays of then (REV-08). Raises UNKNOWN_FACT, BAD_FACT."""
    rolls = stored.get("rolls")
    held = {int(day): int(until) for day, until in rolls.items()} if isinstance(rolls, Mapping) else {}
    facts = facts_of({name: value for name, value in stored.items() if name != "rolls"}, book=book)
    return Decision(book, facts, book.run(facts, held.get))


def facts_of(stated: Mapping[str, object], *, book: CompiledBook) -> Facts:
    """Checked facts. Raises UNKNOWN_FACT for a name, BAD_FACT for a value outside the vocabulary or a missing one."""
    values: dict[str, FactValue] = {}
    for name, value in stated.items():
        fact = book.vocabulary.facts.get(name)
        if fact is None:
            raise refused(UNKNOWN_FACT, fact=name)
        if not (value is None or isinstance(value, int | bool | str)) or not fact.accepts(value):
            raise refused(BAD_FACT, fact=name, value=str(value)[:60])
        values[name] = value
    for name in REQUIRED:
        if name not in values:
            raise refused(BAD_FACT, fact=name, value="–")
    return Facts(**values)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _codes(mask: int) -> tuple[str, ...]:
    """The codes in a mask: there are few different ones."""
    return tuple(code for code, reason in vocabulary().reasons.items() if mask >> reason.bit & 1)


def _rolls(decision: Decision) -> dict[str, int]:
    """Only the holidays that can have moved one of this decision's days."""
    starts = [day for day in (decision.facts.receipt_day, decision.facts.window_day) if day is not None]
    horizon = decision.book.horizon
    rolls = decision.book.rolls
    days = sorted({day for start in starts for day in range(start, start + horizon + 1) if day in rolls})
    return {str(day): rolls[day] for day in days}
