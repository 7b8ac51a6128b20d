"""A statement's contributions to an adjoint -> the lines that a mistaken person writes for them.

Law: that of `change_line`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lang.grade.change_line import Candidate, misapplied, rule_of, uses
from lang.grade.differential import Functions, Moving, differential
from lang.grade.quantities import Contribution, Definition
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.walk import subexpressions
from lang.transform.expressions import apply, constant, mentions, name, substitute

Expression = tree.Expression
ADJOINT_KEYS = {"chain-missing": "adjoint-missing", "outer-missing": "partial-missing"}
"""What a mistake with a differential is called where that is an adjoint."""


def adjoints(
    made: Definition, functions: Functions, names: Sequence[str], gradients: Sequence[str], overwritten: bool
) -> Iterator[Candidate]:
    """The wrong lines for an adjoint.

    Args:
        made: what is right.
        names: the program's values. gradients: its adjoints.
        overwritten: is the adjoint given a value more than once?
    """
    parts = [(each, contribution(each, functions)) for each in made.parts]
    terms = [term for _, term in parts]
    yield from _left_out(made, terms, overwritten)
    for at, (part, right) in enumerate(parts):
        rest = [term for place, term in enumerate(terms) if place != at]
        for each in contribution_candidates(part, right, functions, names, gradients):
            yield each._replace(expression=total([each.expression, *rest]))
    if len(terms) > 1:
        yield Candidate("signs", apply("-", total(terms)), other=made.of)
    for term in terms if len(terms) > 1 else ():
        yield Candidate("counted-twice", total([*terms, term]), other=made.of)
    yield Candidate("zero", constant(0.0))


def contribution(part: Contribution, functions: Functions) -> Expression:
    made = differential(part.expression, {part.by: name(part.adjoint)}, functions)
    assert made is not None
    return made


def total(terms: Sequence[Expression]) -> Expression:
    """Contributions, added up."""
    whole = terms[0]
    for each in terms[1:]:
        whole = apply("+", whole, each)
    return whole


def _left_out(made: Definition, terms: Sequence[Expression], overwritten: bool) -> Iterator[Candidate]:
    """Some contributions missing."""
    key = "overwritten" if overwritten else "use-missing"
    count = len(terms)
    for chosen in range(1, 2 ** min(count, 6) - 1):
        kept = [term for at, term in enumerate(terms) if chosen >> at & 1]
        yield Candidate(key, total(kept), other=made.of)


def contribution_candidates(
    part: Contribution, right: Expression, functions: Functions, names: Sequence[str], gradients: Sequence[str]
) -> Iterator[Candidate]:
    """One contribution, wrong.

    Args:
        part: what contributes to what. right: its expression.
        names: the program's values. gradients: its adjoints.
    """
    moving = {part.by: name(part.adjoint)}
    op, rule = written(part.expression), rule_of(part.expression)
    alone = differential(part.expression, {part.by: constant(1.0)}, functions)
    if alone is not None and not isinstance(right, tree.Name):
        yield Candidate("adjoint-missing", alone, op, part.target)
        yield Candidate("partial-missing", name(part.adjoint), op, part.target)
    for other in sorted(mentions(part.expression)):
        if other != part.by and other in mentions(right):
            inner = rule_of(_around(part.expression, part.by)) or rule
            yield Candidate("own-operand", substitute(right, {other: name(part.by)}), op, part.by, inner)
    for each in misapplied(part.expression, moving, functions):
        yield each._replace(key=ADJOINT_KEYS.get(each.key, each.key), other=part.target)
    yield from _uses_once(part, moving, functions)
    for other in gradients:
        if other != part.adjoint:
            yield Candidate("wrong-adjoint", substitute(right, {part.adjoint: name(other)}), op, part.target)
    yield Candidate("value-for-differential", substitute(right, {part.adjoint: name(part.target)}), op, part.target)
    for word in sorted(mentions(right) - set(gradients)):
        for other in names:
            if other != word:
                yield Candidate("wrong-value", substitute(right, {word: name(other)}), op, word, rule)


def _around(value: Expression, word: str) -> Expression:
    """The operation that a name is an operand of; the whole where there is none."""
    for each in subexpressions(value):
        if isinstance(each, tree.Apply) and any(
            isinstance(one, tree.Name) and one.name == word for one in each.arguments
        ):
            return each
    return value


def _uses_once(part: Contribution, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """A name that stands twice in one statement, accounted for once."""
    for each in uses(part.expression, moving, functions):
        if each.key == "use-forgotten":
            yield each


def forward_rule(of: Definition, owners: dict[str, str], functions: Functions) -> Iterator[Candidate]:
    """The differential of the statement, with adjoints in the places of differentials."""
    if of.value is None:
        return
    moving = {owner: name(adjoint) for adjoint, owner in owners.items() if owner in mentions(of.value)}
    made = differential(of.value, moving, functions)
    if made is not None:
        yield Candidate("forward-rule", made)


__all__ = ["ADJOINT_KEYS", "adjoints", "contribution", "contribution_candidates", "forward_rule", "total"]
