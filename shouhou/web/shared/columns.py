"""What a list's file is made of: columns with a heading and a kind, and what may stand in a cell."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Cell = str | int | Decimal | datetime | None
Kind = Literal["text", "number", "money", "instant"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, what kind of cells it has, and how many characters wide it is."""

    label: str
    kind: Kind = "text"
    width: int = 16
