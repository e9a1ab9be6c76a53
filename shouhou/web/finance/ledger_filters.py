"""What the addresses of the ledger ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shouhou.ledger.chart import CHART
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.proving import day_begins
from shouhou.ledger.wanted import Wanted
from shouhou.merchants.models import Merchant
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked, taken

PHASES = ("posted", "pending", "voided")
SHOPS_MOST = 300
# The calendar's own bounds: the day after it must exist, too.
LAST = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class LedgerFilters(Asked):
    """Days are of Beijing, both included; an unknown value asks for nothing."""

    family: str = ""
    account: str = ""
    merchant: str = ""
    currency: str = ""
    subject: str = ""
    recipe: str = ""
    phase: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "LedgerFilters":
        given = taken(query, cls.__slots__)
        known = {"family": {account.name for account in CHART}, "recipe": set(RECIPES), "phase": set(PHASES)}
        for name, values in known.items():
            given[name] = given[name] if given[name] in values else ""
        for name in ("since", "until"):
            given[name] = given[name] if day_of(given[name]) else ""
        return cls(**{**given, "currency": given["currency"].upper()[:3]})

    @property
    def narrowed(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__ if name != "after")

    def wanted(self, *, account: str = "") -> Wanted:
        since, until = day_of(self.since), day_of(self.until)
        return Wanted(
            family=self.family, account=account or self.account, merchant=self._shop(), currency=self.currency,
            subject=self.subject, recipe=self.recipe, phase=self.phase, since=day_begins(since) if since else None,
            until=_end(until) if until else None,
        )  # fmt: skip

    def _shop(self) -> str:
        """Accounts carry the shop's own number, people its code; a code that no shop has finds nothing."""
        if not self.merchant:
            return ""
        found = Merchant.objects.filter(code=self.merchant).values_list("pk", flat=True).first()
        return str(found) if found else "none"


def choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, in the page's language."""
    shops = Merchant.objects.order_by("code").values_list("code", "name")[:SHOPS_MOST]
    return {
        "family": [(account.name, said(account.label)) for account in CHART],
        "recipe": [(name, said(recipe.label)) for name, recipe in RECIPES.items()], "merchant": list(shops),
    }  # fmt: skip


def day_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found <= LAST else None


def _end(day: date) -> datetime:
    return day_begins(day + timedelta(days=1))
