"""A record and its target -> the graph that is drawn: boxes with value and derivative, edges with partials.

Law: what is drawn is the record; nothing is computed here but sums of products of its partials. A box of several steps
shows the last value that others read, and an edge into it the derivative of that value along all paths inside the box.

    a = x * y    2.1        x --4.2--> a        the edge says da/dx, the box dz/da
                 dz/da = 1
"""

from __future__ import annotations

from dataclasses import dataclass

from lang.evaluate.record import CONDITION, INPUT, TURN, Node, Record
from lang.graph.folding import Group, fold
from lang.steps import form
from lang.steps.wording import expression, operand
from lang.syntax import tree
from lang.syntax.unparse import expression as written

INPUT_BOX, STEP_BOX, FIXED_BOX, RESULT_BOX, FOLDED_BOX = "input", "step", "fixed", "result", "folded"
NOWHERE = (0, 0)
MOST = 60
"""How many boxes are legible in one picture."""


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
class Graph:
    """A computation graph.

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

    def _repr_svg_(self) -> str:
        """The picture, for notebooks."""
        from lang.graph.svg import draw

        return draw(self)


def graph(record: Record, target: str, most: int = MOST) -> Graph:
    """The graph of a result.

    Args:
        record: a run.
        target: a name that the run gave a number.
        most: how many boxes it may have; larger ones fold what repeats, inputs and the result stay apart.

    Raises:
        CommandError: the target has no number.
    """
    end = record.target(target)
    nodes = behind(record, end)
    groups = fold(nodes, end.index, most)
    place = {node.index: at for at, group in enumerate(groups) for node in group.nodes}
    outer = {end.index} | {
        each for node in nodes for each in node.operands if each in place and place[each] != place[node.index]
    }
    adjoints = record.sweep({end.index: 1.0}).adjoints
    boxes: list[Box] = []
    edges: list[Edge] = []
    for at, group in enumerate(groups):
        shown = next((node for node in reversed(group.nodes) if node.index in outer), group.nodes[-1])
        boxes.append(_box(at, group, shown, adjoints[shown.index], end, worded(record, shown)))
        edges += _edges(at, group, shown, place)
    return Graph(target, tuple(boxes), tuple(edges), len(nodes))


def behind(record: Record, end: Node) -> list[Node]:
    """The nodes a value was computed from, in order: numbers only, and no counters."""
    found = {end.index}
    pending = [end.index]
    while pending:
        for each in record.nodes[pending.pop()].operands:
            if each is not None and each not in found and record.nodes[each].kind not in (CONDITION, TURN):
                found.add(each)
                pending.append(each)
    return [record.nodes[index] for index in sorted(found)]


def worded(record: Record, node: Node) -> str:
    """A step's right side with the unique names of what it reads."""
    labels = iter([None if each is None else record.nodes[each].label for each in node.operands])

    def place(value: form.Operand) -> tree.Expression:
        label = next(labels, None)
        return operand(value) if label is None else tree.Name(label, NOWHERE)

    if isinstance(node.step, form.Operation | form.Comparison | form.Negation):
        return written(expression(node.step, place))
    if isinstance(node.step, form.Copy):
        return written(place(node.step.source))
    return node.text


def _box(at: int, group: Group, shown: Node, derivative: float | None, end: Node, text: str) -> Box:
    steps = tuple(node.index for node in group.nodes)
    if len(steps) > 1:
        kind = FOLDED_BOX
        text = group.text or f"line {shown.line}, {len(steps):,} steps"
    elif shown is end:
        kind = RESULT_BOX
    elif shown.kind == INPUT:
        kind = INPUT_BOX
    else:
        kind = STEP_BOX if shown.active else FIXED_BOX
    return Box(at, kind, shown.label, text, shown.value, derivative, shown.line, steps, shown.index)


def _edges(at: int, group: Group, shown: Node, place: dict[int, int]) -> list[Edge]:
    """The edges into a group, each with the derivative of its shown value along all paths inside."""
    weights: dict[int, float] = {shown.index: 1.0}
    partials: dict[int, float | None] = {}
    for node in reversed(group.nodes):
        for each in node.operands:
            if each is not None and each in place and place[each] != at:
                partials.setdefault(place[each], None)
        weight = weights.pop(node.index, None)
        for each, partial in node.edges if weight is not None else ():
            assert weight is not None
            if place.get(each) == at:
                weights[each] = weights.get(each, 0.0) + weight * partial
            elif each in place:
                partials[place[each]] = (partials.get(place[each]) or 0.0) + weight * partial
    return [Edge(start, at, partial) for start, partial in sorted(partials.items())]


