"""A graph -> lines for a terminal: each box with its value and derivative, and below it what it is computed from.

Law: it reads from above to below in the order of the run, so it can be heard as well as seen; it fits 80 columns
wherever the statements do.

    a = x * y                2.1    dz/da = 1
    ├─ 4.2 · x
    └─ 0.5 · y
"""

from __future__ import annotations

from lang.clock import watched
from lang.diagnostic import visible, width
from lang.graph.boxes import FIXED_BOX, INPUT_BOX, RESULT_BOX, Boxes, Edge
from lang.graph.words import short

WIDEST = 40
MARKS = {INPUT_BOX: "input", RESULT_BOX: "result", FIXED_BOX: "constant"}


def write(graph: Boxes) -> str:
    """The lines, without a last line end."""
    says = [_clipped(visible(box.statement)) for box in graph.boxes]
    values = [short(box.value) for box in graph.boxes]
    slopes = [
        "" if box.derivative is None else f"d{visible(graph.of)}/d{visible(box.name)} = {short(box.derivative)}"
        for box in graph.boxes
    ]
    wide = max(map(width, says), default=0)
    digits = max(map(len, values), default=0)
    room = max(map(width, slopes), default=0)
    into: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        into.setdefault(edge.end, []).append(edge)
    lines: list[str] = []
    for box in watched(graph.boxes, "writing the graph"):
        at = box.index
        lead = says[at] + " " * (wide - width(says[at]))
        slope = slopes[at] + " " * (room - width(slopes[at]))
        lines.append(f"{lead}   {values[at]:>{digits}}   {slope}   {MARKS.get(box.kind, '')}".rstrip())
        edges = into.get(at, [])
        for number, edge in enumerate(edges):
            corner = "└─" if number == len(edges) - 1 else "├─"
            factor = "uses" if edge.partial is None else f"{short(edge.partial)} ·"
            lines.append(f"{corner} {factor} {visible(graph.boxes[edge.start].name)}")
    return "\n".join(lines)


def _clipped(text: str) -> str:
    return text if width(text) <= WIDEST else text[: WIDEST - 1] + "…"
