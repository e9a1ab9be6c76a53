"""What the address of a list asks for: its filters read and written, the same for every list."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import fields
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

FIELD_MOST, CURSOR_MOST = 80, 400


class Asked:
    """The base of a list's filters, a frozen dataclass of texts; `USUAL` need not be said in the address."""

    __slots__ = ()
    USUAL: ClassVar[Mapping[str, str]] = {}
    # What a filter may say; anything else is its default.
    KNOWN: ClassVar[Mapping[str, Container[str]]] = {}

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What the address says; nonsense narrows nothing."""
        own: Any = cls
        given, usual = taken(query, [each.name for each in fields(own)]), {each.name: each.default for each in fields(own)}
        return cls(**{
            name: value if name not in cls.KNOWN or value in cls.KNOWN[name] else usual[name] for name, value in given.items()
        })  # fmt: skip

    def address(self, **changes: str) -> str:
        """The list with these filters and `changes`, as "?…"."""
        own: Any = self
        values = {each.name: getattr(self, each.name) for each in fields(own)} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value and self.USUAL.get(name) != value})

    @property
    def query(self) -> str:
        """The filters without the place in the list: for saved views, exports and forms."""
        return self.address(after="").removeprefix("?")


def taken(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The texts of the address by name, trimmed and bounded; what is not there is empty."""
    return {
        name: query.get(name, "").replace("\x00", "").strip()[: CURSOR_MOST if name == "after" else FIELD_MOST] for name in names
    }
