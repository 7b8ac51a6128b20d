"""A wrong line's numbers -> the two mistakes that together give exactly these numbers, if two do.

Law: each of the two is a row of the table of mistakes, made by the same changes; both are told. Only mistakes that
people make often are put together, the likelier pairs first: of thousands of pairs some would fit by accident.

    dw = dv / q + v * dq / q        the sign between two terms, and a square that is missing
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from lang.errors import RuleError
from lang.grade import change_rule
from lang.grade.change_contribution import ADJOINT_KEYS, contribution, contribution_candidates, total
from lang.grade.change_line import ORDER, Candidate, crossed, misapplied, named_op, rank, rule_name
from lang.grade.differential import Differential, Functions, Moving, Place, places
from lang.grade.quantities import Contribution, Definition
from lang.syntax import tree
from lang.syntax.walk import subexpressions

Expression = tree.Expression
OFTEN = ORDER[: ORDER.index("product-of-differentials")]
MOST, NODES = 2_000, 20_000
"""Pairs that are tried for a line; and those of a long one, times its length."""


_Slip = tuple[Place, str]
"""Where a mistake is made, and which."""


class Pair(NamedTuple):
    """A line with two mistakes.

    Attributes:
        expression: what it computes then, in quantities.
        one, other: the mistakes; their own expressions mean nothing.
    """

    expression: Expression
    one: Candidate
    other: Candidate


def tangents(made: Definition, functions: Functions) -> Iterator[Pair]:
    """The lines with two mistakes for a tangent."""
    if made.value is None:
        return
    yield from _twice(made.value, made.moving, functions)
    for first, moving in crossed(made.value, made.moving):
        for second in islice(misapplied(made.value, moving, functions), _most(made.value) // 4):
            if second.key in OFTEN:
                yield Pair(second.expression, first, second)


def adjoints(made: Definition, functions: Functions) -> Iterator[Pair]:
    """The lines with two mistakes for an adjoint: in one contribution, in two, or one left out and another wrong."""
    parts = list(made.parts)
    terms = [contribution(each, functions) for each in parts]
    for at, part in enumerate(parts):
        rest = [*terms[:at], *terms[at + 1 :]]
        for each in _twice(part.expression, _moving(part), functions):
            renamed = (_renamed(each.one, part), _renamed(each.other, part))
            yield Pair(total([each.expression, *rest]), *renamed)
    usual = {*(ADJOINT_KEYS.get(each, each) for each in OFTEN), "own-operand"}
    single = [
        [each for each in contribution_candidates(part, right, functions, (), ()) if each.key in usual]
        for part, right in zip(parts, terms, strict=True)
    ]
    for at, ones in enumerate(single):
        for gone in range(len(parts)) if len(parts) > 1 else ():
            rest = [term for place, term in enumerate(terms) if place not in (at, gone)]
            left_out = Candidate("use-missing", terms[gone], other=made.of)
            for one in ones if gone != at else ():
                yield Pair(total([one.expression, *rest]), left_out, one)
        for second in range(at + 1, len(parts)):
            rest = [term for place, term in enumerate(terms) if place not in (at, second)]
            for one in ones:
                for other in single[second]:
                    yield Pair(total([one.expression, other.expression, *rest]), one, other)


def _moving(part: Contribution) -> Moving:
    return {part.by: tree.Name(part.adjoint, part.expression.span)}


def _renamed(candidate: Candidate, part: Contribution) -> Candidate:
    return candidate._replace(key=ADJOINT_KEYS.get(candidate.key, candidate.key), other=part.target)


def _twice(value: Expression, moving: Moving, functions: Functions) -> Iterator[Pair]:
    """The differential with two rules misapplied, or one rule in two ways."""
    found: list[tuple[float, dict[int, Expression], _Slip, _Slip]] = []
    single = [(place, *each) for place in places(value, moving, functions) for each in _often(place)]
    for at, (place, key, rule) in enumerate(single):
        one = (place, key)
        for second, other_key, other_rule in single[at + 1 :]:
            if second.index != place.index:
                both = {place.index: rule, second.index: other_rule}
                found.append((rank(place, key) + rank(second, other_key), both, one, (second, other_key)))
        for other_key, other_rule in _often(replace(place, rule=rule)):
            if OFTEN.index(other_key) > OFTEN.index(key):
                both = {place.index: other_rule}
                found.append((rank(place, key) + rank(place, other_key), both, one, (place, other_key)))
    found.sort(key=lambda each: each[0])
    for _, both, *slips in found[: _most(value)]:
        made = Differential(moving, functions, both).of(value)
        if made is not None:
            named = [Candidate(key, at.node, named_op(at), rule=rule_name(at.primitive)) for at, key in slips]
            yield Pair(made, *named)


def _most(value: Expression) -> int:
    return min(MOST, NODES // sum(1 for _ in subexpressions(value)))


def _often(place: Place) -> Sequence[change_rule.Change]:
    """The usual changes of a rule; none of one that was changed already so that it is no rule any more."""
    try:
        return [each for each in change_rule.changes(place) if each[0] in OFTEN]
    except RuleError:
        return []
