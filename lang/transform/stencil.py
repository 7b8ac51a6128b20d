"""A rule and one pattern of operands -> what each operand gets of it, folded once, with holes for the names.

Law: a stencil is what putting the names in and folding would give, for names fold nothing: only which operands are
constants (and which), and which are the same name, can matter. So it is made once for each such pattern, and a
statement costs no more than writing its names into the holes.

    c = a / b    by b    ->    -c / b * g          holes: operand 1, the result, the adjoint
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lang.rules import Primitive
from lang.rules.linear import operands
from lang.steps import form
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, apply, constant, mentions, name, operand, shared, substitute
from lang.transform.style import Style

ADJOINT = "the adjoint"
"""The hole for the adjoint of a statement's target; no program can spell it, nor the others."""

RESULT = "the result"
"""The hole for the name of a statement's result."""

OPERANDS = tuple(f"operand {place}" for place in range(32))
PATTERNS = 4096
HEIGHT = 100
"""Expressions higher than this are filled without recursion; only a user's own rule can be."""

Words = Mapping[str, tree.Expression]

Constant = tuple[type, str]
Pattern = tuple[int | Constant, ...]
"""For each operand the place of the first that has its name, or its kind and text where it is a constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Stencil:
    """An expression with holes, and the calls in it that are made apart because it makes them more than once.

    Attributes:
        calls: each with the hole for its name, and the names and holes it reads.
        right: the expression.
        reads: the names and holes that it reads.
        reads_result: do they, or the calls, read the statement's result?
    """

    calls: tuple[tuple[str, tree.Expression, tuple[str, ...]], ...]
    right: tree.Expression
    reads: tuple[str, ...]
    reads_result: bool
    fill: Callable[[tree.Expression, Words], tree.Expression]


def stencil(expression: tree.Expression, style: Style) -> Stencil:
    """The stencil of an expression that has its holes already."""
    calls: list[tuple[str, tree.Expression, tuple[str, ...]]] = []
    if style.shares:
        holes = iter(range(len(OPERANDS)))
        made, expression = shared(expression, lambda: f"call {next(holes)}")
        calls = [(hole, call, tuple(mentions(call))) for hole, call in made]
    reads = tuple(mentions(expression))
    result = RESULT in reads or any(RESULT in each for _, _, each in calls)
    return Stencil(tuple(calls), expression, reads, result, filled if _is_low(expression) else _replaced)


@lru_cache(PATTERNS)
def contribution(primitive: Primitive, index: int, pattern: Pattern, style: Style) -> Stencil:
    """What an operation contributes to the adjoint of one operand."""
    right = primitive.partial(index) if style.taped else style.differential(primitive, (index,))
    assert right is not None
    words = dict(zip(primitive.parameters, map(_hole, pattern), strict=True))
    words[primitive.rule.result.name] = name(RESULT)
    words[primitive.differentials[index]] = name(ADJOINT)
    found = substitute(right, words, style.fold)
    return stencil(apply("*", found, name(ADJOINT)) if style.taped else found, style)


def pattern_of(words: Sequence[form.Operand]) -> Pattern:
    """The pattern of an operation's operands, given as they are written."""
    return tuple([words.index(each) if isinstance(each, str) else (type(each), repr(each)) for each in words])


def read_in(reads: Iterable[str], words: Words) -> set[str]:
    """The names that are read where these names and holes are, once the holes are filled."""
    found = set()
    for each in reads:
        word = words.get(each)
        if word is None:
            found.add(each)
        elif word.__class__ is tree.Name:
            found.add(word.name)
    return found


def _hole(each: int | Constant) -> tree.Expression:
    if isinstance(each, int):
        return name(OPERANDS[each])
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


def _is_low(expression: tree.Expression) -> bool:
    level: list[tree.Expression] = [expression]
    for _ in range(HEIGHT):
        level = [each for node in level for each in operands(node)]
        if not level:
            return True
    return False


IDENTITY = stencil(name(ADJOINT), Style())
"""What a copy contributes: all of its adjoint."""
