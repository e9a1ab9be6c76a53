"""The colours of tokens.css as the living page and the contrast test read them: in both themes, with their contrast."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "static" / "web" / "tokens.css"
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
LENGTH = re.compile(r"--((?:size|space|round)-?[a-z0-9]*): ([^;]+);")
GROUNDS = ("ground", "surface", "raised", "sunken")
# What is read on what: WCAG 2.2 AA wants 4.5 for text and 3 for the edge of a field.
TEXTS = {
    **dict.fromkeys(("text", "muted", "accent", "accent-strong", "good", "wait", "bad"), GROUNDS),
    "on-accent": ("accent", "accent-strong"),
}  # fmt: skip
SOFT = {"accent": "accent-soft", "good": "good-soft", "wait": "wait-soft", "bad": "bad-soft"}
TEXT_RATIO, EDGE_RATIO = 4.5, 3.0


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour token: its value in the light and in the dark theme, as #rrggbb."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well `text` is read on `ground` in a theme; `enough` is what the guideline asks for."""

    theme: str
    text: str
    ground: str
    ratio: float
    enough: float


@cache
def colours() -> dict[str, Colour]:
    return {name: Colour(name, light, dark) for name, light, dark in PAIR.findall(SOURCE.read_text())}


@cache
def lengths() -> list[tuple[str, str]]:
    """Type sizes, spaces and radii of the normal density."""
    return [(name, value.strip()) for name, value in LENGTH.findall(SOURCE.read_text().split(":lang(en)")[0])]


def contrasts() -> Iterator[Contrast]:
    """Every pair that pages use, in both themes."""
    pairs = [(text, ground, TEXT_RATIO) for text, grounds in TEXTS.items() for ground in grounds]
    pairs += [(text, soft, TEXT_RATIO) for text, soft in SOFT.items()]
    pairs += [("text", soft, TEXT_RATIO) for soft in SOFT.values()] + [("muted", soft, TEXT_RATIO) for soft in SOFT.values()]
    pairs += [("edge", ground, EDGE_RATIO) for ground in ("ground", "surface", "raised")]
    for text, ground, enough in pairs:
        front, back = colours()[text], colours()[ground]
        yield Contrast("light", text, ground, ratio(front.light, back.light), enough)
        yield Contrast("dark", text, ground, ratio(front.dark, back.dark), enough)


def ratio(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    dim, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
