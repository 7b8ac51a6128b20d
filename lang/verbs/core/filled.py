"""A recorded step -> its statement and its rule with the step's own names or numbers put in, as text.

Law: the words come from the rule's line, of its two forms (the one that computes, the lecture's) the shorter; only
operands that move are in it. A choice in the line (`da if a > b else db`) is decided by the numbers, as the derivative
itself decided it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from lang.evaluate.record import Node
from lang.rules import Primitive, coefficient, restrict
from lang.steps import form
from lang.steps.wording import NOWHERE, expression, operand, rounded, short
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.walk import operands
from lang.transform.expressions import FALSE, TRUE, substitute

NEGATIVE = r"(?<= [-+*/] )-\d+(?:\.\d+)?(?:e[-+]?\d+)?\b"
"""A negative number behind an operator."""
Words = dict[str, tree.Expression]
Moved = Callable[[int], tree.Expression]


def statement(node: Node) -> str:
    """The step as the program writes it: `a = x * y`; a condition without a name, for the program gave it none."""
    if node.kind == "condition" and node.temporary:
        return node.text
    return f"{node.name} = {node.text}"


def labelled(node: Node, nodes: Sequence[Node]) -> str:
    """The step with every name unique: `x_1 = x * x`."""
    step = node.step
    if isinstance(step, form.Input | form.Pop) or node.kind == "turn":
        return f"{node.label} = {node.text}"
    if node.kind in ("copy", "parameter"):
        source = node.operands[0]
        return f"{node.label} = {node.text if source is None else nodes[source].label}"
    if node.kind == "result" or (isinstance(step, form.Call) and step.by):
        return f"{node.label} = {node.text}"
    places = iter(node.operands)

    def place(value: form.Operand) -> tree.Expression:
        found = next(places)
        return operand(value) if found is None else _name(nodes[found].label)

    return f"{node.label} = {written(expression(step, place))}"


def differential(
    node: Node, nodes: Sequence[Node], moving: Sequence[bool], tangents: Sequence[float | None] | None
) -> str:
    """The differential statement with the numbers put in: `da = 3 * 1 + 2 * 0`.

    Args:
        node: the step.
        nodes: all steps of the record.
        moving: which of them move.
        tangents: how they move; without it the differentials stay names (`da = 3 * dx + 2 * dy`).
    """
    head = f"d{node.name}"

    def moved(index: int) -> tree.Expression:
        if tangents is None:
            return _name(f"d{nodes[index].name}")
        return _number(tangents[index] or 0.0)

    if not moving[node.index]:
        return f"{head} = 0"
    if isinstance(node.step, form.Operation) and node.kind == "operation":
        right = _rule(node, node.step.primitive, nodes, moving, moved)
    else:
        right = _sum(node, moving, moved)
    return f"{head} = {_text(right)}" if right is not None else f"{head} = 0"


def factor(node: Node, at: int, nodes: Sequence[Node]) -> tree.Expression:
    """The partial by the operand of one edge, in names (`cos(x)`); its number where the step is no primitive."""
    partial = node.edges[at][1]
    step = node.step
    if not isinstance(step, form.Operation) or node.kind != "operation":
        return _number(partial)
    primitive = step.primitive
    position = _positions(node)[at]
    by = primitive.differentials[position]
    found = _shorter(coefficient(line, by, primitive.differentials) for line in _forms(primitive))
    if found is None:
        return _number(partial)
    words: Words = {}
    for parameter, value, source in zip(primitive.parameters, step.arguments, node.operands, strict=True):
        words[parameter] = operand(value) if source is None else _name(nodes[source].label)
    words[primitive.rule.result.name] = _name(node.label)
    return substitute(_decided(found, _numbers(node, primitive, nodes)), words)


def product(left: tree.Expression, right: str) -> str:
    """`y * ga`; a factor of 1 is not written."""
    return written(substitute(tree.Apply("*", (left, _name(right)), NOWHERE, NOWHERE), {}))


def _positions(node: Node) -> list[int]:
    """Which operand of the step each edge belongs to."""
    found: list[int] = []
    position = 0
    for source, _ in node.edges:
        while node.operands[position] != source:
            position += 1
        found.append(position)
        position += 1
    return found


def _rule(
    node: Node, primitive: Primitive, nodes: Sequence[Node], moving: Sequence[bool], moved: Moved
) -> tree.Expression | None:
    active = [at for at, source in enumerate(node.operands) if source is not None and moving[source]]
    kept = {primitive.differentials[at] for at in active}
    left = _shorter(restrict(line, kept, set(primitive.differentials)) for line in _forms(primitive))
    if left is None:
        return None
    numbers = _numbers(node, primitive, nodes)
    words = dict(numbers)
    for at in active:
        words[primitive.differentials[at]] = moved(node.operands[at] or 0)
    literal = {
        parameter: words[parameter]
        for parameter, source in zip(primitive.parameters, node.operands, strict=True)
        if source is None
    }
    return substitute(substitute(_decided(left, numbers), literal), words, fold=False)


def _forms(primitive: Primitive) -> tuple[tree.Expression, ...]:
    """A rule's right side: the form that computes, and the lecture's where that is another."""
    return tuple(line for line in (primitive.differential, primitive.lecture) if line is not None)


def _shorter(forms: Iterable[tree.Expression | None]) -> tree.Expression | None:
    return min(
        (each for each in forms if each is not None), key=lambda each: len(written(each)), default=None
    )


def _sum(node: Node, moving: Sequence[bool], moved: Moved) -> tree.Expression | None:
    """A copy, or a step that is no primitive: its partials times what moves."""
    total: tree.Expression | None = None
    for source, partial in node.edges:
        if moving[source]:
            part: tree.Expression = moved(source)
            if node.kind == "call":
                part = tree.Apply("*", (_number(partial), part), NOWHERE, NOWHERE)
            total = part if total is None else tree.Apply("+", (total, part), NOWHERE, NOWHERE)
    return total


def _numbers(node: Node, primitive: Primitive, nodes: Sequence[Node]) -> Words:
    step = node.step
    assert isinstance(step, form.Operation)
    words: Words = {primitive.rule.result.name: _number(node.value)}
    for parameter, value, source in zip(primitive.parameters, step.arguments, node.operands, strict=True):
        if source is not None:
            words[parameter] = _number(nodes[source].value)
        else:
            words[parameter] = operand(value) if isinstance(value, str) else _number(value)
    return words


def _decided(line: tree.Expression, numbers: Mapping[str, tree.Expression]) -> tree.Expression:
    """The line with its choices made, where the numbers make them; they stand at the top or in a product or sum."""
    if isinstance(line, tree.Choice):
        condition = substitute(line.condition, numbers)
        if condition is TRUE or condition is FALSE:
            return _decided(line.then if condition is TRUE else line.otherwise, numbers)
        return line
    if isinstance(line, tree.Apply) and any(
        isinstance(each, tree.Choice | tree.Apply) for each in operands(line)
    ):
        return tree.Apply(
            line.function, tuple(_decided(each, numbers) for each in line.arguments), NOWHERE, NOWHERE
        )
    return line


def _text(node: tree.Expression) -> str:
    """The text of an expression with numbers in it; the sign of a sign is none, and behind an operator it is bracketed,
    as by hand.
    """
    return re.sub(NEGATIVE, r"(\g<0>)", written(node).replace("--", ""))


def _name(word: str) -> tree.Expression:
    return tree.Name(word, NOWHERE)


def _number(value: float | bool) -> tree.Expression:
    if isinstance(value, bool):
        return TRUE if value else FALSE
    return operand(rounded(value))


__all__ = ["differential", "factor", "labelled", "product", "short", "statement"]
