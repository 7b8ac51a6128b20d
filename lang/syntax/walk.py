"""Trees of any depth -> what is in them, another tree, or one value.

Law: nothing recurses, for a tree may be 10,000 levels deep; whoever wants to know something of a whole tree asks here
and brings what is to be done at one node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from lang.syntax.tree import Apply, Choice, Compare, Derivative, Expression, Logic

_PLACES = {"span", "origins", "name_span", "source", "comments", "text"}


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


def parts(node: object) -> Iterator[object]:
    """What a node is made of, field by field: nodes, tuples, strings, numbers; without its spans."""
    kind: type[Any] = type(node)
    for name in _made_of(kind):  # type: ignore[arg-type]
        yield getattr(node, name)


@cache
def _made_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in _PLACES)


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
        elif hasattr(one, "__dataclass_fields__"):
            pairs.extend(zip(parts(one), parts(other), strict=True))
        elif one != other:
            return False
    return True
