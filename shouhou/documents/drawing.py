"""A workflow as a picture: one SVG in both languages or in one, readable on a white page."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from shouhou.documents.layout import Layout, layered
from shouhou.documents.process import trunk
from shouhou.foundation.workflow import STAGES, Move, Stage, State, Text, Workflow

COLUMN, BOX, ROW, HEIGHT = 274, 222, 172, 66
MARGIN, SIDE = 34, 58
DRAWN_MOST = 3
COLOURS: dict[Stage, str] = {
    "applied": "#2563a8", "reviewed": "#7a4fb0", "goods": "#a8620f", "inspected": "#0f766e", "resolved": "#1f7a3d",
    "rated": "#6b7280",
}  # fmt: skip
STYLE = """
text{font-family:"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;fill:#1b1f24}
.zh{font-size:16px;font-weight:600}.en{font-size:11.5px;fill:#4b5563}.who{font-size:11px;fill:#4b5563}
.move{font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.box{fill:#fff;stroke:#c4cad3;stroke-width:1.2}.final{fill:#f3f5f7}
.way{fill:none;stroke:#64748b;stroke-width:1.4}.back{stroke-dasharray:5 4;stroke:#a8620f}
.small{font-size:10px;fill:#4b5563}.within{font-size:11px;fill:#9b1c22}.clock{stroke:#b4232a}.dial{fill:none;stroke:#b4232a;stroke-width:1.3}.exit{font-size:11px;fill:#6b7280;paint-order:stroke;stroke:#fff;stroke-width:4px}
"""


def flow_chart(
    workflow: Workflow, roles: Mapping[str, Text], *, durations: Mapping[str, Text] | None = None, language: str | None = None
) -> str:  # fmt: skip
    """The SVG text: states from top to bottom, moves of people solid, of the clock red, ways back dashed.

    `durations` says beside a state's clock how long it may last; `language` None writes both.
    """
    says = _Words(language)
    exits = _exits(workflow)
    ways: dict[tuple[str, str], list[Move]] = defaultdict(list)
    leaving: dict[str, list[str]] = defaultdict(list)
    for move in workflow.moves:
        for source in sorted(move.sources - set(exits)):
            for target in targets(move):
                if target in exits and target not in leaving[source]:
                    leaving[source].append(target)
                elif target not in exits and target != source:
                    ways[source, target].append(move)
    for source, target in _thinned(workflow, ways):
        del ways[source, target]
        leaving[source].append(target)
    names = [state.name for state in workflow.states if state.name not in exits]
    layout, edges = layered(_read_in_order(workflow, names), list(ways))
    backs = [edge for edge in edges if edge.back]
    width = int(layout.width * COLUMN + 2 * MARGIN + SIDE + 22 * len(backs))
    height = layout.rows * ROW + 2 * MARGIN + (HEIGHT + 40 if exits else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(says.both(workflow.label))}</title><style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#475569"/></marker></defs>',
        f'<rect width="{width}" height="{height}" rx="12" fill="#fff"/>',
    ]
    labels: list[str] = []
    taken = [_Area(*_at(layout, name), BOX, HEIGHT) for name in names]
    for edge in edges:
        if not edge.back:
            parts += _forward(layout, edge.source, edge.target, ways[edge.source, edge.target], taken, labels, says)
    for lane, edge in enumerate(backs):
        parts += _back(layout, edge.source, edge.target, ways[edge.source, edge.target], lane, taken, labels, says)
    for state in workflow.states:
        if state.name not in exits:
            parts += _box(
                state, *_at(layout, state.name), roles, [workflow.state(name) for name in leaving[state.name]], says,
                (durations or {}).get(state.name),
            )  # fmt: skip
    for index, name in enumerate(exits):
        x, y = MARGIN + (index + 0.5) * COLUMN, layout.rows * ROW + MARGIN + HEIGHT / 2 + 10
        parts += _box(workflow.state(name), x, y, roles, [], says, None)
    return "\n".join([*parts, *labels, "</svg>", ""])


def targets(move: Move) -> list[str]:
    """Where the move may lead, the usual target first; none when it keeps the state or goes on in another service."""
    if move.to_service:
        return []
    return ([move.target] if move.target else []) + sorted(move.or_to)


def _thinned(workflow: Workflow, ways: Mapping[tuple[str, str], list[Move]]) -> list[tuple[str, str]]:
    """Ways that are named below their box instead of drawn: those into a state that very many lead to, unless it is
    the usual way, the first one there, or the only one on from where it begins."""
    kept = {target: source for source, target in reversed(list(ways))}
    kept |= {move.target: state.name for state, move in trunk(workflow) if move is not None and move.target}
    into, out = Counter(target for _, target in ways), Counter(source for source, _ in ways)
    found = []
    for source, target in ways:
        if kept[target] != source and into[target] > DRAWN_MOST and out[source] > 1:
            found.append((source, target))
            out[source] -= 1
    return found


def _read_in_order(workflow: Workflow, names: list[str]) -> list[str]:
    """By stage; in each the usual way first, then the rest as the definition has them."""
    usual = {state.name: place for place, (state, _) in enumerate(trunk(workflow))}
    stage = {state.name: STAGES.index(state.stage) for state in workflow.states}
    ranked = {name: (stage[name], usual.get(name, len(names)), names.index(name)) for name in names}
    return sorted(names, key=lambda name: ranked[name])


def _exits(workflow: Workflow) -> list[str]:
    """Ends reached from nearly everywhere: named on the boxes instead of drawn, else nothing else could be seen."""
    sources: dict[str, set[str]] = defaultdict(set)
    for move in workflow.moves:
        for target in targets(move):
            sources[target] |= move.sources
    return [
        state.name for state in workflow.states
        if len(sources[state.name]) >= 4 and state.final
    ]  # fmt: skip


def _at(layout: Layout, name: str) -> tuple[float, float]:
    return MARGIN + layout.place[name] * COLUMN, MARGIN + layout.layers[name] * ROW + HEIGHT / 2


def _box(
    state: State, x: float, y: float, roles: Mapping[str, Text], leaving: list[State], says: "_Words", within: Text | None
) -> list[str]:  # fmt: skip
    left, top = x - BOX / 2, y - HEIGHT / 2
    who = roles[state.waits_on] if state.waits_on else None
    turn = says.both(who or END)
    parts = [
        f'<rect class="box{" final" if state.final else ""}" x="{left:.0f}" y="{top:.0f}" width="{BOX}" height="{HEIGHT}" rx="9"/>',
        f'<rect x="{left:.0f}" y="{top + 8:.0f}" width="5" height="{HEIGHT - 16}" rx="2.5" fill="{COLOURS[state.stage]}"/>',
        *says.lines(state.label, left + 16, top + 22),
        f'<text class="who" x="{left + 16:.0f}" y="{top + 56:.0f}">{escape(turn)}</text>',
    ]
    if state.own_limits:
        parts.append(
            f'<g class="dial" transform="translate({left + BOX - 16:.0f} {top + HEIGHT - 15:.0f})">'
            '<circle r="6.5"/><path d="M0-4V0L3 2"/></g>'
        )
    if within:
        period = escape(says.second(within) or says.first(within))
        parts.append(
            f'<text class="within" text-anchor="end" x="{left + BOX - 26:.0f}" y="{top + HEIGHT - 10:.0f}">{period}</text>'
        )
    if leaving:
        ends = " · ".join(says.both(end.label) for end in leaving)
        parts.append(
            f'<text class="exit" x="{left + 4:.0f}" y="{top + HEIGHT + 14:.0f}">⤷ {escape(_short(ends, 40))}</text>'
        )
    return parts


def _forward(
    layout: Layout, source: str, target: str, moves: list[Move], taken: list["_Area"], labels: list[str], says: "_Words",
) -> list[str]:  # fmt: skip
    (x0, y0), (x1, y1) = _at(layout, source), _at(layout, target)
    y0, y1 = y0 + HEIGHT / 2, y1 - HEIGHT / 2 - 2
    shift = max(-BOX * 0.38, min(BOX * 0.38, (x1 - x0) * 0.28))
    points = [(x0 + shift, y0)]
    points += [(MARGIN + x * COLUMN, MARGIN + row * ROW + HEIGHT / 2) for row, x in layout.bends[source, target]]
    points.append((x1 - shift * 0.6, y1))
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    along: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in pairwise(points):
        middle = (ay + by) / 2
        path += f" C{ax:.0f} {middle:.0f} {bx:.0f} {middle:.0f} {bx:.0f} {by:.0f}"
        # The curve's own x at seven places: where its label may stand.
        along += [
            (ax + (bx - ax) * t * t * (3 - 2 * t), ay + (by - ay) * t) for t in (0.5, 0.4, 0.6, 0.3, 0.7, 0.8, 0.9)
        ]
    clock = all(move.by == {"system"} for move in moves)
    labels += _label(moves, along, taken, says)
    return [f'<path class="way{" clock" if clock else ""}" d="{path}" marker-end="url(#tip)"/>']


def _back(
    layout: Layout, source: str, target: str, moves: list[Move], lane: int, taken: list["_Area"], labels: list[str],
    says: "_Words",
) -> list[str]:  # fmt: skip
    (x0, y0), (x1, y1) = _at(layout, source), _at(layout, target)
    if layout.layers[source] == layout.layers[target]:
        top = y0 - HEIGHT / 2
        path = f"M{x0 - 30:.0f} {top:.0f} C{x0 - 30:.0f} {top - 44:.0f} {x1 + 30:.0f} {top - 44:.0f} {x1 + 30:.0f} {top - 2:.0f}"
        along = [((x0 + x1) / 2 + right, top - 30.0 - up) for up in (0, 14) for right in (0, 50, -50, 90, -90)]
    else:
        side = MARGIN + layout.width * COLUMN + 22 + lane * 22
        path = (
            f"M{x0 + BOX / 2:.0f} {y0:.0f} C{side:.0f} {y0:.0f} {side:.0f} {y0:.0f} {side:.0f} {(y0 + y1) / 2:.0f}"
            f" S{side:.0f} {y1:.0f} {x1 + BOX / 2 + 3:.0f} {y1:.0f}"
        )
        along = [(side - 6.0, (y0 + y1) / 2 + step) for step in (0, 30, -30, 60, -60, 90, -90)]
    labels += _label(moves, along, taken, says)
    return [f'<path class="way back" d="{path}" marker-end="url(#tip)"/>']


@dataclass(frozen=True, slots=True)
class _Area:
    """Something that stands at (x, y), its middle; a label must not stand on it."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "_Area") -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


def _label(moves: list[Move], along: list[tuple[float, float]], taken: list[_Area], says: "_Words") -> list[str]:
    """The leading move by name in both languages, the others as a number; at the first free place along the line."""
    first = min(moves, key=lambda move: (not move.primary, move.by == {"system"}, moves.index(move)))
    zh, en = _short(says.first(first.label), 12 if says.language is None else 26), _short(says.second(first.label), 26)
    if len(moves) > 1:
        zh += f" +{len(moves) - 1}"
    width = max(sum(12.5 if ord(letter) > 0x2E80 else 6.6 for letter in zh), 5.4 * len(en)) + 6
    areas = [_Area(x, y, width, 28) for x, y in along]
    area = next((area for area in areas if not any(area.meets(other) for other in taken)), areas[0])
    taken.append(area)
    return [
        f'<text class="move" text-anchor="middle" x="{area.x:.0f}" y="{area.y:.0f}">{escape(zh)}'
        f'<tspan class="small" x="{area.x:.0f}" dy="12">{escape(en)}</tspan></text>'
    ]


@dataclass(frozen=True, slots=True)
class _Words:
    """How a text is written: in both languages, one below the other, or in one alone."""

    language: str | None

    def first(self, text: Text) -> str:
        return text.zh if self.language is None else text.in_(self.language)

    def second(self, text: Text) -> str:
        return text.en if self.language is None else ""

    def lines(self, text: Text, x: float, y: float) -> list[str]:
        """The name in two lines: one a language, or the one name broken where it is too long."""
        first, second, kind = self.first(text), self.second(text), "en"
        if self.language is not None and len(first) > NAME_MOST and " " in first:
            cut = first.rfind(" ", 0, NAME_MOST + 1)
            first, second, kind = first[:cut], _short(first[cut + 1 :], NAME_MOST), "zh"
        return [f'<text class="zh" x="{x:.0f}" y="{y:.0f}">{escape(first)}</text>',
                f'<text class="{kind}" x="{x:.0f}" y="{y + 17:.0f}">{escape(second)}</text>']  # fmt: skip

    def both(self, text: Text) -> str:
        return (text.zh if text.zh == text.en else f"{text.zh} {text.en}") if self.language is None else text.in_(self.language)


NAME_MOST = 24
END = Text("结束", "end")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
