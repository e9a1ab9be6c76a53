"""Reading stated facts from outside: days, instants, amounts, words; whatever does not fit is refused by name."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from shouhou.foundation.days import SHANGHAI, Calendar, start_of_day
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused, refused
from shouhou.policy.decide import BAD_FACT

MOST = Decimal(10) ** 12


class Stated:
    """A mapping from outside; every getter names the key in its refusal. Keys nobody asks for are left alone."""

    def __init__(self, facts: Mapping[str, object], path: str = "") -> None:
        self.facts = facts
        self.path = path

    def __contains__(self, key: str) -> bool:
        return self.facts.get(key) is not None

    def wrong(self, key: str) -> Refused:
        return refused(BAD_FACT, fact=f"{self.path}{key}", value=str(self.facts.get(key))[:60])

    def first(self, *keys: str) -> str:
        """The first of several spellings that is there, else the first."""
        return next((key for key in keys if key in self), keys[0])

    def like(self, *parts: str) -> str:
        """The first key that holds one of the word parts and is there, else the first part."""
        return next((key for part in parts for key in self.facts if part in key and key in self), parts[0])

    def part(self, key: str) -> "Stated":
        value = self.facts.get(key)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise self.wrong(key)
        return Stated(value, f"{self.path}{key}.")

    def entries(self, key: str) -> list[object]:
        value = self.facts.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple) or len(value) > 1000:
            raise self.wrong(key)
        return list(value)

    def parts(self, key: str) -> "list[Stated]":
        found = self.entries(key)
        if not all(isinstance(entry, Mapping) for entry in found):
            raise self.wrong(key)
        return [Stated(entry, f"{self.path}{key}.") for entry in found if isinstance(entry, Mapping)]

    def words(self, key: str) -> tuple[str, ...]:
        found = self.entries(key)
        if not all(isinstance(entry, str) for entry in found):
            raise self.wrong(key)
        return tuple(str(entry) for entry in found)

    def word(self, key: str, default: str | None = None) -> str:
        value = self.facts.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not 0 < len(value) <= 200:
            raise self.wrong(key)
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self.facts.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value = self.facts.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**9:
            raise self.wrong(key)
        return value

    def decimal(self, key: str, default: Decimal | None = None) -> Decimal:
        """A number as it is written; a float is refused, the reader of the file keeps decimals."""
        value = self.facts.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise self.wrong(key)
        try:
            found = Decimal(value)
        except InvalidOperation as error:
            raise self.wrong(key) from error
        if not found.is_finite() or abs(found) > MOST:
            raise self.wrong(key)
        return found

    def money(self, key: str, default: Money | None = None) -> Money:
        if key not in self and default is not None:
            return default
        return Money.of(self.decimal(key))

    def day(self, key: str) -> date:
        found = self.day_or_none(key)
        if found is None:
            raise self.wrong(key)
        return found

    def day_or_none(self, key: str) -> date | None:
        value = self.facts.get(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else self._local(key)
        except ValueError as error:
            raise self.wrong(key) from error

    def at(self, key: str) -> datetime:
        found = self.at_or_none(key)
        if found is None:
            raise self.wrong(key)
        return found

    def at_or_none(self, key: str) -> datetime | None:
        """An instant with offset; a bare day is its first second in Shanghai."""
        value = self.facts.get(key)
        if value is None:
            return None
        return instant(value, self.wrong(key))

    def calendar(self) -> Calendar:
        """The vector's own holidays and make-up working days; none stated means none."""
        return Calendar.of(self._days("holidays"), self._days("workdays_extra"))

    def _days(self, key: str) -> list[date]:
        return [Stated({key: word}, self.path).day(key) for word in self.words(key)]

    def _local(self, key: str) -> date:
        return self.at(key).astimezone(SHANGHAI).date()


def instant(value: object, wrong: Refused) -> datetime:
    """An instant with offset, or the start of a bare day. Raises `wrong` for everything else."""
    if not isinstance(value, str):
        raise wrong
    try:
        if len(value) == 10:
            return start_of_day(date.fromisoformat(value))
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise wrong from error
    if found.tzinfo is None or not 1970 < found.year < 9000:
        raise wrong
    return found
