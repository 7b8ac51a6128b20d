"""A rule's expression -> a Python function of its operands.

Law: code is made only from the lines of `grammar/rules.ad`, never from a program's text, and its names are positions:
`a0, a1, ...` the operands, `c` the result, `d0, d1, ...` the differentials.

Each rule is compiled three ways: `fast` on floats with Python's own operators (which raise where IEEE has inf or nan),
`total` on floats without exceptions, and `general` on numbers of any level. A branch that is literally 0 gives None:
structurally nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple

from lang.evaluate.active import Active, Value, plain
from lang.evaluate.ruletext import Writer
from lang.kernels import FAST
from lang.rules import Primitive, table
from lang.syntax import tree
from lang.syntax.walk import operands


class RuleCode:
    """One expression of a rule as functions of (operands, result, differentials)."""

    __slots__ = ("fast", "general", "total")

    def __init__(self, expression: tree.Expression, names: dict[str, str]) -> None:
        self.fast = _build(expression, names, "fast")
        self.total = _build(expression, names, "total")
        self.general = _build(expression, names, "general")

    def __call__(self, *values: Value) -> Value | None:
        """Its value; None where it is structurally nothing."""
        for value in values:
            if isinstance(value, Active):
                general: Value | None = self.general(*values)
                return general
        try:
            found: Value | None = self.fast(*values)
        except (ArithmeticError, ValueError):
            found = self.total(*values)
        return found


@cache
def partial(primitive: Primitive, index: int) -> RuleCode | None:
    """The function (operands, result) -> partial derivative by one operand; None where it is nothing."""
    expression = primitive.partial(index)
    return None if expression is None else RuleCode(expression, _names(primitive, ()))


@cache
def differential(primitive: Primitive, active: tuple[int, ...]) -> RuleCode | None:
    """The function (operands, result, differentials of the `active` operands) -> differential of the result."""
    expression = primitive.restricted(active)
    return None if expression is None else RuleCode(expression, _names(primitive, active))


@cache
def condition(primitive: Primitive, clause: str) -> Callable[..., bool] | None:
    """The function (operands, result) -> does the line's `domain`, `kink` or `vertical` hold; None without one."""
    expression = getattr(primitive, clause)
    if expression is None:
        return None
    total = _build(expression, _names(primitive, ()), "total")
    return lambda *values: bool(total(*(plain(value) for value in values)))


Atom = int | float
"""What a part of a rule is about: an operand (its index), the result (`RESULT`), or a number (a float)."""
RESULT = -1


@cache
def partial_parts(primitive: Primitive, index: int) -> tuple[Callable[..., Any] | None, tuple[Atom, ...]] | None:
    """The partial by one operand on floats, as a function and what to call it with.

    Returns:
        (function, atoms), with None in place of a function where the partial is the atom itself; None where it is
        structurally nothing. What the function raises or gives is what `Fused.first` and so on raise or give.
    """
    expression = primitive.partial(index)
    if expression is None:
        return None
    names = _names(primitive, ())
    used = [name for name in names if name in _mentioned(expression)]
    if not used:
        number = _build(expression, {}, "fast")()
        return None if number is None else (None, (number,))
    places = {name: place if place < primitive.arity else RESULT for place, name in enumerate(names)}
    if isinstance(expression, tree.Name):
        return None, (places[expression.name],)
    if isinstance(expression, tree.Apply):
        called = table().find(expression.function, len(expression.arguments))
        atoms = [_atom(each, places) for each in expression.arguments]
        if called is not None and None not in atoms:
            return FAST[called.name, called.arity], tuple(each for each in atoms if each is not None)
    function = _build(expression, {name: names[name] for name in used}, "fast")
    _INLINE[function] = _inline(expression, used)
    return function, tuple(places[name] for name in used)


class Inline(NamedTuple):
    """A function as an expression to be written where it is called.

    Attributes:
        text: the expression, with `{0}`, `{1}`, ... for the operands, `{f0}`, ... for what it calls.
        calls: what it calls, by these names.
    """

    text: str
    calls: Mapping[str, Callable[..., Any]]


_INLINE: dict[Callable[..., Any], Inline] = {FAST[sign, 2]: Inline(f"({{0}} {sign} {{1}})", {}) for sign in "+-*/"}


def inline(function: Callable[..., Any]) -> Inline | None:
    """A function of a plan as an expression; None where it is to be called."""
    return _INLINE.get(function)


def _inline(expression: tree.Expression, parameters: list[str]) -> Inline:
    writer = Writer({name: f"{{{place}}}" for place, name in enumerate(parameters)}, "fast", "{{f{}}}")
    text = writer.once(writer.tail(expression))
    return Inline(text, {name.strip("{}"): function for name, function in writer.bound.items()})


def _atom(expression: tree.Expression, places: dict[str, int]) -> Atom | None:
    if isinstance(expression, tree.Number):
        return expression.value
    return places.get(expression.name) if isinstance(expression, tree.Name) else None


def _mentioned(expression: tree.Expression) -> set[str]:
    """The names in an expression."""
    found: set[str] = set()
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Name):
            found.add(node.name)
        pending.extend(operands(node))
    return found


class Fused:
    """A primitive's value together with its partials, or with its tangent, in one function on floats.

    What it gives is what `partial` and `differential` give; it is the same expressions in one call. It may raise, or
    give None or what is not finite; then those two decide.

    Attributes:
        plain: False where a rule has more to say than numbers (a kink, an operand without derivative).
        first, second, both: (operands) -> (value, partial by each operand named).
        tangent_first, tangent_second, tangent_both: (operands, their differentials) -> (value, differential).
    """

    def __init__(self, primitive: Primitive) -> None:
        self.primitive = primitive
        self.plain = primitive.kink is None and not primitive.fixed and primitive.arity <= 2

    @cached_property
    def first(self) -> Callable[..., Any]:
        return self._partials((0,))

    @cached_property
    def second(self) -> Callable[..., Any]:
        return self._partials((1,))

    @cached_property
    def both(self) -> Callable[..., Any]:
        return self._partials((0, 1))

    @cached_property
    def tangent_first(self) -> Callable[..., Any]:
        return self._tangent((0,))

    @cached_property
    def tangent_second(self) -> Callable[..., Any]:
        return self._tangent((1,))

    @cached_property
    def tangent_both(self) -> Callable[..., Any]:
        return self._tangent((0, 1))

    def _partials(self, active: tuple[int, ...]) -> Callable[..., Any]:
        return self._together([self.primitive.partial(index) for index in active], ())

    def _tangent(self, active: tuple[int, ...]) -> Callable[..., Any]:
        return self._together([self.primitive.restricted(active)], active)

    def _together(self, rights: list[tree.Expression | None], active: tuple[int, ...]) -> Callable[..., Any]:
        names = _names(self.primitive, active)
        writer = Writer(names, "fast")
        value = writer.own_value(self.primitive)
        parts = ["None" if right is None else writer.tail(right) for right in rights]
        inputs = ", ".join(name for name in names.values() if name != "c")
        together = f"((c := {value}), {', '.join(parts)})"
        text = f"lambda {inputs}: {writer.once(together)}"
        function: Callable[..., Any] = eval(text, {"__builtins__": {}, **writer.bound})  # noqa: S307 - our own table
        return function


@cache
def fused(primitive: Primitive) -> Fused:
    """The fused functions of a primitive."""
    return Fused(primitive)


def _names(primitive: Primitive, active: tuple[int, ...]) -> dict[str, str]:
    """Python's names for the line's, in the order of the function's parameters."""
    names = {name: f"a{index}" for index, name in enumerate(primitive.parameters)}
    names[primitive.rule.result.name] = "c"
    return names | {primitive.differentials[index]: f"d{index}" for index in active}


def _build(expression: tree.Expression, names: dict[str, str], way: str) -> Callable[..., Any]:
    writer = Writer(names, way)
    text = f"lambda {', '.join(names.values())}: {writer.once(writer.tail(expression))}"
    function: Callable[..., Any] = eval(text, {"__builtins__": {}, **writer.bound})  # noqa: S307 - our own table
    return function
