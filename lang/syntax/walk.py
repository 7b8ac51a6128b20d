"""Trees of any depth -> what is in them, another tree, or one value.

Law: nothing recurses, for a tree may be 10,000 levels deep; whoever wants to know something of a whole tree asks here
and brings what is to be done at one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from lang.fact import Fact
from lang.syntax.tree import Apply, Choice, Compare, Derivative, Expression, Logic

Made = TypeVar("Made")
Inside = Callable[[Expression], tuple[Expression, ...]]

_PLACES = {"span", "origins", "name_span", "source", "comments", "text"}

# --- expressions --------------------------------------------------------------------------------------------


def operands(node: Expression) -> tuple[Expression, ...]:
    """The expressions an expression is made of, in the order of evaluation (a choice: condition first)."""
    if isinstance(node, Apply | Derivative):
        return node.arguments
    if isinstance(node, Compare | Logic):
        return node.operands
    if isinstance(node, Choice):
        return (node.condition, node.then, node.otherwise)
    return ()


def subexpressions(expression: Expression) -> Iterator[Expression]:
    """An expression and all expressions in it, from the outside in and from left to right."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(operands(node)))


def postorder(expression: Expression, inside: Inside = operands) -> list[Expression]:
    """The same, operands before operations: the order of evaluation."""
    found: list[Expression] = []
    pending = [expression]
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(inside(node))
    found.reverse()
    return found


def bottom_up(
    expression: Expression, made: Callable[[Expression, tuple[Made, ...]], Made], inside: Inside = operands
) -> Made:
    """What becomes of an expression, given what becomes of a node whose operands are done.

    Args:
        made: (node, what was made of its operands) -> what is made of it.
        inside: the operands to look at; all of them by default.
    """
    done: list[Made] = []
    for node in postorder(expression, inside):
        first = len(done) - len(inside(node))
        parts = tuple(done[first:])
        del done[first:]
        done.append(made(node, parts))
    return done.pop()


def with_operands(node: Expression, parts: tuple[Expression, ...]) -> Expression:
    """A node with other operands."""
    if isinstance(node, Apply):
        return Apply(node.function, parts, node.span, node.name_span)
    if isinstance(node, Derivative):
        return Derivative(node.function, node.primes, node.by, parts, node.span, node.name_span)
    if isinstance(node, Compare):
        return Compare(node.operators, parts, node.span)
    if isinstance(node, Logic):
        return Logic(node.operator, parts, node.span)
    if isinstance(node, Choice):
        condition, then, otherwise = parts
        return Choice(condition, then, otherwise, node.span)
    return node


# --- whole trees --------------------------------------------------------------------------------------------


def nodes(*trees: object) -> Iterator[object]:
    """Every node of some trees, or of tuples of them, names that are given a value too."""
    pending = list(reversed(trees))
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(reversed(node))
        elif isinstance(node, Fact):
            yield node
            pending.extend(reversed(tuple(parts(node))))


def parts(node: object) -> Iterator[object]:
    """What a node is made of, field by field: nodes, tuples, strings, numbers; without its spans."""
    kind: type[Any] = type(node)
    for name in _made_of(kind):  # type: ignore[arg-type]
        yield getattr(node, name)


@cache
def _made_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(name for name in kind.__match_args__ if name not in _PLACES)


def same(left: object, right: object) -> bool:
    """Do two trees say the same, wherever they stand and however their numbers are spelled?"""
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, tuple) and isinstance(other, tuple):
            if len(one) != len(other):
                return False
            pairs.extend(zip(one, other, strict=True))
        elif isinstance(one, Fact):
            pairs.extend(zip(parts(one), parts(other), strict=True))
        elif one != other:
            return False
    return True
