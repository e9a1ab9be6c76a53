"""What the consumer says goes into the parcel: which serials are to be confirmed before it is sent, and what came instead (APP-15)."""

import re
from collections.abc import Iterable
from typing import Any

from shouhou.cases.rows import CaseRow, ItemRow

# Every unit of these has a number of its own, whether or not the shop has told it.
SERIALISED = frozenset({"phone", "tablet", "laptop"})
BEFORE = frozenset({"awaiting_goods", "pickup_booked"})
# A phone has two IMEIs and a serial.
SERIALS_PER_UNIT = 3
_PARTING = re.compile(r"[\s\-–—]+")


def to_confirm(case: CaseRow) -> list[ItemRow]:
    """The lines of which a unit is known by its own number."""
    return [item for item in case.own_items if item.sold_serials or item.category in SERIALISED]


def confirmed(case: CaseRow) -> dict[str, Any]:
    """What was confirmed: `items` line (as text) → serials, `strange` those that were not sold, `accessories`, `note`, `at`, `by`."""
    found: dict[str, Any] = case.details.get("confirmed") or {}
    return found


def unconfirmed(case: CaseRow) -> bool:
    """Whether the slip waits for the consumer's word on what is sent."""
    return case.status in BEFORE and bool(to_confirm(case)) and not confirmed(case)


def confirmed_serials(case: CaseRow, line: int) -> list[str]:
    return list((confirmed(case).get("items") or {}).get(str(line), ()))


def same(serial: str) -> str:
    """A serial as two writings of it compare: without blanks and dashes, in capitals."""
    return _PARTING.sub("", serial).upper()


def as_sold(serial: str, sold: Iterable[str]) -> str:
    """The serial as the shop wrote it, where it is one of those sold; else as it was given."""
    return next((each for each in sold if same(each) == same(serial)), serial.strip())


def differing(case: CaseRow, came: dict[int, list[str]]) -> list[str]:
    """Of the serials that came, those that the consumer has confirmed otherwise; lines without a word of theirs are left out."""
    found: list[str] = []
    for line, serials in came.items():
        told = {same(each) for each in confirmed_serials(case, line)}
        found += [serial for serial in serials if told and same(serial) not in told]
    return found
