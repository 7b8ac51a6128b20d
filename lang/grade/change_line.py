"""A statement whose differential is asked -> the lines that a mistaken person writes for it.

Law: a candidate is an expression in the exercise's quantities, with the key of its mistake and what its words need. The
likelier mistake comes first, because where two give the same numbers the first is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from lang.grade import change_rule
from lang.grade.differential import Differential, Functions, Moving, Place, differential, places, variants
from lang.grade.quantities import Definition
from lang.rules import Primitive, table
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
    yield from _inner(made.value, made.moving, functions)
    yield from _constants(made.value, made.moving, functions)
    yield from uses(made.value, made.moving, functions)
    yield from _no_differential(made.value, made.moving, functions)
    yield Candidate("statement-copied", made.value, other=made.of)
    yield Candidate("zero", constant(0.0))
    yield from _mixed(made, functions, names)
    right = differential(made.value, made.moving, functions)
    if right is not None:
        yield Candidate("added-to-the-old", apply("+", name(made.quantity), right))


def misapplied(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """The differential with the rule of one operation misapplied, for each operation and in each way."""
    found = [(place, *each) for place in places(value, moving, functions) for each in change_rule.changes(place)]
    found.sort(key=lambda each: rank(each[0], each[1]))
    for place, key, rule in found:
        made = Differential(moving, functions, {place.index: rule}).of(value)
        if made is not None:
            yield Candidate(key, made, named_op(place), rule=rule_name(place.primitive))


def named_op(place: Place) -> str:
    """What the words call the operation at a place: as it stands, or, where that is long, as its rule has it."""
    return written(place.node_of_parameters) if len(written(place.node)) > 40 else written(place.node)


def rank(place: Place, key: str) -> float:
    """How unlikely a mistake is at a place: a sign is missed where a rule has one, else in a function's derivative, and
    hardly in `dc = da + db`.
    """
    bare = isinstance(place.rule, tree.Apply) and all(isinstance(each, tree.Name) for each in place.rule.arguments)
    if has_sign(place) or key not in ("sign", "sign-between") or (key == "sign-between" and not bare):
        return ORDER.index(key)
    if key == "sign-between":
        return ORDER.index("sign") + 0.55
    return ORDER.index("sign") + (0.6 if place.primitive.is_operator else 0.5)


def has_sign(place: Place) -> bool:
    """Is there a minus in the rule, for one of the differentials?"""
    moving = {d for _, d in place.pairs}
    parts = [each for each in subexpressions(place.rule) if isinstance(each, tree.Apply) and each.function == "-"]
    return any(mentions(each.arguments[-1]) & moving for each in parts)


def rule_of(value: Expression) -> str:
    """What `ad rules` calls the rule of the outermost operation; empty for a name and for a program's own function."""
    found = table().find(value.function, len(value.arguments)) if isinstance(value, tree.Apply) else None
    return rule_name(found) if found else ""


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
    "inner-sign",
    "operands-swapped",
    "own-factor",
    "product-of-differentials",
    "square-extra",
    "integrated",
    "reciprocal",
    "factor-missing",
)


def _inner(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """`cos(x) * 2 * x * dx` and `cos(2 * x) * dx` for `sin(x**2)`: the outer derivative at what stands inside."""
    for place in places(value, moving, functions):
        operand = place.node.arguments[place.active[0]]
        moved = sorted(mentions(operand) & set(moving))
        if place.primitive.is_operator or len(place.active) != 1 or len(moved) != 1 or isinstance(operand, tree.Name):
            continue
        ((parameter, d),) = place.pairs
        there = substitute(place.node_of_parameters, {parameter: name(HELD)}, fold=False)
        rule = substitute(place.rule, {parameter: name(HELD), place.primitive.rule.result.name: there}, fold=False)
        slope = differential(operand, {moved[0]: constant(1.0)}, functions)
        for key, at, by in (
            ("at-inner", name(moved[0]), name(d)),
            ("at-slope", slope, moving[moved[0]]),
        ):
            bare = substitute(rule, {d: name(HELD + d)}, fold=False) if key == "at-slope" else rule
            made = Differential(moving, functions, {place.index: bare}).of(value)
            if made is not None and at is not None:
                whole = substitute(made, {HELD: at, HELD + d: by}, fold=False)
                yield Candidate(key, whole, named_op(place), rule=rule_name(place.primitive))


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


def _no_differential(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
    """The factors of several differentials, and none of these; or two differentials, each with the other's factor."""
    moved = sorted(mentions(value) & set(moving))
    right = differential(value, dict.fromkeys(moved, constant(1.0)), functions)
    stands = sum(isinstance(each, tree.Name) and each.name in moved for each in subexpressions(value))
    if right is not None and stands > 1:
        yield Candidate("differentials-missing", right)
    for one, other in combinations(moved, 2):
        swapped = differential(value, {**moving, one: moving[other], other: moving[one]}, functions)
        if swapped is not None:
            yield Candidate("differentials-swapped", swapped, one, other)


def uses(value: Expression, moving: Moving, functions: Functions) -> Iterator[Candidate]:
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
    for each, moving in crossed(made.value, made.moving):
        wrong = differential(made.value, moving, functions)
        if wrong is not None:
            yield each._replace(expression=wrong)
    right = differential(made.value, made.moving, functions)
    if right is None:
        return
    for word in sorted(mentions(right) - set(differentials)):
        for other in names:
            if other != word and other not in differentials and other != made.quantity:
                yield Candidate("wrong-value", substitute(right, {word: name(other)}), other=word)


def crossed(value: Expression, moving: Moving) -> Iterator[tuple[Candidate, Moving]]:
    """Each way to take the differential of one name for that of another: the mistake, and what moves how then."""
    differentials = {written(each): each for each in moving.values()}
    for word in sorted(mentions(value) & set(moving)):
        for other, moved in differentials.items():
            if other != written(moving[word]):
                yield Candidate("wrong-differential", moved, other=word), {**moving, word: moved}


__all__ = ["Candidate", "crossed", "misapplied", "named_op", "rank", "rule_name", "rule_of", "tangents", "uses"]
