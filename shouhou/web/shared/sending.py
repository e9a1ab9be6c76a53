"""What the consumer has confirmed of the goods that go back, in words: for their own page, the desk and the inspector's table."""

from dataclasses import dataclass
from typing import Any

from shouhou.cases.confirmed import confirmed, confirmed_serials, to_confirm, unconfirmed
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows.asks import ACCESSORIES_SENT
from shouhou.web.page import said


@dataclass(frozen=True, slots=True)
class Sent:
    """One line: its title, and each serial confirmed with whether it is one of those not sold."""

    line: int
    title: str
    serials: list[tuple[str, bool]]


def sending_words(case: CaseRow) -> dict[str, Any] | None:
    """None where no unit has a number of its own; else whether it waits, when it was confirmed, and what was said."""
    items = to_confirm(case)
    told = confirmed(case)
    if not items or not (told or unconfirmed(case)):
        return None
    strange = told.get("strange", ())
    rows = [
        Sent(item.line, item.title, [(serial, serial in strange) for serial in confirmed_serials(case, item.line)])
        for item in items
    ]
    accessories = said(ACCESSORIES_SENT.choices[told["accessories"]]) if told else ""
    return {
        "waits": unconfirmed(case), "rows": rows, "at": told.get("at"), "accessories": accessories, "note": told.get("note", ""),
    }  # fmt: skip
