"""A curve as an SVG made here: no script draws it, and its table says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, MARGIN = 720, 160, 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """Points in the drawing's own units; `zero` is where the zero line stands."""

    line: str
    area: str
    zero: float
    least: int
    most: int
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def drawn(points: Sequence[tuple[date, int]]) -> Drawing | None:
    """Steps from day to day, zero always in sight. None: nothing to draw."""
    if len(points) < 2 or not any(value for _, value in points):
        return None
    values = [value for _, value in points]
    least, most = min(0, *values), max(0, *values)
    span = (most - least) or 1
    step = WIDTH / (len(points) - 1)

    def height(value: int) -> float:
        return round(MARGIN + (HEIGHT - 2 * MARGIN) * (most - value) / span, 1)

    corners = [f"0,{height(values[0])}"]
    for place in range(1, len(values)):
        across = round(step * place, 1)
        corners += [f"{across},{height(values[place - 1])}", f"{across},{height(values[place])}"]
    zero = height(0)
    return Drawing(
        " ".join(corners), f"0,{zero} {' '.join(corners)} {WIDTH},{zero}", zero, least, most, points[0][0], points[-1][0]
    )
