"""An expression -> a number, again and again at other values of its names.

Law: an operation is the kernel of the table, so an expression means here what it means in a program; every kernel is
total, so nothing raises. An expression is flattened once, operands before operations, and then costs a microsecond a
node: `numbers.Calculator` does the same for many expressions at once, by running them as a program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from lang.kernels import KERNELS
from lang.kernels.comparisons import COMPARISONS
from lang.rules import table
from lang.syntax import tree
from lang.syntax.walk import operands, postorder

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
NAN = float("nan")
LOGIC: dict[str, Callable[..., Any]] = {
    "and": lambda one, other: one and other,
    "or": lambda one, other: one or other,
    "not": lambda one: not one,
}
Code = list[tuple[Callable[..., Any] | None, int, str | float]]
"""For each node: what computes it, from how many values; or nothing, and its name or number."""


def flattened(expression: tree.Expression) -> Code | None:
    """An expression as code; None where it calls what is not in the table."""
    found: Code = []
    for node in postorder(expression):
        if isinstance(node, tree.Number):
            found.append((None, 0, node.value))
        elif isinstance(node, tree.Name):
            found.append((None, 0, node.name))
        else:
            act = _action(node)
            if act is None:
                return None
            found.append((act, len(operands(node)), ""))
    return found


def number(code: Code, values: Mapping[str, float]) -> float:
    """The value of code; nan where a name has none.

    Args:
        code: what `flattened` gave.
        values: of the names.
    """
    stack: list[Any] = []
    for act, count, leaf in code:
        if act is not None:
            operated = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            stack.append(act(*operated))
        elif isinstance(leaf, str):
            stack.append(values[leaf] if leaf in values else CONSTANTS.get(leaf, NAN))
        else:
            stack.append(leaf)
    return float(stack[0])


def _action(node: tree.Expression) -> Callable[..., Any] | None:
    """What computes a node from the values of its operands."""
    if isinstance(node, tree.Apply):
        primitive = table().find(node.function, len(node.arguments))
        return KERNELS.get((primitive.name, primitive.arity)) if primitive is not None else None
    if isinstance(node, tree.Choice):
        return lambda condition, then, otherwise: then if condition else otherwise
    if isinstance(node, tree.Logic):
        return LOGIC[node.operator]
    if isinstance(node, tree.Compare):
        tests = [COMPARISONS[each] for each in node.operators]
        return lambda *values: all(test(*pair) for test, pair in zip(tests, pairwise(values), strict=False))
    return None
