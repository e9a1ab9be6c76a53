"""How the workflows write their moves down: names of states as one text, both languages side by side."""

from shouhou.cases.workflows.asks import SYSTEM
from shouhou.foundation.workflow import Ask, Move, Text, Who


def move(
    name: str, zh: str, en: str, sources: str, target: str | None, by: frozenset[Who], *asks: Ask, says: Text,
    primary: bool = False, danger: bool = False, or_to: str = "", when: str | None = None, to_service: str | None = None,
    denies: bool = False,
) -> Move:  # fmt: skip
    """A move; `sources` and `or_to` are names of states in one text."""
    return Move(
        name, Text(zh, en), frozenset(sources.split()), target, by, asks, says, danger, primary, when,
        frozenset(or_to.split()), to_service, denies,
    )  # fmt: skip


def note(name: str, zh: str, en: str, sources: str) -> Move:
    """A limit that is recorded and told, and changes nothing else by itself."""
    return move(name, zh, en, sources, None, SYSTEM, says=Text(zh, en))
