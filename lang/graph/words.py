"""Boxes and edges -> the words and numbers that pictures share.

Law: short numbers are for the eye and say so by nothing; the exact ones are in `exact`, as the formatter spells them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lang.graph.boxes import FIXED_BOX, INPUT_BOX, RESULT_BOX, Box, Boxes
from lang.syntax.unparse import number


def short(value: float | bool) -> str:
    """A number with at most five digits that count."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not math.isfinite(value) or (value == int(value) and abs(value) < 1e6):
        return number(value)
    text = f"{value:.5g}"
    mantissa, mark, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if mark else text


def slope(box: Box, of: str) -> str:
    """The derivative by a box: `dz/da = 1`; empty where there is none."""
    return "" if box.derivative is None else f"d{of}/d{box.name} = {number(box.derivative)}"


def exact(box: Box, of: str) -> str:
    """A box in one line, with all digits."""
    parts = [f"line {box.line}: {box.statement}", f"value {number(float(box.value))}", slope(box, of)]
    return ", ".join(filter(None, parts))


def described(graph: Boxes) -> Iterator[str]:
    """A picture in sentences, for those who hear it."""
    reads: dict[int, list[str]] = {}
    for edge in graph.edges:
        partial = "" if edge.partial is None else f" (partial {short(edge.partial)})"
        reads.setdefault(edge.end, []).append(graph.boxes[edge.start].name + partial)
    kinds = {INPUT_BOX: "input ", RESULT_BOX: "result ", FIXED_BOX: "constant "}
    for box in graph.boxes:
        from_ = f", from {' and '.join(reads[box.index])}" if box.index in reads else ""
        at = "" if box.derivative is None else f", d{graph.of}/d{box.name} {short(box.derivative)}"
        yield f"{kinds.get(box.kind, '')}{box.statement}, value {short(box.value)}{at}{from_}"
