"""Goods held against the page they were bought from: what the page said, what the unit is, whether that differs; pure (EXG-05)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

# Complaints for which the page counts.
ABOUT_THE_PAGE = frozenset({"mismatch", "wrong_item", "quality", "short_delivery", "unclear_page"})


@dataclass(frozen=True, slots=True)
class Compared:
    """One specification: what the page named and what was found."""

    line: int
    spec: str
    sold: str
    found: str

    @property
    def differs(self) -> bool:
        return _plain(self.sold) != _plain(self.found)


def compare(pages: Mapping[str, Mapping[str, Any]], *, spec: str, found: str) -> Compared | None:
    """The named specification of the page that has it; None when no page of this case has it."""
    wanted = _plain(spec)
    for line, page in pages.items():
        for name, sold in (page.get("specs") or {}).items():
            if _plain(name) == wanted:
                return Compared(int(line), name, str(sold), found.strip())
    return None


def specs_of(pages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The names of all specifications, each once."""
    return list(dict.fromkeys(name for page in pages.values() for name in page.get("specs") or {}))


def _plain(words: str) -> str:
    """16 GB, １６gb and 16G B are the same: without spaces and punctuation, in one case and width."""
    return re.sub(r"[^\w.+-]", "", normalize("NFKC", words).casefold())
