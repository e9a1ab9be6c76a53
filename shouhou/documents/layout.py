"""Where the boxes of a flow chart stand: layers from the order of the definition, few crossings, straight long edges."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 24


@dataclass(frozen=True, slots=True)
class Edge:
    """From one box to another; `back` runs against the order of the definition."""

    source: str
    target: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """`place` gives each box its layer (row) and position (0 … in units of columns); `bends` the way of long edges."""

    layers: Mapping[str, int]
    place: Mapping[str, float]
    bends: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    rows: int
    width: float


def layered(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> tuple[Layout, list[Edge]]:
    """Place `names` (in the order of reading) and their edges; deterministic."""
    order = {name: index for index, name in enumerate(names)}
    edges = [Edge(a, b, back=order[b] < order[a]) for a, b in dict.fromkeys(pairs) if a != b]
    layers = _layers(names, edges)
    rows: dict[int, list[str]] = defaultdict(list)
    for name in names:
        rows[layers[name]].append(name)
    joints, chains = _with_joints(edges, layers, rows)
    links = [(a, b) for chain in chains.values() for a, b in pairwise(chain)]
    _uncross(rows, links)
    place = _place(rows, links, joints)
    bends = {
        pair: tuple((joints[joint], place[joint]) for joint in chain[1:-1])
        for pair, chain in chains.items()
    }  # fmt: skip
    width = max(place.values()) + 1
    return Layout(layers, {name: place[name] for name in names}, bends, max(rows) + 1, width), edges


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest way from the start, along the edges that run forward."""
    layers = dict.fromkeys(names, 0)
    for name in names:  # every forward edge leads to a later name, so one pass in order is enough
        for edge in edges:
            if edge.source == name and not edge.back:
                layers[edge.target] = max(layers[edge.target], layers[name] + 1)
    return layers


def _with_joints(
    edges: Sequence[Edge], layers: Mapping[str, int], rows: dict[int, list[str]]
) -> tuple[dict[str, int], dict[tuple[str, str], list[str]]]:
    """Edges over several layers get a joint on each layer between, so that boxes make room for them."""
    joints: dict[str, int] = {}
    chains: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        if edge.back:
            continue
        chain = [edge.source]
        for layer in range(layers[edge.source] + 1, layers[edge.target]):
            joint = f"{edge.source}>{edge.target}@{layer}"
            joints[joint] = layer
            rows[layer].append(joint)
            chain.append(joint)
        chains[edge.source, edge.target] = [*chain, edge.target]
    return joints, chains


def _uncross(rows: dict[int, list[str]], links: Sequence[tuple[str, str]]) -> None:
    """Barycentres down and up, keeping the order with the fewest crossings."""
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    best, best_rows = _crossings(rows, links), {row: list(names) for row, names in rows.items()}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in sorted(rows, reverse=not down):
            other = rows.get(row - 1 if down else row + 1, [])
            seat = {name: index for index, name in enumerate(other)}
            near = above if down else below
            own = {name: index for index, name in enumerate(rows[row])}

            def middle(name: str, seat: dict[str, int] = seat, own: dict[str, int] = own) -> float:
                seats = [seat[friend] for friend in near[name] if friend in seat]  # noqa: B023
                return sum(seats) / len(seats) if seats else float(own[name])

            rows[row].sort(key=middle)
        crossings = _crossings(rows, links)
        if crossings < best:
            best, best_rows = crossings, {row: list(names) for row, names in rows.items()}
    rows.update(best_rows)


def _crossings(rows: Mapping[int, Sequence[str]], links: Sequence[tuple[str, str]]) -> int:
    seat = {name: (row, index) for row, names in rows.items() for index, name in enumerate(names)}
    by_row: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for upper, lower in links:
        by_row[seat[upper][0]].append((seat[upper][1], seat[lower][1]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for pairs in by_row.values() for index, a in enumerate(pairs) for b in pairs[:index]
    )  # fmt: skip


def _place(
    rows: Mapping[int, list[str]], links: Sequence[tuple[str, str]], joints: Mapping[str, int]
) -> dict[str, float]:
    """Pull every box towards its neighbours; boxes need a column, joints a third of one."""
    size = {name: 0.34 if name in joints else 1.0 for names in rows.values() for name in names}
    friends = defaultdict(list)
    for upper, lower in links:
        friends[upper].append(lower)
        friends[lower].append(upper)
    place: dict[str, float] = {}
    for names in rows.values():
        x = -sum(size[name] for name in names) / 2
        for name in names:
            place[name] = x + size[name] / 2
            x += size[name]
    for _ in range(80):
        for row in sorted(rows):
            wanted = [_mean([place[friend] for friend in friends[name]], place[name]) for name in rows[row]]
            for name, x in zip(rows[row], _spread(wanted, [size[name] for name in rows[row]]), strict=True):
                place[name] = x
    left = min(place[name] - size[name] / 2 for name in place)
    return {name: x - left for name, x in place.items()}


def _spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Positions nearest to what is wanted (least squares) that keep order and distance: pooled neighbours."""
    offsets, total = [], 0.0
    for index, size in enumerate(sizes):
        total += (sizes[index - 1] + size) / 2 if index else 0.0
        offsets.append(total)
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        value, count = want - offset, 1
        while blocks and blocks[-1][0] >= value:
            before, many = blocks.pop()
            value, count = (before * many + value * count) / (many + count), count + many
        blocks.append((value, count))
    flat = [value for value, count in blocks for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
