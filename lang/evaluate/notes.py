"""What an answer has to say of itself: the awkward points that a derivative passed.

Law: a note is a fact with a place. One is kept for each step and kind, however often the step meets it; its one-sided
derivatives are computed from the rule's own line a hair beside the point, not assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lang.evaluate import rulecode
from lang.evaluate.active import Value, plain
from lang.kernels import KERNELS
from lang.rules import Primitive
from lang.source import Source, Span
from lang.syntax import tree
from lang.syntax.unparse import unparse

KINK, VERTICAL, NONFINITE, CONDITION = "kink", "vertical tangent", "not finite", "condition"


@dataclass(frozen=True)
class Sides:
    """A partial derivative at a kink: by which operand, what the convention gave, and what holds on either side."""

    by: str
    used: float
    below: float
    above: float


@dataclass
class Note:
    """Something a derivative met on its way.

    Attributes:
        kind: `kink`, `vertical tangent`, `not finite`, or `condition` (a comparison of equal values).
        message: what was met and done, in words.
        span, source: the step's place.
        sides: at a kink, the one-sided derivatives by each operand that moves.
        count: how often the step met it.
    """

    kind: str
    message: str
    span: Span
    source: Source
    sides: tuple[Sides, ...] = ()
    count: int = 1

    @property
    def line(self) -> int:
        """The line it happened on, from 1."""
        return self.source.position(self.span[0])[0]


def kink(primitive: Primitive, primals: tuple[Value, ...], active: tuple[int, ...]) -> tuple[str, tuple[Sides, ...]]:
    """Words and one-sided derivatives for a primitive at its kink."""
    point = tuple(plain(value) for value in primals)
    sides = tuple(_sides(primitive, point, index) for index in active)
    where = place(primitive, point)
    used = " and ".join(dict.fromkeys(shown(side.used) for side in sides))
    around = ", ".join(dict.fromkeys(f"{shown(side.below)} below and {shown(side.above)} above" for side in sides))
    return f"{where} is a kink: the derivative is {around}; used {used}", sides


def vertical(primitive: Primitive, primals: tuple[Value, ...]) -> str:
    """Words for a primitive where its tangent is vertical."""
    where = place(primitive, tuple(plain(value) for value in primals))
    return f"the tangent of {where} is vertical: the derivative is infinite"


def _sides(primitive: Primitive, point: tuple[float, ...], index: int) -> Sides:
    at = [_partial_at(primitive, point, index, value)
          for value in (point[index], math.nextafter(point[index], -math.inf), math.nextafter(point[index], math.inf))]
    return Sides(primitive.parameters[index], *at)


def _partial_at(primitive: Primitive, point: tuple[float, ...], index: int, value: float) -> float:
    moved = (*point[:index], value, *point[index + 1 :])
    code = rulecode.partial(primitive, index)
    found = code and code(*moved, KERNELS[primitive.name, primitive.arity](*moved))
    return 0.0 if found is None else plain(found)


def shown(value: float) -> str:
    """A number as messages write it: whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


def place(primitive: Primitive, point: tuple[float, ...]) -> str:
    """A primitive on its arguments' values, as a program writes it: `sqrt(0)`, `(-8)**0.5`."""
    return _applied(primitive, [_literal(value) for value in point])


def head(primitive: Primitive) -> str:
    """A primitive on its operands, as its line writes it: `sqrt(a)`, `a ** b`."""
    return _applied(primitive, [tree.Name(name, (0, 0)) for name in primitive.parameters])


def _applied(primitive: Primitive, arguments: list[tree.Expression]) -> str:
    return unparse(tree.Apply(primitive.name, tuple(arguments), (0, 0), (0, 0)))


def _literal(value: float) -> tree.Expression:
    if not isinstance(value, bool) and value < 0:
        return tree.Apply("-", (_literal(-value),), (0, 0), (0, 0))
    return tree.Number(value, shown(value), (0, 0))
