"""A graph -> Graphviz's language, for those who have `dot` and want its drawing.

Law: names are numbers and texts are quoted, so nothing of the user's is read as the language.
"""

from __future__ import annotations

from lang.clock import watched
from lang.diagnostic import visible
from lang.graph.boxes import FIXED_BOX, FOLDED_BOX, INPUT_BOX, RESULT_BOX, STEP_BOX, Boxes
from lang.graph.words import short

LOOKS = {
    INPUT_BOX: 'shape=box style="rounded,filled" fillcolor="#eef4ff" color="#1a5fcf"',
    RESULT_BOX: 'shape=box style="rounded,filled,bold" fillcolor="#ebf8f0" color="#1a7f4b"',
    STEP_BOX: 'shape=box style="rounded"',
    FIXED_BOX: 'shape=box style="rounded,dashed"',
    FOLDED_BOX: 'shape=box3d style="filled" fillcolor="#f5f6f9"',
}


def write(graph: Boxes) -> str:
    """The graph, inputs above."""
    lines = ["digraph {", '    node [fontname="monospace"]', '    edge [fontname="monospace" fontcolor="#b0480a"]']
    for box in watched(graph.boxes, "writing the graph"):
        says = [box.statement, short(box.value)]
        if box.derivative is not None:
            says.append(f"d{graph.of}/d{box.name} = {short(box.derivative)}")
        label = "\\n".join(map(_text, says))
        lines.append(f'    n{box.index} [label="{label}" {LOOKS[box.kind]}]')
    for edge in graph.edges:
        look = "[style=dotted]" if edge.partial is None else f'[label=" {_text(short(edge.partial))}"]'
        lines.append(f"    n{edge.start} -> n{edge.end} {look}")
    for kind in (INPUT_BOX, RESULT_BOX):
        members = "; ".join(f"n{box.index}" for box in graph.boxes if box.kind == kind)
        lines += [f"    {{ rank={'source' if kind == INPUT_BOX else 'sink'}; {members} }}"] * bool(members)
    return "\n".join([*lines, "}"])


def _text(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')
