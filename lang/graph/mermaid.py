"""A graph -> Mermaid's flowchart text, which Markdown pages on GitHub and GitLab, and notebooks, draw.

Law: every character of the user's that could be markup is an entity.
"""

from __future__ import annotations

from lang.clock import watched
from lang.diagnostic import visible
from lang.graph.boxes import FIXED_BOX, FOLDED_BOX, INPUT_BOX, RESULT_BOX, STEP_BOX, Boxes
from lang.graph.words import short

SHAPES = {
    INPUT_BOX: ('(["', '"])'),
    RESULT_BOX: ('[["', '"]]'),
    STEP_BOX: ('["', '"]'),
    FIXED_BOX: ('("', '")'),
    FOLDED_BOX: ('[/"', '"/]'),
}
CLASSES = """\
    classDef input stroke:#1a5fcf,stroke-width:2px
    classDef result stroke:#1a7f4b,stroke-width:3px
    classDef fixed stroke-dasharray:4 3"""


def write(graph: Boxes) -> str:
    """The flowchart, inputs above."""
    lines = ["flowchart TD"]
    for box in watched(graph.boxes, "writing the graph"):
        opened, closed = SHAPES[box.kind]
        slope = "" if box.derivative is None else f"<br>d{graph.of}/d{box.name} = {short(box.derivative)}"
        says = f"{box.statement}<br>{short(box.value)}{slope}"
        lines.append(f"    n{box.index}{opened}{'<br>'.join(_text(part) for part in says.split('<br>'))}{closed}")
    for edge in graph.edges:
        arrow = "-.->" if edge.partial is None else f'-->|"{_text(short(edge.partial))}"|'
        lines.append(f"    n{edge.start} {arrow} n{edge.end}")
    lines.append(CLASSES)
    for kind in (INPUT_BOX, RESULT_BOX, FIXED_BOX):
        members = ",".join(f"n{box.index}" for box in graph.boxes if box.kind == kind)
        lines += [f"    class {members} {kind}"] * bool(members)
    return "\n".join(lines)


def _text(text: str) -> str:
    return "".join(char if char.isalnum() or char in " _=.()+-/,:" else f"#{ord(char)};" for char in visible(text))
