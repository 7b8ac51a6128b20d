"""A graph -> one SVG picture that stands alone: cards in rows, inputs above, the result below, light and dark.

Law: every character of the user's is escaped, and shown as `lang.diagnostic.visible` does; no script, no link, no font
from elsewhere. Short numbers are drawn, the exact ones stand in the tooltips and in the description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from zlib import crc32

from lang.diagnostic import visible, width
from lang.graph.boxes import FOLDED_BOX, Box, Boxes, Edge
from lang.graph.layers import Layout, layout
from lang.graph.words import described, exact, short

CHAR = 7.3
SMALL_CHAR = 6.7
CARD, ROW = 50.0, 108.0
PAD, EDGE_OF_PICTURE = 14.0, 16.0
GAP, LANE = 26.0, 34.0
LONGEST = 34

LIGHT = {
    "paper": "#fff", "card": "#fff", "line": "#c3cad6", "ink": "#1b2330", "slope": "#b0480a", "edge": "#8592a6",
    "in": "#1a5fcf", "in-card": "#eef4ff", "out": "#1a7f4b", "out-card": "#ebf8f0", "fold-card": "#f5f6f9",
}  # fmt: skip
DARK = {
    "paper": "#12161d", "card": "#1a202a", "line": "#3b4656", "ink": "#e8edf4", "slope": "#ffab70", "edge": "#5b6879",
    "in": "#6cabff", "in-card": "#16263f", "out": "#5fd08f", "out-card": "#132e20", "fold-card": "#202733",
}  # fmt: skip
SHAPES = """
.adg{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
.adg .card{stroke-width:1.2}
.adg .input .card{stroke-width:1.6}
.adg .result .card{stroke-width:2}
.adg .fixed .card{stroke-dasharray:4 3}
.adg .name{font-weight:700}
.adg .edge{fill:none;stroke-width:1.4}
.adg .still{stroke-dasharray:3 4}
.adg .partial text{font-size:11px;text-anchor:middle}
"""
PAINT = """.adg .paper,.adg .partial rect{fill:@paper}
.adg .card{fill:@card;stroke:@line}
.adg .input .card{fill:@in-card;stroke:@in}
.adg .result .card{fill:@out-card;stroke:@out}
.adg .folded .card{fill:@fold-card}
.adg .says,.adg .value{fill:@ink}
.adg .input .name{fill:@in}
.adg .result .name{fill:@out}
.adg .slope,.adg .partial text{fill:@slope}
.adg .edge{stroke:@edge}
.adg .tip{fill:@edge}
"""


def _painted(colours: Mapping[str, str]) -> str:
    """The rules with colours in them: what puts pictures into slides and papers often knows no variables of CSS."""
    return re.sub(r"@([a-z-]+)", lambda found: colours[found[1]], PAINT)


STYLE = f"{SHAPES}{_painted(LIGHT)}@media (prefers-color-scheme:dark){{\n{_painted(DARK)}}}\n"


def draw(graph: Boxes, name: str = "", style: bool = True) -> str:
    """The picture.

    Args:
        graph: what to draw.
        name: the beginning of its identifiers; by default one for each graph, for pages with several.
        style: with its own style; a page that has it already needs no second.
    """
    about = "; ".join(described(graph))
    name = name or f"graph-{crc32(about.encode(errors='backslashreplace')):08x}"
    widths = [_width(box, graph.of) for box in graph.boxes]
    places = layout(widths, [(edge.start, edge.end) for edge in graph.edges], GAP, LANE)
    wide = places.width + 2 * EDGE_OF_PICTURE
    high = (places.depth - 1) * ROW + CARD + 2 * EDGE_OF_PICTURE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="adg" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}">',
        f'<title id="{name}-t">{_text(f"Computation graph of {graph.of}")}</title>',
        f'<desc id="{name}-d">{_text(about)}</desc>',
        f"<style>{STYLE}</style>" if style else "",
        f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}" rx="10"/>',
        *_edges(graph, places, widths, name),
        *(_card(box, graph.of, places, widths[box.index], name) for box in graph.boxes),
        "</svg>",
    ]
    return "\n".join(filter(None, parts))


def _clipped(text: str) -> str:
    text = visible(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _numbers(box: Box, of: str) -> tuple[str, str]:
    """The value and derivative as the card has them."""
    value = short(box.value)
    if box.derivative is None:
        return value, ""
    return value, f"d{_short_name(of)}/d{_short_name(box.name)} = {short(box.derivative)}"


def _short_name(name: str) -> str:
    return visible(name) if len(name) <= 12 else visible(name[:11]) + "…"


def _width(box: Box, of: str) -> float:
    value, slope = _numbers(box, of)
    longest = max(width(_clipped(box.statement)), width(value) + width(slope) + 3 * bool(slope))
    return max(84.0, longest * CHAR + 2 * PAD)


def _card(box: Box, of: str, places: Layout, wide: float, name: str) -> str:
    left = places.centers[box.index] - wide / 2 + EDGE_OF_PICTURE
    top = places.rows[box.index] * ROW + EDGE_OF_PICTURE
    value, slope = _numbers(box, of)
    says = _clipped(box.statement)
    head = visible(box.name)
    if says.startswith(head):
        words = f'<tspan class="name">{_text(head)}</tspan>{_text(says[len(head) :])}'
    else:
        words = f'<tspan class="name">{_text(says)}</tspan>'
    behind = (
        f'<rect class="card" x="5" y="5" width="{wide:.1f}" height="{CARD:.0f}" rx="9"/>'
        if box.kind == FOLDED_BOX
        else ""
    )
    slope_text = (
        f'<text class="slope" x="{wide - PAD:.1f}" y="39" text-anchor="end">{_text(slope)}</text>' if slope else ""
    )
    return (
        f'<g class="node {box.kind}" id="{name}-{box.index}" '
        f'transform="translate({left:.1f} {top:.1f})"><title>{_text(exact(box, of))}</title>{behind}'
        f'<rect class="card" width="{wide:.1f}" height="{CARD:.0f}" rx="9"/>'
        f'<text class="says" x="{PAD}" y="20">{words}</text>'
        f'<text class="value" x="{PAD}" y="39">{_text(value)}</text>{slope_text}</g>'
    )


# --- edges ------------------------------------------------------------------------------------------------------


def _edges(graph: Boxes, places: Layout, widths: Sequence[float], name: str) -> list[str]:
    lines: list[str] = []
    labels: list[str] = []
    leave = _ports(graph.edges, places, widths, at_start=True)
    enter = _ports(graph.edges, places, widths, at_start=False)
    for number, edge in enumerate(graph.edges):
        row = places.rows[edge.start]
        points = [(leave[number], row * ROW + CARD)]
        for step, middle in enumerate(places.bends[number], 1):
            points += [(middle, (row + step) * ROW), (middle, (row + step) * ROW + CARD)]
        points.append((enter[number], places.rows[edge.end] * ROW))
        points = [(x + EDGE_OF_PICTURE, y + EDGE_OF_PICTURE) for x, y in points]
        still = "" if edge.partial is not None else " still"
        ends = f'data-start="{edge.start}" data-end="{edge.end}"'
        lines.append(f'<path class="edge{still}" {ends} d="{_curve(points)}"/>')
        x, y = points[-1]
        lines.append(f'<path class="tip" {ends} d="M{x:.1f} {y:.1f}l-4 -7h8z"/>')
        if edge.partial is not None:
            (x0, y0), (x1, y1) = points[-2], points[-1]
            t = 0.62
            along = 3 * t * t - 2 * t * t * t
            labels.append(_label(short(edge.partial), ends, x0 + (x1 - x0) * along, y0 + (y1 - 7 - y0) * t))
    return lines + labels


def _label(text: str, ends: str, x: float, y: float) -> str:
    wide = len(text) * SMALL_CHAR + 6
    return (
        f'<g class="partial" {ends}>'
        f'<rect x="{x - wide / 2:.1f}" y="{y - 8:.1f}" width="{wide:.1f}" height="16" rx="4"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}">{_text(text)}</text></g>'
    )


def _ports(edges: Sequence[Edge], places: Layout, widths: Sequence[float], at_start: bool) -> list[float]:
    """Where edges touch their boxes: side by side, in the order of where they go."""
    by_box: dict[int, list[tuple[float, int]]] = {}
    for number, edge in enumerate(edges):
        bends = places.bends[number]
        if at_start:
            other = bends[0] if bends else places.centers[edge.end]
        else:
            other = bends[-1] if bends else places.centers[edge.start]
        by_box.setdefault(edge.start if at_start else edge.end, []).append((other, number))
    found = [0.0] * len(edges)
    for box, touching in by_box.items():
        room = min(widths[box] * 0.62, 44.0 * (len(touching) - 1))
        touching.sort()
        for at, (_, number) in enumerate(touching):
            share = at / (len(touching) - 1) - 0.5 if len(touching) > 1 else 0.0
            found[number] = places.centers[box] + room * share
    return found


def _curve(points: Sequence[tuple[float, float]]) -> str:
    x, y = points[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for at, (x1, y1) in enumerate(points[1:], 1):
        if at == len(points) - 1:
            y1 -= 6
        if x == x1:
            parts.append(f"V{y1:.1f}")
        else:
            middle = (y + y1) / 2
            parts.append(f"C{x:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}")
        x, y = x1, y1
    return "".join(parts)


def _text(text: str) -> str:
    return escape(visible(text))
