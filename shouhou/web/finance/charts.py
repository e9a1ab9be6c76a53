"""Small charts as geometry: what stands where in a picture of whole units; the template draws it, a table says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 150
LEFT, BOTTOM, TOP = 30, 22, 8


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle; `tone` colours it, `title` is what a pointer over it says."""

    x: int
    y: int
    width: int
    height: int
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of stacked or neighbouring columns with its scale."""

    blocks: tuple[Block, ...]
    below: tuple[Mark, ...]
    scale: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a bar table: `percent` of the longest."""

    label: str
    shown: str
    percent: int


def stacked(days: Sequence[str], values: Mapping[str, Mapping[str, int]], *, tones: Mapping[str, str], words: Mapping[str, str]) -> Columns:
    """One column a day, one block for each kind with something in it, in the order of `tones`."""
    most = nice(max((sum(values.get(day, {}).values()) for day in days), default=0))
    step, blocks = (WIDTH - LEFT) // max(1, len(days)), []
    for place, day in enumerate(days):
        y = HEIGHT - BOTTOM
        for kind, tone in tones.items():
            count = values.get(day, {}).get(kind, 0)
            height = round(count * _room() / most)
            if count:
                y -= max(1, height)
                blocks.append(Block(LEFT + place * step + 2, y, max(2, step - 4), max(1, height), tone, f"{day} · {words[kind]} {count}"))
    return Columns(tuple(blocks), _below(days, step), _scale(most))


def beside(labels: Sequence[str], values: Sequence[Sequence[float]], *, tones: Sequence[str], words: Sequence[str]) -> Columns:
    """For each label as many columns side by side as there are tones, or none."""
    most = nice(max((value for row in values for value in row), default=0))
    step = (WIDTH - LEFT) // max(1, len(labels))
    width = max(2, min(24, (step - 6) // max(1, len(tones))))
    blocks = []
    for place, row in enumerate(values):
        for at, value in enumerate(row):
            height = max(1, round(value * _room() / most))
            x = LEFT + place * step + 3 + at * (width + 1)
            blocks.append(Block(x, HEIGHT - BOTTOM - height, width, height, tones[at], f"{labels[place]} · {words[at]} {value:.1f}"))
    return Columns(tuple(blocks), _below(labels, step), _scale(most))


def shares(rows: Sequence[tuple[str, str, int]]) -> list[Share]:
    """`rows` are (label, shown, size)."""
    most = max((size for _, _, size in rows), default=0)
    return [Share(label, shown, round(100 * size / most) if most else 0) for label, shown, size in rows]


def nice(most: float) -> int:
    """The next 1, 2 or 5 times a power of ten, at least 4, so that the scale has whole numbers."""
    if most <= 4:
        return 4
    power = 10 ** (len(str(int(most))) - 1)
    return next(int(power * step) for step in (1, 2, 4, 5, 10) if power * step >= most)


def _room() -> int:
    return HEIGHT - BOTTOM - TOP


def _below(labels: Sequence[str], step: int) -> tuple[Mark, ...]:
    every = max(1, -(-len(labels) // 5))
    return tuple(
        Mark(LEFT + place * step + step // 2, HEIGHT - 6, label[5:] if len(label) == 10 else label)
        for place, label in enumerate(labels) if place % every == 0
    )  # fmt: skip


def _scale(most: int) -> tuple[Mark, ...]:
    return tuple(Mark(LEFT - 4, HEIGHT - BOTTOM - round(_room() * part / 4), f"{most * part // 4}") for part in (0, 2, 4))
