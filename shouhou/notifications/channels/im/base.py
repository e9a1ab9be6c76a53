"""What a room of a chat can do, and what can go wrong."""

from typing import Protocol


class ImSilent(Exception):
    """It did not get there: nobody was at the address. Try again."""


class ImUnclear(Exception):
    """It may have arrived and nobody said so; these services know no keys, so that a second try could be a second message."""


class ImRefused(Exception):
    """The service said no: a wrong key, a room that is gone, a word it does not allow."""


class ImChannel(Protocol):
    """Says one thing in one room. Raises ImSilent, ImUnclear, ImRefused."""

    def send(self, *, address: str, title: str, body: str) -> None: ...
