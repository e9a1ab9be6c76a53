"""A paper form as data: blocks of entries, each so wide and so high; what stands in it is another thing (filled.py)."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

Kind = Literal["line", "box", "choice", "goods", "told", "sign"]
COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to write: `span` of the six columns wide, `lines` high. A choice is ticked, one or several.

    `goods` is the table of articles, `told` a sentence that is only read, `sign` room for a signature or its day.
    """

    name: str
    kind: Kind
    label: Text
    span: int = COLUMNS
    lines: int = 1
    choices: tuple[tuple[str, Text], ...] = ()
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A titled part of the form."""

    title: Text
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the house. `service` is what it applies for ("" where it says so itself, or applies for nothing).

    `version` stands on the paper: a scan is read by the version it was printed from.
    """

    code: str
    version: int
    title: Text
    about: Text
    blocks: tuple[Block, ...]
    notes: tuple[Text, ...] = ()
    service: str = ""

    def entry(self, name: str) -> Entry | None:
        return next((each for block in self.blocks for each in block.entries if each.name == name), None)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(each for block in self.blocks for each in block.entries)


def line(name: str, zh: str, en: str, span: int = COLUMNS) -> Entry:
    return Entry(name, "line", Text(zh, en), span)


def box(name: str, zh: str, en: str, lines: int, hint: Text | None = None) -> Entry:
    return Entry(name, "box", Text(zh, en), COLUMNS, lines, (), hint)


def choice(name: str, zh: str, en: str, choices: dict[str, Text], span: int = COLUMNS, hint: Text | None = None) -> Entry:
    return Entry(name, "choice", Text(zh, en), span, 1, tuple(choices.items()), hint)
