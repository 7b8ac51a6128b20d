"""A record -> the run written out as a straight program: what a page computes again when an input moves.

Law: its names are `v0`, `v1`, ... by the step's place, so no spelling of the user's gets into what a page runs. The
partials are the rules' own lines with the operands put in, and the conditions say whether the run still goes this way.

    a = x * y        v2 = v0 * v1        p2_0 = v1        p2_1 = v0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lang.clock import watched
from lang.evaluate.record import CALL, INPUT, POP, TURN, Node, Record
from lang.steps import form
from lang.steps.wording import expression, operand
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.transform.expressions import substitute

NOWHERE = (0, 0)
Name = Callable[[int], str]


def key(index: int) -> str:
    """What the program calls a step's value."""
    return f"v{index}"


def slot(index: int, edge: int) -> str:
    """What it calls a partial of a step, by the number of the edge."""
    return f"p{index}_{edge}"


def program(record: Record, shown: Sequence[Node]) -> str | None:
    """The run as a program; None where a step is not an operation that could be written again.

    Args:
        shown: the steps, in order, all that they read among them.
    """
    lines = []
    for node in watched(shown, "writing the page"):
        if node.kind in (CALL, POP):
            return None
        if node.kind == INPUT:
            lines.append(f"{key(node.index)} = ?")
        elif node.kind == TURN:
            lines.append(f"{key(node.index)} = {written(operand(float(node.value)))}")
        else:
            lines.append(f"{key(node.index)} = {right_side(node, key)}")
        for at, _ in enumerate(node.edges):
            if (text := partial(node, at, key)) is not None:
                lines.append(f"{slot(node.index, at)} = {text}")
    return "\n".join(lines) + "\n"


def right_side(node: Node, name: Name) -> str:
    """What a step computes, its operands called by `name`."""
    places = iter(node.operands)

    def place(value: form.Operand) -> tree.Expression:
        index = next(places, None)
        return operand(value) if index is None else tree.Name(name(index), NOWHERE)

    if isinstance(node.step, form.Operation | form.Comparison | form.Negation):
        return written(expression(node.step, place))
    if isinstance(node.step, form.Copy):
        return written(place(node.step.source))
    found = node.operands[0]
    return written(operand(float(node.value))) if found is None else name(found)


def partial(node: Node, edge: int, name: Name) -> str | None:
    """The partial derivative along an edge as an expression; None where the step has no rule of its own."""
    if node.kind == CALL:
        return None
    if not isinstance(node.step, form.Operation):
        return "1"
    primitive = node.step.primitive
    found = primitive.partial(_operand_of(node, edge))
    if found is None:
        return None
    words: dict[str, tree.Expression] = {primitive.rule.result.name: tree.Name(name(node.index), NOWHERE)}
    for parameter, value, index in zip(primitive.parameters, node.step.arguments, node.operands, strict=True):
        words[parameter] = operand(value) if index is None else tree.Name(name(index), NOWHERE)
    return written(substitute(found, words))


def _operand_of(node: Node, edge: int) -> int:
    """Which operand an edge belongs to; edges stand in the order of operands."""
    at = 0
    for place, index in enumerate(node.operands):
        if at < len(node.edges) and index == node.edges[at][0]:
            if at == edge:
                return place
            at += 1
    raise AssertionError("an edge without an operand")


def steps(record: Record, target: str) -> list[Node]:
    """The steps a page shows: what the result was computed from, and what decided the way the run went to it."""
    return [record.nodes[index] for index in sorted(record.needed((target,)))]
