"""A statement whose differential is asked -> the lines that a mistaken person writes for it.

Law: a candidate is an expression in the exercise's quantities, with the key of its mistake and what its words need. The
likelier mistake comes first, because where two give the same numbers the first is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lang.grade import change_rule
from lang.grade.differential import Differential, Functions, Moving, differential, places, variants
from lang.grade.quantities import Contribution, Definition
from lang.rules import Primitive
from lang.rules.table import OPERATOR_NAMES
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.walk import subexpressions
from lang.transform.expressions import apply, constant, mentions, name, substitute

Expression = tree.Expression
HELD = "held_"


class Candidate(NamedTuple):
    """A wrong line.

    Attributes:
        key: the mistake.
        expression: what the line computes then, in quantities.
        op, other, rule: for the words: the operation, another name, what `ad rules` calls the operation's rule.
    """

    key: str
    expression: Expression
    op: str = ""
    other: str = ""
    rule: str = ""


def tangents(made: Definition, functions: Functions, names: Sequence[str]) -> Iterator[Candidate]:
    """The wrong lines for a tangent.

    Args:
        made: what is right.
        names: the quantities that the line may have read by mistake.
    """
    if made.value is None:
        return
    yield from _new_value(made, functions)
    yield from misapplied(made.value, made.moving, functions)
    yield from _constants(made.value, made.moving, functions)
    yield from _uses(made.value, made.moving, functions)
    yield Candidate("statement-copied", made.value, other=made.of)
    yield Candidate("zero", constant(0.0))
    yield from _mixed(made, functions, names)
    right = differential(made.value, made.moving, functions)
    if right is not None:
        yield Candidate("added-to-the-old", apply("+", name(made.quantity), right))


def misapplied(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """The differential with the rule of one operation misapplied, for each operation and in each way; a wrong sign is
    likelier where the rule has one.
    """
    found: list[tuple[bool, Candidate]] = []
    for place in places(value, moving, functions):
        op = written(place.node_of_parameters) if len(written(place.node)) > 40 else written(place.node)
        for key, rule in change_rule.changes(place):
            made = Differential(moving, functions, {place.index: rule}).of(value)
            if made is not None:
                parts = [each.function for each in subexpressions(place.rule) if isinstance(each, tree.Apply)]
                unlikely = key == "sign" and "-" not in parts
                found.append((unlikely, Candidate(key, made, op, rule=rule_name(place.primitive))))
    order = {key: at for at, key in enumerate(ORDER)}
    for _, each in sorted(found, key=lambda each: (order[each[1].key], each[0])):
        yield each


def rule_name(primitive: Primitive) -> str:
    """What `ad rules` calls a primitive: `sin`, `mul`."""
    named = {key: word for word, key in OPERATOR_NAMES.items()}
    return named.get((primitive.name, primitive.arity), primitive.name)


ORDER = (
    "product-term",
    "exponent-derivative",
    "term-missing",
    "sign-between",
    "sign",
    "square-missing",
    "number-missing",
    "exponent-in-front",
    "exponent-not-lowered",
    "power-rule",
    "function-itself",
    "chain-missing",
    "outer-missing",
    "inner-at-differential",
    "function-of-differential",
    "at-result",
    "operands-swapped",
    "product-of-differentials",
    "square-extra",
    "integrated",
    "reciprocal",
    "factor-missing",
)


def _new_value(made: Definition, functions: Functions) -> Iterator[Candidate]:
    """The statement overwrites its own operand, and its differential reads the new value."""
    assert made.value is not None
    if made.of not in mentions(made.value):
        return
    right = differential(made.value, made.moving, functions)
    if right is not None and made.of in mentions(right):
        yield Candidate("new-value", substitute(right, {made.of: made.value}), other=made.of)


def _constants(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """A constant, or a name that does not move, is given a differential: 1, or itself."""
    still = sorted(mentions(value) - set(moving) - {"pi", "e", "tau"})
    marked: list[tuple[str, Expression, Expression, str]] = [(each, name(each), value, each) for each in still]
    numbers: list[Expression] = []

    def held(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Number) or (isinstance(node, tree.Name) and node.name in ("pi", "e", "tau")):
            numbers.append(node)
            yield tree.Name(f"{HELD}{len(numbers)}", node.span)

    for at, whole in enumerate(variants(value, held)):
        marked.append((f"{HELD}{at + 1}", numbers[at], whole, written(numbers[at])))
    for word, itself, whole, spelled in marked:
        for key, movement in (("constant-active", constant(1.0)), ("constant-kept", itself)):
            made = differential(whole, {**moving, word: movement}, functions)
            if made is not None:
                yield Candidate(key, substitute(made, {word: itself}), other=spelled)


def _uses(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """One use of a name is held, or all of them; or one is counted twice."""
    for word in sorted(mentions(value) & set(moving)):

        def held(node: Expression, word: str = word) -> Iterator[Expression]:
            if isinstance(node, tree.Name) and node.name == word:
                yield tree.Name(HELD, node.span)

        whole = list(variants(value, held))
        right = differential(value, moving, functions)
        for each in whole if len(whole) > 1 else ():
            made = differential(each, moving, functions)
            yield Candidate("use-forgotten", substitute(made or constant(0.0), {HELD: name(word)}), other=word)
        without = {each: moved for each, moved in moving.items() if each != word}
        made = differential(value, without, functions)
        if made is not None:
            yield Candidate("name-as-constant", made, other=word)
        part = differential(value, {word: moving[word]}, functions)
        if right is not None and part is not None and (len(whole) > 1 or made is not None):
            yield Candidate("term-twice", apply("+", right, part), other=word)


def _mixed(made: Definition, functions: Functions, names: Sequence[str]) -> Iterator[Candidate]:
    """Another differential, another value, or a value in place of a differential."""
    assert made.value is not None
    moved = sorted(mentions(made.value) & set(made.moving))
    differentials = {written(each): word for word, each in made.moving.items()}
    for word in moved:
        wrong = differential(made.value, {**made.moving, word: name(word)}, functions)
        if wrong is not None:
            yield Candidate("value-for-differential", wrong, other=word)
    for word in moved:
        for other in differentials:
            if other != written(made.moving[word]):
                wrong = differential(made.value, {**made.moving, word: name(other)}, functions)
                if wrong is not None:
                    yield Candidate("wrong-differential", wrong, other=word)
    right = differential(made.value, made.moving, functions)
    if right is None:
        return
    for word in sorted(mentions(right) - set(differentials)):
        for other in names:
            if other != word and other not in differentials and other != made.quantity:
                yield Candidate("wrong-value", substitute(right, {word: name(other)}), other=word)


# --- adjoints -----------------------------------------------------------------------------------------------------


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
            yield each._replace(expression=_sum([each.expression, *rest]))
    for term in terms if len(terms) > 1 else ():
        yield Candidate("counted-twice", _sum([*terms, term]), other=made.of)
    yield Candidate("zero", constant(0.0))


def contribution(part: Contribution, functions: Functions) -> Expression:
    made = differential(part.expression, {part.by: name(part.adjoint)}, functions)
    assert made is not None
    return made


def _sum(terms: Sequence[Expression]) -> Expression:
    total = terms[0]
    for each in terms[1:]:
        total = apply("+", total, each)
    return total


def _left_out(made: Definition, terms: Sequence[Expression], overwritten: bool) -> Iterator[Candidate]:
    """Some contributions missing."""
    key = "overwritten" if overwritten else "use-missing"
    count = len(terms)
    for chosen in range(1, 2 ** min(count, 6) - 1):
        kept = [term for at, term in enumerate(terms) if chosen >> at & 1]
        yield Candidate(key, _sum(kept), other=made.of)


def contribution_candidates(
    part: Contribution, right: Expression, functions: Functions, names: Sequence[str], gradients: Sequence[str]
) -> Iterator[Candidate]:
    """One contribution, wrong.

    Args:
        part: what contributes to what. right: its expression.
        names: the program's values. gradients: its adjoints.
    """
    moving = {part.by: name(part.adjoint)}
    op = written(part.expression)
    alone = differential(part.expression, {part.by: constant(1.0)}, functions)
    if alone is not None and not isinstance(right, tree.Name):
        yield Candidate("adjoint-missing", alone, op, part.target)
        yield Candidate("partial-missing", name(part.adjoint), op, part.target)
    for other in sorted(mentions(part.expression)):
        if other != part.by and other in mentions(right):
            yield Candidate("own-operand", substitute(right, {other: name(part.by)}), op, part.by)
    renamed = {"chain-missing": "adjoint-missing", "outer-missing": "partial-missing"}
    for each in misapplied(part.expression, moving, functions):
        yield each._replace(key=renamed.get(each.key, each.key), other=part.target)
    yield from _uses_once(part, moving, functions)
    for other in gradients:
        if other != part.adjoint:
            yield Candidate("wrong-adjoint", substitute(right, {part.adjoint: name(other)}), op, part.target)
    yield Candidate("value-for-differential", substitute(right, {part.adjoint: name(part.target)}), op, part.target)
    for word in sorted(mentions(right) - set(gradients)):
        for other in names:
            if other != word:
                yield Candidate("wrong-value", substitute(right, {word: name(other)}), op, word)


def _uses_once(part: Contribution, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """A name that stands twice in one statement, accounted for once."""
    for each in _uses(part.expression, moving, functions):
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


__all__ = ["Candidate", "adjoints", "contribution", "contribution_candidates", "forward_rule", "misapplied", "tangents"]
