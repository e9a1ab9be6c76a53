"""Pickups of one slot put together into couriers' routes, block by block (LOG-10)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from shouhou.logistics.rules.windows import Window

STOPS_MOST = 12
_DOOR = re.compile(r"^(?P<street>.*?)\s*(?P<door>\d+)")


@dataclass(frozen=True, slots=True)
class Stop:
    """One door to go to; `block` is its street, `door` its house number (0 where none is written)."""

    number: str
    subject: str
    window: Window
    region_code: str
    block: str
    door: int
    parcels: int
    state: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Route:
    """What one courier does in one slot: the stops of one block, or of several small ones of one district."""

    code: str
    window: Window
    region_code: str
    stops: tuple[Stop, ...]

    @property
    def blocks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(stop.block for stop in self.stops))

    @property
    def parcels(self) -> int:
        return sum(stop.parcels for stop in self.stops)


def block_of(address: str) -> tuple[str, int]:
    """春熙路 12 号 3 栋 → ("春熙路", 12); without a number the whole text is the block."""
    text = re.sub(r"\s+", " ", address).strip()
    found = _DOOR.match(text)
    return (found["street"].strip(" ,，"), int(found["door"][:9])) if found and found["street"].strip() else (text, 0)


def routes(stops: Iterable[Stop], *, most: int = STOPS_MOST) -> list[Route]:
    """Every stop on one route, in the order in which they are driven; a block is parted only when it alone is too long.

    The same stops give the same routes, in whatever order they come.
    """
    made: list[Route] = []
    ordered = sorted(stops, key=lambda stop: (stop.window.start, stop.region_code, stop.block, stop.door, stop.number))
    for (window, region), slot in groupby(ordered, key=lambda stop: (stop.window, stop.region_code)):
        loads: list[list[Stop]] = []
        for _, block in groupby(slot, key=lambda stop: stop.block):
            rest = list(block)
            if loads and len(loads[-1]) + len(rest) <= most:
                loads[-1] += rest
                continue
            while rest:
                loads.append(rest[:most])
                rest = rest[most:]
        made += [
            Route(f"{region or 'X'}-{window.start:%m%d-%H}-{place}", window, region, tuple(load)) for place, load in enumerate(loads, 1)
        ]
    return made
