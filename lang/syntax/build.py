"""The parts of one finished phrase -> its node: one small function for each name that the grammar gives a
phrase.

Law: a builder sees only its own parts: their values, where each begins, and where the last one ends. So a
tree of any depth is built bottom up without recursion. Values on the way: a node, a word's text, or a list
(never a node's own part) that is still growing; `many` makes a tuple of whatever it is.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from lang.errors import ParseError
from lang.syntax.tree import (
    RULE_CLAUSES,
    Alias,
    Apply,
    Assign,
    Choice,
    Clause,
    Command,
    Compare,
    Derivative,
    For,
    Function,
    If,
    Input,
    Logic,
    Name,
    Pop,
    Push,
    Return,
    Rule,
    Setting,
    Show,
    While,
)

Parts = list[Any]
Places = list[int]

PUSH, POP = re.compile("push([2-9]?)"), re.compile("pop([2-9]?)")  # a stack's words, the first one without number


def slip(name: str, *facts: Any) -> ParseError:
    """The error for a finished phrase that means nothing, worded by `slips` (not loaded while all goes
    well).
    """
    from lang.syntax import slips

    error: ParseError = getattr(slips, name)(*facts)
    return error


def many(value: Any) -> tuple[Any, ...]:
    """A list's parts, or the one node there is."""
    return tuple(value) if type(value) is list else (value,)


# --- lists --------------------------------------------------------------------------------------------------


def several(parts: Parts, places: Places, end: int) -> Any:
    first = parts[0]
    if type(first) is list:
        first.append(parts[-1])
        return first
    return [first, parts[-1]]


def follow(parts: Parts, places: Places, end: int) -> Any:
    first, last = parts[0], parts[-1]
    if type(first) is not list:
        first = [first]
    if type(last) is list:
        first.extend(last)
    else:
        first.append(last)
    return first


def program(parts: Parts, places: Places, end: int) -> Any:
    return many(parts[0]) if parts else ()


rules = program


# --- expressions --------------------------------------------------------------------------------------------


def binary(parts: Parts, places: Places, end: int) -> Any:
    left, operator, right = parts
    start, at, _ = places
    return Apply(operator, (left, right), (start, end), (at, at + len(operator)))


def unary(parts: Parts, places: Places, end: int) -> Any:
    at = places[0]
    return Apply(parts[0], (parts[1],), (at, end), (at, at + 1))


def call(parts: Parts, places: Places, end: int) -> Any:
    name = parts[0]
    arguments = many(parts[2]) if len(parts) == 4 else ()
    return Apply(name.name, arguments, (places[0], end), name.span)


def derivative(parts: Parts, places: Places, end: int) -> Any:
    name, primes, _, arguments, _ = parts
    return Derivative(name.name, len(primes), (), many(arguments), (places[0], end), name.span)


def derivative_by(parts: Parts, places: Places, end: int) -> Any:
    name, primes, _, by, _, _, arguments, _ = parts
    return Derivative(name.name, len(primes), many(by), many(arguments), (places[0], end), name.span)


def chain(parts: Parts, places: Places, end: int) -> Any:
    if type(parts[0]) is list:
        parts[0] += parts[1:]
        return parts[0]
    return parts


def compare(parts: Parts, places: Places, end: int) -> Any:
    links = parts[0]
    return Compare(tuple(links[1::2]), tuple(links[::2]), (places[0], end))


def logic(parts: Parts, places: Places, end: int) -> Any:
    return Logic(parts[1], (parts[0], parts[2]), (places[0], end))


def negate(parts: Parts, places: Places, end: int) -> Any:
    return Logic("not", (parts[1],), (places[0], end))


def choice(parts: Parts, places: Places, end: int) -> Any:
    return Choice(parts[2], parts[0], parts[4], (places[0], end))


# --- simple statements --------------------------------------------------------------------------------------


def show(parts: Parts, places: Places, end: int) -> Any:
    value = parts[0]
    if type(value) is Compare and _is_arrow(value):
        raise slip("arrow", value)
    return Show(many(value), (places[0], end))


def _is_arrow(value: Compare) -> bool:
    """Is it `x <- 3`, which no one writes to compare x with -3?"""
    left, right = value.operands[:2]
    return (
        value.operators == ("<",)
        and type(left) is Name
        and type(right) is Apply
        and right.function == "-"
        and len(right.arguments) == 1
        and right.span[0] - left.span[1] <= 2
        and right.arguments[0].span[0] - right.span[0] > 1
    )


def give(parts: Parts, places: Places, end: int) -> Any:
    return Return(many(parts[1]), (places[0], end))


def input(parts: Parts, places: Places, end: int) -> Any:
    if type(parts[0]) is not Name:
        raise slip("input_left", parts[0], places)
    default = parts[3] if len(parts) == 4 else None
    first = default
    while type(first) is Apply and len(first.arguments) == 2 and first.name_span[0] > first.span[0]:
        first = first.arguments[0]
    if type(first) is Apply and _stands_apart(first):
        raise slip("input_sign", first)
    return Input(parts[0], default, (places[0], end))


def _stands_apart(sign: Apply) -> bool:
    """Is this a `-` or `+` with a blank behind it, as between two values?"""
    operand = sign.arguments[0] if len(sign.arguments) == 1 and sign.function in ("-", "+") else None
    return operand is not None and operand.span[1] == sign.span[1] and operand.span[0] - sign.span[0] > 1


def augment(parts: Parts, places: Places, end: int) -> Any:
    target, operator, value = parts
    if type(target) is not Name or type(value) is list:
        raise slip("augmented", parts, places, end)
    return Assign((target,), operator[:-1], (value,), (places[0], end))


def assign(parts: Parts, places: Places, end: int) -> Any:
    left, _, right = parts
    if type(left) is Name and type(right) is not list:
        if type(right) is Apply and not right.arguments and (saved := POP.fullmatch(right.function)):
            return Pop(left, int(saved[1] or 1), (places[0], end))
        return Assign((left,), None, (right,), (places[0], end))
    if type(left) is Apply and left.name_span[0] == places[0] and _is_head(left):
        body = (Return(many(right), (places[2], end)),)
        parameters: Any = left.arguments
        return Function(Name(left.function, left.name_span), parameters, body, True, (places[0], end))
    targets, values = many(left), many(right)
    if any(type(each) is not Name for each in targets) or len(values) not in (1, len(targets)):
        raise slip("assigned", targets, values, places, end)
    return Assign(targets, None, values, (places[0], end))


def _is_head(left: Apply) -> bool:
    """Is this `f(x, y)`, with names only?"""
    return left.function.isidentifier() and all(type(each) is Name for each in left.arguments)


def rule(parts: Parts, places: Places, end: int) -> Any:
    result, _, left, _, differential, _, right = parts[:7]
    if type(result) is not Name or type(left) is list:
        raise slip("rule_head", parts, places)
    remarks = many(parts[7]) if len(parts) > 7 else ()
    order = [RULE_CLAUSES.index(each.word) for each in remarks]
    if any(one >= other for one, other in pairwise(order)):
        raise slip("remarks_order", remarks)
    return Rule(result, left, differential, right, remarks, (places[0], end))


def remark(parts: Parts, places: Places, end: int) -> Any:
    return Clause(parts[0], parts[1], (places[0], end))


def alias(parts: Parts, places: Places, end: int) -> Any:
    return Alias(parts[1].name, parts[2].name, (places[0], end))


# --- commands -----------------------------------------------------------------------------------------------


def setting(parts: Parts, places: Places, end: int) -> Any:
    return Setting(parts[0], None if parts[2] == "?" else parts[2], (places[0], end))


def clause(parts: Parts, places: Places, end: int) -> Any:
    return parts[0], many(parts[1]), (places[0], end)


def command(parts: Parts, places: Places, end: int) -> Any:
    if len(parts) == 2 and type(parts[1]) is Name and (saved := PUSH.fullmatch(parts[0].name)):
        return Push(parts[1], int(saved[1] or 1), (places[0], end))
    clauses = many(parts[2]) if len(parts) > 2 else ()
    return _command(parts[0], many(parts[1]), clauses, (places[0], end))


def command_word(parts: Parts, places: Places, end: int) -> Any:
    return command([parts[0], Name(parts[1], (places[1], end))], places, end)


def command_alone(parts: Parts, places: Places, end: int) -> Any:
    return _command(parts[0], (), many(parts[1]), (places[0], end))


def _command(verb: Name, targets: tuple[Name, ...], clauses: Any, span: tuple[int, int]) -> Command:
    given: dict[str, tuple[Any, ...]] = {}
    for word, values, place in clauses:
        if word in given:
            raise slip("clause_twice", word, place)
        given[word] = values
    for each in given.get("at", ()):
        if each.value is None:
            raise slip("open_setting", each)
    by, as_ = given.get("by", (None,))[0], given.get("as", (None,))[0]
    return Command(verb, targets, given.get("wrt", ()), given.get("at", ()), given.get("along", ()), by, as_, span)


# --- blocks -------------------------------------------------------------------------------------------------


def branch(parts: Parts, places: Places, end: int) -> Any:
    if len(parts) == 4:
        return [(parts[1], many(parts[3]))]
    parts[0].append((parts[2], many(parts[4])))
    return parts[0]


def decide(parts: Parts, places: Places, end: int) -> Any:
    otherwise = many(parts[3]) if len(parts) == 4 else None
    return If(tuple(parts[0]), otherwise, (places[0], end))


def repeat(parts: Parts, places: Places, end: int) -> Any:
    return While(parts[1], many(parts[3]), (places[0], end))


def count(parts: Parts, places: Places, end: int) -> Any:
    bounds = many(parts[5])
    if len(bounds) > 3:
        raise slip("too_many_bounds", bounds)
    return For(parts[1], bounds, many(parts[8]), (places[0], end))


def define(parts: Parts, places: Places, end: int) -> Any:
    parameters = many(parts[3]) if len(parts) == 7 else ()
    return Function(parts[1], parameters, many(parts[-1]), False, (places[0], end))
