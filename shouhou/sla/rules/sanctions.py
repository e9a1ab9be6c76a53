"""Which row of the penalty table holds for a breach: the table is data and ships empty (MER-09)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """For breaches of `kind` from `since` on until `until` (None: still): points, and an amount in minor units."""

    id: int
    kind: str
    since: date
    until: date | None
    points: int
    amount_minor: int


def sanction_for(kind: str, day: date, rows: Iterable[SanctionRow]) -> SanctionRow | None:
    """The newest row that held on the day; None: "table missing"."""
    held = [row for row in rows if row.kind == kind and row.since <= day and (row.until is None or day < row.until)]
    return max(held, key=lambda row: (row.since, row.id), default=None)
