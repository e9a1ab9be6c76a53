"""What the tail comes to: pure sums, from rows of the tail to turnovers of accounts and of their kinds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shouhou.ledger.chart import account_of

# in, out, pending, and how many postings are posted and pending behind them.
Figures = tuple[int, int, int, int, int]
NOTHING: Figures = (0, 0, 0, 0, 0)
Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """By (account, currency, day), by (family, currency, day), and how many accounts each family's day has more or less."""

    days: Mapping[tuple[str, str, date], Figures]
    families: Mapping[tuple[str, str, date], Figures]
    accounts: Mapping[tuple[str, str, date], int]
    family_of: Mapping[str, str] = field(default_factory=dict)


def gathered(rows: Iterable[tuple[str, str, date, int, int, int, int, int]], *, known_since: Mapping[Account, date]) -> Gathered:
    """`known_since`: the first day of those accounts that have turnovers already; an account counts on its first day alone."""
    days: dict[tuple[str, str, date], Figures] = {}
    for account, currency, day, *figures in rows:
        days[account, currency, day] = _plus(days.get((account, currency, day), NOTHING), tuple(figures))
    families: dict[tuple[str, str, date], Figures] = {}
    firsts: dict[Account, date] = {}
    kinds = {account: kind_of(account) for account, _, _ in days}
    for (account, currency, day), figures_of_day in days.items():
        place = kinds[account], currency, day
        families[place] = _plus(families.get(place, NOTHING), figures_of_day)
        firsts[account, currency] = min(day, firsts.get((account, currency), day))
    accounts: dict[tuple[str, str, date], int] = {}
    for (account, currency), first in firsts.items():
        before = known_since.get((account, currency))
        if before is not None and before <= first:
            continue
        moved = [(first, 1)] if before is None else [(first, 1), (before, -1)]
        for place_day, more in moved:
            place = kinds[account], currency, place_day
            accounts[place] = accounts.get(place, 0) + more
    return Gathered(days, families, accounts, kinds)


def kind_of(account: str) -> str:
    """The family's name; a path off the chart is nobody's."""
    try:
        return account_of(account).name
    except KeyError:
        return ""


def _plus(left: Figures, right: tuple[int, ...]) -> Figures:
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3], left[4] + right[4])
