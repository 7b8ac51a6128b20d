"""A rule and one pattern of operands -> what each operand gets of it, folded once, with holes for the names.

Law: a stencil is what putting the names in and folding would give, for names fold nothing: only which operands are
constants (and which), and which are the same name, can matter. So it is made once for each such pattern, and a
statement costs no more than writing its names into the holes.

    c = a / b    by b    ->    -c / b * g          holes: operand 1, the result, the adjoint
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from lang.rules import Primitive
from lang.steps import form
from lang.syntax import tree
from lang.transform.coding import Code, Take, coded, is_low, take
from lang.transform.expressions import (
    NOWHERE,
    SHORT,
    apply,
    constant,
    mentions,
    name,
    operand,
    shared,
    substitute,
    value_of,
    without_sign,
)
from lang.transform.style import Style

ADJOINT = "the adjoint"
"""The hole for the adjoint of a statement's target; no program can spell it, nor the others."""

RESULT = "the result"
"""The hole for the name of a statement's result."""

PATTERNS = 4096


def hole(index: int) -> str:
    """The hole for an operand."""
    return f"operand {index}"


Words = Mapping[str, tree.Expression]

Filling = list[Any]
"""What stands in the holes: the names of the adjoint and of the result, the operands (names, numbers), then the names
of calls that are made apart."""
ADJOINT_AT, RESULT_AT, OPERANDS_AT = 0, 1, 2
"""Where in the filling."""

Constant = tuple[type, str]
Pattern = tuple[int | Constant, ...]
"""For each operand the place of the first that has its name, or its kind and text where it is a constant."""
SAME: Pattern = (0, 0)
DIFFERENT: Pattern = (0, 1)
"""The patterns of two names, which nearly all operations have."""

@dataclass(frozen=True, slots=True, eq=False)
class Stencil:
    """An expression with holes, and the calls in it that are made apart because it makes them more than once.

    Attributes:
        calls: in the order of their holes in the filling.
        right: the expression.
        holes: those that it has, with their places in the filling.
        reads: the names that it reads, and what else stands in its holes, of a filling.
        reads_result: do they, or the calls, read the statement's result?
        code: the expression as operations; None where it is not made of primitives on numbers alone.
        less: the same for what is subtracted where it is added; None where it is added.
        constant: is it a number, which a sum would fold?
    """

    calls: tuple[Stencil, ...]
    right: tree.Expression
    holes: tuple[tuple[str, int], ...]
    reads: Take
    reads_result: bool
    fill: Callable[[tree.Expression, Words], tree.Expression]
    code: Code | None
    less: Code | None
    constant: bool


def stencil(expression: tree.Expression, style: Style, count: int = 0) -> Stencil:
    """The stencil of an expression that has its holes already.

    Args:
        count: how many operands its filling has.
    """
    places = {ADJOINT: ADJOINT_AT, RESULT: RESULT_AT}
    places.update({hole(index): OPERANDS_AT + index for index in range(count)})
    calls: list[Stencil] = []
    if style.shares:
        words = (f"call {number}" for number in range(SHORT))
        made, expression = shared(expression, lambda: next(words))
        for word, call in made:
            calls.append(_whole(call, places, ()))
            places[word] = len(places)
    return _whole(expression, places, tuple(calls))


def _whole(expression: tree.Expression, places: Mapping[str, int], calls: tuple[Stencil, ...]) -> Stencil:
    names = mentions(expression)
    holes = tuple([(each, places[each]) for each in names if each in places])
    reads = _reading([places[each] for each in names if each in places], names.difference(places))
    result = RESULT in names or any(each.reads_result for each in calls)
    negated = without_sign(expression)
    return Stencil(
        calls,
        expression,
        holes,
        reads,
        result,
        filled if is_low(expression) else _replaced,
        coded(expression, places),
        None if negated is None else coded(negated, places),
        value_of(expression) is not None,
    )


def _reading(places: Sequence[int], others: Collection[str]) -> Take:
    """What takes the values at some places, and gives some names with them."""
    taken = take(places)
    return (lambda filling: (*taken(filling), *others)) if others else taken


@cache
def plain(primitive: Primitive) -> Stencil:
    """An operation itself; all its operands have holes."""
    holes = [*map(hole, range(primitive.arity))]
    whole = tree.Apply(primitive.name, tuple(map(name, holes)), NOWHERE, NOWHERE)
    return _whole(whole, {each: OPERANDS_AT + index for index, each in enumerate(holes)}, ())


Parts = tuple[tuple[int, Stencil], ...]
"""What a statement contributes to adjoints: to that of the operand of this number, this."""


@lru_cache(PATTERNS)
def contributions(primitive: Primitive, pattern: Pattern, moving: tuple[bool, ...], style: Style) -> Parts:
    """What an operation contributes to the adjoints of its operands that move."""
    return tuple(
        [
            (index, contribution(primitive, index, pattern, style))
            for index, moves in enumerate(moving)
            if moves and primitive.partial(index) is not None
        ]
    )


def contribution(primitive: Primitive, index: int, pattern: Pattern, style: Style) -> Stencil:
    """What an operation contributes to the adjoint of one operand."""
    right = primitive.partial(index) if style.taped else style.differential(primitive, (index,))
    assert right is not None
    words = dict(zip(primitive.parameters, map(_hole, pattern), strict=True))
    words[primitive.rule.result.name] = name(RESULT)
    words[primitive.differentials[index]] = name(ADJOINT)
    found = substitute(right, words, style.fold)
    return stencil(apply("*", found, name(ADJOINT)) if style.taped else found, style, len(pattern))


@lru_cache(PATTERNS)
def slope(primitive: Primitive, pattern: Pattern, moving: tuple[int, ...], style: Style) -> Stencil | None:
    """How the result of an operation moves with some operands; the holes for their differentials are those of more
    operands, in the order of `moving`. None where it does not move."""
    right = style.differential(primitive, moving)
    if right is None:
        return None
    arity = len(pattern)
    words = dict(zip(primitive.parameters, map(_hole, pattern), strict=True))
    words[primitive.rule.result.name] = name(RESULT)
    first = [pattern[index] for index in moving]
    for index, each in zip(moving, first, strict=True):
        words[primitive.differentials[index]] = name(hole(arity + first.index(each)))
    return stencil(substitute(right, words, style.fold), style, arity + len(moving))


PLAIN = frozenset({str, float, bool})
"""What operands are that stand in what is written as they are."""


def filling(operands: Sequence[form.Operand]) -> Filling:
    """What stands in the holes where these are the operands; intermediate values are names like all others there."""
    if not PLAIN.issuperset([each.__class__ for each in operands]):
        operands = [str(each) if isinstance(each, str) else each for each in operands]
    return [None, None, *operands]


def pattern_of(words: Sequence[form.Operand]) -> Pattern:
    """The pattern of an operation's operands, given as they are written."""
    if len(words) == 2 and words[0].__class__ is str and words[1].__class__ is str:
        return SAME if words[0] == words[1] else DIFFERENT
    return tuple([words.index(each) if isinstance(each, str) else (type(each), repr(each)) for each in words])


def _hole(each: int | Constant) -> tree.Expression:
    if isinstance(each, int):
        return name(hole(each))
    kind, text = each
    return operand(text == "True") if kind is bool else constant(float(text))


def filled(node: tree.Expression, words: Words) -> tree.Expression:
    """An expression with names in its holes."""
    kind = node.__class__
    if kind is tree.Name:
        return words.get(node.name, node)  # type: ignore[union-attr]
    if kind is tree.Apply:
        parts = tuple([filled(each, words) for each in node.arguments])  # type: ignore[union-attr]
        return tree.Apply(node.function, parts, NOWHERE, NOWHERE)  # type: ignore[union-attr]
    return node if kind is tree.Number else substitute(node, words, False)


def _replaced(node: tree.Expression, words: Words) -> tree.Expression:
    return substitute(node, words, False)


IDENTITY = stencil(name(ADJOINT), Style())
"""All of an adjoint."""

COPIED: Parts = ((0, IDENTITY),)
"""What a copy contributes."""
