"""A record and its target -> the graph that is drawn: boxes with value and derivative, edges with partials.

Law: what is drawn is the record; nothing is computed here but sums of products of its partials. A box of several steps
shows the last value that others read, and an edge into it the derivative of that value along all paths inside the box.
"""

from __future__ import annotations

from lang.clock import watched
from lang.evaluate.record import CONDITION, INPUT, TURN, Node, Record
from lang.graph import plain
from lang.graph.boxes import FIXED_BOX, FOLDED_BOX, INPUT_BOX, RESULT_BOX, STEP_BOX, Box, Boxes, Edge
from lang.graph.folding import Group, fold
from lang.graph.svg import draw
from lang.steps import form
from lang.steps.wording import expression, operand
from lang.syntax import tree
from lang.syntax.unparse import expression as written

NOWHERE = (0, 0)
MOST = 60
"""How many boxes are legible in one picture."""


class Graph(Boxes):
    """A computation graph, which a notebook draws; as text it is drawn, too."""

    def __str__(self) -> str:
        return plain.write(self)

    def __repr__(self) -> str:
        return f"<graph of {self.of}: {len(self.boxes):,} boxes>"

    def _repr_svg_(self) -> str:
        """The picture, for notebooks."""
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
        each for node in nodes for each in node.sources if each in place and place[each] != place[node.index]
    }
    adjoints = record.sweep({end.index: 1.0}).adjoints
    boxes: list[Box] = []
    edges: list[Edge] = []
    for at, group in enumerate(watched(groups, "drawing the graph")):
        shown = next((node for node in reversed(group.nodes) if node.index in outer), group.nodes[-1])
        boxes.append(_box(at, group, shown, adjoints[shown.index], end, worded(record, shown)))
        edges += _edges(at, group, shown, place)
    return Graph(target, tuple(boxes), tuple(edges), len(nodes))


def behind(record: Record, end: Node) -> list[Node]:
    """The nodes a value was computed from, in order: numbers only, and no counters."""
    found = {end.index}
    pending = [end.index]
    while pending:
        for each in record.nodes[pending.pop()].sources:
            if each not in found and record.nodes[each].kind not in (CONDITION, TURN):
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
        for each in node.sources:
            if each in place and place[each] != at:
                partials.setdefault(place[each], None)
        weight = weights.pop(node.index, None)
        for each, partial in node.edges if weight is not None else ():
            assert weight is not None
            if place.get(each) == at:
                weights[each] = weights.get(each, 0.0) + weight * partial
            elif each in place:
                partials[place[each]] = (partials.get(place[each]) or 0.0) + weight * partial
    return [Edge(start, at, partial) for start, partial in sorted(partials.items())]


