"""A rule's right side -> what is left of it when only some operands move, and the factor of each differential.

Law: zeros are structural. A term whose differential is absent is gone before anything is computed, so nothing it
would have asked for (`log` of a negative number, 0 * inf) is ever asked.

The right side is linear in its differentials, so the walk carries one of two things for each part of it: the part
itself where no differential is in it (a factor), or what remains of it (a term), which may be nothing:

    (da - c * db) / b     only da:  da / b      only db:  -(c * db) / b      factor of db:  -c / b
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from lang.errors import RuleError
from lang.source import Span
from lang.syntax import tree
from lang.syntax.walk import bottom_up

ONE = tree.Number(1.0, "1", (0, 0))
Leaf = Callable[[tree.Name], tree.Expression | None]


class _Part:
    """A piece of the right side: a factor (`linear` False), or a term of which `remains` is left."""

    def __init__(self, linear: bool, remains: tree.Expression | None) -> None:
        self.linear, self.remains = linear, remains


def verify_linear(expression: tree.Expression, differentials: Collection[str]) -> None:
    """Check that an expression is linear in its differentials.

    Raises:
        RuleError: it is not; the span is the operation where it stops being so.
    """
    part = _walk(expression, set(differentials), lambda name: name)
    if not part.linear and not _is_zero(part.remains):
        raise RuleError(
            "the right side of a rule is a sum of differentials, each times a factor; this one has none",
            expression.span,
            hint="write it like `dc = cos(a) * da`",
        )


def restrict(
    expression: tree.Expression, kept: Collection[str], differentials: Collection[str]
) -> tree.Expression | None:
    """The right side with every differential but the `kept` ones absent; None where nothing is left."""
    part = _walk(expression, set(differentials), lambda name: name if name.name in kept else None)
    return part.remains if part.linear else None


def coefficient(
    expression: tree.Expression, differential: str, differentials: Collection[str]
) -> tree.Expression | None:
    """The factor of one differential: that one put to 1, the others absent; None where it does not occur."""
    part = _walk(expression, set(differentials), lambda name: ONE if name.name == differential else None)
    return part.remains if part.linear else None


def _walk(expression: tree.Expression, differentials: set[str], leaf: Leaf) -> _Part:
    def part(node: tree.Expression, parts: tuple[_Part, ...]) -> _Part:
        if isinstance(node, tree.Name) and node.name in differentials:
            return _Part(True, leaf(node))
        return _combine(node, parts)

    return bottom_up(expression, part)


def _combine(node: tree.Expression, parts: tuple[_Part, ...]) -> _Part:
    if not any(part.linear for part in parts):
        return _Part(False, node)
    if isinstance(node, tree.Choice) and not parts[0].linear:
        return _choice(node, parts)
    if isinstance(node, tree.Apply):
        shape = (node.function, len(parts))
        if shape in (("+", 1), ("-", 1)):
            return _Part(True, _signed(node.function, parts[0].remains, node.span))
        if shape in (("+", 2), ("-", 2)) and all(part.linear or _is_zero(part.remains) for part in parts):
            left, right = (part.remains if part.linear else None for part in parts)
            return _Part(True, _sum(node.function, left, right, node.span))
        if shape == ("*", 2) and not (parts[0].linear and parts[1].linear):
            return _Part(True, _product(parts, node.span))
        if shape == ("/", 2) and not parts[1].linear:
            return _Part(True, _quotient(parts, node.span))
    raise RuleError(
        "a rule is linear in its differentials: they may be added, subtracted, multiplied or divided by "
        "a factor, not this",
        node.span,
        hint="write it like `dc = b * da + a * db`",
    )


def _choice(node: tree.Choice, parts: tuple[_Part, ...]) -> _Part:
    branches = parts[1:]
    if not all(part.linear or _is_zero(part.remains) for part in branches):
        raise RuleError(
            "one branch of this has a differential and the other has a value without one",
            node.span,
            hint="a branch that gives no derivative is `0`",
        )
    then, otherwise = (part.remains if part.linear else None for part in branches)
    if then is None and otherwise is None:
        return _Part(True, None)
    zero = tree.Number(0.0, "0", node.span)
    return _Part(True, tree.Choice(node.condition, then or zero, otherwise or zero, node.span))


def _signed(sign: str, term: tree.Expression | None, span: Span) -> tree.Expression | None:
    if term is None or sign == "+":
        return term
    return tree.Apply("-", (term,), span, span)


def _sum(
    operator: str, left: tree.Expression | None, right: tree.Expression | None, span: Span
) -> tree.Expression | None:
    if right is None:
        return left
    if left is None:
        return _signed(operator, right, span)
    return tree.Apply(operator, (left, right), span, span)


def _product(parts: tuple[_Part, ...], span: Span) -> tree.Expression | None:
    left, right = (part.remains for part in parts)
    if left is None or right is None:
        return None
    if left is ONE:
        return right
    if right is ONE:
        return left
    return tree.Apply("*", (left, right), span, span)


def _quotient(parts: tuple[_Part, ...], span: Span) -> tree.Expression | None:
    above, below = (part.remains for part in parts)
    if above is None or below is None:
        return None
    return tree.Apply("/", (above, below), span, span)


def _is_zero(expression: tree.Expression | None) -> bool:
    return isinstance(expression, tree.Number) and expression.value == 0.0
