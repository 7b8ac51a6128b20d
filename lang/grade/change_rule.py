"""One place in a statement -> the right sides that a misapplied rule would put there.

Law: a change is a change of the rule's tree, the same for every function of the table; no function is known by name.
What a rule is called (a product's, a power's) is told by its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lang.grade.differential import Place, variants
from lang.rules import restrict
from lang.syntax import tree
from lang.syntax.walk import operands, subexpressions
from lang.transform.expressions import NOWHERE, constant, mentions, name, substitute

Expression = tree.Expression
Change = tuple[str, Expression]
POWER = "**"
"""How the language writes a power."""


def make(function: str, *arguments: Expression) -> Expression:
    """An operation, as it stands; nothing is folded."""
    return tree.Apply(function, arguments, NOWHERE, NOWHERE)


def changes(place: Place) -> Iterator[Change]:
    """Every misapplied rule at a place, each with the key of its mistake.

    The rule is changed as slides print it, and as the table has it: `(da - c * db) / b` has its own way to go wrong.
    """
    for change in (_terms, _signs, _squares, _chain, _wrong_place, _power, _factors):
        yield from change(place)
    primitive = place.primitive
    stable = restrict(primitive.differential, set(_differentials(place)), set(primitive.differentials))
    if primitive.lecture is not None and stable is not None:
        for change in (_signs, _squares, _factors):
            yield from change(replace(place, rule=stable))


def is_product(place: Place) -> bool:
    """Is each operand's factor the other operand?"""
    return _factors_are(place, lambda own, other: other)


def is_power(place: Place) -> bool:
    """Does the first operand's factor hold a power of that operand?"""
    first = place.primitive.parameters[0]
    rule = place.primitive.lecture or place.primitive.differential
    return place.primitive.arity == 2 and any(_is_power_of(each, first) for each in subexpressions(rule))


def is_exponential(place: Place) -> bool:
    """Is the derivative the result itself, but for a number?"""
    result, moving = place.primitive.rule.result.name, set(_differentials(place))
    signs = {each.function for each in subexpressions(place.rule) if isinstance(each, tree.Apply)}
    return mentions(place.rule) == {result} | moving and "*" in signs and "/" not in signs


def _is_power_of(node: Expression, base: str) -> bool:
    return (
        isinstance(node, tree.Apply)
        and node.function == POWER
        and isinstance(node.arguments[0], tree.Name)
        and node.arguments[0].name == base
        and bool(mentions(node.arguments[1]))
    )


def _factors_are(place: Place, wanted: Callable[[str, str], str]) -> bool:
    parameters = place.primitive.parameters
    if len(parameters) != 2:
        return False
    for at in (0, 1):
        partial = place.primitive.partial(at)
        if not isinstance(partial, tree.Name) or partial.name != wanted(parameters[at], parameters[1 - at]):
            return False
    return True


def _differentials(place: Place) -> list[str]:
    return [place.primitive.differentials[at] for at in place.active]


# --- terms and signs ----------------------------------------------------------------------------------------------


def _terms(place: Place) -> Iterator[Change]:
    active = _differentials(place)
    if len(active) < 2:
        return
    key = "product-term" if is_product(place) else "exponent-derivative" if is_power(place) else "term-missing"
    for left_out in active:
        rest = restrict(place.rule, {each for each in active if each != left_out}, set(active))
        if rest is not None:
            yield key, rest
    whole = substitute(place.node_of_parameters, {a: name(d) for a, d in place.pairs}, fold=False)
    yield "product-of-differentials", whole


def _signs(place: Place) -> Iterator[Change]:
    moving = set(_differentials(place))

    def flipped(node: Expression) -> Iterator[Expression]:
        binary = isinstance(node, tree.Apply) and node.function in ("+", "-") and len(node.arguments) == 2
        move = [bool(mentions(each) & moving) for each in operands(node)]
        if isinstance(node, tree.Apply) and binary and move[0] == move[1]:
            yield make("-" if node.function == "+" else "+", *node.arguments)

    for each in variants(place.rule, flipped):
        yield "sign-between", each
    yield "sign", make("-", place.rule)


# --- squares ------------------------------------------------------------------------------------------------------


def _squares(place: Place) -> Iterator[Change]:
    still = {each for at, each in enumerate(place.primitive.parameters) if at not in place.active}

    def lowered(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function == POWER:
            base, exponent = node.arguments
            if not mentions(exponent) and not mentions(base) <= still:  # nobody squares what is only divided by
                yield base

    def raised(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function == "/":
            below = node.arguments[1]
            yield make("/", node.arguments[0], make(POWER, below, constant(2.0)))

    for each in variants(place.rule, lowered):
        yield "square-missing", each
    for each in variants(place.rule, raised):
        yield "square-extra", each


# --- the chain rule -----------------------------------------------------------------------------------------------


def _chain(place: Place) -> Iterator[Change]:
    active = _differentials(place)
    result = place.primitive.rule.result.name
    trivial = isinstance(place.rule, tree.Name)
    if len(active) == 1:
        (d,) = active
        if not is_product(place) and not place.primitive.is_operator:
            yield "function-itself", make("*", name(result), name(d))
        if not trivial:
            yield "chain-missing", substitute(place.rule, {d: constant(1.0)}, fold=False)
            yield "outer-missing", name(d)
        return
    for d in active:
        yield "chain-missing", substitute(place.rule, {d: constant(1.0)}, fold=False)
    yield "chain-missing", substitute(place.rule, dict.fromkeys(active, constant(1.0)), fold=False)
    both: Expression = name(active[0])
    for d in active[1:]:
        both = make("+", both, name(d))
    yield "outer-missing", both


def _wrong_place(place: Place) -> Iterator[Change]:
    active = _differentials(place)
    result = place.primitive.rule.result.name
    if len(active) != 1 or place.primitive.is_operator:
        return
    (d,) = active
    operand = d[1:]
    yield "function-of-differential", substitute(place.node_of_parameters, {operand: name(d)}, fold=False)
    if is_exponential(place):
        lowered = make("-", name(operand), constant(1.0))
        power = substitute(place.node_of_parameters, {operand: lowered}, fold=False)
        yield "power-rule", make("*", make("*", name(operand), power), name(d))
    negative = make("-", name(operand))
    there = substitute(place.node_of_parameters, {operand: negative}, fold=False)
    yield "inner-sign", substitute(place.rule, {operand: negative, result: there}, fold=False)
    if operand in mentions(place.rule):
        moved = substitute(place.rule, {operand: name(d)}, fold=False)
        yield "inner-at-differential", moved
        yield "inner-at-differential", _undone(place, d)
        yield "at-result", substitute(place.rule, {operand: name(result)}, fold=False)


def _undone(place: Place, d: str) -> Expression:
    """The derivative at the differential, and nothing more: `cos(da)`."""
    alone = substitute(place.rule, {d: constant(1.0)}, fold=True)
    return substitute(alone, {d[1:]: name(d)}, fold=False)


# --- powers, factors ----------------------------------------------------------------------------------------------


def _power(place: Place) -> Iterator[Change]:
    if not is_power(place):
        return
    base, exponent = place.primitive.parameters

    def without_front(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function == "*":
            front = node.arguments[0]
            if isinstance(front, tree.Name) and front.name == exponent:
                yield node.arguments[1]

    def kept(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and _is_power_of(node, base) and not isinstance(node.arguments[1], tree.Name):
            yield make(POWER, node.arguments[0], name(exponent))

    for each in variants(place.rule, without_front):
        yield "exponent-in-front", each
    for each in variants(place.rule, kept):
        yield "exponent-not-lowered", each
    if place.active == (1,):
        lowered = make(POWER, name(base), make("-", name(exponent), constant(1.0)))
        yield "power-rule", make("*", make("*", name(exponent), lowered), name(_differentials(place)[0]))
    if place.active == (0,):
        raised = make("+", name(exponent), constant(1.0))
        whole = make("/", make(POWER, name(base), raised), raised)
        yield "integrated", make("*", whole, name(_differentials(place)[0]))


def _factors(place: Place) -> Iterator[Change]:
    moving = set(_differentials(place))
    if len(place.active) == 2:
        one, other = place.primitive.parameters[:2]
        swapped = substitute(place.rule, {one: name(other), other: name(one)}, fold=False)
        yield "operands-swapped", swapped
    elif is_product(place):
        one, other = place.primitive.parameters
        own = {other: name(one)} if place.active == (0,) else {one: name(other)}
        yield "own-factor", substitute(place.rule, own, fold=False)

    def upside_down(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function == "/":
            yield make("*", *node.arguments)
        elif isinstance(node, tree.Apply) and node.function == "*" and len(node.arguments) == 2:
            left, right = node.arguments
            if mentions(right) & moving and not mentions(left) & moving:
                yield make("/", right, left)

    def dropped(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function in ("*", "/") and len(node.arguments) == 2:
            left, right = node.arguments
            if not mentions(right) & moving:
                yield left
            if not mentions(left) & moving and node.function == "*":
                yield right

    def without_number(node: Expression) -> Iterator[Expression]:
        if isinstance(node, tree.Apply) and node.function in ("*", "/") and len(node.arguments) == 2:
            left, right = node.arguments
            if isinstance(left, tree.Number) and node.function == "*":
                yield right
            if isinstance(right, tree.Number):
                yield left

    for each in variants(place.rule, without_number):
        yield "number-missing", each
    for each in variants(place.rule, upside_down):
        yield "reciprocal", each
    for each in variants(place.rule, dropped):
        yield "factor-missing", each
