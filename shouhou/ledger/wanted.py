"""What is looked for in the books, and the patterns and ranges of account paths that say it to the database."""

from dataclasses import dataclass
from datetime import datetime

from shouhou.ledger.chart import CHART, Account

# Behind every path with the same beginning, in the order of bytes.
LAST = "\U0010ffff"
PARTS = ("merchant", "buyer", "channel", "tender", "carrier", "purpose", "insurer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; empty is everything. The period is half-open; a balance is that of its end."""

    family: str = ""
    account: str = ""
    merchant: str = ""
    currency: str = ""
    subject: str = ""
    recipe: str = ""
    phase: str = ""
    since: datetime | None = None
    until: datetime | None = None


def like(wanted: Wanted) -> str | None:
    """A pattern of the accounts' paths, or None for all."""
    if wanted.account:
        return plain(wanted.account)
    family = family_named(wanted.family)
    if family is not None:
        parts = {"merchant": plain(wanted.merchant)} if wanted.merchant else {}
        pattern = plain(family.path)
        for name in PARTS:
            pattern = pattern.replace("{" + name + "}", parts.get(name) or "%")
        return pattern
    return f"merchant:{plain(wanted.merchant)}:%" if wanted.merchant else None


def deny(wanted: Wanted) -> str | None:
    """Where two families' patterns meet, the narrower one is not in the wider: tender:offline:card is no channel's."""
    mine = family_named(wanted.family)
    if mine is None or wanted.account:
        return None
    for other in CHART:
        example = other.path.replace("{", "").replace("}", "")
        if other is not mine and other.path.count("{") < mine.path.count("{") and _fits(mine.path, example):
            head, _, tail = other.path.partition("{")
            return plain(head) + ("%" if tail else "")
    return None


def span(wanted: Wanted) -> tuple[str, str] | None:
    """The first and the last path there can be, for an index to begin and to stop at; None: all."""
    if wanted.account:
        return wanted.account, wanted.account
    family = family_named(wanted.family)
    if family is not None:
        path = family.path.replace("{merchant}", wanted.merchant) if wanted.merchant else family.path
        head, open_end, _ = path.partition("{")
        return (head, head + LAST) if open_end else (path, path)
    return (f"merchant:{wanted.merchant}:", f"merchant:{wanted.merchant}:{LAST}") if wanted.merchant else None


def family_named(name: str) -> Account | None:
    return next((account for account in CHART if account.name == name), None)


def plain(text: str) -> str:
    """The text as a pattern that nothing else fits."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _fits(path: str, example: str) -> bool:
    left, right = path.split(":"), example.split(":")
    return len(left) == len(right) and all(a == b or a.startswith("{") for a, b in zip(left, right, strict=True))
