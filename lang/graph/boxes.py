"""What is drawn, as facts: boxes with value and derivative, edges with partials.

    a = x * y    2.1        x --4.2--> a        the edge says da/dx, the box dz/da
                 dz/da = 1
"""

from __future__ import annotations

from dataclasses import dataclass

INPUT_BOX, STEP_BOX, FIXED_BOX, RESULT_BOX, FOLDED_BOX = "input", "step", "fixed", "result", "folded"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the graph.

    Attributes:
        index: its place, from 0; edges go from lower to higher ones.
        kind: `input`, `step`, `fixed` (depends on no input), `result`, `folded` (several steps).
        name: the name it gives a value, made unique where the run gave it several.
        text: the right side, or what is folded.
        value: the value.
        derivative: that of the target by it; None where the target does not depend on it.
        line: where it stands in the program, from 1.
        steps: the nodes of the record in it, in order.
        shown: the node whose value it shows.
    """

    index: int
    kind: str
    name: str
    text: str
    value: float | bool
    derivative: float | None
    line: int
    steps: tuple[int, ...]
    shown: int

    @property
    def statement(self) -> str:
        """What it computes, as the program says it."""
        return f"{self.name}: {self.text}" if self.kind == FOLDED_BOX else f"{self.name} = {self.text}"


@dataclass(frozen=True, slots=True)
class Edge:
    """That one box is computed from another.

    Attributes:
        start, end: the boxes.
        partial: the derivative of the end's value by the start's; None where there is none.
    """

    start: int
    end: int
    partial: float | None


@dataclass(frozen=True)
class Boxes:
    """All boxes of a computation graph, and the edges between them.

    Attributes:
        of: the target's name.
        boxes: in the order of execution.
        edges: ordered by end, then by start.
        steps: how many steps of the run it shows, folded ones included.
    """

    of: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    steps: int
